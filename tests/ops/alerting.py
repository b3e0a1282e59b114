"""Prometheus, Alertmanager and the dashboards, for real: alerting.py

Checks deploy/prometheus and deploy/alertmanager with promtool and amtool, holds alerts and runbooks against each other,
then starts csva, Prometheus and Alertmanager on loopback with the shipped rules (only their times are shortened). While
another connection keeps the database locked, writes answer 503: the alert on server errors must reach a mail box and a
Slack-shaped hook, and resolve once the lock is gone. The same for a model that is asked about rows that have shifted, and then
about such as it was trained on. Every query of every dashboard must give data meanwhile.
"""
import contextlib
import csv
import http.server
import io
import json
import pathlib
import re
import signal
import socketserver
import sqlite3
import subprocess  # nosec B404
import sys
import tempfile
import threading
import time

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import postgres  # noqa: E402
from support.server import PASSWORD, ROOT, Server  # noqa: E402

DEPLOY = ROOT / "deploy"
ERRORS, DRIFTED = "CsvaServerErrors", "CsvaModelDrifted"
PATIENCE_S = 120


def say(text):
    print(text, flush=True)


def run(*command, cwd=None):
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL)  # nosec B603


def check_files():
    run("promtool", "check", "config", "prometheus.yml", cwd=DEPLOY / "prometheus")
    trials = sorted((DEPLOY / "prometheus/tests").glob("*.yml"))
    run("promtool", "test", "rules", *trials, cwd=DEPLOY / "prometheus")
    run("amtool", "check-config", DEPLOY / "alertmanager/alertmanager.yml")
    rules = (DEPLOY / "prometheus/rules/alerts.yml").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in trials)
    alerts = set(re.findall(r"- alert: (\w+)", rules))
    books = {path.stem for path in (ROOT / "docs/runbooks").glob("Csva*.md")}
    assert alerts == books, f"alert without runbook or the other way round: {alerts ^ books}"
    for alert in alerts:
        assert f"docs/runbooks/{alert}.md" in rules, alert
        assert re.search(rf"alertname: {alert}\n\s+eval_time: \w+\n\s+exp_alerts:\n", tests), f"{alert} has no test that fires"
    say(f"{len(alerts)} alerts, each with its runbook and a test with simulated time")


class Sinks:
    """A hook and a mail box on loopback; `hooks` and `mails` hold what came."""

    def __init__(self):
        self.hooks, self.mails = [], []
        sinks = self

        class Hook(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sinks.hooks.append(json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        class Mail(socketserver.StreamRequestHandler):
            def answer(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def take(self):
                lines = []
                for line in self.rfile:
                    if line.rstrip() == b".":
                        break
                    lines.append(line.decode(errors="replace"))
                sinks.mails.append("".join(lines))

            def handle(self):
                self.answer("220 sink")
                for line in self.rfile:
                    word = line[:4].upper()
                    if word == b"DATA":
                        self.answer("354 go on")
                        self.take()
                    self.answer("221 bye" if word == b"QUIT" else "250 sink" if word == b"EHLO" else "250 done")
                    if word == b"QUIT":
                        return

        self.servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook),
                        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)]
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.hook_port, self.mail_port = (server.server_address[1] for server in self.servers)

    def received(self, alert, state):
        hook = any(state.upper() in hook["attachments"][0]["title"] and alert in hook["attachments"][0]["title"]
                   for hook in self.hooks)
        mail = any(alert in mail and state.lower() in mail.lower() for mail in self.mails)
        return hook and mail

    def close(self):
        for server in self.servers:
            server.shutdown()


@contextlib.contextmanager
def program(*command):
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # nosec B603
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def write_prometheus(folder, port, alertmanager):
    """The shipped files, with this machine's ports and seconds for minutes."""
    (folder / "rules").mkdir()
    for path in (DEPLOY / "prometheus/rules").glob("*.yml"):
        text = path.read_text(encoding="utf-8").replace("[5m]", "[10s]")
        (folder / "rules" / path.name).write_text(re.sub(r"for: \d+m", "for: 3s", text), encoding="utf-8")
    text = (DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8")
    text = text.replace("15s", "1s").replace("alertmanager:9093", f"127.0.0.1:{alertmanager}")
    text = text.replace("web:8000", f"127.0.0.1:{port}")
    (folder / "prometheus.yml").write_text(text, encoding="utf-8")


def write_alertmanager(folder, sinks):
    """The shipped file, with the sinks instead of a mail server and Slack."""
    text = (DEPLOY / "alertmanager/alertmanager.yml").read_text(encoding="utf-8")
    (folder / "slack_url").write_text(f"http://127.0.0.1:{sinks.hook_port}/", encoding="utf-8")
    text = text.replace("smtp:587", f"127.0.0.1:{sinks.mail_port}").replace("/run/secrets/slack_url", str(folder / "slack_url"))
    text = re.sub(r"  smtp_auth_\w+:.*\n", "", text).replace("global:\n", "global:\n  smtp_require_tls: false\n")
    text = text.replace("group_wait: 30s", "group_wait: 1s").replace("group_interval: 5m", "group_interval: 2s")
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")


def wait_until(done, what):
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.2)


def check_dashboards(prometheus):
    count, valid = 0, 0
    for path in (DEPLOY / "grafana/dashboards").glob("*.json"):
        board = json.loads(path.read_text(encoding="utf-8"))
        # The series of cost come from OpenCost, which is not here: their rules are tested with made-up ones.
        expects_data = path.name != "cost.json"
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids)), f"{path.name}: two panels have one id"
        for panel in board["panels"]:
            assert panel["datasource"]["uid"] == "${datasource}" and panel["fieldConfig"]["defaults"]["unit"], panel["title"]
            for target in panel["targets"]:
                query = target["expr"].replace("$job", "csva").replace("$__rate_interval", "30s")
                found = requests.get(prometheus + "/api/v1/query", {"query": query}, timeout=10).json()
                assert found["status"] == "success", (panel["title"], found)
                assert found["data"]["result"] or not expects_data, f"{path.name}, {panel['title']}: no data for {query}"
                count += expects_data
                valid += not expects_data
    say(f"{count} queries of the dashboards give data, {valid} of the one of cost are valid")


@contextlib.contextmanager
def writes(server, token):
    """Somebody who goes on writing and reading."""
    stop = threading.Event()
    session = requests.Session()
    session.headers["Authorization"] = "Bearer " + token

    def work():
        number = 0
        while not stop.wait(0.05):
            number += 1
            session.post(server.url + "/api/v1/projects", json={"name": f"P{number}"}, timeout=30)
            session.get(server.url + "/api/v1/datasets", timeout=30)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Model:
    """A model of the titanic, trained through the API, and files of rows for it."""

    def __init__(self, server, token):
        self.url, self.http = server.url, requests.Session()
        self.http.headers["Authorization"] = "Bearer " + token
        with open(ROOT / "tests/data/titanic.csv", encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        made = self.http.post(self.url + "/api/upload-csv/", files={"file": ("titanic.csv", self.text(self.rows))}, timeout=30)
        number = made.headers["Location"].strip("/").split("/")[-1]
        wait_until(lambda: self.get(f"/api/v1/datasets/{number}")["state"] == "ready", "the file is read")
        wish = {"target": "Survived", "budget_s": 2, "undecided": "leave_out", "options": {"families": ["LogisticRegression"]}}
        training = self.http.post(f"{self.url}/api/v1/datasets/{number}/trainings", json=wish, timeout=30).json()["id"]
        wait_until(lambda: self.get(f"/api/v1/trainings/{training}")["state"] == "succeeded", "the model is trained")
        self.path = f"/api/v1/models/{self.get(f'/api/v1/trainings/{training}')['models'][0]['id']}"

    def get(self, path):
        return self.http.get(self.url + path, timeout=30).json()

    @staticmethod
    def text(rows):
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def state(self):
        timeline = self.get(self.path + "/monitoring")["timeline"]
        return (len(timeline), timeline[-1]["state"]) if timeline else (0, "")

    def ask(self, rows):
        """Has rows answered as a file and waits until they are judged; the batch's number."""
        before = self.state()[0]
        batch = self.http.post(self.url + self.path + "/batches", files={"file": ("rows.csv", self.text(rows))}, timeout=30)
        wait_until(lambda: self.state()[0] > before, "the rows are judged")
        return batch.json()["id"]

    def begin(self):
        """One window like the training data, with labels."""
        batch = self.ask(self.rows)
        self.http.post(f"{self.url}/api/v1/batches/{batch}/labels", files={"file": ("rows.csv", self.text(self.rows))}, timeout=60)
        self.http.post(self.url + self.path + "/monitoring/check", timeout=30)
        wait_until(lambda: self.get(self.path + "/monitoring")["timeline"][0]["quality"]["measured"], "the labels are used")

    def shift(self):
        """Two files of old people who pay a lot."""
        for _ in range(2):
            self.ask([row | {"Age": "71", "Fare": "400", "Pclass": "1"} for row in self.rows[:400]])
        assert self.state()[1] == "drifted", self.state()

    def mend(self):
        for _ in range(2):
            self.ask(self.rows)
        assert self.state()[1] == "stable", self.state()


def end_to_end(folder):
    sinks = Sinks()
    ports = [postgres.free_port() for _ in range(2)]
    prometheus = f"http://127.0.0.1:{ports[0]}"
    with Server(settings={"CSVA_DATABASE_WAIT_MS": "100"}) as server:
        server.command("user", "add", "ann", "--admin", "--password-stdin", stdin=PASSWORD + "\n")
        requests.post(server.url + "/login/", json={"name": "ann", "password": PASSWORD}, timeout=30)
        token = server.command("token", "add", "ann").stdout.split()[-1]
        model = Model(server, token)
        model.begin()
        write_prometheus(folder, server.port, ports[1])
        write_alertmanager(folder, sinks)
        alertmanager = program("prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/am",
                               f"--web.listen-address=127.0.0.1:{ports[1]}", "--cluster.listen-address=")
        scraper = program("prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
                          f"--web.listen-address=127.0.0.1:{ports[0]}")

        def firing():
            try:
                alerts = requests.get(prometheus + "/api/v1/alerts", timeout=10).json()["data"]["alerts"]
            except requests.ConnectionError:
                return None
            return {a["labels"]["alertname"] for a in alerts if a["state"] == "firing" and a["labels"].get("job") == "csva"}

        with alertmanager, scraper, writes(server, token):
            time.sleep(15)
            wait_until(lambda: firing() == set(), "Prometheus reads a healthy service")
            check_dashboards(prometheus)
            began = time.monotonic()
            lock = sqlite3.connect(server.data / "csva.sqlite", isolation_level=None)
            lock.execute("BEGIN IMMEDIATE")
            wait_until(lambda: sinks.received(ERRORS, "firing"), "mail and hook of the alert")
            say(f"mail and hook {time.monotonic() - began:.0f} s after the fault")
            lock.execute("ROLLBACK")
            lock.close()
            began = time.monotonic()
            wait_until(lambda: sinks.received(ERRORS, "resolved"), "mail and hook of the end of the alert")
            say(f"resolved {time.monotonic() - began:.0f} s after the repair")
            model.shift()
            began = time.monotonic()
            wait_until(lambda: sinks.received(DRIFTED, "firing"), "mail and hook of the drifted model")
            say(f"mail and hook {time.monotonic() - began:.0f} s after two windows had drifted")
            model.mend()
            began = time.monotonic()
            wait_until(lambda: sinks.received(DRIFTED, "resolved"), "mail and hook that the model is well again")
            say(f"resolved {time.monotonic() - began:.0f} s after two windows were well again")
    sinks.close()


if __name__ == "__main__":
    check_files()
    with tempfile.TemporaryDirectory(prefix="csva-alerting-") as name:
        end_to_end(pathlib.Path(name))
    say("Alerting: 3 ran, 0 failed, 0 skipped")
