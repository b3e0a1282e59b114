"""`./dev bench tracking [--only PART]... [--runs 10000] [--points 100000]`: our tracking beside `mlflow server` in one run.

Both on SQLite in a folder of their own, MLflow at its default number of workers, one keep-alive client (with a token for us).
Measured at the middle of `--rounds` calls: log-batch of 1,000 metrics, runs/search over 10,000 runs (a filter on a metric and a
param, ordered by a metric, a page of 1,000), get-history of 100,000 points in pages of 25,000. Prints both times, the ratio,
versions, and a checksum of both answers. Exit status 1 when an answer differs or a ratio is below 10.
"""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess  # nosec B404: starts the programs to be measured
import sys
import tempfile
import time
import uuid

import mlflow
import requests

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from support import postgres  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402

GOAL = 10
BATCH = 1000
PAGE = 25_000
BEGIN = 1_700_000_000_000
STEPS = {"auc": 7, "loss": 11, "f1": 13}
TABLES = ("runs", "latest_metrics", "metrics", "params", "tags")
FILTER = "metrics.auc > 0.25 and params.kind = 'x'"


def value_of(i, key):
    return (i * STEPS[key] % 1000) / 1000


class Service:
    """One server with its client. `call` gives the answer's JSON."""

    def __init__(self, url, token=""):
        self.http, self.url = requests.Session(), url + "/api/2.0/mlflow/"
        if token:
            self.http.headers["Authorization"] = "Bearer " + token

    def call(self, path, query=None, **body):
        answer = (self.http.get(self.url + path, params=query, timeout=300) if query
                  else self.http.post(self.url + path, json=body, timeout=300))
        answer.raise_for_status()
        return answer.json()

    def run(self, experiment, number=0):
        made = self.call("runs/create", experiment_id=experiment, start_time=BEGIN + number, run_name=f"r{number:05d}")
        return made["run"]["info"]["run_id"]

    def fill(self, experiment, numbers):
        """A run for each number, with what it logged."""
        for i in numbers:
            self.call("runs/log-batch", run_id=self.run(experiment, i),
                      metrics=[{"key": key, "value": value_of(i, key), "timestamp": 1, "step": 0} for key in STEPS],
                      params=[{"key": "kind", "value": "xy"[i % 2]}, {"key": "depth", "value": str(i % 9)}],
                      tags=[{"key": "team", "value": "ds"}])

    def lengthen(self, run, points):
        for start in range(0, points, BATCH):
            self.log(run, start)

    def prepare_batch(self, options):
        experiment = self.call("experiments/create", name="other")["experiment_id"]
        self.fresh = [self.run(experiment, i) for i in range(options.rounds)]

    def prepare_search(self, options):
        self.experiment = self.call("experiments/create", name="bench")["experiment_id"]
        self.fill(self.experiment, range(options.runs))

    def prepare_history(self, options):
        self.long = self.run(self.call("experiments/create", name="long")["experiment_id"])
        self.lengthen(self.long, options.points)

    def log(self, run, start):
        self.call("runs/log-batch", run_id=run, metrics=[
            {"key": "loss", "value": 1 / (1 + i), "timestamp": 1000 + i, "step": i} for i in range(start, start + BATCH)])

    def batch(self, round_number):
        """Into a new run each time, so that each call does the same."""
        run = self.fresh[round_number]
        start = time.perf_counter()
        self.log(run, 0)
        taken = time.perf_counter() - start
        info = self.call("runs/get", query={"run_id": run})["run"]["data"]["metrics"]
        return taken, [[m["key"], float(m["value"]), m["step"]] for m in info]

    def search(self, _):
        start = time.perf_counter()
        page = self.call("runs/search", experiment_ids=[self.experiment], filter=FILTER, max_results=1000,
                         order_by=["metrics.auc DESC"])
        taken = time.perf_counter() - start
        return taken, sorted([r["info"]["run_name"], sorted((m["key"], float(m["value"])) for m in r["data"]["metrics"]),
                              sorted((p["key"], p["value"]) for p in r["data"]["params"])] for r in page["runs"])

    def history(self, _):
        start, found, token = time.perf_counter(), [], ""
        while token is not None:
            page = self.call("metrics/get-history", query={
                "run_id": self.long, "metric_key": "loss", "max_results": PAGE, **({"page_token": token} if token else {})})
            found += page["metrics"]
            token = page.get("next_page_token")
        return time.perf_counter() - start, sorted([m["step"], float(m["value"]), m["timestamp"]] for m in found)


class Theirs(Service):
    """Takes minutes over so many calls, so the rows of the first run that it wrote itself are multiplied in its file."""

    def __init__(self, url, file):
        super().__init__(url)
        self.file = file

    def rows(self, store, table, run):
        found = store.execute(f"SELECT * FROM {table} WHERE run_uuid = ?", (run,))  # nosec B608: names of ours
        names = [column[0] for column in found.description]
        return [dict(zip(names, row)) for row in found]

    def add(self, store, table, rows):
        names = list(rows[0])
        store.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # nosec B608
                          ([row[name] for name in names] for row in rows))

    def fill(self, experiment, numbers):
        super().fill(experiment, numbers[:1])
        with contextlib.closing(sqlite3.connect(self.file, timeout=60)) as store, store:
            first = store.execute("SELECT run_uuid FROM runs WHERE experiment_id = ?", (int(experiment),)).fetchone()[0]
            known = {table: self.rows(store, table, first) for table in TABLES}
            made = {i: uuid.uuid4().hex for i in numbers[1:]}
            for table, rows in known.items():
                self.add(store, table, [self.changed(row, i) | {"run_uuid": made[i]} for i in made for row in rows])

    @staticmethod
    def changed(row, i):
        """A row of run 0 as run i has it."""
        texts = {"kind": "xy"[i % 2], "depth": str(i % 9), "mlflow.runName": f"r{i:05d}"}
        if "start_time" in row:
            return row | {"start_time": BEGIN + i, "name": f"r{i:05d}",
                          "artifact_uri": row["artifact_uri"].replace(row["run_uuid"], f"{i:032d}")}
        if row["key"] in STEPS:
            return row | {"value": value_of(i, row["key"])}
        return row | {"value": texts.get(row["key"], row["value"])}

    def lengthen(self, run, points):
        super().lengthen(run, BATCH)
        with contextlib.closing(sqlite3.connect(self.file, timeout=60)) as store, store:
            first = self.rows(store, "metrics", run)[0]
            self.add(store, "metrics", [first | {"value": 1 / (1 + i), "timestamp": 1000 + i, "step": i}
                                        for i in range(BATCH, points)])


def wait_until_up(url):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if requests.get(url + "/health", timeout=2).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.2)
    sys.exit("mlflow server did not start")


def theirs(folder):
    port = postgres.free_port()
    process = subprocess.Popen(  # nosec B603
        [str(pathlib.Path(sys.executable).parent / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port),
         "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", folder + "/artifacts"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url)
    return process, Theirs(url, folder + "/mlflow.db")


PARTS = {"batch": f"log-batch of {BATCH:,} metrics", "search": "runs/search over {0.runs:,} runs",
         "history": "get-history of {0.points:,} points"}


def checksum(answer):
    return hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:12]


def compare(name, services, rounds, call):
    """One line of the table; whether it is good."""
    times, sums = {}, {}
    for i in range(rounds):
        for label, service in services.items():
            taken, answer = getattr(service, call)(i)
            times.setdefault(label, []).append(taken)
            sums[label] = checksum(answer)
    middle = {label: statistics.median(taken) * 1000 for label, taken in times.items()}
    ratio = middle["mlflow"] / middle["csva"]
    print(f"{name:34} csva {middle['csva']:9.1f} ms  mlflow {middle['mlflow']:9.1f} ms  ratio {ratio:6.1f}  "
          f"answers {sums['csva']} {sums['mlflow']}", flush=True)
    return ratio >= GOAL and sums["csva"] == sums["mlflow"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=10_000)
    options.add_argument("--points", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--only", choices=PARTS, action="append", help="this part; each takes a minute or two")
    options = options.parse_args()
    if "CSVA_PROGRAM" not in os.environ and (ROOT / "build/release/bin/csva").exists():
        os.environ["CSVA_PROGRAM"] = str(ROOT / "build/release/bin/csva")
    settings = {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "0"}
    with tempfile.TemporaryDirectory() as folder, Server("", settings) as server:
        server.command("user", "add", "ada", "--password-stdin", stdin=PASSWORD)
        token = server.command("token", "add", "ada", "--scope", "write").stdout.strip()
        process, their_service = theirs(folder)
        services = {"csva": Service(server.url, token), "mlflow": their_service}
        try:
            version = server.command("--version", data=False).stdout.strip()
            print(f"csva {version}, mlflow {mlflow.__version__}, Python {sys.version.split()[0]}, SQLite both")
            good = []
            for part in options.only or PARTS:
                for label, service in services.items():
                    start = time.monotonic()
                    getattr(service, "prepare_" + part)(options)
                    print(f"{label}: prepared in {time.monotonic() - start:.1f} s", flush=True)
                good.append(compare(PARTS[part].format(options), services, options.rounds, part))
        finally:
            process.terminate()
            process.wait(20)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
