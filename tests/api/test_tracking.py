"""MLflow's protocol as our own rules see it: projects, rights, Basic sign-in and bad input."""

import base64
import concurrent.futures
import itertools
import json

import pytest
import requests
from client import error_of, refused
from conftest import new_world
from steps import MLFLOW, QUICK, TRAINING, mlflow, read, trained, wait_for
from support.server import PASSWORD

NUMBERS = itertools.count(1)
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"


def name():
    return f"name-{next(NUMBERS)}"


def experiment(client, project=None):
    tags = [{"key": "csva:project_id", "value": str(project)}] if project else []
    return mlflow(client, "POST", "experiments/create", name=name(), tags=tags)["experiment_id"]


def run_in(client, number=None):
    return mlflow(client, "POST", "runs/create", experiment_id=number or experiment(client))["run"]["info"]["run_id"]


def registered(client):
    made = name()
    mlflow(client, "POST", "registered-models/create", name=made)
    return made


def versions(client, count=1):
    """A registered model with this many versions, and its number."""
    run, model = run_in(client), registered(client)
    for _ in range(count):
        mlflow(client, "POST", "model-versions/create", name=model, source=f"runs:/{run}/model")
    listed = client.get("/api/v1/registered-models", params={"limit": 500}).json()["registered_models"]
    return model, next(one["id"] for one in listed if one["name"] == model)


@pytest.fixture
def run(someone):
    return run_in(someone)


def test_keeps_projects_apart(ada, bob):
    shared = ada.post("/api/v1/projects", json={"name": "Shared"}).json()["id"]
    own, common = run_in(ada), run_in(ada, experiment(ada, shared))
    refused(bob.get(MLFLOW + "runs/get", params={"run_id": own}), 404, "tracking.run_not_found")
    ada.post(f"/api/v1/projects/{shared}/members", json={"name": bob.name, "role": "viewer"})
    assert mlflow(bob, "GET", "runs/get", run_id=common)["run"]["info"]["run_id"] == common
    tag = {"run_id": common, "key": "a", "value": "b"}
    assert refused(bob.post(MLFLOW + "runs/set-tag", json=tag), 403, "accounts.forbidden")["kind"] == "PERMISSION_DENIED"
    ada.put(f"/api/v1/projects/{shared}/members/{bob.id}", json={"role": "editor"})
    mlflow(bob, "POST", "runs/set-tag", **tag)
    found = mlflow(bob, "POST", "experiments/search", max_results=1000).get("experiments", [])
    assert len(found) == 1


def test_names_mean_the_nearest_project(ada, bob):
    shared = ada.post("/api/v1/projects", json={"name": "Shared"}).json()["id"]
    ada.post(f"/api/v1/projects/{shared}/members", json={"name": bob.name, "role": "viewer"})
    title = name()
    theirs = mlflow(ada, "POST", "experiments/create", name=title,
                    tags=[{"key": "csva:project_id", "value": str(shared)}])["experiment_id"]
    asked = {"experiment_name": title}
    assert mlflow(bob, "GET", "experiments/get-by-name", **asked)["experiment"]["experiment_id"] == theirs
    own = mlflow(bob, "POST", "experiments/create", name=title)["experiment_id"]
    assert mlflow(bob, "GET", "experiments/get-by-name", **asked)["experiment"]["experiment_id"] == own
    refused(ada.post(MLFLOW + "experiments/create", json={"name": title}), 400,
            "tracking.experiment_already_exists")


def test_has_a_default_experiment_for_everybody(ada, bob):
    mine, other = (mlflow(who, "POST", "runs/create", experiment_id="0")["run"]["info"] for who in (ada, bob))
    assert mine["experiment_id"] != other["experiment_id"]
    found = mlflow(ada, "GET", "experiments/get", experiment_id="0")["experiment"]
    assert (found["name"], found["experiment_id"]) == ("Default", mine["experiment_id"])


def test_answers_below_ajax_api_too(world, someone, run):
    answer = requests.get(world.url + "/ajax-api/2.0/mlflow/runs/get", params={"run_id": run}, timeout=30,
                          cookies=someone.http.cookies)
    assert answer.status_code == 200 and answer.json()["run"]["info"]["run_uuid"] == run
    unknown = requests.get(world.url + "/api/2.0/mlflow/nope", timeout=30, cookies=someone.http.cookies)
    assert unknown.status_code == 404 and unknown.json()["error_code"] == "ENDPOINT_NOT_FOUND"


def test_wants_a_csrf_token_with_a_cookie_only(world, ada):
    body = {"name": name()}
    bare = requests.post(world.url + MLFLOW + "experiments/create", json=body, cookies=ada.http.cookies, timeout=30)
    assert (bare.status_code, bare.json()["error_code"]) == (403, "PERMISSION_DENIED")
    token = world.token_of(ada, "write").http.headers["Authorization"]
    good = requests.post(world.url + MLFLOW + "experiments/create", json=body, headers={"Authorization": token}, timeout=30)
    assert good.status_code == 200


def basic(who, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{who}:{password}".encode()).decode()}


def test_takes_name_and_password(world, ada):
    def status(password, who=None):
        return requests.get(world.url + MLFLOW + "experiments/search", headers=basic(who or ada.name, password),
                            timeout=30).status_code
    assert [status(PASSWORD) for _ in range(3)] == [200] * 3
    assert status("wrong " + PASSWORD) == 401 and status(PASSWORD, "nobody-at-all") == 401
    token = world.token_of(ada, "read").http.headers["Authorization"].split()[1]
    assert status(token) == 200 and status(token + "x") == 401
    assert requests.get(world.url + MLFLOW + "experiments/search", headers={"Authorization": "Basic ???"},
                        timeout=30).status_code == 401
    # A new password shuts the old one out at once, though it was right a moment ago.
    changed = ada.patch("/api/v1/me", json={"password": PASSWORD + " new", "current_password": PASSWORD})
    assert changed.status_code == 200, changed.text
    assert status(PASSWORD) == 401 and status(PASSWORD + " new") == 200


def test_takes_what_clients_add_and_numbers_as_text(someone, run):
    mlflow(someone, "POST", "runs/log-metric", run_id=run, key="m", value=1.5, timestamp="12", step="3", colour="red",
           model_id=None)
    metric = mlflow(someone, "GET", "metrics/get-history", run_id=run, metric_key="m", colour="red")["metrics"]
    assert metric == [{"key": "m", "value": 1.5, "timestamp": 12, "step": 3}]


def test_pages_a_history(someone, run):
    points = [{"key": "m", "value": i, "timestamp": i, "step": i} for i in range(1000)]
    mlflow(someone, "POST", "runs/log-batch", run_id=run, metrics=points)
    mlflow(someone, "POST", "runs/log-batch", run_id=run, metrics=points)  # again: the same points
    found, token = [], ""
    for _ in range(4):
        page = mlflow(someone, "GET", "metrics/get-history", run_id=run, metric_key="m", max_results=300, page_token=token)
        found += [metric["value"] for metric in page["metrics"]]
        token = page.get("next_page_token")
    assert found == list(range(1000)) and token is None
    assert mlflow(someone, "GET", "runs/get", run_id=run)["run"]["data"]["metrics"][0]["value"] == 999


@pytest.mark.parametrize("call,body,reason", [
    ("runs/log-batch", {"metrics": [{"key": "m", "value": 1, "step": i} for i in range(1001)]}, "tracking.too_many"),
    ("runs/log-batch", {"params": [{"key": str(i), "value": ""} for i in range(101)]}, "tracking.too_many"),
    ("runs/log-metric", {"key": "m", "value": "many"}, "tracking.bad_metric"),
    ("runs/log-metric", {"key": "m", "value": True}, "tracking.bad_metric"),
    ("runs/log-metric", {"key": "../m", "value": 1}, "tracking.bad_key"),
    ("runs/log-parameter", {"key": "k" * 251, "value": "v"}, "tracking.bad_key"),
    ("runs/log-parameter", {"key": "k", "value": "v" * 6001}, "tracking.too_long"),
    ("runs/set-tag", {"key": "k", "value": "v" * 8001}, "tracking.too_long"),
    ("runs/update", {"status": "LOST"}, "tracking.bad_choice"),
    ("runs/log-model", {"model_json": "[1"}, "base.bad_json"),
    ("runs/set-tag", {"key": "k", "value": "\u0000"}, "store.bad_text")])
def test_refuses_bad_data_of_a_run(someone, run, call, body, reason):
    refused(someone.post(MLFLOW + call, json=body | {"run_id": run}), 400, reason)


def test_keeps_all_or_nothing_of_a_batch(someone, run):
    mlflow(someone, "POST", "runs/log-parameter", run_id=run, key="lr", value="1")
    batch = {"run_id": run, "metrics": [{"key": "m", "value": 1}], "params": [{"key": "lr", "value": "2"}]}
    refused(someone.post(MLFLOW + "runs/log-batch", json=batch), 400, "tracking.param_changed")
    assert "metrics" not in mlflow(someone, "GET", "runs/get", run_id=run)["run"]["data"]


@pytest.mark.parametrize("wish", ["metrics.auc >>> 0.5", "metrics.auc > 'x'", "params.a = ", "a", "nothing.at = 'all'",
                                  "params.a = 'b' OR params.c = 'd'", "params.a = 'b", "metrics.`a > 1",
                                  "datasets.size = 'x'", "params.a IN ()", "tags.a > 'b'", "start_time LIKE 'x'"])
def test_refuses_a_filter_it_cannot_read(someone, wish):
    answer = someone.post(MLFLOW + "runs/search", json={"experiment_ids": ["0"], "filter": wish})
    refused(answer, 400, "tracking.bad_filter")


def test_binds_what_a_filter_says(someone):
    """Nothing of a filter becomes SQL."""
    number = experiment(someone)
    run = run_in(someone, number)
    odd = "it's; DROP TABLE tracking_runs --"
    mlflow(someone, "POST", "runs/log-parameter", run_id=run, key="p", value=odd)
    for value, count in ((odd.replace("'", "''"), 1), ("x'' OR 1=1 --", 0), ("%", 0), ("*", 0)):
        found = mlflow(someone, "POST", "runs/search", experiment_ids=[number], filter=f"params.p = '{value}'")
        assert len(found.get("runs", [])) == count, value
    for pattern, count in (("it%", 1), ("IT%", 0), ("it_s%", 1), ("it*", 0), ("[i]t%", 0)):
        found = mlflow(someone, "POST", "runs/search", experiment_ids=[number], filter=f"params.p LIKE '{pattern}'")
        assert len(found.get("runs", [])) == count, pattern
    for wish, count in (("run_name IN ('no', 'it''s')", 0), ("attributes.status NOT IN ('FAILED')", 1),
                        ("tags.none IS NULL", 1), ("params.p IS NOT NULL", 1), ("params.p IS NULL", 0)):
        found = mlflow(someone, "POST", "runs/search", experiment_ids=[number], filter=wish)
        assert len(found.get("runs", [])) == count, wish


def test_refuses_other_bad_searches(someone):
    refused(someone.post(MLFLOW + "runs/search", json={"order_by": ["a b c"]}), 400, "tracking.bad_order")
    refused(someone.post(MLFLOW + "runs/search", json={"page_token": "x"}), 400, "tracking.bad_page_token")
    refused(someone.post(MLFLOW + "runs/search", json={"max_results": 50001}), 400, "base.out_of_range")
    refused(someone.post(MLFLOW + "runs/search", json={"run_view_type": "SOME"}), 400, "tracking.bad_choice")
    refused(someone.post(MLFLOW + "runs/create", json={"experiment_id": 12}), 400, "base.wrong_type")
    refused(someone.post(MLFLOW + "runs/create", data="{", headers={"Content-Type": "application/json"}), 400, "base.bad_json")


def test_puts_into_the_bin_and_takes_out(someone):
    number = experiment(someone)
    run = run_in(someone, number)
    mlflow(someone, "POST", "experiments/delete", experiment_id=number)
    refused(someone.post(MLFLOW + "runs/create", json={"experiment_id": number}), 400, "tracking.not_active")
    refused(someone.post(MLFLOW + "runs/log-metric", json={"run_id": run, "key": "m", "value": 1}), 400, "tracking.not_active")
    refused(someone.post(MLFLOW + "experiments/delete", json={"experiment_id": number}), 404, "tracking.experiment_not_found")
    mlflow(someone, "POST", "experiments/restore", experiment_id=number)
    mlflow(someone, "POST", "runs/log-metric", run_id=run, key="m", value=1)
    refused(someone.post(MLFLOW + "runs/delete-tag", json={"run_id": run, "key": "none"}), 404, "tracking.tag_not_found")


def test_keeps_files(world, someone, run):
    root = mlflow(someone, "GET", "runs/get", run_id=run)["run"]["info"]["artifact_uri"].split(":/")[1] + "/"
    big = bytes(range(256)) * 50_000  # more than a data set's file may have
    before = len(world.server.blobs())
    for path, content in (("a/b.bin", big), ("a/empty", b""), ("a/b.bin", big[::-1])):
        assert someone.put(ARTIFACTS + root + path, data=content).status_code == 200
    assert len(world.server.blobs()) == before + 2, "what was replaced is gone"
    assert someone.get(ARTIFACTS + root + "a/b.bin").content == big[::-1]
    part = someone.get(ARTIFACTS + root + "a/b.bin", headers={"Range": "bytes=0-2"})
    assert (part.status_code, part.content) == (206, big[::-1][:3])
    listed = someone.get(ARTIFACTS.rstrip("/"), params={"path": root + "a"}).json()["files"]
    assert [(f["path"], f["file_size"]) for f in listed] == [("b.bin", len(big)), ("empty", 0)]
    assert someone.get(ARTIFACTS.rstrip("/"), params={"path": root + "a/b.bin"}).json() == {}
    refused(someone.put(ARTIFACTS + root + "a", data=b"x"), 400, "tracking.bad_path")
    refused(someone.put(ARTIFACTS + root + "a/b.bin/c", data=b"x"), 400, "tracking.bad_path")
    refused(someone.get(ARTIFACTS + root + "none"), 404, "tracking.artifact_not_found")
    assert someone.delete(ARTIFACTS + root + "a").status_code == 200
    assert len(world.server.blobs()) == before
    refused(someone.delete(ARTIFACTS + root + "a"), 404, "tracking.artifact_not_found")


@pytest.mark.parametrize("path", ["..%2fx", "a%2f..%2f..%2fx", "%5c..%5cx", "C:x", "a//b", "%2fetc%2fpasswd"])
def test_refuses_paths_that_lead_elsewhere(world, someone, run, path):
    root = mlflow(someone, "GET", "runs/get", run_id=run)["run"]["info"]["artifact_uri"].split(":/")[1]
    for method in ("PUT", "GET", "DELETE"):
        answer = someone.http.request(method, world.url + ARTIFACTS + root + "/" + path, timeout=30,
                                      data=b"x" if method == "PUT" else None, headers={"X-CSRFToken": someone.csrf})
        assert answer.status_code in (400, 404), (method, answer.text)
        assert answer.json()["error_code"] in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST", "ENDPOINT_NOT_FOUND",
                                               "RESOURCE_DOES_NOT_EXIST")


def test_stores_nothing_of_a_broken_upload(world, ada):
    run = run_in(ada)
    root = mlflow(ada, "GET", "runs/get", run_id=run)["run"]["info"]["artifact_uri"].split(":/")[1]
    import socket
    with socket.create_connection(("127.0.0.1", world.server.port)) as raw:
        token = world.token_of(ada, "write").http.headers["Authorization"]
        raw.sendall(f"PUT {ARTIFACTS}{root}/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n"
                    "Content-Length: 1000\r\n\r\nbegin".encode())
    refused(ada.get(ARTIFACTS + root + "/x"), 404, "tracking.artifact_not_found")


def test_refuses_bad_names_in_the_registry(someone):
    model, _ = versions(someone)
    refused(someone.post(MLFLOW + "registered-models/create", json={"name": model}), 400, "models.registered_already_exists")
    for bad in ("", "a/b", "a:b", "x" * 257):
        refused(someone.post(MLFLOW + "registered-models/create", json={"name": bad}), 400, "models.bad_name")
    for bad in ("", "latest", "v3", "a b", "a@b"):
        refused(someone.post(MLFLOW + "registered-models/alias", json={"name": model, "alias": bad, "version": "1"}), 400,
                "models.bad_alias")
    wish = {"name": model, "version": "1", "stage": "Nowhere"}
    refused(someone.post(MLFLOW + "model-versions/transition-stage", json=wish), 400, "models.bad_stage")
    for version, status, reason in (("x", 400, "bad_version"), ("9", 404, "version_not_found")):
        refused(someone.get(MLFLOW + "model-versions/get", params={"name": model, "version": version}), status,
                "models." + reason)
    refused(someone.get(MLFLOW + "registered-models/get", params={"name": name()}), 404, "models.registered_not_found")
    refused(someone.get(MLFLOW + "registered-models/alias", params={"name": model, "alias": "none"}), 404,
            "models.alias_not_found")


@pytest.mark.parametrize("source,status,reason", [
    ("file:///etc", 400, "tracking.bad_source"), ("/etc/passwd", 400, "tracking.bad_source"),
    ("http://example.org/x", 400, "tracking.bad_source"), ("mlflow-artifacts:/1/../2", 400, "tracking.bad_path"),
    ("models:/m-" + "0" * 32, 404, "tracking.model_not_found"), ("runs:/nothing/model", 404, "tracking.run_not_found")])
def test_registers_only_files_of_this_server(someone, source, status, reason):
    wish = {"name": registered(someone), "source": source}
    refused(someone.post(MLFLOW + "model-versions/create", json=wish), status, reason)


def test_gives_two_clients_two_numbers(world, ada):
    model, run = registered(ada), run_in(ada)
    tokens = [world.token_of(ada, "write") for _ in range(4)]

    def add(client):
        return [mlflow(client, "POST", "model-versions/create", name=model, source=f"runs:/{run}/m")["model_version"]["version"]
                for _ in range(5)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        numbers = [int(n) for made in pool.map(add, tokens) for n in made]
    assert sorted(numbers) == list(range(1, 21))


def test_promotes_with_who_when_and_why_and_rolls_back(someone):
    model, number = versions(someone, 2)
    where = f"/api/v1/registered-models/{number}"
    for version, why in (("1", "first"), ("2", "better")):
        done = someone.post(where + "/promotions", json={"version": version, "alias": "champion", "reason": why})
        assert done.status_code == 200, done.text
    back = someone.post(where + "/rollbacks", json={"alias": "champion", "reason": "worse after all"})
    lines = back.json()["promotions"]
    assert [(one["version"], one["former_version"], one["reason"]) for one in lines] == [
        (1, 2, "worse after all"), (2, 1, "better"), (1, None, "first")]
    assert {one["user_name"] for one in lines} == {someone.name} and all(one["promoted_at"] for one in lines)
    found = mlflow(someone, "GET", "registered-models/alias", name=model, alias="champion")["model_version"]
    assert found["version"] == "1"
    staged = someone.post(where + "/promotions", json={"version": "2", "stage": "production"}).json()["promotions"]
    assert (staged[0]["stage"], staged[0]["version"]) == ("Production", 2)
    refused(someone.post(where + "/rollbacks", json={"alias": "other"}), 409, "models.nothing_to_roll_back")
    told = someone.get(where + "/versions/1/lineage").json()
    assert told["name"] == model and told["training_id"] is None


def test_deletes_a_project_with_its_runs(world, ada):
    project = ada.post("/api/v1/projects", json={"name": "Gone"}).json()["id"]
    run = run_in(ada, experiment(ada, project))
    mlflow(ada, "POST", "runs/log-batch", run_id=run, metrics=[{"key": "m", "value": 1}], params=[{"key": "p", "value": "1"}])
    assert ada.delete(f"/api/v1/projects/{project}").status_code == 204
    refused(ada.get(MLFLOW + "runs/get", params={"run_id": run}), 404, "tracking.run_not_found")
    orphans = "SELECT COUNT(*) FROM tracking_points WHERE series_id NOT IN (SELECT id FROM tracking_series)"
    assert world.server.sql(orphans) == [("0",)]


def test_keeps_to_mlflow_s_shape_of_errors(stranger, someone):
    answer = stranger.get(MLFLOW + "experiments/search")
    assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED")
    body = someone.get(MLFLOW + "runs/get", params={"run_id": "0" * 32}).json()
    assert body["error_code"] == "RESOURCE_DOES_NOT_EXIST" and "0" * 32 in body["message"]
    assert someone.put(MLFLOW + "runs/get").json()["error_code"] == "BAD_REQUEST"
    assert json.dumps(error_of(someone.get(MLFLOW + "runs/get")))


def test_says_that_a_foreign_version_cannot_predict(someone):
    foreign, _ = versions(someone)
    for address in ("1", "latest"):
        refused(someone.post("/api/v1/predictions", json={"model": f"models:/{foreign}/{address}", "rows": [{"a": 1}]}),
                409, "models.cannot_predict")
    refused(someone.post("/api/v1/predictions", json={"model": "models:/none@champion", "rows": [{"a": 1}]}),
            404, "models.registered_not_found")


def test_says_in_mlflow_s_shape_that_a_query_is_no_utf_8(someone):
    answer = someone.get(MLFLOW + "runs/get?run_id=%ff")
    assert refused(answer, 400, "http.bad_encoding")["kind"] == "BAD_REQUEST"


def test_records_each_training_as_a_run(world, estate):
    owner, training = estate.owner, estate.training
    found = mlflow(owner, "GET", "experiments/get-by-name", experiment_name=f"dataset-{estate.dataset}")["experiment"]
    assert {t["key"]: t["value"] for t in found["tags"]}["csva:dataset_id"] == str(estate.dataset)
    run = mlflow(owner, "POST", "runs/search", experiment_ids=[found["experiment_id"]])["runs"][0]
    assert run["info"]["status"] == "FINISHED" and run["info"]["user_id"] == owner.name
    params = {p["key"]: p["value"] for p in run["data"]["params"]}
    assert params["target"] == "city" and params["model"] == training["report"]["best"]
    best = training["report"]["leaderboard"][0]
    metrics = {m["key"]: m["value"] for m in run["data"]["metrics"]}
    assert {s["name"]: s["value"] for s in best["scores"]}.items() <= metrics.items()
    data = run["inputs"]["dataset_inputs"][0]["dataset"]
    sha256 = owner.get(f"/api/v1/datasets/{estate.dataset}").json()["sha256"]
    assert data["digest"] == sha256 and json.loads(data["source"])["dataset_id"] == str(estate.dataset)
    number = run["info"]["run_id"]
    top = {f["path"] for f in mlflow(owner, "GET", "artifacts/list", run_id=number)["files"]}
    assert {"model", "report.json", "receipt.json", "recipe.json", "verdict.json", "importance.json"} <= top
    root = ARTIFACTS + run["info"]["artifact_uri"].split(":/")[1]
    assert owner.get(root + "/verdict.json").json() == training["report"]["verdict"]
    assert [s["step"] for s in owner.get(root + "/recipe.json").json()] == ["trim@1"]
    inside = mlflow(owner, "GET", "artifacts/list", run_id=number, path="model")["files"]
    assert inside and all(owner.get(root + "/" + f["path"]).status_code == 200 for f in inside if not f["is_dir"])


def run_of(client, dataset, training):
    """The run of a training."""
    found = mlflow(client, "GET", "experiments/get-by-name", experiment_name=f"dataset-{dataset}")["experiment"]
    listed = mlflow(client, "POST", "runs/search", experiment_ids=[found["experiment_id"]], run_view_type="ALL")
    return next((one for one in listed.get("runs", [])
                 if {"key": "csva:training_id", "value": str(training)} in one["data"]["tags"]), None)


def test_keeps_each_round_of_boosting_as_a_step(someone):
    dataset = read(someone, TRAINING)
    training = trained(someone, dataset, {"target": "city", "budget_s": 20, "options": {
        "families": ["GradientBoostingClassifier", "LogisticRegression"], "trees": 20, "threads": 1}})
    run = run_of(someone, dataset, training["id"])
    key = next(m["key"] for m in run["data"]["metrics"] if m["key"].endswith("validation_log_loss"))
    points = mlflow(someone, "GET", "metrics/get-history", run_id=run["info"]["run_id"], metric_key=key)["metrics"]
    assert [p["step"] for p in points] == list(range(1, 21))
    assert min(p["value"] for p in points) < points[0]["value"]


def test_keeps_a_training_that_was_stopped_as_a_killed_run(idle_world):
    client = idle_world.user()
    with idle_world.server.worker():
        dataset = read(client, TRAINING)
    training = client.post(f"/api/v1/datasets/{dataset}/trainings", json=QUICK).json()
    client.post(f"/api/v1/trainings/{training['id']}/cancel")
    run = run_of(client, dataset, training["id"])
    assert run["info"]["status"] == "KILLED" and run["info"]["end_time"]
    assert {"key": "csva:problem", "value": "jobs.cancelled"} in run["data"]["tags"]
    assert {"key": "target", "value": "city"} in run["data"]["params"]


def test_keeps_a_training_that_failed_as_a_failed_run(someone):
    dataset = read(someone, b"a,c\n" + b"".join(b"%d,same\n" % i for i in range(60)))
    training = trained(someone, dataset, {"target": "c"})
    assert training["state"] == "failed"
    run = run_of(someone, dataset, training["id"])
    assert run["info"]["status"] == "FAILED" and not run["data"].get("metrics")
    assert {"key": "csva:problem", "value": training["problem"]["reason"]} in run["data"]["tags"]


def test_deletes_a_training_s_run_with_it(someone):
    dataset = read(someone, TRAINING)
    first, second = (trained(someone, dataset) for _ in range(2))
    run = run_of(someone, dataset, first["id"])["info"]
    assert someone.delete(f"/api/v1/trainings/{first['id']}").status_code == 204
    refused(someone.get(MLFLOW + "runs/get", params={"run_id": run["run_id"]}), 404, "tracking.run_not_found")
    assert run_of(someone, dataset, first["id"]) is None and run_of(someone, dataset, second["id"])
    assert someone.delete(f"/api/v1/datasets/{dataset}").status_code == 204
    refused(someone.get(MLFLOW + "experiments/get", params={"experiment_id": run["experiment_id"]}), 404,
            "tracking.experiment_not_found")


def test_predicts_by_name_and_tells_where_a_version_came_from(world, estate, language):
    owner = estate.owner
    model = mlflow(owner, "GET", "model-versions/search",
                   filter="source_path LIKE 'mlflow-artifacts:%'")["model_versions"]
    version = next(v for v in model if v["tags"][0]["value"] == str(estate.training["id"]))
    listed = owner.get("/api/v1/registered-models", params={"limit": 500}).json()["registered_models"]
    number = next(one["id"] for one in listed if one["name"] == version["name"])
    told = owner.get(f"/api/v1/registered-models/{number}/versions/{version['version']}/lineage").json()
    assert told["training_id"] == estate.training["id"] and told["model_id"] == estate.model["id"]
    assert told["datasets"][0]["digest"] == owner.get(f"/api/v1/datasets/{estate.dataset}").json()["sha256"]
    assert json.loads(told["datasets"][0]["source"])["file_name"] == "data.csv"
    owner.post(f"/api/v1/registered-models/{number}/promotions", json={"version": version["version"], "alias": "champion"})
    rows = [{"name": "P1", "age": 5, "height": 160.5}]
    known = owner.post(f"/api/v1/models/{estate.model['id']}/predictions", json={"rows": rows}).json()
    for address in ("@champion", "/" + version["version"], "/latest"):
        named = owner.post("/api/v1/predictions", json={"model": f"models:/{version['name']}{address}", "rows": rows})
        assert named.json()["predictions"] == known["predictions"], (address, named.text)
        assert named.json()["model_id"] == known["model_id"] and named.json()["prediction_ids"] != known["prediction_ids"]
    other = world.user(language)
    refused(other.post("/api/v1/predictions", json={"model": f"models:/{version['name']}@champion", "rows": rows}), 404,
            "models.registered_not_found")


def bin_of(client):
    return client.get("/api/v1/bin").json()["items"]


def in_bin(client, kind, number):
    return next((one for one in bin_of(client) if (one["kind"], one["id"]) == (kind, str(number))), None)


def removed(client, *items):
    answer = client.post("/api/v1/bin/removals", json={"items": [{"kind": k, "id": str(i)} for k, i in items]})
    assert answer.status_code == 200, answer.text
    return answer.json()


def put(client, experiment_id, owner, path, data=b"x"):
    stored = client.put(f"{ARTIFACTS}{experiment_id}/{owner}/artifacts/{path}", data=data)
    assert stored.status_code == 200, stored.text


def test_takes_what_was_deleted_out_of_the_bin(someone):
    number = experiment(someone)
    run = run_in(someone, number)
    model = mlflow(someone, "POST", "logged-models", experiment_id=number)["model"]["info"]["model_id"]
    registry, registry_id = versions(someone)
    mlflow(someone, "POST", "registered-models/alias", name=registry, alias="champion", version="1")
    mlflow(someone, "POST", "runs/delete", run_id=run)
    mlflow(someone, "DELETE", "logged-models/" + model)
    mlflow(someone, "DELETE", "registered-models/delete", name=registry)
    refused(someone.get(MLFLOW + "registered-models/get", params={"name": registry}), 404, "models.registered_not_found")
    refused(someone.get(f"/api/v1/registered-models/{registry_id}/promotions"), 404, "models.registered_not_found")
    for call in ("registered-models/search", "model-versions/search"):
        assert registry not in someone.get(MLFLOW + call).text
    items = (("run", run), ("logged_model", model), ("registered_model", registry_id))
    assert all(in_bin(someone, *one) for one in items)
    back = someone.post("/api/v1/bin/restorations", json={"items": [{"kind": k, "id": str(i)} for k, i in items]})
    assert back.status_code == 200, back.text
    assert not any(in_bin(someone, *one) for one in items)
    assert mlflow(someone, "GET", "runs/get", run_id=run)["run"]["info"]["lifecycle_stage"] == "active"
    assert mlflow(someone, "GET", "registered-models/alias", name=registry, alias="champion")["model_version"]["version"] == "1"
    mlflow(someone, "POST", "experiments/delete", experiment_id=number)
    assert in_bin(someone, "experiment", number) and not in_bin(someone, "run", run), "a run goes with its experiment"
    someone.post("/api/v1/bin/restorations", json={"items": [{"kind": "experiment", "id": number}]})
    assert mlflow(someone, "GET", "runs/get", run_id=run)["run"]["info"]["lifecycle_stage"] == "active"


def test_gives_the_name_of_a_model_in_the_bin_to_another(someone):
    first = versions(someone)
    mlflow(someone, "DELETE", "registered-models/delete", name=first[0])
    mlflow(someone, "POST", "registered-models/create", name=first[0])
    wish = {"items": [{"kind": "registered_model", "id": str(first[1])}]}
    refused(someone.post("/api/v1/bin/restorations", json=wish), 400, "models.registered_already_exists")
    removed(someone, ("registered_model", first[1]))
    refused(someone.post("/api/v1/bin/restorations", json=wish), 404, "tracking.not_in_bin")


def test_keeps_the_bin_to_those_who_may_write(ada, bob):
    shared = ada.post("/api/v1/projects", json={"name": "Shared"}).json()["id"]
    run = run_in(ada, experiment(ada, shared))
    mlflow(ada, "POST", "runs/delete", run_id=run)
    wish = {"items": [{"kind": "run", "id": run}]}
    for call in ("restorations", "removals"):
        refused(bob.post("/api/v1/bin/" + call, json=wish), 404, "tracking.not_in_bin")
    assert not in_bin(bob, "run", run)
    ada.post(f"/api/v1/projects/{shared}/members", json={"name": bob.name, "role": "viewer"})
    assert in_bin(bob, "run", run)
    for call in ("restorations", "removals"):
        refused(bob.post("/api/v1/bin/" + call, json=wish), 403, "accounts.forbidden")
    assert bob.delete("/api/v1/bin").json() == {"removed": 0, "kept": 1, "freed_bytes": 0}
    assert in_bin(ada, "run", run)


def test_keeps_what_a_version_rests_on(someone):
    number = experiment(someone)
    run = run_in(someone, number)
    put(someone, number, run, "model/MLmodel")
    model = registered(someone)
    mlflow(someone, "POST", "model-versions/create", name=model, source=f"runs:/{run}/model", run_id=run)
    mlflow(someone, "POST", "experiments/delete", experiment_id=number)
    for kind, one in (("experiment", number),):
        error = refused(someone.post("/api/v1/bin/removals", json={"items": [{"kind": kind, "id": one}]}), 409,
                        "tracking.in_use")
        assert model + "/1" in error["message"]
    mlflow(someone, "DELETE", "model-versions/delete", name=model, version="1")
    assert removed(someone, ("experiment", number))["freed_bytes"] == 1
    refused(someone.get(MLFLOW + "runs/get", params={"run_id": run}), 404, "tracking.run_not_found")


def test_frees_the_disk():
    """What is removed for good is gone from the data folder: files, and pages of SQLite's file."""
    with new_world() as world:
        client = world.user()
        number = experiment(client)
        runs = [run_in(client, number) for _ in range(3)]
        before = size_of(world.server.data)
        for run in runs:
            put(client, number, run, "big.bin", b"\x00" * 3_000_000)
            for start in range(0, 20_000, 1000):
                mlflow(client, "POST", "runs/log-batch", run_id=run, metrics=[
                    {"key": "loss", "value": i / 7, "timestamp": i, "step": i} for i in range(start, start + 1000)])
        filled = size_of(world.server.data)
        sqlite = "CSVA_DATABASE_URL" not in world.server.environment
        assert filled - before > 8_999_999 + (2_000_000 if sqlite else 0)
        mlflow(client, "POST", "runs/delete", run_id=runs[0])
        assert size_of(world.server.data) >= filled, "the bin keeps all"
        assert removed(client, ("run", runs[0]))["freed_bytes"] == 3_000_000
        one_less = size_of(world.server.data)
        assert filled - one_less > 2_999_999 + (700_000 if sqlite else 0)
        mlflow(client, "POST", "experiments/delete", experiment_id=number)
        assert client.delete("/api/v1/bin").json() == {"removed": 1, "kept": 0, "freed_bytes": 6_000_000}
        assert size_of(world.server.data) - before < 300_000 and not world.server.blobs()
        assert world.server.sql("SELECT COUNT(*) FROM tracking_points") == [("0",)]


def test_frees_the_disk_of_a_training_s_run_with_its_data_set():
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50") as world:
        client = world.user()
        dataset = read(client, TRAINING)
        trained(client, dataset)
        assert [path for path in world.server.blobs() if path.name == "receipt.json"]
        assert client.delete(f"/api/v1/datasets/{dataset}").status_code == 204
        world.server.restart(CSVA_DATA_SWEEP_GRACE_H="0")  # only now, or files of jobs under way go too
        world.server.sql("UPDATE schedules SET next_at = 0")
        wait_for(lambda: not world.server.blobs(), what="the sweeper's turn")
        for table in ("runs", "params", "tags", "series", "points", "artifacts", "experiments", "datasets"):
            assert world.server.sql(f"SELECT COUNT(*) FROM tracking_{table}") == [("0",)], table  # nosec B608


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_lists_folders_of_many_files_by_stepping_over_them(someone):
    number = experiment(someone)
    run = run_in(someone, number)
    for path in ("a", "a-b/deep/er/x", "a0", "dir/one", "dir/two/three", "dir-x", "dir.y/z"):
        put(someone, number, run, path)
    assert listed(someone, run) == ["a", "a-b/", "a0", "dir-x", "dir.y/", "dir/"]
    assert listed(someone, run, "dir") == ["dir/one", "dir/two/"]
    for path in ("dir", "a/b", "dir/two"):
        refused(someone.put(f"{ARTIFACTS}{number}/{run}/artifacts/{path}", data=b"x"), 400, "tracking.bad_path")
    assert someone.delete(f"{ARTIFACTS}{number}/{run}/artifacts/dir").status_code == 200
    assert listed(someone, run) == ["a", "a-b/", "a0", "dir-x", "dir.y/"]


def listed(client, run, path=""):
    files = mlflow(client, "GET", "artifacts/list", run_id=run, path=path).get("files", [])
    return sorted(f["path"] + ("/" if f["is_dir"] else "") for f in files)


def test_gives_the_whole_history_when_no_page_is_asked_for(someone, run):
    for start in range(0, 26_000, 1000):
        mlflow(someone, "POST", "runs/log-batch", run_id=run, metrics=[
            {"key": "m", "value": 1, "timestamp": i, "step": i} for i in range(start, start + 1000)])
    whole = mlflow(someone, "GET", "metrics/get-history", run_id=run, metric_key="m")
    assert len(whole["metrics"]) == 26_000 and "next_page_token" not in whole
    page = mlflow(someone, "GET", "metrics/get-history", run_id=run, metric_key="m", max_results=25_000)
    assert len(page["metrics"]) == 25_000 and page["next_page_token"]


def test_shows_a_deleted_logged_model_to_who_asks_for_it_and_its_registrations(someone):
    number = experiment(someone)
    model = mlflow(someone, "POST", "logged-models", experiment_id=number)["model"]["info"]["model_id"]
    put(someone, number, "models/" + model, "MLmodel")
    kept = registered(someone)
    mlflow(someone, "POST", "model-versions/create", name=kept, source="models:/" + model, model_id=model)
    found = mlflow(someone, "GET", "logged-models/" + model)["model"]["info"]
    assert found["registrations"] == [{"name": kept, "version": "1"}]
    mlflow(someone, "DELETE", "logged-models/" + model)
    refused(someone.get(MLFLOW + "logged-models/" + model), 404, "tracking.model_not_found")
    found = mlflow(someone, "GET", "logged-models/" + model, allow_deleted="true")["model"]["info"]
    assert found["model_id"] == model
