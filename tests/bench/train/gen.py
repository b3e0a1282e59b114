"""Rows for the training benchmark: 20 numbers, 10 categories of 2 to 1,000 values, y of two classes.

Every cell is a function of row and column (SplitMix64 of a counter), so a part of the rows can be made alone.
"""
import numpy
import pandas

SEED = 20240607
CARDINALITIES = [2, 3, 5, 8, 12, 20, 50, 100, 365, 1000]
CHUNK = 100_000
U64 = numpy.uint64


def mix(z, last):
    """SplitMix64's finaliser to [0, 1)."""
    z = z * U64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> U64(30 if last == 31 else 29))) * U64(0xBF58476D1CE4E5B9)
    if last == 31:
        z = (z ^ (z >> U64(27))) * U64(0x94D049BB133111EB)
    return (z ^ (z >> U64(last))).astype(numpy.float64) / 2.0**64


def numbers(uniform):
    """The 20 columns before cells go missing: skewed, whole and triangular ones."""
    columns = []
    for k in range(20):
        v = uniform(k)
        if k % 4 == 1:
            v = -numpy.log(1 - v)
        elif k % 4 == 2:
            v = numpy.floor(v * 100)
        else:
            v = (v + uniform(40 + k % 8) - 1) * 3
        columns.append(v)
    return columns


def frame(start, count):
    """Rows start .. start + count - 1."""
    with numpy.errstate(over="ignore"):
        rows = numpy.arange(start, start + count, dtype=U64)

        def uniform(k):
            return mix(rows * U64(64) + U64(k) + U64(SEED), 31)

        x = numbers(uniform)
        out = {}
        for k, v in enumerate(x):
            v = numpy.where(uniform(50 + k % 5) < 0.05, numpy.nan, v) if k >= 15 else v
            out[f"n{k}"] = pandas.array(v).astype("Int64") if k % 4 == 2 else v
        score = (x[0] * x[3] * 0.4 + numpy.sin(x[4] * 1.5) + 0.5 * (x[1] > 1.2) * x[7] + (x[2] - 50) / 60
                 - 0.3 * x[5] + 0.2 * x[8] ** 2)
        for k, cardinality in enumerate(CARDINALITIES):
            code = numpy.floor(uniform(20 + k) ** 1.7 * cardinality).astype(numpy.int64)
            if k in (4, 6, 8, 9):
                score = score + 1.2 * (mix(code.astype(U64) + U64(1000003 * (k + 1)), 32) - 0.5)
            labels = numpy.array([f"{'abcdefghij'[k]}{i}" for i in range(cardinality)] + [None], dtype=object)
            out[f"c{k}"] = labels[numpy.where(uniform(49 + k) < 0.03, cardinality, code) if k >= 7 else code]
        out["y"] = (uniform(62) < 1 / (1 + numpy.exp(-score))).astype(numpy.int8)
    return pandas.DataFrame(out)


def write(path, count, start=0):
    """Rows as CSV, four digits behind the point."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        for first in range(0, count, CHUNK):
            part = frame(start + first, min(CHUNK, count - first))
            part.to_csv(file, index=False, header=first == 0, float_format="%.4f")
