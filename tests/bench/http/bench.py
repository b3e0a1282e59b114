"""csva beside its peers on the same cores in one run: GET /api/metrics/ and the 9.5 MB upload.

Each server is started, warmed up, loaded with 1 and with 8 clients (by wrk, uploads by upload.py), and stopped; ratios,
versions and a checksum of each answer are printed. csva runs as shipped, with a Bearer token, and once more without workers for the
goals of the upload, since the peers only store. Exit code 1 when a goal is missed.
"""
import argparse
import contextlib
import hashlib
import importlib.metadata
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import psutil

import busy
import large

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(HERE + "/../../..")
BIN = os.path.dirname(sys.executable)
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNITS[unit]


def family(pid):
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def cpu_seconds(pid):
    return sum(sum(process.cpu_times()[:2]) for process in family(pid))


def memory_mb(pid):
    return sum(process.memory_full_info().pss for process in family(pid)) / 1e6


def wrk(url, clients, seconds, script=None, token=None):
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    command += ["-H", "Authorization: Bearer " + token] if token else []
    command += ["-s", f"{HERE}/{script}"] if script else []
    text = subprocess.run([*command, url], capture_output=True, text=True).stdout
    found = re.search(r"(\d+) requests in", text)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return {
        "requests": int(found[1]),
        "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        "p50_ms": milliseconds(re.search(r"\n\s+50%\s+(\S+)", text)[1]),
        "p99_ms": milliseconds(re.search(r"\n\s+99%\s+(\S+)", text)[1]),
        "refused": int(refused[1]) if refused else 0,
    }


def get(url, token=None):
    headers = {"Authorization": "Bearer " + token} if token else {}
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5).read()  # nosec B310


@contextlib.contextmanager
def server(command, cwd, env, ready):
    began = time.monotonic()
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **env}, stdout=log, stderr=log)
    try:
        while True:
            try:
                get(ready)
                break
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None or time.monotonic() - began > 60:
                    log.seek(0)
                    sys.exit(log.read().decode(errors="replace")[-2000:])
                time.sleep(0.01)
        yield process.pid, time.monotonic() - began
    finally:
        process.terminate()
        process.wait(30)


def wake_us(rounds=5000):
    """Microseconds that one process needs to wake another on another processor: half a round trip through two pipes.

    One client and a server do little else in turn. On a virtual machine whose processors stop when they are idle it is many
    times what it is elsewhere, and then one client's rates tell more of the machine than of the servers.
    """
    (ask, asked), (answer, answered) = os.pipe(), os.pipe()
    processors = sorted(os.sched_getaffinity(0))
    child = os.fork()
    if child == 0:
        os.sched_setaffinity(0, processors[-1:])
        for _ in range(rounds):
            os.write(answered, os.read(ask, 1))
        os._exit(0)
    os.sched_setaffinity(0, processors[:1])
    began = time.monotonic()
    for _ in range(rounds):
        os.write(asked, b"x")
        os.read(answer, 1)
    took = time.monotonic() - began
    os.sched_setaffinity(0, processors)
    os.waitpid(child, 0)
    return took / rounds / 2 * 1e6


def make_csv(path, size):
    rows = random.Random(1)
    with open(path, "w") as out:
        out.write("id,a,b,c,city\n")
        for number in range(10**9):
            if out.tell() > size:
                return
            out.write(f"{number},{rows.random():.6f},{rows.gauss(0, 1):.6f},{rows.randint(0, 999)},Paris\n")


def measure(name, command, cwd, env, port, options, token=None, stored=None):
    url = f"http://127.0.0.1:{port}"
    row = {"name": name}
    with server(command, cwd, env, url + "/api/metrics/") as (pid, boot):
        time.sleep(1)
        row["boot_s"], row["rest_mb"] = boot, memory_mb(pid)
        row["checksum"] = hashlib.sha256(get(url + "/api/metrics/", token)).hexdigest()[:12]
        wrk(url + "/api/metrics/", 2, 1, token=token)
        for clients in (1, 8):
            row[f"get{clients}"] = wrk(url + "/api/metrics/", clients, options.seconds, token=token)
        for clients in (1, 8):
            before, kept = cpu_seconds(pid), stored()
            upload = json.loads(subprocess.run(
                [sys.executable, f"{HERE}/upload.py", url + "/api/upload-csv/", str(clients), str(options.seconds),
                 options.csv, *([token] if token else [])], check=True, capture_output=True, text=True).stdout)
            gigabytes = upload["requests"] * options.megabytes / 1e3
            upload["mb_s"] = upload["rps"] * options.megabytes
            upload["cpu_s_gb"] = (cpu_seconds(pid) - before) / gigabytes if gigabytes else float("inf")
            upload["lost"] = upload["requests"] - upload["refused"] - (stored() - kept)
            row[f"up{clients}"] = upload
    return row


def count_files(folder):
    return sum(len(files) for _, _, files in os.walk(folder))


def csva(name, folder, options, **settings):
    os.mkdir(folder)
    program = options.csva
    env = {"CSVA_LIMITS_USER_BYTES": str(1 << 50), **settings}
    settings = subprocess.run([program, "serve", "--help"], capture_output=True, text=True)
    if settings.returncode:
        sys.exit("build it first: ./dev build release")
    data = ["--data-dir", folder]
    subprocess.run(
        [program, "user", "add", "bench", "--admin", "--password-stdin", *data],
        input="correct horse battery staple\n", text=True, check=True, capture_output=True,
    )
    token = subprocess.run(
        [program, "token", "add", "bench", "--scope", "write", *data], text=True, check=True, capture_output=True
    ).stdout.split()[-1]
    command = [program, "serve", "--listen", "127.0.0.1:8241", *data]
    return measure(name, command, ROOT, env, 8241, options, token, lambda: count_files(folder + "/blobs"))


def peer(name, command, cwd, port, options):
    folder = tempfile.mkdtemp(dir=options.folder)
    env = {"UPLOAD_FOLDER": folder, "PATH": BIN + ":" + os.environ["PATH"]}
    row = measure(name, command, cwd, env, port, options, stored=lambda: count_files(folder))
    shutil.rmtree(folder)
    return row


def report(rows):
    for row in rows:
        print(f"{row['name']:22} start {row['boot_s']:.2f} s, at rest {row['rest_mb']:.0f} MB, "
              f"answer {row['checksum']}")
        for key in ("get1", "get8"):
            found = row[key]
            print(f"    {key:5} {found['rps']:10.0f} req/s  p99 {found['p99_ms']:.2f} ms  refused {found['refused']}")
        for key in ("up1", "up8"):
            found = row[key]
            print(f"    {key:5} {found['mb_s']:10.0f} MB/s   {found['cpu_s_gb']:.2f} CPU s/GB  "
                  f"refused {found['refused']}  lost {found['lost']}")


def goals(rows):
    ours, storing, django, *fast = rows
    best = {key: max(row[key]["rps"] for row in fast) for key in ("get1", "get8")}
    checks = []
    for key in ("get1", "get8"):
        checks.append((f"{key} / Django", ours[key]["rps"] / django[key]["rps"], 8, True))
        checks.append((f"{key} / FastAPI", ours[key]["rps"] / best[key], 4, True))
    checks.append(("up1 MB/s / Django", storing["up1"]["mb_s"] / django["up1"]["mb_s"], 2, True))
    checks.append(("up8 MB/s / Django", storing["up8"]["mb_s"] / django["up8"]["mb_s"], 1.5, True))
    for key in ("up1", "up8"):
        checks.append((f"{key} CPU / Django", storing[key]["cpu_s_gb"] / django[key]["cpu_s_gb"], 0.6, False))
        checks.append((f"{key} 201s not found", max(0, storing[key]["lost"]), 0, False))
        checks.append((f"{key} refused", storing[key]["refused"], 0, False))
    checks.append(("at rest, MB", ours["rest_mb"], 100, False))
    checks.append(("start, s", ours["boot_s"], 1, False))
    missed = 0
    for name, value, goal, at_least in checks:
        reached = value >= goal if at_least else value <= goal
        missed += not reached
        sign = ">=" if at_least else "<="
        print(f"{'reached' if reached else 'MISSED':8} {name:20} {value:8.2f}  goal {sign} {goal}")
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--csva", default=ROOT + "/build/release/bin/csva")
    parser.add_argument("--seconds", type=int, default=8)
    options = parser.parse_args()
    names = ("django", "djangorestframework", "gunicorn", "fastapi", "uvicorn")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in names]
    ours = subprocess.run([options.csva, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"csva {ours}", *versions, f"python {sys.version.split()[0]}", sep=", ")
    print(f"waking another process takes {wake_us():.0f} us here")
    with tempfile.TemporaryDirectory() as folder:
        options.folder, options.csv = folder, folder + "/d.csv"
        make_csv(options.csv, 9_500_000)
        options.megabytes = os.path.getsize(options.csv) / 1e6
        gunicorn = [BIN + "/gunicorn", "-w", "2", "-b", "127.0.0.1:8242", "--log-level", "error", "app:application"]
        uvicorn = [BIN + "/uvicorn", "--port", "8243", "--log-level", "error", "--no-access-log"]
        rows = [
            csva("csva, as shipped", folder + "/ours", options),
            csva("csva, workers off", folder + "/storing", options, CSVA_JOBS_LOCAL_WORKERS="0"),
            peer("Django, gunicorn 2", gunicorn, HERE + "/django_app", 8242, options),
            peer("FastAPI, uvicorn 1", [*uvicorn, "fastapi_app:app"], HERE, 8243, options),
            peer("FastAPI, uvicorn 2", [*uvicorn, "--workers", "2", "fastapi_app:app"], HERE, 8243, options),
        ]
        report(rows)
        missed = goals(rows)
        os.mkdir(folder + "/busy")
        missed += busy.main(options.csva, server, wrk, folder + "/busy", options.seconds)
        os.mkdir(folder + "/large")
        missed += large.main(options.csva, server, folder + "/large", options.csv)
        sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
