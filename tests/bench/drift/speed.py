"""How long `csva drift` takes for a million logged rows of 30 columns in Parquet, against a kept reference."""

import pathlib
import statistics
import subprocess  # nosec B404: starts the program
import tempfile
import time

import numpy
import pandas

ROWS, NUMBERS, CATEGORIES = 1_000_000, 20, 10
MOST_SECONDS = 10.0
RUNS = 3


def table(source, rows):
    columns = {f"n{i}": source.normal(i, 1 + i, rows) for i in range(NUMBERS)}
    columns["n0"][source.random(rows) < 0.1] = numpy.nan
    for i in range(CATEGORIES):
        words = numpy.array([f"word {j}" for j in range(2 + 20 * i)])
        columns[f"c{i}"] = words[source.integers(0, len(words), rows)]
    return pandas.DataFrame(columns)


def measure(csva):
    """The whole command, reading of a small reference included."""
    csva = str(pathlib.Path(csva).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder, source = pathlib.Path(name), numpy.random.default_rng(1)
        table(source, 20_000).to_csv(folder / "reference.csv", index=False)
        table(source, 1_000).to_parquet(folder / "few.parquet", index=False)
        table(source, ROWS).to_parquet(folder / "many.parquet", index=False)

        def seconds(window):
            begin = time.perf_counter()
            subprocess.run([csva, "drift", "reference.csv", window, "--json"],  # nosec B603
                           cwd=folder, check=True, capture_output=True)
            return time.perf_counter() - begin
        many = [seconds("many.parquet") for _ in range(RUNS)]
        few = [seconds("few.parquet") for _ in range(RUNS)]
    print(f"\n{ROWS} rows x {NUMBERS + CATEGORIES} columns from Parquet: median {statistics.median(many):.2f} s "
          f"({min(many):.2f} to {max(many):.2f}); 1,000 rows: {statistics.median(few):.2f} s")
    return statistics.median(many) < MOST_SECONDS
