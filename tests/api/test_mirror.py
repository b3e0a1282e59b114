"""Trainings that go to another MLflow server too; a small one of our own stands for it here, the real one in tests/peers/mlflow."""

import contextlib
import http.server
import json
import threading

import pytest
from conftest import new_world
from steps import TRAINING, read, trained, wait_for

API = "/api/2.0/mlflow/"


class Other(http.server.ThreadingHTTPServer):
    """Keeps what it is sent. `away`: calls that it still answers with 503; `signed`: the header that must come."""

    def __init__(self, signed=""):
        super().__init__(("127.0.0.1", 0), Handler)
        self.signed, self.away, self.unsigned = signed, 0, 0
        self.experiments, self.runs, self.files, self.versions, self.calls = {}, {}, {}, [], []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, answer, status=200):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def take(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.signed and self.headers.get("Authorization") != self.server.signed:
            self.server.unsigned += 1
            return self.reply({"error_code": "PERMISSION_DENIED", "message": "no"}, 403)
        if self.server.away:
            self.server.away -= 1
            return self.reply({}, 503)
        path = self.path.partition("?")[0]
        if self.command == "PUT":
            self.server.files[path] = body
            return self.reply({})
        if self.command == "DELETE" and "/mlflow-artifacts/" in path:
            self.server.files = {name: content for name, content in self.server.files.items()
                                 if not name.startswith(path + "/")}
            return self.reply({})
        self.server.calls.append(path.removeprefix(API))
        answer = CALLS[self.server.calls[-1]](self.server, json.loads(body or b"{}"))
        return self.reply(answer, 404 if "error_code" in answer else 200)

    do_GET = do_POST = do_PUT = do_DELETE = take


def create_run(server, wish):
    number = f"r{len(server.runs)}"
    server.runs[number] = {"wish": wish, "metrics": [], "params": [], "status": "", "stage": "active"}
    return {"run": {"info": {"run_id": number, "experiment_id": "7", "artifact_uri": f"mlflow-artifacts:/7/{number}/artifacts"}}}


def log_batch(server, wish):
    for part in ("metrics", "params"):
        server.runs[wish["run_id"]][part] += wish.get(part, [])
    return {}


CALLS = {
    "experiments/get-by-name": lambda server, _: (
        {"experiment": {"experiment_id": "7"}} if server.experiments else
        {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}),
    "experiments/create": lambda server, wish: server.experiments.update({wish["name"]: "7"}) or {},
    "runs/search": lambda server, wish: {"runs": [
        {"info": {"run_id": number, "experiment_id": "7", "artifact_uri": f"mlflow-artifacts:/7/{number}/artifacts",
                  "lifecycle_stage": run["stage"]}}
        for number, run in server.runs.items() if any(
            tag["key"] == "csva:run_id" and tag["value"] in wish["filter"] for tag in run["wish"]["tags"])]},
    "runs/restore": lambda server, wish: server.runs[wish["run_id"]].update(stage="active") or {},
    "runs/create": create_run,
    "runs/log-batch": log_batch,
    "runs/log-inputs": lambda server, wish: server.runs[wish["run_id"]].update(data=wish["datasets"]) or {},
    "runs/update": lambda server, wish: server.runs[wish["run_id"]].update(status=wish["status"]) or {},
    "model-versions/search": lambda server, _: {"model_versions": server.versions},
    "registered-models/create": lambda server, wish: {},
    "model-versions/create": lambda server, wish: server.versions.append(wish | {"version": "1"}) or {},
}


@contextlib.contextmanager
def other_server(signed=""):
    server = Other(signed)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SIGNED = [({"CSVA_MLFLOW_TRACKING_TOKEN": "secret"}, "Bearer secret"),
          ({"CSVA_MLFLOW_TRACKING_USERNAME": "ann", "CSVA_MLFLOW_TRACKING_PASSWORD": "pass"}, "Basic YW5uOnBhc3M=")]


@pytest.mark.parametrize("settings, signed", SIGNED)
def test_sends_a_training_once_the_other_server_is_back(settings, signed):
    with other_server(signed) as other, new_world(
            CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50", CSVA_MLFLOW_TRACKING_URI=other.url, **settings) as world:
        other.away = 2
        client = world.user()
        training = trained(client, read(client, TRAINING))
        wait_for(lambda: world.server.sql("SELECT state FROM tracking_outbox") == [("sent",)], what="the sending")
        assert other.away == 0 and other.unsigned == 0 and len(other.runs) == 1
        run = other.runs["r0"]
        assert run["status"] == "FINISHED" and run["data"][0]["dataset"]["name"] == "data"
        assert {"key": "model", "value": training["report"]["best"]} in run["params"]
        assert {m["key"] for m in run["metrics"]} >= {s["name"] for s in training["report"]["leaderboard"][0]["scores"]}
        files = {path.split("/artifacts/", 2)[-1] for path in other.files}
        assert {"report.json", "receipt.json"} < files and any(path.startswith("model/") for path in files)
        assert other.versions[0]["source"] == "mlflow-artifacts:/7/r0/artifacts/model"
        assert world.server.sql("SELECT value FROM tracking_tags WHERE key = 'csva:mlflow_run'") == [
            (other.url + "/#/experiments/7/runs/r0",)]
        wait_for(lambda: "csva_tracking_mirror_waiting_runs 0" in client.get("/metrics").text, what="an empty queue")
        assert "csva_tracking_mirror_failures_total 2" in client.get("/metrics").text
        # The same again makes nothing twice, and goes on where somebody deleted half of it.
        run["stage"] = "deleted"
        world.server.sql("UPDATE tracking_outbox SET state = 'waiting', next_at = 0")
        wait_for(lambda: world.server.sql("SELECT state FROM tracking_outbox") == [("sent",)], what="the sending")
        assert len(other.runs) == len(other.versions) == 1 and run["stage"] == "active"


def test_keeps_what_the_other_server_refuses():
    with other_server("Bearer right") as other, new_world(
            CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50", CSVA_MLFLOW_TRACKING_URI=other.url,
            CSVA_MLFLOW_TRACKING_TOKEN="wrong") as world:
        client = world.user()
        trained(client, read(client, TRAINING))
        found = wait_for(lambda: [row for row in world.server.sql(
            "SELECT state, attempts, problem FROM tracking_outbox") if row[2]], what="a refusal")
        assert found[0][0] == "waiting" and "PERMISSION_DENIED" in found[0][2] and "wrong" not in world.server.log()
        other.signed = ""
        wait_for(lambda: world.server.sql("SELECT state, problem FROM tracking_outbox") == [("sent", "")], what="the sending")
