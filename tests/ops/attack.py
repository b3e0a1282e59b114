"""Attacks a server that it starts itself, on loopback: attack.py [--full]

Path traversal, forged requests, session fixation, guessing of tokens and passwords, oversized everything, decompression
bombs, connections that say nothing; with --full also sqlmap on the forms, slowhttptest, and 10,000 connections. All the
while somebody else asks twice a second and must be answered. No attack may get in, no answer may be a 5xx that is not a
503, and memory stays below MEMORY_MAX.
"""
import argparse
import contextlib
import gzip
import http.server
import io
import json
import pathlib
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess  # nosec B404
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile

import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from support import training  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402

MEMORY_MAX = 700 << 20
CHILD_MEMORY_MAX = 2 << 30
ANSWER_S = 3.0
BOMB_S = 240.0
ROWS = b"name,age,city\n" + b"".join(b"P%d,%d,%s\n" % (i, i % 40, (b"Rome", b"Paris")[i % 40 < 20]) for i in range(200))
FOUND = []


def say(text):
    print(text, flush=True)


def expect(good, what):
    if not good:
        FOUND.append(what)
        say(f"  NOT WELL: {what}")


def tree(number):
    """A process and all that it has started."""
    numbers = [number]
    for one in numbers:
        for thread in pathlib.Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                numbers += map(int, thread.read_text(encoding="utf-8").split())
    return numbers


def memory_of(number):
    with contextlib.suppress(OSError, AttributeError):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{number}/status").read_text(encoding="utf-8")).group(1)) << 10
    return 0


class Watch:
    """Asks twice a second as somebody else would (is it ready, the data sets, a prediction), and notes the memory of the server
    and of each of its children."""

    def __init__(self, target):
        self.target, self.server = target, target.server
        self.slowest, self.failures, self.asked, self.memory, self.of_children = 0.0, [], 0, 0, 0
        self.end = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        calls = [lambda: requests.get(self.server.url + "/health/ready", timeout=10),
                 lambda: self.target.get("/api/v1/datasets"),
                 lambda: self.target.post(f"/api/v1/models/{self.target.model}/predictions", json={"rows": [{"age": 3}]})]
        while not self.end.wait(0.5):
            begin = time.monotonic()
            try:
                answer = calls[self.asked % len(calls)]()
                if answer.status_code != 200:
                    self.failures.append(answer.status_code)
            except requests.RequestException as error:
                self.failures.append(repr(error))
            self.asked += 1
            self.slowest = max(self.slowest, time.monotonic() - begin)
            server, *children = tree(self.server.process.pid)
            self.memory = max(self.memory, memory_of(server))
            self.of_children = max([self.of_children, *map(memory_of, children)])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()
        say(f"somebody else: asked {self.asked} times, slowest answer {self.slowest:.2f} s, {len(self.failures)} failures; "
            f"memory of the server at most {self.memory >> 20} MB, of a child {self.of_children >> 20} MB")
        expect(not self.failures, f"somebody else was not answered: {self.failures[:3]}")
        expect(self.slowest < ANSWER_S, f"somebody else waited {self.slowest:.1f} s")
        expect(self.memory < MEMORY_MAX, f"memory rose to {self.memory >> 20} MB")
        expect(self.of_children < CHILD_MEMORY_MAX, f"memory of a child rose to {self.of_children >> 20} MB")


class Target:
    def __init__(self, server):
        self.server, self.url, self.port = server, server.url, server.port
        session = requests.Session()
        session.headers["Accept"] = "application/json"
        answer = session.post(self.url + "/setup/", json={"token": server.setup_token, "name": "root", "password": PASSWORD},
                              timeout=30)
        answer.raise_for_status()
        self.csrf = answer.json()["csrf_token"]
        self.session = session
        made = session.post(self.url + "/api/v1/tokens", headers={"X-CSRFToken": self.csrf}, timeout=30,
                            json={"label": "attack", "scope": "write", "days": 1})
        self.token = made.json()["token"]
        self.headers = {"Authorization": "Bearer " + self.token, "Accept": "application/json"}
        self.dataset = training.upload(self, "rows.csv", ROWS)
        self.model = training.train(self, self.dataset, "city", budget_s=1,
                                    options={"families": ["LogisticRegression"], "threads": 1})["models"][0]["id"]
        self.statuses = {}

    def note(self, status):
        self.statuses[status] = self.statuses.get(status, 0) + 1
        expect(status < 500 or status in (501, 503, 505), f"an answer was {status}")
        return status

    def get(self, path):
        return requests.get(self.url + path, headers=self.headers, timeout=60)

    def post(self, path, **more):
        return requests.post(self.url + path, headers=self.headers, timeout=60, **more)

    def raw(self, data, patience=15.0):
        """What comes back for these bytes."""
        out = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as plug:
            with contextlib.suppress(OSError):
                plug.sendall(data)
            with contextlib.suppress(OSError):
                while part := plug.recv(65536):
                    out += part
        found = re.match(rb"HTTP/1.1 (\d+)", out)
        if found:
            self.note(int(found.group(1)))
        return out

    def request(self, method, path, headers="", body=b""):
        head = (f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {self.token}\r\n"
                f"{headers}Content-Length: {len(body)}\r\n\r\n")
        return self.raw(head.encode() + body)


def traversal(target):
    ways = ["../" * n + "etc/passwd" for n in (1, 4, 12)]
    steps = ("..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "..\\", "..%5c", "....//", "..%c0%af", "..;/")
    ways += [way.replace("../", step) for way in ways[1:] for step in steps]
    roots = ["/", "/assets/", "/view/", "/api/v1/datasets/1/", f"/api/v1/trainings/{target.model}/",
             "/api/2.0/mlflow-artifacts/artifacts/", "/api/2.0/mlflow-artifacts/artifacts?path=", "/mlflow/", "/models/"]
    for root in roots:
        for way in ways:
            out = target.request("GET", root + way)
            expect(b"root:" not in out, f"{root}{way} gave a file of the machine")
    for name in ("../../evil.csv", "/etc/passwd", "..\\..\\evil.csv", "a\0.csv", "\n.csv", "x" * 5000 + ".csv"):
        target.note(target.post("/api/upload-csv/", files={"file": (name, ROWS)}).status_code)
    folder = pathlib.Path(target.server.folder.name)
    expect(not list(folder.rglob("*evil*")), "an upload chose its own name on the disk")


def forged_requests(target):
    cookie = {"csva_session": target.session.cookies["csva_session"]}
    wish = {"label": "forged", "scope": "admin", "days": 1}
    tries = {
        "without a token": {},
        "with a wrong token": {"X-CSRFToken": "0" * 40},
        "from another site": {"X-CSRFToken": target.csrf, "Origin": "https://evil.example"},
        "from another site's page": {"X-CSRFToken": target.csrf, "Sec-Fetch-Site": "cross-site"},
        "from a rebound name": {"X-CSRFToken": target.csrf, "Host": "evil.example"},
    }
    for what, headers in tries.items():
        answer = requests.post(target.url + "/api/v1/tokens", json=wish, cookies=cookie, headers=headers, timeout=30)
        expect(target.note(answer.status_code) in (400, 403, 421), f"a forged request {what} was answered {answer.status_code}")
    form = requests.post(target.url + f"/clean/{target.dataset}/", data={"steps": "[]"}, cookies=cookie, timeout=30)
    expect(target.note(form.status_code) == 403, f"a forged form was answered {form.status_code}")
    tokens = target.session.get(target.url + "/api/v1/tokens", timeout=30).json()["tokens"]
    expect(all(token["label"] != "forged" for token in tokens), "a forged request made a token")


def fixation(target):
    chosen = secrets.token_urlsafe(32)
    victim = requests.Session()
    victim.cookies.set("csva_session", chosen)
    answer = victim.post(target.url + "/login/", json={"name": "root", "password": PASSWORD},
                         headers={"Accept": "application/json"}, timeout=30)
    target.note(answer.status_code)
    expect(answer.status_code == 200, f"signing in with a strange cookie: {answer.status_code}")
    fresh = [cookie.value for cookie in answer.cookies if cookie.name == "csva_session"]
    expect(fresh and fresh[0] != chosen, "a session kept the id that somebody else chose")
    with_chosen = requests.get(target.url + "/api/v1/tokens", cookies={"csva_session": chosen}, timeout=30)
    expect(target.note(with_chosen.status_code) == 401, "the chosen session id is signed in")
    flags = answer.headers.get("Set-Cookie", "")
    expect("HttpOnly" in flags and "SameSite" in flags, "the session cookie lacks its flags")


def guessing(target, count):
    got_in = 0
    with requests.Session() as session:
        for _ in range(count):
            guess = target.token[:8] + secrets.token_urlsafe(24)
            answer = session.get(target.url + "/api/v1/tokens", headers={"Authorization": "Bearer " + guess}, timeout=30)
            got_in += target.note(answer.status_code) != 401
    expect(not got_in, f"{got_in} guessed tokens got in")
    codes = [requests.post(target.url + "/login/", json={"name": "root", "password": f"guess {i}"}, timeout=30,
                           headers={"Accept": "application/json"}).status_code for i in range(15)]
    expect(codes == [401] * 10 + [429] * 5, f"guessing of passwords is not stopped after ten: {codes}")
    say(f"  {count} tokens guessed, 15 passwords: {codes.count(401)} refused, then {codes.count(429)} times too many")


def bomb_of(size):
    """A zip of that many zero bytes, and the same as gzip."""
    zipped, packed = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("data.csv", "w", force_zip64=True) as out:
        for _ in range(size >> 20):
            out.write(b"0,0\n" * (1 << 18))
    with gzip.GzipFile(fileobj=packed, mode="wb") as out:
        for _ in range(size >> 20):
            out.write(b"0,0\n" * (1 << 18))
    return zipped.getvalue(), packed.getvalue()


def oversized(target):
    deep = b'{"rows":' + b"[" * 200_000
    predictions = f"/api/v1/models/{target.model}/predictions"
    target.request("GET", "/" + "a" * 100_000)
    target.request("GET", "/", "X-A: " + "b" * 1_000_000 + "\r\n")
    target.request("GET", "/", "".join(f"X-{i}: 1\r\n" for i in range(20_000)))
    target.request("GET", "/?" + "&".join(f"a{i}=1" for i in range(3000)))
    target.request("POST", predictions, "Content-Type: application/json\r\n", deep)
    target.request("POST", predictions, "Content-Type: application/json\r\n", b'{"rows":[' + b"1e999999," * 50_000 + b"1]}")
    target.request("POST", predictions, "Content-Type: application/json\r\n", json.dumps(
        {"rows": [{"age": 10 ** 400, "name": "x" * 900_000}]}).encode())
    target.request("POST", predictions, "Content-Type: application/json\r\n", b'{"rows":[{' + b",".join(
        b'"k%d":1' % i for i in range(60_000)) + b"}]}")
    target.raw(b"POST /api/upload-csv/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer "
               + target.token.encode() + b"\r\nContent-Type: multipart/form-data; boundary=x\r\n"
               b"Content-Length: 999999999999\r\n\r\n--x\r\n", 20)
    target.raw(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx", 20)
    target.raw(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / ", 20)
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % i for i in range(20_000)) + b"--x--\r\n"
    target.request("POST", "/api/upload-csv/", "Content-Type: multipart/form-data; boundary=x\r\n", parts)
    big = target.post("/api/upload-csv/", files={"file": ("big.csv", b"a,b\n" + b"1,2\n" * 5_000_000)})
    expect(target.note(big.status_code) == 413, f"20 MB were answered {big.status_code}")
    wide = b",".join(b"c%d" % i for i in range(200_000)) + b"\n" + b"1," * 199_999 + b"1\n"
    target.note(target.post("/api/upload-csv/", files={"file": ("wide.csv", wide)}).status_code)
    quote = b'a,b\n"' + b"x" * 9_000_000
    target.note(target.post("/api/upload-csv/", files={"file": ("quote.csv", quote)}).status_code)
    target.note(target.post("/api/upload-csv/", files={"file": ("nul.csv", b"a,b\n" + b"\0" * 9_000_000)}).status_code)


def bombs(target, size):
    zipped, packed = bomb_of(size)
    for name, content in (("bomb.zip", zipped), ("bomb.csv.gz", packed), ("bomb.xlsx", zipped), ("bomb.csv", packed)):
        answer = target.post("/api/upload-csv/", files={"file": (name, content)})
        target.note(answer.status_code)
        if answer.status_code != 201:
            say(f"  {name}, {len(content) >> 10} kB: {answer.status_code}")
            continue
        number = answer.headers["Location"].strip("/").split("/")[-1]
        until = time.monotonic() + BOMB_S
        while (found := target.get(f"/api/v1/datasets/{number}").json())["state"] not in ("ready", "failed"):
            if time.monotonic() > until:
                break
            time.sleep(0.2)
        expect(found["state"] in ("ready", "failed"), f"{name} is still {found['state']} after {BOMB_S} s")
        say(f"  {name}, {len(content) >> 10} kB: {found['state']}")
    target.request("POST", "/api/v1/predictions", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", packed[:900_000])


def silent_connections(target, count):
    plugs = []
    for i in range(count):
        plug = socket.socket()
        plug.settimeout(10)
        plug.connect(("127.0.0.1", target.port))
        if i % 2:
            plug.send(b"GET / HTTP/1.1\r\nX-")
        plugs.append(plug)
    begin = time.monotonic()
    answer = target.get("/api/v1/datasets")
    expect(target.note(answer.status_code) == 200, f"beside {count} silent connections: {answer.status_code}")
    say(f"  {count} connections that say nothing; another is answered in {1000 * (time.monotonic() - begin):.0f} ms")
    time.sleep(2)
    for plug in plugs:
        plug.close()


def slow(target):
    for what, words in {
        "slow headers": ["-H", "-c", "1000", "-r", "200", "-i", "5", "-l", "25"],
        "slow bodies": ["-B", "-c", "1000", "-r", "200", "-i", "5", "-l", "25", "-s", "8192", "-t", "POST"],
        "slow reading": ["-X", "-c", "1000", "-r", "200", "-n", "5", "-z", "32", "-w", "512", "-y", "1024", "-k", "3", "-l", "25"],
    }.items():
        out = subprocess.run(["slowhttptest", *words, "-p", "3", "-u", target.url + "/api/docs/"],  # nosec B603 B607
                             capture_output=True, text=True, timeout=90, check=False).stdout
        away = len(re.findall(r"service available:\W+NO", out))
        say(f"  {what}: 1000 connections for 25 s, service away in {away} of {len(re.findall('service available', out))} looks")
        expect(away == 0, f"{what} took the service away")


class Toy(http.server.BaseHTTPRequestHandler):
    """A page that puts what it is asked into its SQL: sqlmap must find that, or its silence about ours means nothing."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        wish = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("id", ["1"])[0]
        with contextlib.closing(sqlite3.connect(":memory:")) as store:
            store.executescript("CREATE TABLE t (id INTEGER, name TEXT); INSERT INTO t VALUES (1, 'one'), (2, 'two');")
            try:
                rows, status = store.execute(f"SELECT id, name FROM t WHERE id = {wish}").fetchall(), 200  # nosec B608
            except (sqlite3.Error, sqlite3.Warning) as error:
                rows, status = str(error), 500
        text = f"<html><body><p>{rows}</p></body></html>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def sqlmap_on(words, headers=""):
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(  # nosec B603 B607
            ["sqlmap", *words, "--batch", "--level=2", "--risk=2", "--technique=BEUS", "--flush-session", "--threads=2",
             "--output-dir", folder, "--timeout=10", "--retries=1", *([f"--headers={headers}"] if headers else [])],
            capture_output=True, text=True, timeout=400, check=False).stdout


INJECTED = re.compile(r"is vulnerable|sqlmap identified the following injection")


def sqlmap(target, settings):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Toy) as toy:
        threading.Thread(target=toy.serve_forever, daemon=True).start()
        hit = INJECTED.search(sqlmap_on(["-u", f"http://127.0.0.1:{toy.server_port}/?id=1"]))
        toy.shutdown()
    say(f"  a page made to be injected: {'found' if hit else 'NOT found'}")
    expect(hit, "sqlmap did not find the page that is made to be injected")
    # At a server that does not stop guessing: what is refused before it is looked at tests nothing.
    with Server("", settings | {"CSVA_ACCOUNTS_ATTEMPTS_PER_ACCOUNT": "1000000"}) as patient:
        patient.command("user", "add", "root", "--admin", "--password-stdin", stdin=PASSWORD + "\n")
        sqlmap_at(target, {"the sign-in form": ["-u", patient.url + "/login/", "--data", "name=root&password=x",
                                                "--ignore-code=401,403"]})
    sqlmap_at(target, {
        "the list of data sets": ["-u", target.url + "/api/v1/datasets?limit=5&after=1"],
        "the upload form": ["-u", target.url + "/upload/", "--data", "name=a", "--ignore-code=400,403"],
        "the search of runs": ["-u", target.url + "/api/2.0/mlflow/runs/search", "--data",
                               '{"experiment_ids":["0"],"filter":"metrics.a > 1*"}', "--ignore-code=400"],
    })


def sqlmap_at(target, forms):
    for what, words in forms.items():
        out = sqlmap_on(words, f"Authorization: Bearer {target.token}")
        hit = INJECTED.search(out)
        # It says this only after it has tried what the words name, not when it could not begin.
        tested = re.findall(r"parameter '([^']+)' does not seem to be injectable", out)
        whole = "all tested parameters do not appear to be injectable" in out
        errors = re.search(r"(5\d\d) \([^)]*\) - \d+ times", out)
        say(f"  {what}: {'INJECTED' if hit else 'nothing to inject'} in {', '.join(tested) or 'NOTHING'}; "
            f"{errors.group(0) if errors else 'no 5xx'}")
        expect(not hit, f"sqlmap injected {what}")
        expect(tested and whole, f"sqlmap has not tested {what}: {out[-600:]}")
        expect(not errors or errors.group(1) == "503", f"{what}: {errors.group(0) if errors else ''}")


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("--full", action="store_true", help="also sqlmap, slowhttptest and 10,000 connections; minutes")
    full = words.parse_args().full
    settings = {"CSVA_DATA_SAMPLE": "false", "CSVA_HTTP_ACCESS_LOG": "false", "CSVA_ACCOUNTS_ATTEMPTS_PER_ADDRESS": "100000"}
    with Server("", settings) as server:
        target = Target(server)
        attacks = {
            "path traversal": lambda: traversal(target), "forged requests": lambda: forged_requests(target),
            "session fixation": lambda: fixation(target), "guessing": lambda: guessing(target, 2000 if full else 200),
            "oversized everything": lambda: oversized(target),
            "decompression bombs": lambda: bombs(target, 1 << (30 if full else 26)),
            "silent connections": lambda: silent_connections(target, 10_000 if full else 1000),
        }
        if full:
            attacks |= {"slow clients": lambda: slow(target), "sqlmap": lambda: sqlmap(target, settings)}
            missing = [tool for tool in ("sqlmap", "slowhttptest") if not shutil.which(tool)]
            if missing:
                sys.exit(f"install {' and '.join(missing)} for --full")
        with Watch(target):
            for what, attack in attacks.items():
                begin = time.monotonic()
                attack()
                say(f"{what}: {time.monotonic() - begin:.1f} s")
            time.sleep(1)
        expect(server.process.poll() is None, "the server ended")
        say("answers: " + ", ".join(f"{count} x {status}" for status, count in sorted(target.statuses.items())))
    say(f"{len(FOUND)} findings")
    say(f"attacks: {len(attacks)} ran, {min(len(FOUND), len(attacks))} failed, 0 skipped")
    return 1 if FOUND else 0


if __name__ == "__main__":
    sys.exit(main())
