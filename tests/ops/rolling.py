"""Restarts three workers and two servers one after the other, under load: rolling.py [--rate 200]

PostgreSQL, MinIO and nginx on loopback. nginx asks each request once (proxy_next_upstream off) and takes a server out when
its /health/ready turns 503, as a load balancer does. Meanwhile `--rate` requests a second come, a third of them POST, and
every worker has a training under way when it is stopped. Not one request may fail, and each job that was handed back must end
well elsewhere. Without MinIO it says so and ends with 77.
"""
import argparse
import contextlib
import pathlib
import random
import subprocess  # nosec B404
import sys
import tempfile
import time

import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from load import Load  # noqa: E402
from replicas import Replicas  # noqa: E402
from support import bucket, postgres, training  # noqa: E402

SKIPPED = 77
LEAVE_S = 2.0
TRAININGS = 6


def rows():
    return b"name,age,height,city\n" + b"".join(
        b"P%d,%d,%d.5,%s\n" % (i, i % 40, 150 + i * 7 % 40, (b"Rome", b"Paris")[(i % 40 < 20) != (i % 10 == 0)])
        for i in range(400))


def hard_rows():
    """Much noise and little to find: a search through them does not end before its budget does."""
    dice = random.Random(7)  # nosec B311
    lines = ["a,b,c,d,e,f,city"]
    for _ in range(20_000):
        numbers = [dice.gauss(0, 1) for _ in range(6)]
        lines.append(",".join(f"{one:.3f}" for one in numbers) + (",Rome" if sum(numbers) + dice.gauss(0, 3) > 0 else ",Paris"))
    return "\n".join(lines).encode() + b"\n"


WISH = {"budget_s": 4, "options": {"families": ["LogisticRegression"], "threads": 1}}
# Of rows that are hard it uses all of its budget, so that it is under way when its worker is asked to end.
LONG = {"budget_s": 8, "preset": "best", "options": {"threads": 1}}


def say(text):
    print(text, flush=True)


class Nginx:
    """A balancer before the ports, each request to one of them and to no other."""

    def __init__(self, ports):
        self.folder = tempfile.TemporaryDirectory(prefix="csva-nginx-")
        self.ports, self.port = list(ports), postgres.free_port()
        self.process = None

    def write(self):
        folder = self.folder.name
        servers = "".join(f"server 127.0.0.1:{port} max_fails=0;" for port in self.ports)
        pathlib.Path(folder, "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log warn;
events {{ worker_connections 2048; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/a; uwsgi_temp_path {folder}/b; scgi_temp_path {folder}/c;
    upstream csva {{ {servers} keepalive 16; }}
    server {{
        listen 127.0.0.1:{self.port} backlog=1024; client_max_body_size 0; client_body_buffer_size 4m;
        location / {{
            proxy_pass http://csva; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
            proxy_next_upstream off;
        }}
    }}
}}
""", encoding="utf-8")

    def reload(self, ports):
        self.ports = list(ports)
        self.write()
        subprocess.run(["nginx", "-c", f"{self.folder.name}/nginx.conf", "-e",  # nosec B603 B607
                        f"{self.folder.name}/error.log", "-s", "reload"], check=True)

    def __enter__(self):
        self.write()
        self.process = subprocess.Popen(  # nosec B603 B607
            ["nginx", "-c", f"{self.folder.name}/nginx.conf", "-e", f"{self.folder.name}/error.log"])
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.errors = pathlib.Path(self.folder.name, "error.log").read_text(encoding="utf-8")
        self.folder.cleanup()


def restart_server(replicas, nginx, i):
    """As a deployment does it: out of the balancer once it says so, then a new one, then in again."""
    begin = time.monotonic()
    process = replicas.servers[i]
    process.process.terminate()
    while requests.get(replicas.url(i) + "/health/ready", timeout=5).status_code != 503:
        time.sleep(0.05)
    nginx.reload(port for port in replicas.ports if port != replicas.ports[i])
    code = process.process.wait(40)
    process.start()
    replicas.wait_ready(i)
    nginx.reload(replicas.ports)
    say(f"{process.name}: ended with code {code}, replaced in {time.monotonic() - begin:.1f} s")
    return code == 0


def restart_worker(process):
    begin = time.monotonic()
    code = process.end()
    process.start()
    say(f"{process.name}: ended with code {code}, replaced in {time.monotonic() - begin:.1f} s")
    return code == 0


def wait_all_busy(url, count):
    until = time.monotonic() + 60
    while (running := int(postgres.query(url, "SELECT COUNT(*) FROM jobs WHERE state = 'running'")[0][0])) < count:
        assert time.monotonic() < until, f"only {running} of {count} workers are at work"
        time.sleep(0.1)


def jobs_are_well(url, count):
    """So many running jobs were handed back, each was begun again, and all jobs ended well."""
    attempts = postgres.query(url, "SELECT reason, COUNT(*) FROM job_attempts GROUP BY reason ORDER BY reason")
    states = postgres.query(url, "SELECT state, COUNT(*) FROM jobs GROUP BY state ORDER BY state")
    again = int(postgres.query(url, "SELECT COUNT(*) FROM jobs WHERE state = 'succeeded' AND attempt > 1 AND id IN "
                                    "(SELECT job_id FROM job_attempts WHERE reason = 'jobs.worker_stopped')")[0][0])
    handed = {reason: int(number) for reason, number in attempts}.get("jobs.worker_stopped", 0)
    say(f"{handed} running jobs were handed back; {again} were begun again elsewhere and succeeded; "
        f"attempts by reason {[(reason or 'done', int(number)) for reason, number in attempts]}, "
        f"jobs by state {[(state, int(number)) for state, number in states]}")
    return handed >= count and again >= 1 and [state for state, _ in states] == ["succeeded"]


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("--rate", type=int, default=200)
    rate = words.parse_args().rate
    if not bucket.program():
        say("skipped: there is no MinIO (tests/ops/tools.sh minio builds it)")
        return SKIPPED
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres.database(stack.enter_context(postgres.cluster())))
        store = stack.enter_context(bucket.Store())
        store.make_bucket("csva")
        settings = store.settings() | {"CSVA_HTTP_LEAVE_S": str(LEAVE_S), "CSVA_HTTP_ACCESS_LOG": "false",
                                       "CSVA_JOBS_LEASE_MS": "5000"}
        replicas = stack.enter_context(Replicas(url, settings))
        nginx = stack.enter_context(Nginx(replicas.ports))
        client = replicas.client(f"http://127.0.0.1:{nginx.port}")
        dataset = training.upload(client, "rows.csv", rows())
        hard = training.upload(client, "hard.csv", hard_rows())
        model = training.train(client, dataset, "city", **WISH)["models"][0]["id"]
        path = f"/api/v1/models/{model}"
        row = {"rows": [{"name": "P1", "age": 30, "height": 170.5}]}
        calls = [("GET", path, None), ("GET", f"/api/v1/datasets/{dataset}", None), ("POST", path + "/predictions", row)]
        good = True
        with Load(nginx.port, replicas.headers, calls, rate) as load:
            trainings = [training.start(client, hard, "city", **LONG) for _ in range(TRAININGS)]
            for process in replicas.workers:
                wait_all_busy(url, len(replicas.workers))
                good = restart_worker(process) and good
            for i in range(len(replicas.servers)):
                good = restart_server(replicas, nginx, i) and good
            ended = [training.ended(client, number) for number in trainings]
        states = [found["state"] for found in ended]
        say(f"{len(load.times)} requests in {load.seconds:.0f} s ({len(load.times) / load.seconds:.0f} a second; "
            f"{load.by_method}), p50 {load.percentile(0.5):.0f} ms, p99 {load.percentile(0.99):.0f} ms: {len(load.lost)} lost")
        for one in load.lost[:10]:
            say(f"  {one}")
        say(f"{len(states)} trainings: {states.count('succeeded')} succeeded")
        good = jobs_are_well(url, len(replicas.workers)) and good
    if load.lost:
        say("nginx: " + nginx.errors[-2000:])
    good = good and not load.lost and states == ["succeeded"] * TRAININGS
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
