"""The whole Compose file on a real Docker engine: compose.py (started by tests/ops/check_compose.sh)

Brings deploy/compose up as a person would (prepare.sh makes secrets and certificate), goes through the TLS proxy from the first-run
link to a drifted model, kills one service at a time while somebody goes on asking, and takes everything down again. Images of
others are stand-ins made from Debian's packages (tests/ops/standins). Prints what it measured.
"""
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess  # nosec B404
import sys
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"  # nosec B105
PORTS = {"CSVA_HTTPS_PORT": "18443", "CSVA_HTTP_PORT": "18080", "CSVA_WEB_PORT": "18000", "CSVA_MLFLOW_PORT": "15000",
         "CSVA_PROMETHEUS_PORT": "19090"}
IMAGES = {"CSVA_IMAGE": "localhost/csva:test"} | {
    f"CSVA_{name.upper().replace('-', '_')}_IMAGE": f"localhost/{name}:test"
    for name in ("proxy", "postgres", "mlflow", "prometheus", "alertmanager", "node-exporter", "postgres-exporter")}
SERVICES = ["web", "worker", "db", "mlflow", "prometheus", "alertmanager", "proxy", "node-exporter", "postgres-exporter"]
PATIENCE_S = 180


def say(text):
    print(text, flush=True)


def wait_until(done, what):
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            found = done()
        except (requests.RequestException, KeyError, ValueError):
            found = None
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {PATIENCE_S} s: {what}")
        time.sleep(0.3)


class Stack:
    """deploy/ in a folder of its own, so that no secret comes into the working copy."""

    def __init__(self, folder):
        self.folder = folder / "deploy" / "compose"
        shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
        self.environment = os.environ | PORTS | IMAGES | {
            "CSVA_PUBLIC_URL": f"https://localhost:{PORTS['CSVA_HTTPS_PORT']}", "COMPOSE_PROJECT_NAME": "csvatest",
            "COMPOSE_PROFILES": ""}

    def run(self, *command, check=True):
        return subprocess.run(command, cwd=self.folder, env=self.environment, check=check, text=True,  # nosec B603
                              capture_output=True)

    def compose(self, *words, check=True):
        return self.run("docker-compose", *words, check=check)

    def container(self, service):
        return self.compose("ps", "-q", service).stdout.split()[0]

    def inspect(self, service, what):
        return self.run("docker", "inspect", "--format", what, self.container(service)).stdout.strip()

    def healthy(self, service):
        return self.inspect(service, "{{.State.Health.Status}}") == "healthy"


class Person:
    """Somebody with a browser's certificate check, then with a token."""

    def __init__(self, stack):
        self.url = stack.environment["CSVA_PUBLIC_URL"]
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(stack.folder / "secrets/tls_certificate")

    def get(self, path):
        answer = self.http.get(self.url + path, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def post(self, path, **body):
        answer = self.http.post(self.url + path, timeout=60, **body)
        assert answer.ok, (path, answer.status_code, answer.text)
        return answer

    def begin(self, link):
        """The link of the first start, in a browser's words; then a token."""
        assert link.startswith(self.url + "/setup/?token="), link
        self.http.headers["Accept"] = "application/json"
        made = self.post("/setup/", json={"token": link.split("token=")[1], "name": "ann", "password": PASSWORD})
        assert "Secure" in made.headers["Set-Cookie"], made.headers["Set-Cookie"]
        self.http.headers.update({"X-CSRFToken": made.json()["csrf_token"], "Origin": self.url})


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def journey(person):
    """upload -> train -> predict -> drift; the model's path."""
    began = time.monotonic()
    rows = rows_of(ROOT / "tests/data/titanic.csv")
    made = person.post("/api/upload-csv/", files={"file": ("titanic.csv", text_of(rows))})
    assert made.json() == {"file": "titanic.csv", "message": "Upload OK"}, made.text
    number = made.headers["Location"].strip("/").split("/")[-1]
    wait_until(lambda: person.get(f"/api/v1/datasets/{number}")["state"] == "ready", "the file is read")
    wish = {"target": "Survived", "budget_s": 3, "undecided": "leave_out", "options": {"families": ["LogisticRegression"]}}
    training = person.post(f"/api/v1/datasets/{number}/trainings", json=wish).json()["id"]
    wait_until(lambda: person.get(f"/api/v1/trainings/{training}")["state"] == "succeeded", "the model is trained")
    model = f"/api/v1/models/{person.get(f'/api/v1/trainings/{training}')['models'][0]['id']}"
    say(f"uploaded, read and trained {time.monotonic() - began:.1f} s after the first request")
    row = {k: v for k, v in rows[0].items() if k != "Survived"}
    answer = person.post(model + "/predictions", json={"rows": [row]}).json()
    say(f"one row predicted: {json.dumps(answer)[:100]}...")
    for shifted in (rows, *[[r | {"Age": "71", "Fare": "400", "Pclass": "1"} for r in rows[:400]]] * 2):
        before = len(person.get(model + "/monitoring")["timeline"])
        person.post(model + "/batches", files={"file": ("rows.csv", text_of(shifted))})
        wait_until(lambda before=before: len(person.get(model + "/monitoring")["timeline"]) > before, "the rows are judged")
    states = [window["state"] for window in person.get(model + "/monitoring")["timeline"]]
    say(f"three files judged: {states}")
    assert states[-1] == "drifted" and states[0] == "stable", states
    return number, model, row


def check_containers(stack):
    for service in SERVICES:
        read_only = stack.inspect(service, "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}")
        user = stack.inspect(service, "{{.Config.User}}")
        assert read_only == "true [ALL]", (service, read_only)
        assert user not in ("", "root", "0"), (service, user)
    say(f"{len(SERVICES)} services run without root, without capabilities, on a read-only root")


def check_doors(stack, person):
    plain = requests.get(f"http://localhost:{PORTS['CSVA_HTTP_PORT']}/login/", timeout=10, allow_redirects=False)
    assert plain.status_code == 301 and plain.headers["Location"].startswith("https://"), plain.headers
    page = person.http.get(person.url + "/login/", headers={"Accept": "text/html"}, timeout=10)
    assert page.status_code == 200 and "Strict-Transport-Security" in page.headers, page.headers
    assert person.http.get(person.url + "/metrics", timeout=10).status_code == 404
    foreign = person.http.get(person.url + "/health/live", headers={"Host": "evil.example.org"}, timeout=10)
    assert foreign.status_code == 421, foreign.status_code
    web = f"http://127.0.0.1:{PORTS['CSVA_WEB_PORT']}"
    bare = requests.post(web + "/api/upload-csv/", files={"file": ("a.csv", "a,b\n1,2\n")}, timeout=10)
    assert bare.status_code == 401, bare.status_code
    assert requests.get(f"http://127.0.0.1:{PORTS['CSVA_MLFLOW_PORT']}/health", timeout=10).ok
    say("plain HTTP leads to HTTPS; another Host is refused; an upload without a token is refused on port 8000 too")


def check_watching(stack):
    """Prometheus sees all of its targets; MLflow has the training."""
    prometheus = f"http://127.0.0.1:{PORTS['CSVA_PROMETHEUS_PORT']}/api/v1/query"

    def up():
        found = requests.get(prometheus, {"query": "sum(up)"}, timeout=10).json()["data"]["result"]
        return found and float(found[0]["value"][1]) == 4
    wait_until(up, "Prometheus reads its four targets")
    found = requests.get(prometheus, {"query": "pg_up"}, timeout=10).json()["data"]["result"]
    assert found[0]["value"][1] == "1", found
    mlflow = f"http://127.0.0.1:{PORTS['CSVA_MLFLOW_PORT']}/api/2.0/mlflow/"

    def runs():
        known = requests.post(mlflow + "experiments/search", json={"max_results": 100}, timeout=10).json()["experiments"]
        ids = [e["experiment_id"] for e in known if e["name"].startswith("dataset-")]
        return ids and requests.post(mlflow + "runs/search", json={"experiment_ids": ids}, timeout=10).json().get("runs")
    say(f"Prometheus reads 4 targets, PostgreSQL is up; MLflow has {len(wait_until(runs, 'MLflow has the run'))} run of ours")


def check_secrets(stack):
    """No secret stands in what `docker inspect` shows, in a log or in the list of processes."""
    secrets = [path.read_text(encoding="utf-8") for path in (stack.folder / "secrets").iterdir()
               if path.name.endswith("password") and path.name != "smtp_password"]
    shown = stack.compose("logs", "--no-color").stdout
    for service in SERVICES:
        shown += stack.run("docker", "inspect", stack.container(service)).stdout
        shown += stack.run("docker", "top", stack.container(service), "-eo", "pid,args").stdout
    for secret in secrets:
        assert secret not in shown, "a secret is shown"
    say(f"{len(secrets)} passwords are in no log, no process list and no description of a container")


def kill_each(stack, person, number, model, row):
    """SIGKILL to one after the other: it comes back by itself, and the answers are the same as before."""
    before = person.post(model + "/predictions", json={"rows": [row]}).json()["predictions"]
    for service in SERVICES:
        # As if it had crashed: docker's own `kill` counts as somebody's wish, after which it is not started again.
        process = stack.inspect(service, "{{.State.Pid}}")
        os.kill(int(process), 9)
        began = time.monotonic()
        asked = failed = 0
        while time.monotonic() - began < 3:
            asked += 1
            try:
                failed += not person.http.get(person.url + "/api/v1/datasets", timeout=5).ok
            except requests.RequestException:
                failed += 1
            time.sleep(0.05)

        def back():
            return stack.inspect(service, "{{.State.Pid}}") not in (process, "0") and stack.healthy(service)  # noqa: B023
        wait_until(back, f"{service} comes back")
        took = time.monotonic() - began
        wait_until(lambda: person.get("/health/ready"), "the service is ready")
        after = wait_until(lambda: person.post(model + "/predictions", json={"rows": [row]}).json(), "an answer")
        assert after["predictions"] == before
        say(f"killed {service:18} healthy again after {took:5.1f} s; of {asked} requests meanwhile {failed} failed")
    wish = {"target": "Survived", "budget_s": 2, "undecided": "leave_out", "options": {"families": ["LogisticRegression"]}}
    training = person.post(f"/api/v1/datasets/{number}/trainings", json=wish).json()["id"]
    wait_until(lambda: person.get(f"/api/v1/trainings/{training}")["state"] == "succeeded", "a training after all that")
    say("after all of it another model is trained")


def main():
    folder = pathlib.Path(sys.argv[1])
    stack = Stack(folder)
    began = time.monotonic()
    try:
        done = stack.run("./up.sh", "--no-build", check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        for service in SERVICES:
            wait_until(lambda service=service: stack.healthy(service), f"{service} is healthy")
        say(f"./up.sh: all {len(SERVICES)} services healthy after {time.monotonic() - began:.0f} s")
        link = re.search(r"Make the first account: (\S+)", stack.compose("logs", "--no-color", "web").stdout).group(1)
        assert link in done.stdout, done.stdout
        person = Person(stack)
        person.begin(link)
        say("the link that ./up.sh printed makes the first account, through the proxy")
        check_doors(stack, person)
        number, model, row = journey(person)
        check_containers(stack)
        check_watching(stack)
        check_secrets(stack)
        kill_each(stack, person, number, model, row)
    except BaseException:
        print(stack.compose("ps").stdout + stack.compose("logs", "--no-color", "--tail=30").stdout, file=sys.stderr)
        raise
    finally:
        began = time.monotonic()
        stack.compose("down", "--volumes", "--timeout", "20")
    say(f"down after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
