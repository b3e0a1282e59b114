"""Trainings of ours on a real `mlflow server` that CSVA_MLFLOW_TRACKING_URI names: all of them, whole, and once, whatever stops."""

import contextlib
import hashlib
import pathlib
import signal
import time

import requests
from mlflow.artifacts import download_artifacts
from mlflow.tracking import MlflowClient
from support.server import PASSWORD, Server

ROWS = b"name,age,height,city\n" + b"".join(
    b"P%d,%d,%d.5,%s\n" % (i, i % 40, 150 + i * 7 % 40, (b"Rome", b"Paris")[(i % 40 < 20) != (i % 10 == 0)])
    for i in range(200))
WISH = {"target": "city", "budget_s": 20, "options": {
    "families": ["GradientBoostingClassifier", "LogisticRegression"], "trees": 60, "threads": 1}}


class Ours:
    """A server that trains and logs to `remote`."""

    def __init__(self, remote, settings=None):
        self.server = Server("", {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "1", "CSVA_JOBS_POLL_MS": "50",
                                  "CSVA_MLFLOW_TRACKING_URI": remote.url + "/"} | (settings or {}))

    def __enter__(self):
        self.server.__enter__()
        self.server.command("user", "add", "ada", "--password-stdin", stdin=PASSWORD)
        self.token = self.server.command("token", "add", "ada", "--scope", "write").stdout.strip()
        self.sign_in()
        return self

    def sign_in(self):
        self.http = requests.Session()
        self.http.headers["Authorization"] = "Bearer " + self.token

    def __exit__(self, *_):
        self.server.__exit__()

    def call(self, method, path, **more):
        answer = self.http.request(method, self.server.url + path, timeout=60, **more)
        assert answer.ok, answer.text
        return answer.json()

    def upload(self, name):
        answer = self.http.post(self.server.url + "/api/upload-csv/", files={"file": (name, ROWS)}, timeout=60)
        number = int(answer.headers["Location"].strip("/").split("/")[-1])
        wait_for(lambda: self.call("GET", f"/api/v1/datasets/{number}")["state"] == "ready")
        return number

    def train(self, dataset):
        number = self.call("POST", f"/api/v1/datasets/{dataset}/trainings", json=WISH)["id"]
        found = wait_for(lambda: (t := self.call("GET", f"/api/v1/trainings/{number}"))["state"] in ("succeeded", "failed") and t)
        assert found["state"] == "succeeded", found["problem"]
        return number

    def waiting(self):
        """Rows of the outbox that are not there yet, and all."""
        rows = self.server.sql("SELECT state FROM tracking_outbox")
        return sum(state != "sent" for state, in rows), len(rows)

    def kill_and_start(self):
        self.server.process.kill()
        self.server.process.wait()
        self.server.__enter__()
        self.sign_in()

    @contextlib.contextmanager
    def client(self, monkeypatch):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", self.token)
        yield MlflowClient(self.server.url)
        monkeypatch.delenv("MLFLOW_TRACKING_TOKEN")


def wait_for(check, seconds=120):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"did not hold within {seconds} s")


def runs_of(client, dataset):
    experiment = client.get_experiment_by_name(f"dataset-{dataset}")
    return client.search_runs([experiment.experiment_id]) if experiment else []


def files_of(client, run, folder=""):
    found = {}
    for file in client.list_artifacts(run, folder):
        found |= files_of(client, run, file.path) if file.is_dir else {file.path: file.file_size}
    return found


def content_of(client, run, uri, target):
    """Hash of every file of a run."""
    target.mkdir()
    folder = pathlib.Path(download_artifacts(run_id=run, tracking_uri=uri, dst_path=str(target)))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


def told(client, run, uri, target):
    """Everything that must be the same on both servers."""
    tags = {k: v for k, v in run.data.tags.items() if k not in ("csva:mlflow_run", "csva:run_id")}
    histories = {key: sorted((m.step, m.value, m.timestamp) for m in client.get_metric_history(run.info.run_id, key))
                 for key in run.data.metrics}
    data = [(i.dataset.name, i.dataset.digest[:36], i.dataset.source, [(t.key, t.value) for t in i.tags])
            for i in run.inputs.dataset_inputs]
    versions = [v.name for v in client.search_model_versions(f"run_id = '{run.info.run_id}'")]
    info = run.info
    return {"info": (info.run_name, info.user_id, info.status, info.start_time, info.end_time),
            "params": run.data.params, "tags": tags, "metrics": histories, "data": data, "versions": versions,
            "files": content_of(client, run.info.run_id, uri, target)}


def same_on_both(ours, remote, dataset, count, folder, monkeypatch):
    """Every run of the data set is there once, and whole."""
    with ours.client(monkeypatch) as client:
        here = {r.data.tags["csva:training_id"]: (r.info.run_id, told(client, r, ours.server.url, folder / f"o{r.info.run_id}"))
                for r in runs_of(client, dataset)}
    client = MlflowClient(remote.url)
    found = runs_of(client, dataset)
    there = {r.data.tags["csva:training_id"]: (r.data.tags["csva:run_id"],
                                               told(client, r, remote.url, folder / f"t{r.info.run_id}")) for r in found}
    assert len(here) == len(there) == len(found) == count
    assert here == there
    return next(iter(there.values()))[1]


def test_a_training_appears_there_with_all_that_it_has(remote, tmp_path, monkeypatch):
    with Ours(remote) as ours:
        dataset = ours.upload("people.csv")
        ours.train(dataset)
        wait_for(lambda: ours.waiting() == (0, 1))
        seen = same_on_both(ours, remote, dataset, 1, tmp_path, monkeypatch)
        assert seen["params"]["target"] == "city" and seen["info"][2] == "FINISHED"
        curve = next(points for key, points in seen["metrics"].items() if key.endswith("validation_log_loss"))
        assert [step for step, _, _ in curve] == list(range(1, 61))
        assert {"report.json", "receipt.json", "recipe.json", "verdict.json", "importance.json"} < set(seen["files"])
        assert any(path.startswith("model/") for path in seen["files"])
        assert seen["versions"] == ["people-city"]
        link = ours.server.sql("SELECT value FROM tracking_tags WHERE key = 'csva:mlflow_run'")[0][0]
        assert link.startswith(remote.url + "/#/experiments/")


def test_nothing_is_missing_after_stops_in_the_middle(remote, tmp_path, monkeypatch):
    with Ours(remote) as ours:
        dataset = ours.upload("people.csv")
        remote.stop(signal.SIGKILL)
        for _ in range(3):
            ours.train(dataset)
        wait_for(lambda: ours.waiting() == (3, 3))
        client = MlflowClient(remote.url)
        remote.start()
        wait_for(lambda: len(runs_of(client, dataset)) >= 1)
        remote.stop(signal.SIGKILL)
        assert ours.waiting()[0] >= 1, "it was stopped too late to be in the middle"
        remote.start()
        wait_for(lambda: len(runs_of(client, dataset)) >= 2)
        ours.kill_and_start()
        ours.server.sql("UPDATE tracking_outbox SET next_at = 0")  # What the killed one had taken is free in 5 minutes.
        wait_for(lambda: ours.waiting() == (0, 3))
        same_on_both(ours, remote, dataset, 3, tmp_path, monkeypatch)
        names = sorted(v.version for v in client.search_model_versions("name = 'people-city'"))
        assert names == ["1", "2", "3"]
