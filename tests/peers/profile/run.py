"""The figures of `csva profile` beside those of numpy and pandas, on made-up tables and on the files of tests/data."""

import json
import pathlib
import subprocess  # nosec B404: starts the program
import sys
import tempfile

import numpy
import pandas

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"
QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
TOLERANCE = 1e-9
BINS = 20


def made_up(rows, seed):
    """Numbers of several kinds with holes, a category, dates."""
    source = numpy.random.default_rng(seed)
    table = pandas.DataFrame({
        "normal": source.normal(5, 2, rows),
        "skewed": source.lognormal(3, 1, rows).round(2),
        "count": source.integers(-50, 50, rows),
        "letter": source.choice(list("abcdefgh"), rows),
        "day": numpy.datetime64("2020-01-01") + source.integers(0, 900, rows),
    })
    table["twice"] = table["normal"] * 2 + source.normal(0, 0.5, rows)
    table.loc[source.random(rows) < 0.1, "skewed"] = numpy.nan
    return table


def near(a, b, tolerance=TOLERANCE):
    return abs(a - b) <= tolerance * max(1, abs(a), abs(b))


class Check:
    """Counts comparisons and keeps what differs."""

    def __init__(self, label):
        self.label, self.count, self.bad = label, 0, []

    def same(self, what, ours, theirs, tolerance=TOLERANCE):
        self.count += 1
        if not near(float(ours), float(theirs), tolerance):
            self.bad.append(f"{self.label} {what}: {ours} instead of {theirs}")


def compare_numbers(check, ours, column):
    values = column.dropna().to_numpy(dtype=float)
    name = ours["name"]
    check.same(f"{name} mean", ours["mean"], values.mean())
    check.same(f"{name} deviation", ours["standard_deviation"], values.std(ddof=1))
    check.same(f"{name} minimum", ours["minimum"], values.min())
    check.same(f"{name} maximum", ours["maximum"], values.max())
    check.same(f"{name} zeros", ours["zeros"], (values == 0).sum())
    if len(column) <= 50_000:
        for ours_at, theirs_at in zip(ours["quantiles"], numpy.quantile(values, QUANTILES)):
            check.same(f"{name} quantile", ours_at, theirs_at)
    else:  # Approximate: by rank, 1 % of the rows.
        for at, value in zip(QUANTILES, ours["quantiles"]):
            check.same(f"{name} rank of quantile", (values <= value).mean(), at, 0.01)
    histogram = ours["histogram"]
    if histogram and len(histogram["counts"]) == BINS:
        counts, _ = numpy.histogram(values, bins=BINS, range=(histogram["low"], histogram["high"]))
        # A value on the edge of two bins may fall to either side by its last bit.
        moved = numpy.abs(numpy.cumsum(counts) - numpy.cumsum(histogram["counts"])).max()
        check.same(f"{name} histogram", moved, 0, max(1, 0.001 * len(values)) if column.dtype == int else 1)
        check.same(f"{name} histogram sum", sum(histogram["counts"]), len(values))


def compare(csva, path, table):
    """All figures of one file."""
    command = [csva, "profile", str(path), "--json"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # nosec B603
    profile = json.loads(printed)["profile"]
    check = Check(path.name)
    check.same("rows", profile["rows"], len(table))
    check.same("duplicates", profile["duplicate_rows"], table.duplicated().sum())
    numbers = {}
    for ours in profile["columns"]:
        column = table[ours["name"]]
        check.same(f"{ours['name']} missing", ours["missing"], column.isna().sum())
        exact = ours["distinct_exact"]
        check.same(f"{ours['name']} distinct", ours["distinct"], column.nunique(), TOLERANCE if exact else 0.4)
        if ours["type"] in ("integer", "real") and column.notna().any():
            numbers[ours["name"]] = pandas.to_numeric(column)
            compare_numbers(check, ours, numbers[ours["name"]])
        elif ours["top_values"]:
            check.same(f"{ours['name']} top", ours["top_values"][0]["count"], column.value_counts().iloc[0])
    if len(table) <= 200_000:
        for pair in profile["correlations"]:
            theirs = numbers[pair["a"]].corr(numbers[pair["b"]])
            check.same(f"correlation {pair['a']} {pair['b']}", pair["value"], theirs, 1e-8)
    return check


def main():
    checks = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in (3, 1_000, 60_000):
            path = pathlib.Path(folder) / f"made{rows}.csv"
            made_up(rows, rows).to_csv(path, index=False)
            checks.append(compare(sys.argv[1], path, pandas.read_csv(path)))
    for name in ("titanic.csv", "california-housing.csv"):
        table = pandas.read_csv(DATA / name, keep_default_na=False, na_values=[""])
        checks.append(compare(sys.argv[1], DATA / name, table))
    for check in checks:
        print(f"{check.label}: {check.count} figures, {len(check.bad)} differ")
        print("".join(f"  {line}\n" for line in check.bad), end="")
    print(f"numpy {numpy.__version__}, pandas {pandas.__version__}")
    failed = sum(bool(check.bad) for check in checks)
    print(f"Profile beside numpy and pandas: {len(checks)} ran, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
