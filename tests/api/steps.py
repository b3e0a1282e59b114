"""What tests do again and again: upload, wait, clean, train, predict."""

import json
import time

import reasons
from support.server import PASSWORD  # noqa: F401

CSV = b"name,age,city\n" + b"".join(b"P%d,%d,%s\n" % (i, 20 + i % 50, (b"Paris", b"Rome")[i % 2])
                                    for i in range(60))
# The city follows from the age but for every tenth row, so that there is something to learn.
TRAINING = b"name,age,height,city\n" + b"".join(
    b"P%d,%d,%d.5,%s\n" % (i, i % 40, 150 + i * 7 % 40,
                           (b"Rome", b"Paris")[(i % 40 < 20) != (i % 10 == 0)])
    for i in range(200))
# One family with a given size is one fit: it ends by itself, on a busy machine too, where a search in a second would give
# up before its first model.
QUICK = {"target": "city", "budget_s": 40,
         "options": {"families": ["LogisticRegression"], "trees": 20, "threads": 1}}


def wait_for(check, seconds=60, what="the condition"):
    """What `check` gives once it is true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = check()
        if found:
            return found
        time.sleep(0.03)
    raise AssertionError(f"{what} did not hold within {seconds} s")


def upload(client, content=CSV, name="data.csv", path="/api/upload-csv/", **fields):
    return client.post(path, files={"file": (name, content)}, data=fields)


def number_of(answer):
    """The id that ends a Location."""
    return int([part for part in answer.headers["Location"].split("/") if part.isdigit()][-1])


def ended(client, number, seconds=60):
    """The data set once no job works on it."""
    def look():
        found = client.get(f"/api/v1/datasets/{number}")
        assert found.status_code == 200, found.text
        return found.json()["state"] in ("ready", "failed") and found.json()
    return wait_for(look, seconds, f"the end of the job of data set {number}")


def read(client, content=CSV, name="data.csv", **fields):
    """Number of a data set that has been read."""
    answer = upload(client, content, name, **fields)
    assert answer.status_code == 201, answer.text
    number = number_of(answer)
    found = ended(client, number)
    assert found["state"] == "ready", found["problem"]
    return number


def clean(client, number, *steps):
    """The data set after these steps; each is (step, columns, options)."""
    answer = client.post(f"/clean/{number}/", json={"steps": [
        {"step": step, "columns": columns, "options": options}
        for step, columns, options in steps]})
    assert answer.status_code == 202, answer.text
    return ended(client, number)


def trained(client, number, wish=None, seconds=60):
    """A training once it has ended."""
    answer = client.post(f"/api/v1/datasets/{number}/trainings", json=wish or QUICK)
    assert answer.status_code == 202, answer.text
    return training_ended(client, answer.json()["id"], seconds)


def training_ended(client, number, seconds=60):
    def look():
        found = client.get(f"/api/v1/trainings/{number}").json()
        return found["state"] not in ("queued", "running") and found
    return wait_for(look, seconds, f"the end of training {number}")


def batch_ended(client, number, seconds=60):
    def look():
        found = client.get(f"/api/v1/batches/{number}").json()
        return found["state"] not in ("queued", "running") and found
    return wait_for(look, seconds, f"the end of batch {number}")


def note_raw(language, answer, status, reason):
    """The error of an answer as it came over the wire."""
    head, body = answer.split("\r\n\r\n", 1)
    assert head.startswith(f"HTTP/1.1 {status} "), head
    error = json.loads(body)["error"]
    assert error["reason"] == reason, error
    reasons.note(language, error)
    return error


MLFLOW = "/api/2.0/mlflow/"


def mlflow(client, method, call, status=200, **body):
    """The answer of one call of MLflow's protocol."""
    sent = {"params": body} if method == "GET" else {"json": body}
    answer = client.call(method, MLFLOW + call, **sent)
    assert answer.status_code == status, (call, answer.text)
    return answer.json()


def tracked(client, project):
    """A run with a file, a logged model and a registered version in a project; what stands for the
    parameters of addresses."""
    here = [{"key": "csva:project_id", "value": str(project)}]
    experiment = mlflow(client, "POST", "experiments/create", name="Estate", tags=here)["experiment_id"]
    run = mlflow(client, "POST", "runs/create", experiment_id=experiment)["run"]["info"]["run_id"]
    model = mlflow(client, "POST", "logged-models", experiment_id=experiment, name="estate",
                   tags=[{"key": "kept", "value": "yes"}])["model"]["info"]["model_id"]
    path = f"{experiment}/{run}/artifacts/model/MLmodel"
    stored = client.put("/api/2.0/mlflow-artifacts/artifacts/" + path, data=b"flavors: {}")
    assert stored.status_code == 200, stored.text
    mlflow(client, "POST", "registered-models/create", name="estate", tags=here)
    mlflow(client, "POST", "model-versions/create", name="estate", run_id=run,
           source=f"runs:/{run}/model")
    listed = client.get("/api/v1/registered-models", params={"limit": 500}).json()["registered_models"]
    number = next(one["id"] for one in listed if one["project_id"] == project)
    return {"artifact_path": path, "logged_model_id": model, "tag_key": "kept",
            "registered_model_id": number, "version": "1"}
