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
sys.path.insert(0, str(HERE.parents[1]))

from support.server import PASSWORD, Server  # noqa: E402

CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,"
          "response_headers_conformance,response_schema_conformance")
CSV = b"name,age,city\n" + b"".join(
    b"P%d,%d,%s\n" % (i, 20 + i % 50, (b"Paris", b"Rome")[i % 50 < 25]) for i in range(60))
SECONDS = 60

# These may end the run's own access, after which all else would only test 401: they come last.
LAST = ("POST /logout/", "DELETE /api/v1/tokens/{token_id}", "PATCH /api/v1/users/{user_id}")
# A stream without an end; and what would erase the very user who calls (tests/api/test_erasure.py).
ENDLESS = ("GET /api/v1/events", "DELETE /api/gdpr/delete/{user_id}", "POST /api/gdpr/delete/{user_id}")


class Caller:
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
                          files={"file": ("people.csv", CSV)}).headers["Location"]
        dataset = int(where.strip("/").split("/")[-1])
        version = self.wait(f"/api/v1/datasets/{dataset}")["current_version_id"]
        wish = {"target": "city", "budget_s": 1, "options": {"families": ["LogisticRegression"]}}
        started = self.call("POST", f"/api/v1/datasets/{dataset}/trainings", json=wish).json()
        training = self.wait(f"/api/v1/trainings/{started['id']}")
        model = training["models"][0]
        batch = self.call("POST", f"/api/v1/models/{model['id']}/batches",
                          files={"file": ("rows.csv", CSV)}).json()
        self.wait(f"/api/v1/batches/{batch['id']}")
        project = self.call("POST", "/api/v1/projects", json={"name": "Team"}).json()
        user = self.call("GET", "/api/v1/session").json()["user"]["id"]
        return {"pk": dataset, "dataset_id": dataset, "version_id": version,
                "training_id": training["id"], "job_id": training["job_id"],
                "model_id": model["id"], "model_name": model["name"], "batch_id": batch["id"],
                "project_id": project["id"], "user_id": user}


def run(caller, ids, examples, choice):
    """(operations, failed ones) among the operations that `choice` leaves."""
    names = [word for operation in LAST for word in (f"--{choice}-name", operation)]
    names += [word for operation in ENDLESS for word in ("--exclude-name", operation)]
    environment = dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=str(HERE),
                       CSVA_IDS=json.dumps(ids))
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        done = subprocess.run(  # nosec B603
            [pathlib.Path(sys.executable).parent / "schemathesis", "run",
             caller.url + "/api/schema/", "--phases", "examples,coverage,fuzzing,stateful",
             "--max-examples", str(examples), "--checks", CHECKS, "--workers", "1",
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
        ids = {caller.name: caller.prepare() for caller in callers}
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
