"""Kills the whole service with SIGKILL, again and again, while it takes in files, cleans and
trains, and then looks whether anything that was answered is lost or half there.

    tests/kill/run.py [--rounds 50] [--backend sqlite|postgres] [--seed N] [--crash-points]

With --crash-points each round kills at one named place of the program instead (CSVA_CRASH_AT), on a store that
holds read, cleaned and learnt files already; a place where nothing was killed is a problem.

After the last round the service is started once more and left alone until its queue is empty.
Every upload that was answered 201 must be there with the same SHA-256 and be ready; every accepted
cleaning and training must have ended; every key in the tables must name a blob; no version may be
half made; no process may be left.
"""

import argparse
import contextlib
import csv
import hashlib
import io
import os
import pathlib
import random
import re
import signal
import sqlite3
import subprocess  # nosec B404
import sys
import threading
import time

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import postgres  # noqa: E402
from support.server import PASSWORD, ROOT, Server, program  # noqa: E402

SETTINGS = {
    "CSVA_JOBS_LEASE_MS": "1500",
    "CSVA_JOBS_CONCURRENT": "2",
    "CSVA_LIMITS_USER_BYTES": str(10**10),
}
MOMENT_S = (0.2, 2.0)
DRAIN_S = 400
PAUSE_S = {"upload": 0.1, "clean": 0.2, "train": 1.2}
CRASH_S = 30


def table(number, rows=300):
    """A file of its own for each upload: bytes, so that its hash is known."""
    chance = random.Random(number)
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["code", "size", "colour", "bought"])
    for row in range(rows):
        size = chance.randint(1, 99)
        write.writerow([f"{number:04}-{row}", size, chance.choice(["red", "blue", ""]),
                        "yes" if size > 50 else "no"])
    return out.getvalue().encode()


def children(pid):
    found = []
    with contextlib.suppress(OSError):
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def descendants(pid):
    return [one for child in children(pid) for one in (child, *descendants(child))]


class World:
    """The service, what it has answered, and what must therefore be there."""

    def __init__(self, server, chance):
        self.server, self.chance = server, chance
        self.lock = threading.Lock()
        self.uploads, self.cleanings, self.trainings = {}, [], []
        self.numbers = iter(range(10**9))
        self.token = ""
        self.child_dies = False  # A job may then be given up, and must say so.
        self.stop = threading.Event()

    def call(self, method, path, **more):
        return requests.request(
            method, self.server.url + path, timeout=20,
            headers={"Authorization": "Bearer " + self.token, "Accept": "application/json"}, **more)

    def upload(self):
        with self.lock:
            number = next(self.numbers)
        content = table(number)
        answer = self.call("POST", "/api/upload-csv/", files={"file": (f"t{number}.csv", content)})
        if answer.status_code == 201:
            pk = int(answer.headers["Location"].strip("/").split("/")[-1])
            with self.lock:
                self.uploads[pk] = hashlib.sha256(content).hexdigest()

    def some(self):
        with self.lock:
            return self.chance.choice(sorted(self.uploads)) if self.uploads else None

    def clean(self):
        pk = self.some()
        steps = [{"step": "trim@1", "columns": ["colour"], "options": {}},
                 {"step": "drop_duplicates@1", "columns": [], "options": {}}]
        answer = pk and self.call("POST", f"/clean/{pk}/", json={"steps": steps})
        if answer and answer.status_code in (200, 201, 202):
            with self.lock:
                self.cleanings.append((pk, answer.json()["job_id"]))

    def train(self):
        pk = self.some()
        wish = {"target": "bought", "budget_s": 2}
        answer = pk and self.call("POST", f"/api/v1/datasets/{pk}/trainings", json=wish)
        if answer and answer.status_code in (200, 201, 202):
            with self.lock:
                self.trainings.append(answer.json()["job_id"])

    def keep_doing(self, work):
        while not self.stop.is_set():
            with contextlib.suppress(requests.RequestException):
                work()
            self.stop.wait(PAUSE_S[work.__name__])

    def disturb(self, moment_s):
        """A round: work from three sides, and everything killed at that moment."""
        self.stop.clear()
        hands = [threading.Thread(target=self.keep_doing, args=(work,), daemon=True)
                 for work in (self.upload, self.clean, self.train)]
        for hand in hands:
            hand.start()
        time.sleep(moment_s)
        kill_all(self.server.process)
        self.stop.set()
        for hand in hands:
            hand.join()


def kill_all(process):
    """Everything at once, the server first: its worker must not outlive it by its own means."""
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def start(server):
    log = open(pathlib.Path(server.folder.name) / "log", "a", encoding="utf-8")
    with log:
        server.process = subprocess.Popen(  # nosec B603
            [program(), "serve", "--listen", f"127.0.0.1:{server.port}", "--data-dir",
             str(server.data)], env=server.environment, stdout=log, stderr=subprocess.STDOUT)
    server._wait()


def query(server, sql):
    url = server.environment.get("CSVA_DATABASE_URL")
    if url:
        done = subprocess.run(["psql", "-qtAF", "\t", url, "-c", sql],  # nosec
                              capture_output=True, text=True, check=True)
        return [line.split("\t") for line in done.stdout.splitlines() if line]
    with contextlib.closing(sqlite3.connect(server.data / "csva.sqlite")) as store:
        return [[str(cell) for cell in row] for row in store.execute(sql)]


def drain(server):
    """Until the queue is empty; False when it does not become so."""
    until = time.monotonic() + DRAIN_S
    unfinished = "SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running')"
    while time.monotonic() < until:
        if query(server, unfinished) == [["0"]]:
            return True
        time.sleep(0.2)
    return False


KEYS = {
    "datasets": ["upload_key"],
    "dataset_versions": ["parquet_key", "rejects_key"],
    "trainings": ["bundle_key", "held_out_key"],
    "models": ["bundle_key"],
}


def problems(world):
    """What is lost or half there, one sentence each."""
    server = world.server
    for pk, sha256 in world.uploads.items():
        answer = world.call("GET", f"/api/v1/datasets/{pk}")
        if answer.status_code != 200:
            yield f"data set {pk} was answered 201 and is gone ({answer.status_code})"
        elif answer.json()["sha256"] != sha256:
            yield f"data set {pk} has another content"
        elif hashlib.sha256(world.call(
                "GET", f"/api/v1/datasets/{pk}/original").content).hexdigest() != sha256:
            yield f"the original of data set {pk} has another content"
        elif answer.json()["state"] != "ready" and not (
                world.child_dies and answer.json()["problem"]["reason"] == "jobs.crashed"):
            yield f"data set {pk} is {answer.json()['state']}: {answer.json()['problem']}"
    known = {row[0] for row in query(server, "SELECT id FROM jobs")}
    for job in [job for _, job in world.cleanings] + world.trainings:
        if str(job) not in known:
            yield f"the job {job} was accepted and is gone"
    for row in query(server, "SELECT id, state FROM datasets WHERE state <> 'ready'"):
        if not world.child_dies or row[1] != "failed":
            yield f"data set {row[0]} stayed {row[1]}"
    for row in query(server, "SELECT id, kind, state, reason FROM jobs WHERE state <> 'succeeded'"):
        if not world.child_dies or row[2:] != ["failed", "jobs.crashed"]:
            yield f"job {row[0]} ({row[1]}) ended {row[2]}: {row[3]}"
    tables = [row[0] for row in query(server, LIST_TABLES[bool(
        server.environment.get("CSVA_DATABASE_URL"))])]
    for name, columns in KEYS.items():
        for column in columns if name in tables else []:
            filled = f"SELECT {column} FROM {name} WHERE {column} <> ''"  # nosec B608
            for (key,) in query(server, filled):
                if not (server.data / "blobs" / key).exists():
                    yield f"{name}.{column} names the blob {key}, which is not there"


LIST_TABLES = {
    False: "SELECT name FROM sqlite_master WHERE type = 'table'",
    True: "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


CRASH_POINTS = re.compile(r'"((?:blob|datasets|jobs)\.[a-z_]+)"')


def crash_points():
    source = (ROOT / "src/foundation/base/crash_point.cpp").read_text()
    return CRASH_POINTS.findall(source)


def workers(server):
    """Its worker processes; not their jobs, which look like them until they begin."""
    found = set()
    for pid in children(server.process.pid):
        with contextlib.suppress(OSError):
            if b"worker" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                found.add(pid)
    return found


def crashed_jobs(server):
    return query(server, "SELECT COUNT(*) FROM job_attempts WHERE reason = 'jobs.crashed'")[0][0]


def fill(world):
    """A store with something to lose: three files, one of them cleaned and learnt from."""
    for _ in range(3):
        world.upload()
    drain(world.server)
    world.clean()
    world.train()
    if not drain(world.server) or (len(world.uploads), len(world.cleanings), len(world.trainings)) != (3, 1, 1):
        raise RuntimeError("the store was not filled:\n" + world.server.log())


def crash_at(world, name):
    """A round: the process that comes to the place is killed, then everything; whether it came there."""
    server = world.server
    child = name.startswith("jobs.child_")
    world.child_dies = world.child_dies or child
    kill_all(server.process)
    server.environment["CSVA_CRASH_AT"] = name
    crashed = crashed_jobs(server)
    start(server)
    seen, until, hit = set(), time.monotonic() + CRASH_S, False
    with contextlib.suppress(requests.RequestException):
        world.train()
    while not hit and time.monotonic() < until:
        for work in (world.upload, world.clean):
            seen |= workers(server)
            with contextlib.suppress(requests.RequestException):
                work()
        time.sleep(0.2)
        if child:
            hit = crashed_jobs(server) != crashed
        elif name.startswith("jobs."):
            hit = server.process.poll() is None and bool(seen - workers(server))
        else:
            hit = server.process.poll() == -signal.SIGKILL
    if server.process.poll() is not None and not (hit and not name.startswith("jobs.")):
        hit = False  # it ended, and not where it was to
    kill_all(server.process)
    del server.environment["CSVA_CRASH_AT"]
    start(server)
    return hit


def run(server, rounds, chance, places=()):
    world = World(server, chance)
    server.command("user", "add", "root", "--admin", "--password-stdin", stdin=PASSWORD + "\n")
    world.token = server.command("token", "add", "root").stdout.split()[0]
    if places:
        fill(world)
    for name in places:
        found = [] if crash_at(world, name) else ["nothing was killed there"]
        found += [] if drain(server) else ["the queue did not become empty"]
        found += list(problems(world))
        print(f"{name}: {len(world.uploads)} uploads, {len(world.cleanings)} cleanings, {len(world.trainings)} trainings, "
              f"{len(found)} problems", flush=True)
        if found:
            return found
    for number in range(0 if places else rounds):
        if server.process.poll() is not None:
            start(server)
        world.disturb(chance.uniform(*MOMENT_S))
        print(f"round {number + 1}: {len(world.uploads)} uploads, {len(world.cleanings)} "
              f"cleanings, {len(world.trainings)} trainings accepted", flush=True)
    if not places:
        start(server)
    found = [] if drain(server) else ["the queue did not become empty"]
    found += list(problems(world))
    again = query(server, "SELECT COUNT(*) FROM jobs WHERE attempt > 1")[0][0]
    print(f"jobs that took more than one attempt: {again}")
    if not world.uploads:
        found.append("nothing was uploaded: the test shows nothing")
    return found


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--rounds", type=int, default=50)
    parse.add_argument("--backend", choices=["sqlite", "postgres"], default="sqlite")
    parse.add_argument("--seed", type=int, default=int(time.time()))
    parse.add_argument("--crash-points", action="store_true")
    wish = parse.parse_args()
    print(f"seed {wish.seed}, {wish.rounds} rounds on {wish.backend}")
    with contextlib.ExitStack() as stack:
        url = ""
        if wish.backend == "postgres":
            cluster = os.environ.get("CSVA_TEST_DATABASE_URL") or stack.enter_context(
                postgres.cluster())
            url = stack.enter_context(postgres.database(cluster))
        server = stack.enter_context(Server(url, SETTINGS))
        places = crash_points() if wish.crash_points else ()
        found = run(server, wish.rounds, random.Random(wish.seed), places)  # nosec B311
        for problem in found:
            print("PROBLEM:", problem)
        if found:
            print(server.log()[-4000:])
        ran = len(places) or wish.rounds
        print(f"Kills on {wish.backend}{' at crash points' if places else ''}: "
              f"{ran} ran, {len(found)} failed, 0 skipped")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
