"""`csva anonymity` beside brute force on random tables, and beside a textbook Mondrian on public data.

    anonymity.py tables [COUNT] [SEED]   every figure of COUNT random tables (1,000) worked out again, row by row, for all
                                         combinations of levels: k, l, rows lost, information lost; and that none loses less
    anonymity.py mondrian FOLDER         information lost on two public tables, for k of 2 to 50

CSVA_PROGRAM names the program. Exit code 1 when a figure differs.
"""

import bisect
import collections
import csv
import datetime
import itertools
import json
import math
import os
import pathlib
import random
import subprocess  # nosec B404
import sys
import tempfile

CSVA = os.environ.get("CSVA_PROGRAM", "build/dev/bin/csva")
FACTORS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
LEVELS = {"number": 10, "date": 5, "postal_code": 5, "category": 2}
WORDS = ["alder", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine"]
TOLERANCE = 1e-9


# ------------------------------------------------------------------ the tables

def number_column(rng, rows):
    if rng.random() < 0.5:
        return [str(rng.randint(2, rng.choice((12, 60, 5000)))) for _ in range(rows)], {"hierarchy": "number"}
    return [f"{rng.uniform(-50, 400):.2f}" for _ in range(rows)], {"hierarchy": "number"}


def date_column(rng, rows):
    first = datetime.date(1931, 1, 1)
    days = rng.choice((400, 5000, 30000))
    return [str(first + datetime.timedelta(rng.randrange(days))) for _ in range(rows)], {"hierarchy": "date"}


def postal_column(rng, rows):
    if rng.random() < 0.7:
        return [f"{rng.choice((75, 13, 69))}{rng.randint(0, 25):03d}" for _ in range(rows)], {"hierarchy": "postal_code"}
    return [f"{rng.choice(('SW1A', 'SW1', 'EC2', 'M1'))} {rng.randint(1, 9)}AB" for _ in range(rows)], \
        {"hierarchy": "postal_code"}


def category_column(rng, rows):
    words = WORDS[:rng.randint(2, 10)]
    wish = {"hierarchy": "category"}
    if rng.random() < 0.6:
        wish["groups"] = ";".join(f"{word}={rng.choice(('north', 'south'))}" for word in words if rng.random() < 0.9)
    return [rng.choice(words) for _ in range(rows)], wish


def random_table(rng):
    """Columns by name, and what is asked of them."""
    rows = rng.choice((4, 9, 20, 40, 80))
    columns, wishes = {}, []
    for at in range(rng.randint(1, 3)):
        make = rng.choice((number_column, date_column, postal_column, category_column))
        cells, wish = make(rng, rows)
        if rng.random() < 0.4:
            cells = [cell if row == 0 or rng.random() > 0.1 else "" for row, cell in enumerate(cells)]
        if wish["hierarchy"] == "number" and rng.random() < 0.5:
            wish["width"] = rng.choice((0.5, 3, 10, 25))
        if rng.random() < 0.2:
            wish["level"] = rng.randint(0, LEVELS[wish["hierarchy"]])
        columns[f"q{at}"] = cells
        wishes.append({"column": f"q{at}", **wish})
    order = {"columns": wishes, "k": rng.randint(1, 6), "most_lost_ratio": rng.choice((0, 0.05, 0.1, 0.25, 1))}
    if rng.random() < 0.6:
        columns["s"] = [rng.choice(WORDS[:4]) if rng.random() > 0.05 else "" for _ in range(rows)]
        order |= {"l": rng.randint(1, 3), "sensitive": "s"}
    columns["other"] = [str(row + 1000) for row in range(rows)]
    return columns, order


# ------------------------------------------------------------------ brute force

def width_of(wish, cells):
    if wish.get("width"):
        return wish["width"]
    numbers = [float(cell) for cell in cells if cell]
    fine = (max(numbers) - min(numbers)) / 20
    width = 1.0
    if fine > 0:
        power = math.pow(10, math.floor(math.log10(fine)))
        times = fine / power
        width = (5 if times >= 5 else 2 if times >= 2 else 1) * power
    whole = all("." not in cell for cell in cells if cell)
    return max(1.0, width) if whole else width


def number_at(cell, level, width):
    width *= FACTORS[level - 1]
    return (math.floor(float(cell) / width) + 0.5) * width


def date_at(cell, level):
    day = datetime.date.fromisoformat(cell)
    return {1: (day.year, day.month), 2: (day.year, (day.month - 1) // 3), 3: day.year, 4: day.year // 10}[level]


def postal_at(cell, level):
    if cell.isdigit():
        return cell[:5 - level] + "*" * level
    outward = cell.split(" ")[0]
    area = "".join(itertools.takewhile(str.isalpha, outward))
    return (outward if level == 1 else area if level == 2 else "") + " *"


def category_at(cell, groups):
    known = dict(pair.split("=") for pair in groups.split(";") if pair)
    return known.get(cell, "other")


def label(cell, wish, level, width):
    kind = wish["hierarchy"]
    text = kind in ("postal_code", "category")
    if not cell:
        return None
    if level == 0:
        return cell if text or kind == "date" else float(cell)
    if level == LEVELS[kind]:
        return "*" if text else None
    if kind == "number":
        return number_at(cell, level, width)
    if kind == "date":
        return date_at(cell, level)
    return postal_at(cell, level) if kind == "postal_code" else category_at(cell, wish.get("groups", ""))


def worth(cell, wish):
    """A cell on a line, to measure what a label spans."""
    if wish["hierarchy"] == "number":
        return float(cell)
    return datetime.date.fromisoformat(cell).toordinal()


def penalties(cells, labels, wish):
    """What each label hides, 0 to 1."""
    held = collections.defaultdict(set)
    for cell, one in zip(cells, labels):
        held[one] |= {cell} if cell else set()
    everything = {cell for cell in cells if cell}
    out = {}
    for one, inside in held.items():
        if wish["hierarchy"] in ("number", "date"):
            line = sorted(worth(cell, wish) for cell in everything)
            span = sorted(worth(cell, wish) for cell in inside)
            whole = line[-1] - line[0]
            out[one] = (span[-1] - span[0]) / whole if span and whole > 0 else 0
        else:
            out[one] = len(inside) / len(everything) if len(inside) > 1 else 0
    return out


def figures(columns, order, levels):
    """All of the table's figures at these levels, the slow way."""
    wishes = order["columns"]
    rows = len(columns["other"])
    labels, hidden = [], []
    for wish, level in zip(wishes, levels):
        cells = columns[wish["column"]]
        width = width_of(wish, cells) if wish["hierarchy"] == "number" else 1
        labels.append([label(cell, wish, level, width) for cell in cells])
        hidden.append(penalties(cells, labels[-1], wish))
    classes = collections.defaultdict(list)
    for row in range(rows):
        classes[tuple(column[row] for column in labels)].append(row)
    sensitive = columns.get(order.get("sensitive"))
    kept, lost = [], 0
    for members in classes.values():
        values = {sensitive[row] for row in members} if sensitive else set()
        if len(members) >= order["k"] and (not sensitive or len(values) >= order["l"]):
            kept.append((members, len(values)))
        else:
            lost += len(members)
    penalty = sum(sum(seen[column[row]] for column, seen in zip(labels, hidden)) / len(wishes)
                  for members, _ in kept for row in members)
    return {
        "rows": rows - lost, "rows_lost": lost, "classes": len(kept),
        "k": min((len(members) for members, _ in kept), default=0),
        "l": min((values for _, values in kept), default=0) if sensitive else 0,
        "information_lost": (penalty + lost) / rows,
        "discernibility": sum(len(members) ** 2 for members, _ in kept) + lost * rows}


def best_of_all(columns, order):
    """Least information lost over every combination of levels; None when none is allowed."""
    choices = []
    for wish in order["columns"]:
        if "level" in wish:
            choices.append([wish["level"]])
        else:
            choices.append(range(LEVELS[wish["hierarchy"]] + 1))
    rows = len(columns["other"])
    given = all("level" in wish for wish in order["columns"])
    allowed = rows if given else order["most_lost_ratio"] * rows + TOLERANCE
    least = None
    for levels in itertools.product(*choices):
        found = figures(columns, order, levels)
        if found["rows"] == 0 or found["rows_lost"] > allowed:
            continue
        least = found["information_lost"] if least is None else min(least, found["information_lost"])
    return least


def differences(columns, order, outcome):
    """What differs between the program's answer and brute force."""
    least = best_of_all(columns, order)
    if outcome["plan"] is None:
        return [] if least is None else [f"a plan exists that loses {least}"]
    plan = outcome["plan"]
    expected = figures(columns, order, plan["levels"])
    wrong = [f"{name}: {plan['after'][name]}, not {value}" for name, value in expected.items()
             if abs(plan["after"][name] - value) > TOLERANCE * max(1, abs(value))]
    if outcome["rows_left"] != expected["rows"]:
        wrong.append(f"the steps left {outcome['rows_left']} rows, not {expected['rows']}")
    if least is None or abs(plan["after"]["information_lost"] - least) > TOLERANCE:
        wrong.append(f"loses {plan['after']['information_lost']}, the least is {least}")
    before = figures(columns, order | {"k": 1, "l": 1}, [0] * len(plan["levels"]))
    wrong += [f"before, {name}: {plan['before'][name]}, not {before[name]}" for name in ("k", "l", "classes")
              if plan["before"][name] != before[name]]
    return wrong


def write_table(columns, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))


def check_tables(count, seed):
    rng = random.Random(seed)  # nosec B311
    with tempfile.TemporaryDirectory() as folder:
        tables = [random_table(rng) for _ in range(count)]
        with open(f"{folder}/orders", "w", encoding="utf-8") as orders:
            for at, (columns, order) in enumerate(tables):
                write_table(columns, f"{folder}/{at}.csv")
                orders.write(json.dumps({"file": f"{folder}/{at}.csv", **order}) + "\n")
        done = subprocess.run([CSVA, "anonymity", "--orders", f"{folder}/orders"], text=True,  # nosec B603
                              capture_output=True, check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != count:
            print(f"FAILED {len(answers)} answers of {count}: {done.stderr}\n{tables[len(answers)]}")
            return 1
    failed = plans = 0
    for (columns, order), outcome in zip(tables, answers):
        plans += outcome["plan"] is not None
        wrong = differences(columns, order, outcome)
        failed += bool(wrong)
        if wrong and failed <= 5:
            print(f"FAILED {order}\n{columns}\n{outcome}\n" + "\n".join(wrong))
    print(f"{count} random tables, {plans} made anonymous, {count - plans} impossible: {failed} differ from brute force")
    return 1 if failed else 0


# ------------------------------------------------------------------ Mondrian

PUBLIC = {
    "telco-churn.csv": (["gender", "Partner", "tenure", "MonthlyCharges"], {"tenure", "MonthlyCharges"}),
    "lending-club.csv": (["addr_state", "annual_inc", "emp_length", "funded_amnt"], {"annual_inc", "funded_amnt"})}


def mondrian(columns, numeric, k):
    """Strict multidimensional partitioning: LeFevre, DeWitt and Ramakrishnan 2006. Categories are ordered by name."""
    rows = len(columns[0])
    lines = [column if is_number else [sorted(set(column)).index(cell) for cell in column]
             for column, is_number in zip(columns, numeric)]
    whole = [max(line) - min(line) or 1 for line in lines]
    out, todo = [], [list(range(rows))]
    while todo:
        part = todo.pop()
        spread = sorted(range(len(lines)), reverse=True,
                        key=lambda q: (max(lines[q][r] for r in part) - min(lines[q][r] for r in part)) / whole[q])
        for q in spread:
            values = sorted(lines[q][r] for r in part)
            middle = values[(len(values) - 1) // 2]
            low = bisect.bisect_right(values, middle)
            if low >= k and len(values) - low >= k:
                todo += [[r for r in part if lines[q][r] <= middle], [r for r in part if lines[q][r] > middle]]
                break
        else:
            out.append(part)
    return out


def ncp(columns, numeric, parts):
    """Information lost, by the definition of `figures`: the span of a class's own values."""
    total = 0
    for column, is_number in zip(columns, numeric):
        whole = max(column) - min(column) if is_number else len(set(column))
        for part in parts:
            held = {column[row] for row in part}
            hidden = (max(held) - min(held)) / whole if is_number else (len(held) / whole if len(held) > 1 else 0)
            total += hidden * len(part)
    return total / len(columns) / len(columns[0])


def beside_mondrian(folder):
    print(f"{'table':18} {'k':>3} | {'csva: lost':>10} {'rows lost':>9} {'discernib.':>12} | {'Mondrian':>8} {'discernib.':>12}")
    for name, (names, numbers) in PUBLIC.items():
        path = pathlib.Path(folder) / name
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        numeric = [one in numbers for one in names]
        columns = [[float(row[one]) if one in numbers else row[one] for row in rows] for one in names]
        for k in (2, 5, 10, 25, 50):
            done = subprocess.run([CSVA, "anonymity", str(path), "--columns", ",".join(names), "--k", str(k),  # nosec B603
                                   "--lost", "0.05", "--json"], text=True, capture_output=True, check=True)
            after = json.loads(done.stdout)["plan"]["after"]
            parts = mondrian(columns, numeric, k)
            print(f"{name:18} {k:3} | {after['information_lost']:10.4f} {after['rows_lost']:9} {after['discernibility']:12.0f}"
                  f" | {ncp(columns, numeric, parts):8.4f} {sum(len(part) ** 2 for part in parts):12}")
    return 0


def main(arguments):
    if arguments[:1] == ["mondrian"] and len(arguments) == 2:
        return beside_mondrian(arguments[1])
    if arguments[:1] == ["tables"]:
        numbers = [int(text) for text in arguments[1:]]
        return check_tables(*(numbers + [1000, 1][len(numbers):]))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
