"""Model folders as MLflow and onnxruntime answer with them, beside `csva predict`.

For every data set a model is trained by `csva train`; the rows, typed by `csva read`, go through mlflow.pyfunc.load_model
and through an onnxruntime session of model.onnx. Probabilities must agree to 1e-5, numbers to 1e-5 relative, and no row
may get another class. A made-up table and three sets of tests/data are always there, and on most of them each family is
tried alone as well; those of CSVA_SHARED_DATA join them.
"""
import argparse
import csv
import datetime
import json
import logging
import os
import pathlib
import subprocess  # nosec B404: starts the program
import sys
import tempfile
import time

import mlflow
import numpy
import onnx
import onnxruntime
import pandas

ROOT = pathlib.Path(__file__).resolve().parents[3]
TOLERANCE = 1e-5
FAMILIES = {
    True: ["LogisticRegression", "RandomForestClassifier", "ExtraTreesClassifier", "GradientBoostingClassifier"],
    False: ["LinearRegression", "RandomForestRegressor", "ExtraTreesRegressor", "GradientBoostingRegressor"],
}
COMMITTED = {"titanic": "Survived", "telco-churn": "Churn", "california-housing": "median_house_value"}
ONE_BY_ONE = ("titanic", "california-housing", "made-up")
EPOCH = datetime.datetime(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)


def made_up(path):
    """Every kind of column and feature: dates, times, booleans, long texts with numbers and words, holes."""
    source = numpy.random.default_rng(7)
    rows = 3000
    words = ["Alpha", "beta", "gâteau", "ünder", "x"]
    day = numpy.datetime64("1969-06-01") + source.integers(0, 900, rows)
    stamp = numpy.datetime64("1969-12-01T00:00:00") + source.integers(0, 90_000_000, rows)
    amounts = ["", "1,234.5", "7.2.9", "56.7M", "3k", "12."]
    text = [f"{source.choice(words)} {source.choice(['No.', '$', '€', 'k'])}{source.choice(amounts)}"
            f"{source.choice(['', ' and', ', or'])} {'é' * source.integers(0, 40)}{i % 613}" for i in range(rows)]
    table = pandas.DataFrame({
        "number": numpy.where(source.random(rows) < 0.1, numpy.nan, source.normal(0, 1e3, rows).round(3)),
        "whole": source.integers(-40, 4000, rows),
        "flag": source.choice(["true", "false"], rows),
        "flag with holes": source.choice(["yes", "no", ""], rows),
        "day": [str(d) if source.random() > 0.05 else "" for d in day],
        "stamp": [str(s).replace("T", " ") for s in stamp],
        "clock": [f"{source.integers(0, 24):02}:{source.integers(0, 60):02}:{source.integers(0, 60):02}" for _ in range(rows)],
        "letter": source.choice(["a", "b", "ccc", "", "d,\"e"], rows),
        "prediction": source.normal(0, 1, rows).round(4),
        "remark": text,
    })
    score = (table["whole"] / 2000 + (table["letter"] == "b") + stamp.astype("datetime64[M]").astype(int) % 12 / 6
             + numpy.array([len(t) for t in text]) / 30 + table["prediction"] + source.normal(0, 0.5, rows))
    table["kind"] = numpy.select([score < 2, score < 3], ["low", "mid"], "high")
    table.to_csv(path, index=False)


def data_sets(folder):
    """(name, file, target), the committed ones first."""
    for name, target in COMMITTED.items():
        yield name, ROOT / "tests/data" / f"{name}.csv", target
    made_up(folder / "made-up.csv")
    yield "made-up", folder / "made-up.csv", "kind"
    shared = pathlib.Path(os.environ.get("CSVA_SHARED_DATA") or "/nowhere") / "data"
    with open(ROOT / "tests/bench/quality/sets.tsv", encoding="utf-8", newline="") as file:
        for about in csv.DictReader(file, delimiter="\t"):
            path = shared / f"{about['name']}.csv"
            if path.exists() and about["name"] not in COMMITTED:
                yield about["name"], path, about["target"]


def typed(cells, column, wanted):
    """The cells of a column as the graph wants them: see src/engine/exchange/exchange.hpp."""
    if wanted == "string":
        return pandas.Series(cells, dtype=object)

    def number(cell):
        if cell == "":
            return numpy.nan
        if column["type"] == "boolean":
            return cell == "true"
        if column["type"] == "date":
            return (datetime.datetime.fromisoformat(cell) - EPOCH).days
        if column["type"] == "timestamp":
            return (datetime.datetime.fromisoformat(cell) - EPOCH) // MICROSECOND
        if column["type"] == "time":
            return (datetime.datetime.fromisoformat(f"1970-01-01 {cell}") - EPOCH) // MICROSECOND
        return int(cell) if column["type"] == "integer" else float(cell)
    dtype = {"double": float, "long": "int64", "boolean": bool}[wanted]
    return pandas.Series([number(cell) for cell in cells]).astype(dtype)


def read_rows(csva, source, model, folder):
    """The rows of a file, typed as the model's graph takes them, and which of its rows they are: not those that miss a whole
    number that no training row missed, which MLflow itself refuses."""
    subprocess.run([csva, "read", source, "--output", folder / "typed.csv"], check=True, stderr=subprocess.DEVNULL)  # nosec B603
    with open(folder / "typed.csv", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    columns = {c["name"]: c for c in json.loads((model / "model.json").read_text())["columns"]["columns"]}
    inputs = mlflow.models.Model.load(model / "MLmodel").signature.inputs
    whole = [header.index(spec.name) for spec in inputs if spec.type.name in ("long", "boolean")]
    kept = [i for i, row in enumerate(rows) if all(row[c] for c in whole)]
    return pandas.DataFrame({spec.name: typed([rows[i][header.index(spec.name)] for i in kept], columns[spec.name], spec.type.name)
                             for spec in inputs}), kept, len(rows)


def differences(theirs, ours):
    """Largest difference of probabilities or numbers, and rows of another class."""
    kinds = [c for c in ours if c.startswith("probability_")]
    if not kinds:
        a, b = theirs.iloc[:, 0].to_numpy(), ours["prediction"].astype(float).to_numpy()
        return float(numpy.max(numpy.abs(a - b) / numpy.maximum(1, numpy.abs(b)))), 0
    worst = max(float(numpy.max(numpy.abs(theirs.iloc[:, k + 1].to_numpy() - ours[c].astype(float).to_numpy())))
                for k, c in enumerate(kinds))
    return worst, int((theirs.iloc[:, 0].astype(str).to_numpy() != ours["prediction"].to_numpy()).sum())


def compare(csva, source, model, folder):
    """Asks all three, and returns the worst difference, rows of another class, rows, seconds of the session."""
    subprocess.run([csva, "predict", model, source, "--output", folder / "answers.csv"], check=True,  # nosec B603
                   stderr=subprocess.DEVNULL)
    ours = pandas.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False)
    rows, kept, count = read_rows(csva, source, model, folder)
    if len(ours) != count:
        sys.exit(f"{source}: {len(ours)} answers to {count} rows")
    ours = ours.iloc[kept]
    onnx.checker.check_model(onnx.load(model / "model.onnx"), full_check=False)
    session = onnxruntime.InferenceSession(model / "model.onnx")
    feed = {i.name: rows[i.name].to_numpy().reshape((-1,) if len(i.shape) == 1 else (-1, 1)) for i in session.get_inputs()}
    begin = time.monotonic()
    names = [o.name for o in session.get_outputs()]
    direct = pandas.DataFrame(dict(zip(names, session.run(names, feed))))
    seconds = time.monotonic() - begin
    loaded = mlflow.pyfunc.load_model(str(model))
    through = loaded.predict(rows)
    example = mlflow.models.Model.load(model / "MLmodel").load_input_example(str(model))
    loaded.predict(example.astype({c: rows[c].dtype for c in rows}))
    outcome = [differences(answers, ours) for answers in (direct, through)]
    return max(d for d, _ in outcome), max(c for _, c in outcome), len(rows), seconds


def train(csva, source, target, model, *options):
    outcome = subprocess.run([csva, "train", source, "--target", target, "--model", model, *options],  # nosec B603
                             check=True, capture_output=True, text=True)
    return next((line[5:] for line in outcome.stdout.splitlines() if line.startswith("best ")), "")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("csva", nargs="?", default=str(ROOT / "build/dev/bin/csva"))
    options.add_argument("--sets", default="", help="names, with commas between")
    options.add_argument("--budget", default="5s")
    options = options.parse_args()
    csva = str(pathlib.Path(options.csva).resolve())
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    print(f"mlflow {mlflow.__version__}, onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    ran = bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for label, source, target in data_sets(folder):
            if options.sets and label not in options.sets.split(","):
                continue
            ways = [("", ["--budget", options.budget])]
            if label in ONE_BY_ONE:
                ways += [(family, ["--families", family, "--trees", "20", "--budget", "60s"])
                         for family in FAMILIES[label != "california-housing"]]
            for number, (family, wish) in enumerate(ways):
                model = folder / f"{label}-{number}"
                best = train(csva, source, target, model, *wish)
                worst, classes, rows, seconds = compare(csva, source, model, folder)
                good = worst <= TOLERANCE and classes == 0 and (not family or best == family)
                ran += 1
                bad += 0 if good else 1
                print(f"{'' if good else 'BAD '}{label:20} {best:28} {rows:6} rows, worst difference {worst:.1e}, "
                      f"{classes} other classes, {seconds:.2f} s", flush=True)
    print(f"Models in MLflow and onnxruntime: {ran} ran, {bad} failed, 0 skipped")
    sys.exit(1 if bad or not ran else 0)


if __name__ == "__main__":
    main()
