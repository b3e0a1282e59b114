"""./dev bench quality [--sets a,b] [--budget 30]: `csva train` beside scikit-learn's random forest, in one run.

CSVA_SHARED_DATA/data holds the data sets of sets.tsv; those that are there are used. Each is split 75/25 by a fixed
rule, csva trains on one part within the budget and predicts the other; the forest (100 trees, one-hot categories, median
and most frequent for missing cells) is told separator, encoding, decimal mark and task. The scores of both come from
their predictions by scikit-learn. Exit status 1 when csva takes longer than the budget, or when more than two sets are
below the forest by more than 0.005 (AUC, R2) or 2 % (log loss).
"""
import argparse
import csv
import hashlib
import io
import os
import pathlib
import subprocess  # nosec B404: starts the programs to be measured
import sys
import tempfile
import time

import numpy
import pandas
import sklearn
from sklearn import metrics
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MISSING = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"}
MAY_FAIL = 2


def fmix32(h):
    """MurmurHash3's finaliser."""
    h ^= h >> 16
    h = h * 0x85EBCA6B & 0xFFFFFFFF
    h ^= h >> 13
    h = h * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ h >> 16


def split(about, source, folder):
    """Writes train.csv and test.csv: rows with a target, numbered from 0; fmix32(i + 1) mod 4 = 0 is a test row."""
    with open(source, encoding=about["encoding"], newline="") as file:
        rows = list(csv.reader(file, delimiter=about["separator"]))
    header = rows[0]
    target = header.index(about["target"])
    missing = MISSING | set(filter(None, about["target_na"].split("|")))
    kept = [i for i, name in enumerate(header) if name not in about["drop"].split("|")]
    parts = ([header], [header])
    number = 0
    for row in rows[1:]:
        if target >= len(row) or row[target].strip() in missing:
            continue
        number += 1
        parts[fmix32(number) % 4 == 0].append(row)
    for name, part in zip(("train.csv", "test.csv"), parts):
        with open(folder / name, "w", encoding=about["encoding"], newline="") as file:
            writer = csv.writer(file, delimiter=about["separator"], lineterminator="\n")
            writer.writerows([[row[i] if i < len(row) else "" for i in kept] for row in part])


def read(about, path):
    """As pandas reads it with what it was told."""
    return pandas.read_csv(path, sep=about["separator"], encoding=about["encoding"], decimal=about["decimal"], low_memory=False)


def first_score(about, truth, answer, classes):
    """AUC, log loss or R2 of probabilities (columns as classes) or estimates."""
    if about["task"] == "regression":
        return metrics.r2_score(truth, answer)
    place = {c: i for i, c in enumerate(classes)}
    if about["task"] == "binary":
        return metrics.roc_auc_score([t == classes[1] for t in truth], answer[:, 1])
    return -float(numpy.mean(numpy.log(numpy.clip([answer[i, place[t]] for i, t in enumerate(truth)], 1e-6, 1))))


def forest(about, folder):
    """The peer's answers, their classes and its seconds."""
    start = time.monotonic()
    train, test = read(about, folder / "train.csv"), read(about, folder / "test.csv")
    y = train.pop(about["target"])
    test.pop(about["target"])
    numeric = [c for c in train if train[c].dtype.kind in "iuf" and test[c].dtype.kind in "iuf"]
    others = [c for c in train if c not in numeric]
    for frame in (train, test):
        for c in others:
            frame[c] = frame[c].astype(object).where(frame[c].isna(), frame[c].astype(str)).astype(object)
    kind = RandomForestRegressor if about["task"] == "regression" else RandomForestClassifier
    categories = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    model = make_pipeline(
        make_column_transformer((SimpleImputer(strategy="median"), numeric), (categories, others)),
        kind(n_estimators=100, n_jobs=-1, random_state=0))
    model.fit(train, y.astype(float) if about["task"] == "regression" else y.astype(str))
    if about["task"] == "regression":
        return model.predict(test), [], time.monotonic() - start
    return model.predict_proba(test), list(model.classes_), time.monotonic() - start


def ours(about, folder, options):
    """csva's answers, their classes and its seconds for the training command."""
    start = time.monotonic()
    subprocess.run(  # nosec B603
        [options.csva, "train", folder / "train.csv", "--target", about["target"], "--model", folder / "model",
         "--budget", f"{options.budget}s", "--test", folder / "test.csv", "--json"], check=True, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - start
    done = subprocess.run([options.csva, "predict", folder / "model", folder / "test.csv"],  # nosec B603
                          check=True, capture_output=True, text=True)
    answers = pandas.read_csv(io.StringIO(done.stdout))
    if about["task"] == "regression":
        return answers["prediction"].to_numpy(), [], wall
    columns = [c for c in answers if c.startswith("probability_")]
    return answers[columns].to_numpy(), [c.removeprefix("probability_") for c in columns], wall


def checksum(answer):
    """Of the predictions to nine digits."""
    text = "\n".join("%.9g" % v for v in numpy.asarray(answer).ravel())
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def bench(about, source, options):
    """One line of the table: whether csva is good enough and in time."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        split(about, source, folder)
        truth = read(about, folder / "test.csv")[about["target"]]
        truth = truth.astype(float if about["task"] == "regression" else str).to_list()
        peer, peer_classes, peer_s = forest(about, folder)
        mine, classes, wall = ours(about, folder, options)
    a = first_score(about, truth, mine, classes)
    b = first_score(about, truth, peer, peer_classes)
    good = a <= b * 1.02 if about["task"] == "multiclass" else a >= b - 0.005
    print(f"{about['name']:20}{about['task']:11} csva {a:8.5f} in {wall:5.1f} s   forest {b:8.5f} in {peer_s:5.1f} s   "
          f"{'good' if good else 'BELOW'}   {checksum(mine)} {checksum(peer)}", flush=True)
    return good, wall <= options.budget


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--csva", default=str(ROOT / "build/release/bin/csva"))
    options.add_argument("--sets", default="")
    options.add_argument("--budget", type=float, default=30)
    options = options.parse_args()
    data = os.environ.get("CSVA_SHARED_DATA")
    if not data:
        sys.exit("CSVA_SHARED_DATA must name the folder that holds data/")
    version = subprocess.run([options.csva, "--version"], check=True, capture_output=True, text=True)  # nosec B603
    print(f"csva {version.stdout.strip()}, scikit-learn {sklearn.__version__}, pandas {pandas.__version__}")
    with open(HERE / "sets.tsv", encoding="utf-8", newline="") as file:
        sets = list(csv.DictReader(file, delimiter="\t"))
    below = late = measured = 0
    for about in sets:
        source = pathlib.Path(data) / "data" / (about["name"] + ".csv")
        if source.exists() and (not options.sets or about["name"] in options.sets.split(",")):
            good, in_time = bench(about, source, options)
            below += not good
            late += not in_time
            measured += 1
    print(f"{measured} sets: {below} below the forest (at most {MAY_FAIL}), {late} over the budget (none)")
    sys.exit(1 if below > MAY_FAIL or late or not measured else 0)


if __name__ == "__main__":
    main()
