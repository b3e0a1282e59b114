"""./dev bench train [--rows 1000000] [--rounds 3]: CSV to model, whole processes, beside pandas + LightGBM in the same run.

100 trees of 63 leaves on rows x 30 columns, the two in turn. Prints wall and CPU seconds and peak memory (medians of three),
AUC of both on 100,000 other rows (their equality stands for that of the models), checksums, versions and the two ratios. Exit
status 1 when csva takes more than 0.9 of the peer's wall time (median of the rounds' ratios) or half of its memory, or its AUC
is lower by more than 0.002.
"""
import argparse
import hashlib
import os
import pathlib
import statistics
import subprocess  # nosec B404: starts the programs to be measured
import sys
import tempfile
import time

import lightgbm
import numpy
import pandas
from sklearn.metrics import roc_auc_score

import gen

ROOT = pathlib.Path(__file__).resolve().parents[3]
TESTED = 100_000
FIRST_TESTED = 2**40
WALL, MEMORY, NEAR = 0.9, 0.5, 0.002
PEER = """import sys
import lightgbm, pandas
source, model = sys.argv[1:]
X = pandas.read_csv(source)
y = X.pop("y").to_numpy()
for c in X:
    if c[0] == "c":
        X[c] = X[c].astype("category")
m = lightgbm.LGBMClassifier(n_estimators=100, num_leaves=63, verbose=-1)
m.fit(X, y)
m.booster_.save_model(model)
"""


def measure(command):
    """Runs a whole process: wall and CPU seconds, peak megabytes."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # nosec B603
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def checksum(answer):
    return hashlib.sha256("\n".join("%.9g" % v for v in answer).encode()).hexdigest()[:12]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--csva", default=str(ROOT / "build/release/bin/csva"))
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    version = subprocess.run([options.csva, "--version"], check=True, capture_output=True, text=True)  # nosec B603
    print(f"csva {version.stdout.strip()}, LightGBM {lightgbm.__version__}, pandas {pandas.__version__}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source, tested = str(folder / "train.csv"), str(folder / "test.csv")
        gen.write(source, options.rows)
        gen.write(tested, TESTED, FIRST_TESTED)
        ours_command = [options.csva, "train", source, "--target", "y", "--families", "GradientBoostingClassifier", "--trees",
                        "100", "--leaves", "63", "--budget", "600s", "--model"]
        peers, mines = [], []
        for number in range(options.rounds):
            peers.append(measure([sys.executable, "-c", PEER, source, str(folder / "peer.txt")]))
            mines.append(measure(ours_command + [str(folder / f"model-{number}")]))
            print(f"round {number + 1}: csva {mines[-1][0]:.1f} s, peer {peers[-1][0]:.1f} s")
        answers = folder / "answers.csv"
        subprocess.run([options.csva, "predict", folder / "model-0", tested, "--output", answers], check=True)  # nosec B603
        test = pandas.read_csv(tested)
        y = test.pop("y").to_numpy()
        columns = pandas.read_csv(source, usecols=[c for c in test if c[0] == "c"])
        for c in columns:
            test[c] = pandas.Categorical(test[c], categories=columns[c].astype("category").cat.categories)
        theirs = lightgbm.Booster(model_file=folder / "peer.txt").predict(test)
        ours = pandas.read_csv(answers)["probability_1"].to_numpy()
    auc = roc_auc_score(y, ours), roc_auc_score(y, theirs)
    mine, peer = ([statistics.median(column) for column in zip(*rounds)] for rounds in (mines, peers))
    for label, (wall, cpu, megabytes), answer, score in (("csva", mine, ours, auc[0]), ("pandas + LightGBM", peer, theirs, auc[1])):
        print(f"{label:18} {wall:6.1f} s wall {cpu:6.1f} s CPU {megabytes:6.0f} MB   AUC {score:.5f}   {checksum(answer)}")
    wall = statistics.median(a[0] / b[0] for a, b in zip(mines, peers))
    memory = mine[2] / peer[2]
    print(f"wall {wall:.2f} of the peer's (goal {WALL}), memory {memory:.2f} (goal {MEMORY}), "
          f"correlation of the answers {numpy.corrcoef(ours, theirs)[0, 1]:.4f}")
    sys.exit(0 if wall <= WALL and memory <= MEMORY and auc[0] >= auc[1] - NEAR else 1)


if __name__ == "__main__":
    main()
