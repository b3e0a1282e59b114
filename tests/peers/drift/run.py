"""Statistics, detectors and estimates of src/engine/drift beside SciPy, Evidently, River and NannyML."""

import os
import pathlib
import random
import sys
import time

import numpy
import pandas
import scipy
from evidently.legacy.calculations import stattests
from evidently.legacy.core import ColumnType
from river import drift as river_drift
from scipy import stats
from scipy.spatial import distance
from sklearn.isotonic import IsotonicRegression

import cbpe
from probe import Probe

TOLERANCE = 1e-9
KS_OF_SKETCH = 0.005
DATA = [pathlib.Path(__file__).resolve().parents[2] / "data", pathlib.Path(os.environ.get("CSVA_SHARED_DATA") or "/nowhere")]


class Check:
    """Counts comparisons and keeps what differs."""

    def __init__(self, label, tolerance=TOLERANCE):
        self.label, self.tolerance, self.count, self.worst, self.bad = label, tolerance, 0, 0.0, []

    def same(self, what, ours, theirs, relative=True):
        self.count += 1
        apart = abs(ours - theirs) / (max(1, abs(theirs)) if relative else 1)
        self.worst = max(self.worst, apart)
        if not apart <= self.tolerance:
            self.bad.append(f"{what}: {ours!r} instead of {theirs!r}")

    def equal(self, what, ours, theirs):
        self.count += 1
        if ours != theirs:
            self.bad.append(f"{what}: {ours} instead of {theirs}")


def samples(source, n, m):
    """Pairs of samples: shifted, equal, heavy-tailed, with ties."""
    yield "normal", source.normal(size=n), source.normal(source.choice([0, 0.05, 0.3]), 1, m)
    yield "lognormal", source.lognormal(size=n), source.lognormal(source.choice([0, 0.2]), 1, m)
    yield "cauchy", source.standard_cauchy(n), source.standard_cauchy(m)
    yield "ties", source.poisson(3, n).astype(float), source.poisson(3.2, m).astype(float)


def check_distances(probe, source):
    check = Check("distances (SciPy, Evidently)")
    for n, m in [(1, 1), (3, 7), (50, 50), (999, 1001), (5000, 1200)]:
        for name, a, b in samples(source, n, m):
            check.same(f"wasserstein {name} {n} {m}", probe.ask("wasserstein", a=a, b=b)[0],
                       stats.wasserstein_distance(a, b))
            theirs, _ = stattests.wasserstein_stat_test.func(pandas.Series(a), pandas.Series(b), ColumnType.Numerical, 0.1)
            check.same(f"normed wasserstein {name} {n} {m}", probe.ask("normed_wasserstein", a=a, b=b)[0], theirs)
    for bins in (2, 5, 30, 200):
        for _ in range(10):
            x, y = source.integers(0, 500, bins), source.integers(0, 300, bins)
            x[0] += 1
            y[0] += 1
            for base in (2, numpy.e):
                check.same(f"jensen-shannon {bins}", probe.ask("jensen_shannon", x=x, y=y, base=base)[0],
                           distance.jensenshannon(x, y, base))
    psi_of_evidently(probe, source, check)
    return check


def psi_of_evidently(probe, source, check):
    """PSI, where no bin is empty: Evidently's own bins, counted here."""
    compared = 0
    while compared < 20:
        a, b = source.uniform(0, 1, 3000), source.beta(1.1, 1, 2000)
        edges = numpy.histogram_bin_edges(numpy.concatenate([a, b]), bins="sturges")
        x, y = numpy.histogram(a, edges)[0], numpy.histogram(b, edges)[0]
        if min(x) == 0 or min(y) == 0:
            continue
        theirs, _ = stattests.psi_stat_test.func(pandas.Series(a), pandas.Series(b), ColumnType.Numerical, 0.1)
        check.same("psi", probe.ask("psi", x=x, y=y)[0], theirs)
        compared += 1
    for categories in (2, 10, 40):
        a, b = source.integers(0, categories, 4000), source.integers(0, categories, 1500)
        x, y = numpy.bincount(a, minlength=categories), numpy.bincount(b, minlength=categories)
        theirs, _ = stattests.psi_stat_test.func(pandas.Series(a), pandas.Series(b), ColumnType.Categorical, 0.1)
        check.same("psi of categories", probe.ask("psi", x=x, y=y)[0], theirs)


def check_kolmogorov(probe, source):
    check = Check("Kolmogorov-Smirnov (SciPy)")
    for n, m in [(1, 1), (2, 3), (10, 10), (7, 90), (100, 101), (500, 500), (1000, 640), (3000, 9000), (9999, 10000)]:
        for name, a, b in samples(source, n, m):
            for ours, theirs in (("automatic", "auto"), ("exact", "exact"), ("asymptotic", "asymp")):
                if ours == "exact" and n * m > 10_000_000:
                    continue
                expected = stats.ks_2samp(a, b, method=theirs)
                statistic, p, _ = probe.ask("ks", a=a, b=b, mode=ours)
                check.same(f"{name} {n} {m} {ours} statistic", statistic, expected.statistic)
                if numpy.isfinite(expected.pvalue):  # SciPy has none of 1 value beside 1.
                    check.same(f"{name} {n} {m} {ours} p", p, expected.pvalue)
    for n in (1, 2, 5, 20, 100, 139, 140, 141, 200, 1000, 20_000, 100_000, 250_000):
        for z in numpy.concatenate([numpy.linspace(0.05, 4, 80), [8, 20]]):
            d = z / numpy.sqrt(n)
            if d < 1:
                check.same(f"kstwo {n} {d}", probe.ask("kolmogorov", n=n, d=d)[0], stats.kstwo.sf(d, n))
    return check


def check_tests(probe, source):
    check = Check("chi-squared, Fisher, Benjamini-Hochberg (SciPy)")
    for bins in (2, 3, 10, 100, 1000):
        for _ in range(10):
            x, y = source.integers(0, 60, bins) + 1, source.integers(0, 90, bins) + 1
            expected = stats.chi2_contingency([x, y], correction=False)
            ours = probe.ask("chi_squared", x=x, y=y)
            for what, a, b in zip(("statistic", "p", "degrees"), ours, expected[:3]):
                check.same(f"chi-squared {bins} {what}", a, b)
            wanted = y * (x.sum() / y.sum())
            ours, expected = probe.ask("chi_squared_fit", a=x, b=wanted), stats.chisquare(x, wanted)
            check.same(f"fit {bins} statistic", ours[0], expected.statistic)
            check.same(f"fit {bins} p", ours[1], expected.pvalue)
    for n in (5, 40, 700, 20_000):
        for _ in range(30):
            a, b = int(source.integers(0, min(n, 60) + 1)), int(source.integers(0, min(n, 60) + 1))
            if 0 < a + b < 2 * n:
                expected = stats.fisher_exact([[a, n - a], [b, n - b]]).pvalue
                check.same(f"fisher {a} {b} of {n}", probe.ask("fisher", x=[a, n], y=[b, n])[1], expected)
    for n in (1, 2, 50, 1000):
        p = source.uniform(0, 1, n) ** 3
        for a, b in zip(probe.ask("benjamini_hochberg", a=p), stats.false_discovery_control(p)):
            check.same(f"benjamini-hochberg {n}", a, b)
    return check


def streams(seed):
    """Random streams: errors whose rate changes, sizes whose mean changes, none that changes."""
    source = random.Random(seed)  # nosec B311: test data
    rates = [source.choice([0.05, 0.1, 0.3, 0.5, 0.8]) for _ in range(4)]
    yield [float(source.random() < rate) for rate in rates for _ in range(source.randint(200, 2500))]
    yield [float(source.random() < rates[0]) for _ in range(5000)]
    levels = [source.uniform(-2, 5) for _ in range(4)]
    yield [source.gauss(level, 1) for level in levels for _ in range(source.randint(100, 2000))]
    yield [float(source.choice(range(int(level) + 3, int(level) + 8))) for level in levels for _ in range(1000)]


def raised(detector, stream):
    positions = []
    for i, value in enumerate(stream):
        detector.update(value)
        if detector.drift_detected:
            positions.append(i)
    return positions


def check_detectors(probe, _):
    check = Check("ADWIN, DDM, Page-Hinkley (River), positions", 0)
    alarms = 0
    for seed in (1, 2, 3, 4, 5, int(time.time())):
        for number, stream in enumerate(streams(seed)):
            cases = [
                ("adwin", river_drift.ADWIN, adwin, {}) for adwin in
                ([0.002, 32, 5, 5, 10], [0.05, 8, 5, 5, 10], [0.2, 1, 3, 10, 40])
            ] + [
                ("page_hinkley", river_drift.PageHinkley, p, {"mode": mode}) for mode in ("up", "down", "both")
                for p in ([30, 0.005, 50, 0.9999], [100, 0.1, 10, 0.99], [10, 0.01, 5, 1.0])
            ]
            if set(stream) <= {0.0, 1.0}:
                cases += [("ddm", river_drift.binary.DDM, p, {}) for p in ([30, 2, 3], [100, 1, 2], [5, 2.5, 4])]
            for name, peer, parameters, extra in cases:
                expected = raised(peer(*parameters, **extra), stream)
                ours = probe.ask(name, a=stream, parameters=parameters, mode=extra.get("mode", ""))
                alarms += len(expected)
                check.equal(f"{name} {parameters} {extra} stream {number} of seed {seed}", ours, expected)
    check.equal("the streams raise", alarms > 100, True)
    check.label += f" ({alarms} alarms)"
    return check


def check_isotonic(probe, source):
    check = Check("isotonic calibration (scikit-learn)")
    for n, digits in ((60, 17), (500, 2), (3000, 17)):
        score = source.uniform(0, 1, n).round(digits)
        truth = (source.uniform(0, 1, n) < score ** 2).astype(int)
        both = numpy.column_stack([1 - score, score]).ravel()
        fitted = probe.ask("calibration", a=both, x=[0] * n, y=truth, n=2, mode="always")["classes"][0]
        peer = IsotonicRegression(out_of_bounds="clip").fit(score, truth)
        for at in numpy.linspace(-0.1, 1.1, 301):
            ours = numpy.interp(at, fitted["scores"], fitted["values"])
            check.same(f"isotonic {n} at {at}", ours, float(peer.predict([at])[0]))
    return check


def tables(source):
    """Halves of columns: synthetic ones and the numbers of the shared data sets."""
    for n in (1000, 5000, 60_000, 200_000):
        for name, a, b in samples(source, n, max(800, n // 3)):
            yield f"{name} {n}", a, b
    for path in sorted(p for folder in DATA if folder.is_dir() for p in folder.glob("*.csv")):
        try:
            table = pandas.read_csv(path, low_memory=False)
        except (pandas.errors.ParserError, UnicodeDecodeError):
            continue
        for name in table.select_dtypes("number"):
            values = table[name].dropna().to_numpy(dtype=float)
            if len(values) >= 1000:
                half = len(values) // 2
                yield f"{path.name} {name}", values[:half] if half >= 1000 else values, values[half:]


def check_sketches(probe, source):
    """KS from the kept sketch beside SciPy's on the raw rows, Wasserstein beside Evidently's."""
    check = Check("KS of the kept sketch within 0.005 of SciPy's on raw rows", KS_OF_SKETCH)
    beyond, worst_wasserstein = [], 0.0
    for name, a, b in tables(source):
        error = probe.table("reference", [("x", a, False, 0)])[0]
        verdict = probe.table("window", [("x", b, False, 0)], findings=True)
        found = [f["comparison"] for f in verdict["findings"] if f["comparison"]["aspect"] == "values"]
        if not found:
            check.equal(f"{name} is compared", False, True)
            continue
        expected = stats.ks_2samp(a, b, method="asymp").statistic
        check.same(name, found[0]["kolmogorov_smirnov"], expected, relative=False)
        if not -1e-12 <= expected - found[0]["kolmogorov_smirnov"] <= error + 1e-12:
            beyond.append(f"{name}: outside its stated error {error}")
        if a.std() > 0 and "cauchy" not in name:
            theirs = stats.wasserstein_distance(a, b) / a.std()
            worst_wasserstein = max(worst_wasserstein, abs(theirs - found[0]["normed_wasserstein"]) / max(1, theirs))
    check.equal("all within the error that the sketch states", beyond, [])
    check.label += f" (normed Wasserstein within {worst_wasserstein:.4f})"
    return check


def main():
    probe = Probe(sys.argv[1])
    seed = int(os.environ.get("CSVA_SEED", time.time()))
    print(f"seed {seed}")
    checks = []
    for run in (check_distances, check_kolmogorov, check_tests, check_detectors, check_isotonic, check_sketches):
        checks.append(run(probe, numpy.random.default_rng(seed)))
    checks.append(cbpe.check(probe, numpy.random.default_rng(seed), Check("CBPE (NannyML)", 1e-6)))
    for check in checks:
        print(f"{check.label}: {check.count} compared, {len(check.bad)} differ, largest difference {check.worst:.2e}")
        print("".join(f"  {line}\n" for line in check.bad[:10]), end="")
    print(f"scipy {scipy.__version__}, numpy {numpy.__version__}")
    failed = sum(1 for check in checks if check.bad or not check.count)
    print(f"Drift beside its peers: {len(checks)} ran, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
