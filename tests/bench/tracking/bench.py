"""./dev bench tracking [--runs 10000] [--points 100000]: our tracking beside `mlflow server` in one run.

Both on SQLite in a folder of their own, MLflow at its default number of workers, one keep-alive client (with a token for us).
Measured at the middle of `--rounds` calls: log-batch of 1,000 metrics, runs/search over 10,000 runs (a filter on a metric and a
param, ordered by a metric, a page of 1,000), get-history of 100,000 points in pages of 25,000. Prints both times, the ratio,
versions, and a checksum of both answers. Exit status 1 when an answer differs or a ratio is below 10.
"""
import argparse
import hashlib
import json
import os
import pathlib
import statistics
import subprocess  # nosec B404: starts the programs to be measured
import sys
import tempfile
import time

import mlflow
import requests

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from support import postgres  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402

GOAL = 10
BATCH = 1000
PAGE = 25_000
FILTER = "metrics.auc > 0.25 and params.kind = 'x'"


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
        made = self.call("runs/create", experiment_id=experiment, start_time=1_700_000_000_000 + number,
                         run_name=f"r{number:05d}")
        return made["run"]["info"]["run_id"]

    def prepare(self, runs, points):
        self.experiment = self.call("experiments/create", name="bench")["experiment_id"]
        for i in range(runs):
            self.call("runs/log-batch", run_id=self.run(self.experiment, i),
                      metrics=[{"key": key, "value": (i * step % 1000) / 1000, "timestamp": 1, "step": 0}
                               for key, step in (("auc", 7), ("loss", 11), ("f1", 13))],
                      params=[{"key": "kind", "value": "xy"[i % 2]}, {"key": "depth", "value": str(i % 9)}],
                      tags=[{"key": "team", "value": "ds"}])
        self.other = self.call("experiments/create", name="other")["experiment_id"]
        self.long = self.run(self.other)
        for start in range(0, points, BATCH):
            self.log(self.long, start)

    def log(self, run, start):
        self.call("runs/log-batch", run_id=run, metrics=[
            {"key": "loss", "value": 1 / (1 + i), "timestamp": 1000 + i, "step": i} for i in range(start, start + BATCH)])

    def log_batch(self, round_number):
        """Into a new run each time, so that each call does the same."""
        run = self.fresh[round_number]
        start = time.perf_counter()
        self.log(run, 0)
        taken = time.perf_counter() - start
        info = self.call("runs/get", query={"run_id": run})["run"]["data"]["metrics"]
        return taken, [[m["key"], m["value"], m["step"]] for m in info]

    def search(self, _):
        start = time.perf_counter()
        page = self.call("runs/search", experiment_ids=[self.experiment], filter=FILTER, max_results=1000,
                         order_by=["metrics.auc DESC"])
        taken = time.perf_counter() - start
        return taken, sorted([r["info"]["run_name"], sorted((m["key"], m["value"]) for m in r["data"]["metrics"]),
                              sorted((p["key"], p["value"]) for p in r["data"]["params"])] for r in page["runs"])

    def history(self, _):
        start, found, token = time.perf_counter(), [], ""
        while token is not None:
            page = self.call("metrics/get-history", query={
                "run_id": self.long, "metric_key": "loss", "max_results": PAGE, **({"page_token": token} if token else {})})
            found += page["metrics"]
            token = page.get("next_page_token")
        return time.perf_counter() - start, sorted([m["step"], m["value"], m["timestamp"]] for m in found)


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
    return process, Service(url)


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
            for label, service in services.items():
                start = time.monotonic()
                service.prepare(options.runs, options.points)
                service.fresh = [service.run(service.other, i) for i in range(options.rounds)]
                print(f"{label}: {options.runs} runs and {options.points} points kept in {time.monotonic() - start:.1f} s",
                      flush=True)
            version = server.command("--version", data=False).stdout.strip()
            print(f"csva {version}, mlflow {mlflow.__version__}, Python {sys.version.split()[0]}, SQLite both")
            good = [compare(f"log-batch of {BATCH:,} metrics", services, options.rounds, "log_batch"),
                    compare(f"runs/search over {options.runs:,} runs", services, options.rounds, "search"),
                    compare(f"get-history of {options.points:,} points", services, max(3, options.rounds // 3), "history")]
        finally:
            process.terminate()
            process.wait(20)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
