"""False alarms and detection of src/engine/drift, Evidently's defaults beside it, and how long a large window takes.

./dev bench drift [stable|shift|speed]... [--rows N] [--windows N] [--seeds 1,2,clock] [--evidently N] [--runs N]
"""

import argparse
import pathlib
import sys
import time

import numpy
import pandas
from evidently.legacy.calculations import stattests
from evidently.legacy.core import ColumnType

import speed
from probe import Probe
from windows import NUMBERS, deviations, importances, window

BUILD = pathlib.Path(__file__).resolve().parents[3] / "build"
REFERENCE_ROWS = 20_000
WINDOWS_A_REFERENCE = 100
MOST_ALARMS = 18  # Of 1,000 at a rate of 1 %: the 99 % bound of the binomial distribution.
SHIFT = 0.3
LEAST_FOUND = 0.95
DATASET_SHARE = 0.5


def evidently_columns(reference, current):
    """How many columns Evidently calls drifted by its defaults."""
    drifted = 0
    for (_, old, is_category, _), (_, new, _, _) in zip(reference, current):
        kind = ColumnType.Categorical if is_category else ColumnType.Numerical
        old, new = pandas.Series(old).dropna(), pandas.Series(new).dropna()
        test = stattests.get_stattest(old, new, kind, None)
        drifted += test(old, new, kind, None).drifted
    return drifted


class Count:
    """Windows or runs, and how often each of the two raised."""

    def __init__(self):
        self.windows = self.ours = self.suspected = self.judged = self.any_column = self.dataset = 0

    def evidently(self, reference, current):
        drifted = evidently_columns(reference, current)
        self.judged += 1
        self.any_column += drifted > 0
        self.dataset += drifted >= DATASET_SHARE * len(current)


def seeds_of(text):
    return [int(time.time()) if s == "clock" else int(s) for s in text.split(",")]


def stable(probe, options, reference_rows, rows, seed):
    """Windows in which nothing changes, a new reference every hundred."""
    source, count = numpy.random.default_rng(seed), Count()
    for number in range(options.windows):
        if number % WINDOWS_A_REFERENCE == 0:
            importance = importances(source)
            reference = window(source, reference_rows, importance)
            probe.table("reference", reference)
        current = window(source, rows, importance)
        state = probe.table("window", current)
        count.windows += 1
        count.ours += state == "drifted"
        count.suspected += state == "suspected"
        if number < options.evidently:
            count.evidently(reference, current)
    return count


def shifted(probe, options, rows, seed):
    """Two stable windows, then two in which the two most important columns have moved."""
    source, count, scale = numpy.random.default_rng(seed), Count(), deviations()
    both = 0
    for run in range(options.runs):
        first = list(source.choice(NUMBERS, 2, replace=False))
        importance = importances(source, first)
        reference = window(source, REFERENCE_ROWS, importance)
        probe.table("reference", reference)
        moved = {name: SHIFT * scale[name] for name in first}
        for _ in range(2):
            probe.table("window", window(source, rows, importance))
        named = set()
        for _ in range(2):
            current = window(source, rows, importance, moved)
            verdict = probe.table("window", current, findings=True)
            if verdict["state"] == "drifted":
                named |= set(verdict["columns"])
        count.windows += 1
        count.ours += bool(named & set(first))
        both += named >= set(first)
        if run < options.evidently:
            count.evidently(reference, current)
    return count, both


def print_stable(probe, options):
    print(f"\nStable windows: alarms in {options.windows} (at most {MOST_ALARMS} in 1,000 allowed); Evidently: windows with a")
    print("drifted column, and with half of the columns drifted (its alarm for the data set), of those it judged")
    print("| reference | window | seed | ours drifted | ours suspected | Evidently: a column | Evidently: data set |")
    print("|---|---|---|---|---|---|---|", flush=True)
    good = True
    for reference_rows, rows in options.sizes:
        for seed in seeds_of(options.seeds):
            c = stable(probe, options, reference_rows, rows, seed)
            good = good and c.ours <= MOST_ALARMS * c.windows / 1000
            print(f"| {reference_rows} | {rows} | {seed} | {c.ours} of {c.windows} | {c.suspected} | "
                  f"{c.any_column} of {c.judged} | {c.dataset} of {c.judged} |", flush=True)
    return good


def print_shift(probe, options):
    print(f"\nThe two most important columns move by {SHIFT} standard deviations: found within 2 windows")
    print("| window | seed | ours: one of the two named | ours: both named | Evidently: a column | Evidently: data set |")
    print("|---|---|---|---|---|---|", flush=True)
    good = True
    for rows in sorted({rows for _, rows in options.sizes}):
        for seed in seeds_of(options.seeds):
            c, both = shifted(probe, options, rows, seed)
            good = good and c.ours >= LEAST_FOUND * c.windows
            print(f"| {rows} | {seed} | {c.ours} of {c.windows} | {both} | {c.any_column} of {c.judged} | "
                  f"{c.dataset} of {c.judged} |", flush=True)
    return good


def sizes_of(text):
    return [tuple(int(n) for n in pair.split(":")) for pair in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["stable", "shift", "speed"])
    parser.add_argument("--sizes", type=sizes_of, default="1000:500,20000:500,20000:50000", help="reference:window rows")
    parser.add_argument("--windows", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seeds", default="1,2,clock")
    parser.add_argument("--evidently", type=int, default=100, help="windows (runs) that Evidently judges too")
    parser.add_argument("--probe", default=str(BUILD / "dev/bin/drift_probe"))
    parser.add_argument("--csva", default=str(BUILD / "release/bin/csva"))
    options = parser.parse_args()
    good = True
    if "stable" in options.parts:
        good = print_stable(Probe(options.probe), options) and good
    if "shift" in options.parts:
        good = print_shift(Probe(options.probe), options) and good
    if "speed" in options.parts:
        good = speed.measure(options.csva) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
