"""What keeping predictions costs: log.py

Two servers on the same machine, one that keeps its predictions and one that does not, answer single rows to one client in
turn, ten times each: the median of the ten ratios of their p50 must stay below 1.05. Then a million rows of 30 columns are
kept, and the job that judges them must take less than 10 s. Exit code 1 when a goal is missed.
"""
import argparse
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import uuid

import predict
from bench import ROOT, server, wrk

TURNS, SECONDS = 10, 4
MOST_RATIO, MOST_SECONDS = 1.05, 10
ROWS = 1_000_000
predict.COLUMNS = 30


@contextlib.contextmanager
def ready(options, folder, name, port, keeps):
    """A server with one trained model and the body of single rows: address of the model's form, url, token, model."""
    data = ["--data-dir", f"{folder}/{name}"]
    program = options.csva
    subprocess.run([program, "user", "add", "bench", "--admin", "--password-stdin", *data],
                   input="correct horse battery staple\n", text=True, check=True, capture_output=True)
    token = subprocess.run([program, "token", "add", "bench", "--scope", "write", *data],
                           text=True, check=True, capture_output=True).stdout.split()[-1]
    url = f"http://127.0.0.1:{port}"
    settings = {"CSVA_PREDICTIONS_LOG": keeps, "CSVA_LIMITS_UPLOAD_BYTES": "2000000000", "CSVA_LIMITS_QUOTA_BYTES": "9000000000"}
    command = [program, "serve", "--listen", f"127.0.0.1:{port}", *data]
    with server(command, ROOT, settings, url + "/health/ready"):
        rows = list(predict.make_rows())
        number, model = predict.train(url, token, rows)
        predict.write_bodies(folder + "/form", ({"values": dict(zip(predict.names(), row))} for row, _ in rows[:1000]))
        yield f"{url}/test-model/{number}/{predict.NAME}/", url, token, model


def compare(options, folder):
    """Ratios of p50 with and without, turn by turn."""
    os.environ["BODIES"] = folder + "/form"
    ratios = []
    with ready(options, folder, "keeps", options.port, "true") as ours, \
            ready(options, folder, "forgets", options.port + 1, "false") as bare:
        for address, token in ((ours[0], ours[2]), (bare[0], bare[2])):
            wrk(address, 1, 2, "bodies.lua", token)
        for turn in range(TURNS):
            pair = [ours, bare] if turn % 2 else [bare, ours]
            p50 = {one[0]: wrk(one[0], 1, SECONDS, "bodies.lua", one[2])["p50_ms"] for one in pair}
            ratios.append(p50[ours[0]] / p50[bare[0]])
            print(f"    turn {turn + 1:2}: with {p50[ours[0]] * 1000:.1f} us, without {p50[bare[0]] * 1000:.1f} us", flush=True)
    return ratios


def write_rows(path):
    numbers = random.Random(3)
    lines = [",".join(f"{numbers.gauss(0, 1):.6f}" for _ in predict.names()) for _ in range(20_000)]
    with open(path, "w") as file:
        file.write(",".join(predict.names()) + "\n")
        for _ in range(ROWS // len(lines)):
            file.write("\n".join(lines) + "\n")


def send(url, token, path):
    """Has a file answered as a batch."""
    mark = uuid.uuid4().hex
    with open(path, "rb") as file:
        body = (f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="rows.csv"\r\n'
                f"Content-Type: text/csv\r\n\r\n").encode() + file.read() + f"\r\n--{mark}--\r\n".encode()
    predict.call(url, token, body, "multipart/form-data; boundary=" + mark)


def judge(options, folder):
    """Seconds that the job took which checked a million kept predictions."""
    write_rows(folder + "/rows.csv")
    with ready(options, folder, "many", options.port, "true") as (_, url, token, model):
        times = []
        for _ in range(3):
            send(f"{url}/api/v1/models/{model['id']}/batches", token, folder + "/rows.csv")
            before = len(times)
            found = predict.wait(
                lambda: predict.call(f"{url}/api/v1/models/{model['id']}/monitoring", token)[1],
                lambda seen: len(seen["timeline"]) > before and not seen["summary"]["is_checking"])
            window = found["timeline"][-1]
            jobs = predict.call(f"{url}/api/v1/datasets/{model['dataset_id']}/jobs", token)[1]["jobs"]
            job = max((j for j in jobs if j["kind"] == "watch"), key=lambda j: j["id"])
            times.append((job["finished_at"] - job["started_at"]) / 1000)
            said = f"{window['rows']} predictions x {predict.COLUMNS} columns judged in {times[-1]:.2f} s: {window['state']}"
            print("    " + said, flush=True)
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--csva", default=ROOT + "/build/release/bin/csva")
    parser.add_argument("--port", type=int, default=8261)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ratios = compare(options, folder)
        times = judge(options, folder)
    ratio, slowest = statistics.median(ratios), max(times)
    good = ratio < MOST_RATIO and slowest < MOST_SECONDS
    print(f"p50 with / without: median {ratio:.3f}, {min(ratios):.3f} to {max(ratios):.3f}  goal < {MOST_RATIO}")
    print(f"a million predictions judged: {min(times):.2f} to {slowest:.2f} s  goal < {MOST_SECONDS}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
