"""Bad weather: weather.py

A disk that is full, a database that goes away for a moment and for longer than any request waits (the shorter stands for
10 seconds, the longer for 10 minutes), and a worker that dies ten times. Nothing that was answered may be lost, no answer may
be a 5xx other than 503, and afterwards everything works again by itself. The disk needs root.
"""
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
RESULTS = []


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


def statuses_of(target, seconds):
    """What uploads, readings and predictions are answered meanwhile."""
    seen = {}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for call in (lambda: target.get("/api/v1/datasets"),
                     lambda: target.post("/api/upload-csv/", files={"file": ("a.csv", ROWS)}),
                     lambda: target.post(f"/api/v1/models/{target.model}/predictions", json={"rows": [{"age": 3}]}),
                     lambda: requests.get(target.url + "/health/live", timeout=30)):
            code = call().status_code
            seen[code] = seen.get(code, 0) + 1
        time.sleep(0.05)
    return seen


def database_away(seconds):
    with postgres.cluster() as cluster, postgres.database(cluster) as url:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        wire = Wire(port)
        settings = SETTINGS | {"CSVA_JOBS_LEASE_MS": "2000", "CSVA_DATABASE_WAIT_MS": "500"}
        with Server(url.replace(f":{port}/", f":{wire.port}/"), settings) as server:
            target = Target(server)
            started = training.start(target, target.dataset, "city", **dict(QUICK, budget_s=3))
            time.sleep(0.5)
            wire.cut()
            seen = statuses_of(target, seconds)
            ready = requests.get(target.url + "/health/ready", timeout=30).status_code
            wire.mend()
            begin = time.monotonic()
            while requests.get(target.url + "/health/ready", timeout=30).status_code != 200:
                time.sleep(0.05)
            back = time.monotonic() - begin
            found = training.ended(target, started)
            training.upload(target, "after.csv", ROWS)
            say(f"  answers meanwhile {seen}, ready {ready}; ready again after {back:.1f} s; the training {found['state']}")
            assert ready == 503 and set(seen) <= {200, 201, 401, 503} and 503 in seen, seen
            assert found["state"] == "succeeded", found


def full_disk():
    if os.getuid() != 0:
        say("  left out: a disk of one's own needs root")
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
        seen = statuses_of(target, 1.5)
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
    weathers = {
        "a database away for a moment": lambda: database_away(1),
        "a database away for longer than anybody waits": lambda: database_away(5),
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
    say(f"bad weather: {len(weathers)} ran, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
