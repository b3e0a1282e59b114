"""Bad weather: weather.py [--full]

A disk that is full, a database that goes away for a moment and for longer than any request waits, and a worker that dies ten
times. Nothing that was answered may be lost, no answer may be a 5xx other than 503, and afterwards everything works again by
itself. Without --full a second and five stand for the ten seconds and the ten minutes that the database is really away with it,
then with the settings as they are shipped. The disk needs root.
"""
import argparse
import collections
import contextlib
import pathlib
import os
import select
import socket
import subprocess  # nosec B404
import sys
import tempfile
import threading
import time

import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from attack import ROWS, Target  # noqa: E402
from support import postgres, training  # noqa: E402
from support.server import Server  # noqa: E402

SETTINGS = {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_POLL_MS": "50", "CSVA_HTTP_ACCESS_LOG": "false"}
QUICK = {"budget_s": 1, "options": {"families": ["LogisticRegression"], "threads": 1}}
DEATHS = 10
AWAY_S = {True: (10, 600), False: (1, 5)}
SHORT = {"CSVA_JOBS_LEASE_MS": "2000", "CSVA_DATABASE_WAIT_MS": "500"}
SKIPPED = []


def say(text):
    print(text, flush=True)


class Wire:
    """Carries connections to a port; `cut` ends them all and lets no other through, until `mend`."""

    def __init__(self, port):
        self.target, self.whole, self.pairs = port, True, []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.let_in, daemon=True).start()

    def let_in(self):
        while True:
            inside, _ = self.door.accept()
            if not self.whole:
                inside.close()
                continue
            outside = socket.create_connection(("127.0.0.1", self.target))
            self.pairs.append((inside, outside))
            threading.Thread(target=self.carry, args=(inside, outside), daemon=True).start()

    def carry(self, inside, outside):
        with contextlib.suppress(OSError, ValueError):
            while True:
                for one in select.select([inside, outside], [], [])[0]:
                    data = one.recv(65536)
                    if not data:
                        return
                    (outside if one is inside else inside).sendall(data)

    def cut(self):
        self.whole = False
        for pair in self.pairs:
            for one in pair:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        self.pairs = []

    def mend(self):
        self.whole = True


def statuses_of(target, seconds, pause=0.05):
    """What uploads, readings and predictions are answered meanwhile; and the numbers of the files that were taken in, and how many
    uploads were refused and said why."""
    seen, taken, refused = {}, [], collections.Counter()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for call in (lambda: target.get("/api/v1/datasets"),
                     lambda: target.post("/api/upload-csv/", files={"file": ("a.csv", ROWS)}),
                     lambda: target.post(f"/api/v1/models/{target.model}/predictions", json={"rows": [{"age": 3}]}),
                     lambda: requests.get(target.url + "/health/live", timeout=30)):
            answer = call()
            code = answer.status_code
            seen[code] = seen.get(code, 0) + 1
            if code == 201:
                taken.append(int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1]))
            if answer.request.path_url == "/api/upload-csv/" and code != 201:
                refused[code, answer.json()["error"]["reason"], bool(answer.json()["error"]["message"])] += 1
        time.sleep(pause)
    return seen, taken, refused


def is_kept(target, number):
    """Its content can be had as it was sent, and it is read in the end."""
    training.wait(lambda: target.get(f"/api/v1/datasets/{number}").json(), lambda found: found["state"] == "ready", "reading")
    return target.get(f"/api/v1/datasets/{number}/original").content == ROWS


def database_away(seconds, settings):
    with postgres.cluster() as cluster, postgres.database(cluster) as url:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        wire = Wire(port)
        with Server(url.replace(f":{port}/", f":{wire.port}/"), settings) as server:
            target = Target(server)
            started = training.start(target, target.dataset, "city", **dict(QUICK, budget_s=3))
            accepted = [int(target.post("/api/upload-csv/", files={"file": (f"{i}.csv", ROWS)}).headers["Location"]
                            .rstrip("/").rsplit("/", 1)[-1]) for i in range(5)]
            time.sleep(0.5)
            wire.cut()
            seen, taken, refused = statuses_of(target, seconds, min(1.0, seconds / 20))
            ready = requests.get(target.url + "/health/ready", timeout=30).status_code
            wire.mend()
            begin = time.monotonic()
            while requests.get(target.url + "/health/ready", timeout=30).status_code != 200:
                time.sleep(0.05)
            back = time.monotonic() - begin
            found = training.ended(target, started)
            training.upload(target, "after.csv", ROWS)
            kept = sum(is_kept(target, number) for number in accepted + taken)
            live = [state for (state,) in postgres.query(url, "SELECT DISTINCT state FROM jobs")]
            why = {f"{code} {reason}": count for (code, reason, _), count in refused.items()}
            say(f"  away for {seconds} s: answers meanwhile {seen}, ready {ready}; uploads refused {why}")
            say(f"  ready again after {back:.1f} s; the training {found['state']}; {kept} of {len(accepted + taken)} files that "
                f"were taken in are kept; jobs {live}")
            assert kept == len(accepted + taken) and live == ["succeeded"], (kept, live)
            assert refused and all(code == 503 and reason and said for code, reason, said in refused), refused
            assert ready == 503 and set(seen) <= {200, 201, 401, 503} and 503 in seen, seen
            assert found["state"] == "succeeded", found


def full_disk():
    if os.getuid() != 0:
        say("  skipped: a disk of one's own needs root")
        SKIPPED.append("a full disk")
        return
    with tempfile.TemporaryDirectory(prefix="csva-disk-") as disk:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], check=True)  # nosec B603 B607
        server = Server("", SETTINGS | {"CSVA_LIMITS_DISK_RESERVE_BYTES": "0"})
        server.data = pathlib.Path(disk)
        try:
            work_on_full_disk(server)
        finally:
            subprocess.run(["umount", "-l", disk], check=True)  # nosec B603 B607


def work_on_full_disk(server):
    with server:
        target = Target(server)
        filler = server.data / "filler"
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as out:
            while True:
                out.write(b"\0" * 4096)
        seen, _, _ = statuses_of(target, 1.5)
        large = target.post("/api/upload-csv/", files={"file": ("a.csv", ROWS * 1000)}).status_code
        staged = server.staged()
        filler.unlink()
        training.upload(target, "after.csv", ROWS)
        say(f"  answers meanwhile {seen}, a large file {large}; {len(staged)} files half there; well again at once")
        assert large == 503 and set(seen) <= {200, 201, 503}, seen
        assert not staged, staged
        found = server.command("doctor", check=False, language="en").stdout
        bad = [line for line in found.splitlines() if line.startswith("BAD") and "free disk" not in line]
        assert "files" in found and not bad, found


def dying_worker():
    with Server("", SETTINGS | {"CSVA_JOBS_LOCAL_WORKERS": "0", "CSVA_JOBS_LEASE_MS": "600"}) as server:
        with server.worker():
            target = Target(server)
        started = training.start(target, target.dataset, "city", **QUICK)
        before = 0
        for _ in range(DEATHS):
            with server.worker() as worker:
                until = time.monotonic() + 20
                while (now := attempt_of(server)) == before:
                    assert time.monotonic() < until, "nobody took the job"
                    time.sleep(0.02)
                before = now
                worker.kill()
                worker.wait()
        with server.worker():
            found = training.ended(target, started)
        say(f"  {DEATHS} workers died at it; the training {found['state']}")
        assert found["state"] == "succeeded", found


def attempt_of(server):
    """How often somebody has begun the newest job."""
    return int(server.sql("SELECT COUNT(*) FROM job_attempts WHERE job_id = (SELECT MAX(id) FROM jobs)")[0][0])


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("--full", action="store_true", help="the database away for 10 s and for 10 minutes, with shipped settings")
    full = words.parse_args().full
    moment, long = AWAY_S[full]
    settings = {"CSVA_DATA_SAMPLE": "false"} if full else SETTINGS | SHORT
    weathers = {
        "a database away for a moment": lambda: database_away(moment, settings),
        "a database away for longer than anybody waits": lambda: database_away(long, settings),
        "a full disk": full_disk, "a worker that dies ten times": dying_worker,
    }
    failed = 0
    for what, weather in weathers.items():
        begin = time.monotonic()
        say(what)
        try:
            weather()
        except AssertionError as error:
            failed += 1
            say(f"  NOT WELL: {error!r}")
        say(f"  {time.monotonic() - begin:.1f} s")
    say(f"bad weather: {len(weathers) - len(SKIPPED)} ran, {failed} failed, {len(SKIPPED)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
