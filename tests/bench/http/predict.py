"""One-row predictions: csva beside FastAPI + LightGBM, the same 100 trees, on the same cores in one run.

csva trains one boosting model through its API; the peer loads that very booster from the model folder. Both answer the
same 1,000 rows, which must agree to 1e-6, then wrk asks for single rows with 1 and with 8 clients. csva runs as shipped,
with a Bearer token. Exit code 1 when a goal is missed.
"""
import argparse
import hashlib
import importlib.metadata
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request

from bench import BIN, HERE, ROOT, memory_mb, server, wrk

ROWS, COLUMNS, TREES, LEAVES = 10_000, 20, 100, 31
NAME = "GradientBoostingClassifier"
CLIENTS = (1, 8)
ROUNDS = 3  # the middle one counts


def make_rows():
    numbers = random.Random(7)
    weights = [numbers.gauss(0, 1) for _ in range(COLUMNS)]
    for _ in range(ROWS):
        row = [round(numbers.gauss(0, 1), 6) for _ in range(COLUMNS)]
        score = sum(w * x for w, x in zip(weights[:10], row)) + row[11] * row[12] + numbers.gauss(0, 1)
        yield row, "yes" if score > 0 else "no"


def names():
    return [f"f{number}" for number in range(COLUMNS)]


def call(url, token, body=None, kind="application/json"):
    headers = {"Authorization": "Bearer " + token, "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = kind
    request = urllib.request.Request(url, body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:  # nosec B310
        return answer.headers, json.loads(answer.read() or b"null")


def wait(ask, done):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = ask()
        if done(found):
            return found
        time.sleep(0.1)
    sys.exit(f"did not end: {found}")


def train(url, token, rows):
    """Number of the data set and the model's description."""
    text = "".join(",".join([*map(str, row), label]) + "\n" for row, label in rows)
    edge = "----bench"
    part = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="bench.csv"\r\n\r\n'
    body = part + ",".join([*names(), "label"]) + "\n" + text + f"\r\n--{edge}--\r\n"
    headers, _ = call(url + "/api/upload-csv/", token, body.encode(), "multipart/form-data; boundary=" + edge)
    number = int(headers["Location"].rstrip("/").rsplit("/", 1)[-1])
    wait(lambda: call(f"{url}/api/v1/datasets/{number}", token)[1], lambda found: found["state"] == "ready")
    wish = {"target": "label", "options": {"families": [NAME], "trees": TREES, "leaves": LEAVES}}
    _, started = call(f"{url}/api/v1/datasets/{number}/trainings", token, json.dumps(wish).encode())
    done = wait(
        lambda: call(f"{url}/api/v1/trainings/{started['id']}", token)[1],
        lambda found: found["state"] not in ("queued", "running"),
    )
    return number, next(model for model in done["models"] if model["name"] == NAME)


def take_booster(data, path):
    """The booster of csva's model folder, in LightGBM's own text form."""
    found = [os.path.join(where, name) for where, _, files in os.walk(data) for name in files
             if name == NAME + ".model.json"]
    with open(found[0]) as file:
        parts = json.load(file)["parts"]
    text = parts[0]["booster"]
    leaves = [int(line.split("=")[1]) for line in text.splitlines() if line.startswith("num_leaves=")]
    assert len(parts) == 1 and len(leaves) == TREES and max(leaves) == LEAVES, (len(parts), leaves)
    with open(path, "w") as file:
        file.write(text)


def checksum(numbers):
    return hashlib.sha256(json.dumps([round(number, 6) for number in numbers]).encode()).hexdigest()[:12]


def write_bodies(path, bodies):
    with open(path, "w") as file:
        file.writelines(json.dumps(body) + "\n" for body in bodies)


def load(name, pid, url, bodies, seconds, token=None):
    row = {"name": name, "memory_mb": memory_mb(pid)}
    os.environ["BODIES"] = bodies
    wrk(url, 2, 2, "bodies.lua", token)
    for clients in CLIENTS:
        rounds = [wrk(url, clients, seconds, "bodies.lua", token) for _ in range(ROUNDS)]
        row[clients] = sorted(rounds, key=lambda found: found["rps"])[ROUNDS // 2]
        row[clients]["refused"] = sum(found["refused"] for found in rounds)
    return row


def ours(options, folder, rows, sample):
    program, data = options.csva, ["--data-dir", folder + "/ours"]
    subprocess.run([program, "user", "add", "bench", "--admin", "--password-stdin", *data],
                   input="correct horse battery staple\n", text=True, check=True, capture_output=True)
    token = subprocess.run([program, "token", "add", "bench", "--scope", "write", *data],
                           text=True, check=True, capture_output=True).stdout.split()[-1]
    port = options.port
    url = f"http://127.0.0.1:{port}"
    with server([program, "serve", "--listen", f"127.0.0.1:{port}", *data], ROOT, {}, url + "/health/ready") as (pid, _):
        number, model = train(url, token, rows)
        take_booster(folder + "/ours", folder + "/booster.txt")
        keyed = [dict(zip(names(), row)) for row in sample]
        write_bodies(folder + "/form", ({"values": row} for row in keyed))
        write_bodies(folder + "/rows", ({"rows": [row]} for row in keyed))
        address = f"{url}/api/v1/models/{model['id']}/predictions"
        _, answers = call(address, token, json.dumps({"rows": keyed}).encode())
        yes = [one["probabilities"]["yes"] for one in answers["predictions"]]
        loads = [
            load("csva /test-model/", pid, f"{url}/test-model/{number}/{NAME}/", folder + "/form", options.seconds, token),
            load("csva /api/v1/models/", pid, address, folder + "/rows", options.seconds, token),
        ]
    return yes, loads


def peer(options, folder, sample, workers):
    write_bodies(folder + "/peer", ({"rows": [row]} for row in sample))
    url = f"http://127.0.0.1:{options.port + 1}"
    command = [BIN + "/uvicorn", "--port", str(options.port + 1), "--log-level", "error", "--no-access-log",
               "--workers", str(workers), "predict_app:app"]
    with server(command, HERE, {"MODEL": folder + "/booster.txt"}, url + "/ready") as (pid, _):
        _, answer = call(url + "/predict", "", json.dumps({"rows": sample}).encode())
        name = f"FastAPI, uvicorn {workers}"
        return answer["predictions"], load(name, pid, url + "/predict", folder + "/peer", options.seconds)


def report(rows):
    for row in rows:
        print(f"{row['name']:22} {row['memory_mb']:.0f} MB")
        for clients in CLIENTS:
            found = row[clients]
            print(f"    {clients} clients {found['rps']:10.0f} rows/s  p99 {found['p99_ms']:.2f} ms  refused {found['refused']}")


def goals(loads, one, apart):
    checks = [("largest difference", apart, 1e-6, False)]
    for row in loads:
        for clients in CLIENTS:
            checks.append((f"{row['name']} {clients} / FastAPI 1", row[clients]["rps"] / one[clients]["rps"], 6, True))
            checks.append((f"{row['name']} {clients} refused", row[clients]["refused"], 0, False))
        checks.append((f"{row['name']} p99 ms at 8", row[8]["p99_ms"], 2, False))
    missed = 0
    for name, value, goal, at_least in checks:
        reached = value >= goal if at_least else value <= goal
        missed += not reached
        print(f"{'reached' if reached else 'MISSED':8} {name:38} {value:10.3g}  goal {'>=' if at_least else '<='} {goal}")
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--csva", default=ROOT + "/build/release/bin/csva")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--port", type=int, default=8251)
    options = parser.parse_args()
    packages = ("lightgbm", "fastapi", "uvicorn", "numpy")
    version = subprocess.run([options.csva, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    theirs = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    print(f"csva {version}", *theirs, f"python {sys.version.split()[0]}", sep=", ")
    rows = list(make_rows())
    sample = [row for row, _ in rows[:1000]]
    with tempfile.TemporaryDirectory() as folder:
        yes, loads = ours(options, folder, rows, sample)
        theirs, one = peer(options, folder, sample, 1)
        _, two = peer(options, folder, sample, 2)
        report([*loads, one, two])
        print("answers", checksum(yes), checksum(theirs))
        sys.exit(1 if goals(loads, one, max(abs(a - b) for a, b in zip(yes, theirs, strict=True))) else 0)


if __name__ == "__main__":
    main()
