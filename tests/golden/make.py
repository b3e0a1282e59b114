"""make.py FOLDER [NAME]...: writes what the program says of itself, to compare with the files beside
this one: the OpenAPI document, the help of every command, and the names and types of the metrics."""

import json
import os
import pathlib
import re
import subprocess  # nosec B404
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("CSVA_PROGRAM") or ROOT / "build/dev/bin/csva").resolve()
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("CSVA_")} | {
    "LC_ALL": "C.UTF-8", "COLUMNS": "100"}


def said(*arguments):
    return subprocess.run(  # nosec B603
        [PROGRAM, *arguments], check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout


def openapi():
    return json.dumps(json.loads(said("openapi")), indent=1, ensure_ascii=False) + "\n"


def help_texts():
    """Of the program and of each command that it lists, one after the other."""
    texts, todo = [], [()]
    while todo:
        words = todo.pop(0)
        text = said(*words, "--help")
        texts.append(f"$ csva {' '.join((*words, '--help'))}\n{text}")
        listed = text.upper().partition("SUBCOMMANDS:")[0]
        below = text[len(listed):].splitlines()[1:]
        todo += [(*words, found.group(1)) for line in below
                 if (found := re.match(r"  (\w[\w-]*)(\s|$)", line))]
    return "\n".join(texts)


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as answer:  # nosec B310
        return answer.read().decode()


def read_the_sample(url):
    """Waits until the worker has read it: a series begins with what it counts."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        counts = json.loads(fetch(url + "/api/metrics/"))["counts"]
        if counts["datasets"] == 1 and counts["jobs"] == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("the sample was not read")


def call(url, token, body=None, kind="application/json"):
    head = {"Authorization": "Bearer " + token, "Content-Type": kind, "Accept": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, head), timeout=30) as answer:  # nosec B310
        return json.loads(answer.read())


def wait(ask, done):
    until = time.monotonic() + 60
    while not done(found := ask()):
        if time.monotonic() > until:
            raise RuntimeError(f"did not end: {found}")
        time.sleep(0.1)
    return found


def watch_a_model(url, token):
    """Trains on the sample and has a file answered: what models have series for is then there."""
    wish = {"target": "Survived", "budget_s": 1, "undecided": "leave_out",
            "options": {"families": ["LogisticRegression"]}}
    number = call(url + "/api/v1/datasets/1/trainings", token, json.dumps(wish).encode())["id"]
    training = wait(lambda: call(f"{url}/api/v1/trainings/{number}", token), lambda t: t["state"] not in ("queued", "running"))
    model = f"{url}/api/v1/models/{training['models'][0]['id']}"
    rows = (ROOT / "tests/data/titanic.csv").read_bytes()
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n' + rows + b"\r\n--x--\r\n"
    batch = call(model + "/batches", token, body, "multipart/form-data; boundary=x")["id"]
    window = wait(lambda: call(model + "/monitoring", token)["timeline"], bool)[0]
    call(f"{url}/api/v1/batches/{batch}/labels", token, body, "multipart/form-data; boundary=x")
    call(model + "/monitoring/check", token, b"")
    wait(lambda: call(f"{model}/monitoring/windows/{window['id']}", token)["window"]["quality"]["measured"], bool)


def metrics():
    """From a server of its own that has read its sample and watches a model."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        with open(log, "w", encoding="utf-8") as out:
            server = subprocess.Popen(  # nosec B603
                [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data-dir", folder + "/data"],
                stdout=out, stderr=subprocess.STDOUT,
                env=ENVIRONMENT)
        try:
            found, until = None, time.monotonic() + 30
            while found is None and time.monotonic() < until and server.poll() is None:
                found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8"))
                time.sleep(0.05)
            if found is None:
                raise RuntimeError("csva serve did not start:\n" + log.read_text("utf-8"))
            read_the_sample(found.group())
            data = ["--data-dir", folder + "/data"]
            subprocess.run([PROGRAM, "user", "add", "ann", "--admin", "--password-stdin", *data],  # nosec B603
                           input="correct horse battery\n", check=True, text=True, env=ENVIRONMENT, capture_output=True)
            watch_a_model(found.group(), said("token", "add", "ann", *data).split()[-1])
            time.sleep(5.1)  # the gauges of models are at most five seconds old
            page = fetch(found.group() + "/metrics")
        finally:
            server.terminate()
            server.wait(20)
    lines = [line.split(" ", 2)[2] for line in page.splitlines() if line.startswith("# TYPE ")]
    return "\n".join(sorted(lines)) + "\n"


FILES = {"openapi.json": openapi, "help.txt": help_texts, "metrics.txt": metrics}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or FILES:
        (folder / name).write_text(FILES[name](), encoding="utf-8")


if __name__ == "__main__":
    main()
