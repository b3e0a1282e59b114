"""A CSV file of 12 mixed columns, about as many megabytes as asked; the same seed gives the same bytes.

Columns: key, two integers, three reals, date, timestamp, two short texts, boolean, free text with commas, quotes and
line ends. A fifth of the rows misses one cell.
"""
import datetime
import random
import sys

WORDS = ("alpha beta gamma delta order ship late refund box blue green paris lyon berlin slow café straße note please "
         "damaged item size large small paid pending").split()
GROUPS = ["tools", "garden", "toys", "books", "food", "sport", "health", '"home, office"', "pets", "other"]
HEADER = "id,qty,stock,price,score,lat,order_date,updated_at,country,category,active,comment\n"
POOL = 1 << 16


def sentence(source):
    """Three to twenty-four words; some need quotes."""
    words = [source.choice(WORDS) for _ in range(3 + source.randrange(22))]
    kind = source.random()
    text = " ".join(words)
    if kind < 0.10:
        return '"' + text.replace(" ", ", ", 2) + '"'
    if kind < 0.13:
        return '"' + text.replace(" ", ' ""', 1).replace(" ", '"" ', 1) + '"'
    if kind < 0.14:
        return '"' + text.replace(" ", "\n", 1) + '"'
    return text


def pools(source):
    """Cells to draw from, column by column."""
    first = datetime.date(2019, 1, 1)
    days = [(first + datetime.timedelta(days=i)).isoformat() for i in range(2048)]
    countries = [chr(65 + i // 26 * 7) + chr(65 + i % 26) for i in range(40)]
    return [
        [str(source.randrange(1000)) for _ in range(POOL)],
        [str(source.randrange(-50000, 50001)) for _ in range(POOL)],
        ["%.2f" % source.lognormvariate(3, 1) for _ in range(POOL)],
        ["%.6f" % source.gauss(0, 1) for _ in range(POOL)],
        ["%.5f" % source.uniform(-90, 90) for _ in range(POOL)],
        days,
        [f"{day} {i % 24:02}:{i % 60:02}:{i * 7 % 60:02}" for i, day in enumerate(days)],
        [countries[min(39, int(source.expovariate(0.15)))] for _ in range(POOL)],
        [GROUPS[min(9, int(source.expovariate(0.4)))] for _ in range(POOL)],
        ["true", "true", "true", "false"],
        [sentence(source) for _ in range(POOL)],
    ]


def generate(path, megabytes, seed=42):
    """Writes the file and returns its number of rows."""
    source = random.Random(seed)  # nosec B311: test data
    columns = pools(source)
    rows = 0
    size = 0
    with open(path, "w", encoding="utf-8", newline="") as out:
        size += out.write(HEADER)
        while size < megabytes * 1_000_000:
            lines = []
            for _ in range(5000):
                rows += 1
                bits = source.getrandbits(192)
                row = [cells[(bits >> (16 * i)) % len(cells)] for i, cells in enumerate(columns)]
                if rows % 5 == 0:
                    row[(bits >> 176) % 10] = ""
                lines.append("K%010x," % (rows * 2654435761 & 0xFFFFFFFFFF) + ",".join(row))
            size += out.write("\n".join(lines) + "\n")
    return rows


if __name__ == "__main__":
    print(generate(sys.argv[1], float(sys.argv[2])))
