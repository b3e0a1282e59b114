"""Trains on labelled data and computes every score of every line of the leaderboard again.

From the held-out CSV alone (row_id, truth, prediction, probability_<class>; those of the other models with their name before),
with scikit-learn; 1e-9 apart at most. Sets of the repository, and others where CSVA_SHARED_DATA is.
"""
import csv
import json
import os
import pathlib
import subprocess  # nosec B404: starts the program under test
import sys
import tempfile

import numpy
from sklearn import metrics

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get("CSVA_PROGRAM", str(ROOT / "build/release/bin/csva"))
SETS = {"titanic": "Survived", "telco-churn": "Churn", "marvel": "ALIGN", "california-housing": "median_house_value"}
SHARED = {"iris": "species", "diamonds": "price"}
NEAR = 1e-9


def truths(rows, classes, of):
    """Positions of the true and predicted classes, and the probabilities."""
    place = {name: i for i, name in enumerate(classes)}
    truth = numpy.array([place[r["truth"]] for r in rows])
    predicted = numpy.array([place[r[of + "prediction"]] for r in rows])
    probabilities = numpy.array([[float(r[of + "probability_" + c]) for c in classes] for r in rows])
    return truth, predicted, probabilities


def expected_scores(rows, classes, of):
    """The scores by name, as scikit-learn has them."""
    if not classes:
        truth = numpy.array([float(r["truth"]) for r in rows])
        answer = numpy.array([float(r[of + "prediction"]) for r in rows])
        return {
            "r2": metrics.r2_score(truth, answer),
            "rmse": metrics.root_mean_squared_error(truth, answer),
            "mae": metrics.mean_absolute_error(truth, answer),
        }
    truth, predicted, probabilities = truths(rows, classes, of)
    scores = {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "macro_f1": metrics.f1_score(truth, predicted, average="macro", zero_division=0),
        "log_loss": metrics.log_loss(truth, probabilities, labels=range(len(classes))),
    }
    if len(classes) == 2:
        scores["roc_auc"] = metrics.roc_auc_score(truth, probabilities[:, 1])
    return scores


def check(path, target, folder):
    """Number of differences of one data set."""
    name = path.stem
    model = folder / name
    held_out = folder / (name + ".csv")
    done = subprocess.run(  # nosec B603
        [PROGRAM, "train", str(path), "--target", target, "--model", str(model),
         "--budget", "5s", "--held-out", str(held_out), "--json"],
        check=True, capture_output=True, text=True)
    report = json.loads(done.stdout)["report"]
    with open(held_out, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    bad = 0
    for number, line in enumerate(report["leaderboard"]):
        shown = {s["name"]: s["value"] for s in line["scores"]}
        expected = expected_scores(rows, report["classes"], "" if number == 0 else line["name"] + ".")
        if set(shown) != set(expected) or len(rows) != report["held_out_rows"]:
            print(f"{name}: shows {sorted(shown)} on {len(rows)} rows")
            bad += 1
        for score, value in expected.items():
            difference = abs(shown.get(score, float("nan")) - value)
            # An error in the target's unit is as large as the unit: 1e-9 of it.
            good = difference <= NEAR * max(1.0, abs(value))
            print(f"{name:20} {line['name']:28} {score:10} {value:.12g} {difference:.1e} {'' if good else 'DIFFERS'}")
            bad += not good
    if report["classes"]:
        truth, predicted, _ = truths(rows, report["classes"], "")
        matrix = metrics.confusion_matrix(truth, predicted, labels=range(len(report["classes"])))
        if matrix.ravel().tolist() != report["confusion"]:
            print(f"{name}: the confusion matrix differs")
            bad += 1
    return bad


def main():
    with tempfile.TemporaryDirectory() as folder:
        files = [(ROOT / f"tests/data/{name}.csv", target) for name, target in SETS.items()]
        shared = pathlib.Path(os.environ.get("CSVA_SHARED_DATA") or "/nowhere") / "data"
        files += [(shared / f"{name}.csv", target) for name, target in SHARED.items() if shared.is_dir()]
        bad = sum(check(path, target, pathlib.Path(folder)) for path, target in files)
    print(f"{bad} differences")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
