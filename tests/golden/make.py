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


def metrics():
    """From a server of its own that has read its sample."""
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
            time.sleep(1.1)  # the gauges of the queue are at most a second old
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
