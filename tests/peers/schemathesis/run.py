"""Schemathesis against a real server: no 5xx, no answer outside the document."""

import json
import os
import pathlib
import subprocess  # nosec B404
import sys
import tempfile
import time
import xml.etree.ElementTree as xml  # nosec B405

import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[1] / "api")]

import steps  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402
from support.verbs import Verbs  # noqa: E402

SECONDS = 60

# These may end the run's own access, after which all else would only test 401: they come last, and with them all that
# deletes, after which what hangs on it would only test 404.
LAST = ("POST /logout/", "PATCH /api/v1/users/{user_id}", "POST /api/2.0/mlflow/experiments/delete",
        "POST /api/2.0/mlflow/runs/delete", "POST /api/v1/bin/removals")
# A stream without an end; and what would erase the very user who calls (tests/api/test_erasure.py).
ENDLESS = ("GET /api/v1/events", "DELETE /api/gdpr/delete/{user_id}", "POST /api/gdpr/delete/{user_id}")


class Caller(Verbs):
    """One user's token, and objects of theirs for the addresses that name one."""

    def __init__(self, server, name, extra):
        server.command("user", "add", name, *extra, "--password-stdin", stdin=PASSWORD)
        self.name, self.url = name, server.url
        self.token = server.command("token", "add", name, "--scope", "admin").stdout.strip()
        self.http = requests.Session()
        self.http.headers["Authorization"] = "Bearer " + self.token

    def call(self, method, path, **more):
        answer = self.http.request(method, self.url + path, timeout=30, **more)
        answer.raise_for_status()
        return answer

    def wait(self, path):
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            found = self.call("GET", path).json()
            if found["state"] in ("ready", "succeeded"):
                return found
            if found["state"] == "failed":
                raise RuntimeError(found["problem"])
            time.sleep(0.1)
        raise RuntimeError(f"{path} did not end")

    def prepare(self):
        """Ids by parameter name."""
        where = self.call("POST", "/api/upload-csv/",
                          files={"file": ("people.csv", steps.TRAINING + b"too,short\n")}).headers["Location"]
        dataset = int(where.strip("/").split("/")[-1])
        version = self.wait(f"/api/v1/datasets/{dataset}")["current_version_id"]
        training = steps.trained(self, dataset)
        model = training["models"][0]
        batch = self.post(f"/api/v1/models/{model['id']}/batches", files={"file": ("rows.csv", steps.TRAINING)}).json()
        self.wait(f"/api/v1/batches/{batch['id']}")
        window = steps.wait_for(lambda: self.get(f"/api/v1/models/{model['id']}/monitoring").json()["timeline"], SECONDS,
                                "the window of the batch")[0]
        project = self.post("/api/v1/projects", json={"name": "Team"}).json()
        tracked = steps.tracked(self, project["id"])
        steps.mlflow(self, "POST", "registered-models/alias", name="people-city", alias="champion", version="1")
        steps.mlflow(self, "POST", "registered-models/alias", name="estate", alias="champion", version="1")
        experiment, run_id = tracked["artifact_path"].split("/")[:2]
        link = self.post(f"/api/v1/datasets/{dataset}/links", json={"label": "all", "days": 1}).json()
        robot = self.post("/api/v1/tokens", json={"label": "robot"}).json()["id"]
        search = self.post(f"/api/v1/projects/{project['id']}/person-searches",
                           json={"values": [{"value": "P7", "column": "name"}]}).json()
        export = self.post("/api/v1/me/exports").json()
        signed_in(self.url, self.name)
        session = self.get("/api/v1/sessions").json()["sessions"][0]["id"]
        user = self.get("/api/v1/session").json()["user"]["id"]
        return {"pk": dataset, "dataset_id": dataset, "version_id": version,
                "training_id": training["id"], "job_id": training["job_id"],
                "model_id": model["id"], "model_name": model["name"], "batch_id": batch["id"],
                "project_id": project["id"], "user_id": user, "window_id": window["id"], "name": "people-city",
                "alias": "champion", "link_id": link["id"], "token": link["address"].strip("/").split("/")[-1],
                "token_id": robot, "session_id": session, "search": search["code"], "export_id": export["id"], **tracked,
                "mlflow": {"experiment_id": experiment, "run_id": run_id, "model_id": tracked["logged_model_id"],
                           "name": "estate", "version": "1", "alias": "champion", "path": "model", "metric_key": "loss"}}


def signed_in(url, name):
    """A session of theirs."""
    session = requests.Session()
    answer = session.post(url + "/login/", json={"name": name, "password": PASSWORD}, timeout=30)
    answer.raise_for_status()
    session.headers["X-CSRFToken"] = answer.json()["csrf_token"]
    return session


def erasure_of_somebody(server):
    """The code of an erasure, which nobody needs a right for."""
    server.command("user", "add", "gone", "--password-stdin", stdin=PASSWORD)
    session = signed_in(server.url, "gone")
    user = session.get(server.url + "/api/v1/session", timeout=30).json()["user"]["id"]
    answer = session.post(f"{server.url}/api/gdpr/delete/{user}", json={"password": PASSWORD}, timeout=30)
    answer.raise_for_status()
    return answer.json()["code"]


def last(url):
    """The operations that come last."""
    paths = requests.get(url + "/api/schema/", timeout=30).json()["paths"]
    ends = {f"DELETE {path}" for path, methods in paths.items() if "delete" in methods}
    return sorted((ends | set(LAST)) - set(ENDLESS))


def run(caller, ids, examples, choice):
    """(operations, failed ones) among the operations that `choice` leaves."""
    names = [word for operation in last(caller.url) for word in (f"--{choice}-name", operation)]
    names += [word for operation in ENDLESS for word in ("--exclude-name", operation)]
    environment = dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=str(HERE),
                       CSVA_IDS=json.dumps(ids))
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        done = subprocess.run(  # nosec B603
            [pathlib.Path(sys.executable).parent / "schemathesis",
             "--config-file", str(HERE / "schemathesis.toml"), "run",
             caller.url + "/api/schema/", "--phases", "examples,coverage,fuzzing,stateful",
             "--max-examples", str(examples), "--workers", "1",
             "-H", "Authorization: Bearer " + caller.token, "--request-timeout", "30",
             "--no-color", "--seed", os.environ.get("CSVA_SEED", "1"),
             "--report", "junit", "--report-junit-path", str(report), *names],
            check=False, cwd=folder, env=environment)
        cases = list(xml.parse(report).getroot().iter("testcase"))  # nosec B314
    failed = sum(1 for case in cases
                 if case.find("failure") is not None or case.find("error") is not None)
    return len(cases), failed if done.returncode == 0 else max(failed, 1)


def main():
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    settings = {"CSVA_ACCOUNTS_TOKENS_PER_USER": "1000000",
                "CSVA_ACCOUNTS_ATTEMPTS_PER_ADDRESS": "1000000",
                "CSVA_ACCOUNTS_ATTEMPTS_PER_ACCOUNT": "1000000"}
    bad, start = 0, time.monotonic()
    with Server(os.environ.get("CSVA_TEST_DATABASE_URL", ""), settings) as server:
        callers = [Caller(server, "ada", ()), Caller(server, "root", ("--admin",))]
        code = erasure_of_somebody(server)
        ids = {caller.name: caller.prepare() | {"code": code} for caller in callers}
        for choice in ("exclude", "include"):
            for caller in callers:
                ran, failed = run(caller, ids[caller.name], examples, choice)
                bad += failed
                print(f"Schemathesis as {caller.name}, {choice} what ends access: {ran} ran, "
                      f"{failed} failed, 0 skipped", flush=True)
        if server.process.poll() is not None:
            print("the server ended:\n" + server.log())
            return 1
        for line in server.log().splitlines():
            if '"level":"error"' in line:
                print(line)
    print(f"Schemathesis took {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
