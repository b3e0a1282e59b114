"""Made-up windows of rows: columns of many kinds that stay as they are, or of which some move."""

import numpy

REFERENCE_SD_ROWS = 200_000


def zipf(count, power):
    """Cumulated shares of so many categories, each rarer than the one before."""
    share = 1.0 / numpy.arange(1, count + 1) ** power
    return numpy.cumsum(share / share.sum())


def category(count, power=1.0):
    edges = zipf(count, power)
    return lambda source, n: numpy.searchsorted(edges, source.random(n)).clip(0, count - 1).astype(float)


def with_missing(make, share):
    def holed(source, n):
        values = make(source, n)
        values[source.random(n) < share] = numpy.nan
        return values
    return holed


# name: (how it is made, whether a category, whether whole numbers)
KINDS = {
    "normal": (lambda s, n: s.normal(50, 12, n), False, False),
    "uniform": (lambda s, n: s.uniform(-1, 1, n), False, False),
    "lognormal": (lambda s, n: s.lognormal(3, 0.8, n), False, False),
    "heavy_tailed": (lambda s, n: s.standard_t(2.5, n), False, False),
    "two_humps": (lambda s, n: numpy.where(s.random(n) < 0.3, s.normal(-3, 1, n), s.normal(2, 1, n)), False, False),
    "count": (lambda s, n: s.poisson(3, n).astype(float), False, True),
    "mostly_zero": (lambda s, n: numpy.where(s.random(n) < 0.6, 0, s.geometric(0.2, n)).astype(float), False, True),
    "holed": (with_missing(lambda s, n: s.normal(0, 1, n).round(1), 0.1), False, False),
    "waiting_time": (with_missing(lambda s, n: s.exponential(30, n), 0.3), False, False),
    "yes_no": (category(2), True, False),
    "five": (category(5, 0.5), True, False),
    "twenty_holed": (with_missing(category(20), 0.05), True, False),
    "fifty": (category(50), True, False),
    "thousand": (category(1000), True, False),
}
NUMBERS = [name for name, (_, is_category, _) in KINDS.items() if not is_category]


def deviations():
    """Standard deviation of each column of numbers."""
    source = numpy.random.default_rng(1)
    return {name: float(numpy.nanstd(KINDS[name][0](source, REFERENCE_SD_ROWS))) for name in NUMBERS}


def importances(source, first=()):
    """A share for each column, each two thirds of the one before, in random order but for `first`."""
    rest = [name for name in KINDS if name not in first]
    source.shuffle(rest)
    order = list(first) + rest
    share = (2 / 3) ** numpy.arange(len(order))
    return dict(zip(order, share / share.sum()))


def window(source, rows, importance, moved=None):
    """Columns as the probe wants them. `moved`: by how much each of these columns is larger."""
    columns = []
    for name, (make, is_category, whole) in KINDS.items():
        values = make(source, rows)
        if moved and name in moved:
            values = values + moved[name]
            if whole:
                values = numpy.floor(values + source.random(rows))
        columns.append((name, values, is_category, float(importance[name])))
    return columns
