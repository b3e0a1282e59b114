"""One conversation of MLflow's clients that must go the same way with us and with MLflow's own server."""

import math
import uuid

import mlflow
import numpy as np
import pandas as pd
import pytest
import requests
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from sklearn.linear_model import LogisticRegression

NEW = int(mlflow.__version__.split(".", maxsplit=1)[0]) >= 3


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def client(service):
    return MlflowClient(service.url)


@pytest.fixture
def experiment(service):
    name = unique("exp")
    mlflow.set_experiment(name)
    return mlflow.get_experiment_by_name(name)


@pytest.fixture(scope="session")
def fitted():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(60, 3)), columns=["a", "b", "c"])
    return LogisticRegression().fit(rows, (rows["a"] > 0).astype(int)), rows


def log_model(model, rows, name, **more):
    """The argument was renamed in MLflow 3."""
    where = {"name": name} if NEW else {"artifact_path": name}
    return mlflow.sklearn.log_model(model, **where, input_example=rows.head(2), **more)


def code_of(call, *arguments, **more):
    with pytest.raises(MlflowException) as caught:
        call(*arguments, **more)
    return caught.value.error_code


def test_logs_a_run_with_all_it_can_hold(client, experiment):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    data = pd.DataFrame({"x": [1, 2, 3], "y": [0, 1, 0]})
    with mlflow.start_run(run_name="full") as run:
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"depth": 3, "name": "été"})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"auc": 0.9, "f1": 0.8})
        mlflow.log_metric("broken", math.nan)
        mlflow.set_tag("team", "ds")
        mlflow.set_tags({"a": "1", "b": "2"})
        mlflow.log_dict({"k": [1, 2]}, "notes/d.json")
        mlflow.log_text("hello", "notes/a.txt")
        figure, axes = plt.subplots()
        axes.plot([1, 2, 3])
        mlflow.log_figure(figure, "figure.png")
        mlflow.log_table(data, "table.json")
        mlflow.log_input(mlflow.data.from_pandas(data, name="small", targets="y"), context="training")
    found = client.get_run(run.info.run_id)
    assert found.info.status == "FINISHED" and found.info.run_name == "full"
    assert found.data.params == {"lr": "0.1", "depth": "3", "name": "été"}
    assert found.data.metrics["loss"] == 0.2 and found.data.metrics["auc"] == 0.9
    assert math.isnan(found.data.metrics["broken"])
    assert found.data.tags["team"] == "ds" and found.data.tags["mlflow.runName"] == "full"
    history = client.get_metric_history(run.info.run_id, "loss")
    assert [(m.step, m.value) for m in history] == [(i, 1 / (i + 1)) for i in range(5)]
    files = {f.path: f.is_dir for f in client.list_artifacts(run.info.run_id)}
    assert files == {"notes": True, "figure.png": False, "table.json": False}
    assert {f.path: f.file_size for f in client.list_artifacts(run.info.run_id, "notes")}["notes/a.txt"] == 5
    local = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="notes")
    assert open(local + "/a.txt", encoding="utf-8").read() == "hello"
    data_inputs = found.inputs.dataset_inputs
    assert [(d.dataset.name, d.tags[0].value) for d in data_inputs] == [("small", "training")]


def test_registers_and_loads_a_model(client, experiment, fitted):
    model, rows = fitted
    name = unique("model")
    with mlflow.start_run() as run:
        mlflow.log_metric("auc", 0.9)
        log_model(model, rows, "clf", registered_model_name=name)
        log_model(model, rows, "clf2", registered_model_name=name)
    versions = client.search_model_versions(f"name='{name}'")
    assert {v.version for v in versions} in ({"1", "2"}, {1, 2})
    assert all(v.status == "READY" for v in versions)
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_tag(name, "task", "binary")
    client.set_model_version_tag(name, "1", "validated", "yes")
    client.update_model_version(name, "1", description="first")
    found = client.get_model_version_by_alias(name, "champion")
    assert str(found.version) == "1" and found.description == "first"
    assert found.tags["validated"] == "yes" and found.aliases == ["champion"]
    expected = model.predict(rows)
    for uri in (f"models:/{name}@champion", f"models:/{name}/2", f"runs:/{run.info.run_id}/clf"):
        loaded = mlflow.sklearn.load_model(uri)
        assert (loaded.predict(rows) == expected).all(), uri
    assert (mlflow.pyfunc.load_model(f"models:/{name}@champion").predict(rows) == expected).all()
    moved = client.transition_model_version_stage(name, "1", "Production")
    assert moved.current_stage == "Production"
    client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
    assert client.get_model_version(name, "1").current_stage == "Archived"
    assert [str(v.version) for v in client.get_latest_versions(name, ["Production"])] == ["2"]
    registered = client.get_registered_model(name)
    assert registered.tags["task"] == "binary"
    assert {a: str(v) for a, v in registered.aliases.items()} == {"champion": "1"}
    assert name in [m.name for m in client.search_registered_models(f"name = '{name}'")]
    assert [m.name for m in client.search_registered_models("tags.task = 'binary'", max_results=1000)].count(name) == 1
    client.delete_registered_model_alias(name, "champion")
    assert code_of(client.get_model_version_by_alias, name, "champion") in (
        "INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST")
    client.delete_model_version(name, "2")
    assert code_of(client.get_model_version, name, "2") == "RESOURCE_DOES_NOT_EXIST"
    renamed = unique("renamed")
    client.rename_registered_model(name, renamed)
    client.delete_registered_model(renamed)
    assert code_of(client.get_registered_model, renamed) == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.skipif(not NEW, reason="logged models came with MLflow 3")
def test_keeps_logged_models_apart(client, experiment, fitted):
    model, rows = fitted
    with mlflow.start_run():
        mlflow.log_metric("auc", 0.7)
        info = log_model(model, rows, "apart", params={"c": "1"})
    logged = mlflow.get_logged_model(info.model_id)
    assert logged.name == "apart" and str(logged.status) == "READY"
    assert logged.params["c"] == "1"
    mlflow.set_logged_model_tags(info.model_id, {"stage": "trial"})
    found = mlflow.search_logged_models(
        experiment_ids=[experiment.experiment_id], filter_string="name = 'apart' AND tags.stage = 'trial'",
        output_format="list")
    assert [m.model_id for m in found] == [info.model_id]
    assert not mlflow.search_logged_models(experiment_ids=[experiment.experiment_id],
                                           filter_string="name = 'other'", output_format="list")
    client.delete_logged_model_tag(info.model_id, "stage")
    client.delete_logged_model(info.model_id)
    assert code_of(client.get_logged_model, info.model_id) == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize("wish,expected", [
    ("", "abcd"), ("metrics.auc > 0.65", "cd"), ("metrics.auc >= 0.7 and params.kind = 'x'", "c"),
    ("params.kind != 'x'", "bd"), ("params.kind LIKE 'y%'", "bd"), ("params.kind LIKE 'Y%'", ""),
    ("params.kind ILIKE 'Y%'", "bd"), ("tags.`odd key` = 'v'", "a"), ("tags.\"odd key\" = 'v'", "a"),
    ("attributes.status = 'FINISHED' AND metrics.`auc` < 0.65", "ab"), ("attributes.start_time > 0", "abcd")])
def test_searches_runs(client, searched, wish, expected):
    found = client.search_runs([searched], wish, order_by=["metrics.auc ASC"])
    assert "".join(r.info.run_name for r in found) == expected


def test_orders_and_pages(client, searched):
    page = client.search_runs([searched], order_by=["metrics.auc DESC"], max_results=3)
    assert [r.info.run_name for r in page] == ["d", "c", "b"] and page.token
    rest = client.search_runs([searched], order_by=["metrics.auc DESC"], max_results=3, page_token=page.token)
    assert [r.info.run_name for r in rest] == ["a"] and not rest.token
    assert [r.info.run_name for r in client.search_runs([searched], order_by=["params.kind", "metrics.auc DESC"])
            ] == ["c", "a", "d", "b"]


@pytest.fixture(scope="module")
def searched(service):
    number = mlflow.create_experiment(unique("search"))
    for i, name in enumerate("abcd"):
        with mlflow.start_run(experiment_id=number, run_name=name):
            mlflow.log_metric("auc", 0.5 + i / 10)
            mlflow.log_param("kind", "xy"[i % 2])
            if name == "a":
                mlflow.set_tag("odd key", "v")
    return number


def test_deletes_and_restores(client, service):
    name = unique("bin")
    number = client.create_experiment(name, tags={"team": "x"})
    run = client.create_run(number)
    client.delete_run(run.info.run_id)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    assert not client.search_runs([number])
    assert code_of(client.log_metric, run.info.run_id, "a", 1.0) == "INVALID_PARAMETER_VALUE"
    client.restore_run(run.info.run_id)
    assert len(client.search_runs([number])) == 1
    client.delete_experiment(number)
    assert client.get_experiment(number).lifecycle_stage == "deleted"
    assert name not in [e.name for e in client.search_experiments(filter_string=f"name = '{name}'")]
    client.restore_experiment(number)
    client.rename_experiment(number, name + "-new")
    client.set_experiment_tag(number, "k", "v")
    found = client.search_experiments(filter_string=f"name LIKE '{name}%' AND tags.team = 'x'")
    assert [(e.name, e.tags["k"]) for e in found] == [(name + "-new", "v")]


def test_keeps_what_is_never_to_change(client, experiment):
    run = client.create_run(experiment.experiment_id).info.run_id
    client.log_param(run, "lr", "0.1")
    client.log_param(run, "lr", "0.1")
    assert code_of(client.log_param, run, "lr", "0.2") == "INVALID_PARAMETER_VALUE"
    client.set_tag(run, "note", "a")
    client.set_tag(run, "note", "b")
    assert client.get_run(run).data.tags["note"] == "b"
    client.delete_tag(run, "note")
    assert code_of(client.delete_tag, run, "note") == "RESOURCE_DOES_NOT_EXIST"
    for value, step in ((1.0, 5), (2.0, 3), (3.0, 5)):
        client.log_metric(run, "m", value, timestamp=1000, step=step)
    assert client.get_run(run).data.metrics["m"] == 3.0
    for value in (math.inf, -math.inf):
        client.log_metric(run, "wide", value, step=int(value > 0))
    assert client.get_run(run).data.metrics["wide"] > 1e300


def test_answers_bad_input_with_mlflow_s_codes(client, experiment):
    absent = "0" * 32
    run = client.create_run(experiment.experiment_id).info.run_id
    assert code_of(client.get_run, absent) == "RESOURCE_DOES_NOT_EXIST"
    assert code_of(client.get_experiment, "987654321") == "RESOURCE_DOES_NOT_EXIST"
    assert client.get_experiment_by_name(unique("absent")) is None
    assert code_of(client.create_experiment, experiment.name) == "RESOURCE_ALREADY_EXISTS"
    for wish in ("metrics.auc >>> 1", "metrics.auc > 'x'", "params.a = ", "what.is = 'this'", "params.a = 'b' OR"):
        assert code_of(client.search_runs, [experiment.experiment_id], wish) == "INVALID_PARAMETER_VALUE", wish
    assert code_of(client.search_runs, [experiment.experiment_id], order_by=["nonsense DESC LATER"]
                   ) == "INVALID_PARAMETER_VALUE"
    name = unique("twice")
    client.create_registered_model(name)
    assert code_of(client.create_registered_model, name) == "RESOURCE_ALREADY_EXISTS"
    assert code_of(client.create_model_version, name, "file:///etc", run) == "INVALID_PARAMETER_VALUE"
    assert code_of(client.get_model_version, name, "7") == "RESOURCE_DOES_NOT_EXIST"
    assert code_of(client.get_registered_model, unique("none")) == "RESOURCE_DOES_NOT_EXIST"


def post(service, path, **more):
    return requests.post(f"{service.url}/api/2.0/mlflow/{path}", headers=service.headers() | more.pop("headers", {}),
                         timeout=30, **more)


def test_refuses_what_clients_would_not_send(service, client, experiment):
    run = client.create_run(experiment.experiment_id).info.run_id
    metric = {"key": "m", "value": 1.0, "timestamp": 1, "step": 0}
    many = [dict(metric, step=i) for i in range(1001)]
    bad = [
        ("runs/log-batch", {"json": {"run_id": run, "metrics": many}}),
        ("runs/log-batch", {"json": {"run_id": run, "params": [{"key": "k" * 300, "value": "v"}]}}),
        ("runs/log-metric", {"json": dict(metric, run_id=run, value="many")}),
        ("runs/log-metric", {"json": dict(metric, run_id=run, key="k" * 300)}),
        ("runs/create", {"json": {"experiment_id": 12}})]
    if service.name == "csva":  # MLflow passes over a status that it does not know; a person would not find out
        bad.append(("runs/update", {"json": {"run_id": run, "status": "NO SUCH"}}))
    for path, body in bad:
        answer = post(service, path, **body)
        assert answer.status_code == 400, (path, answer.text)
        assert answer.json()["error_code"] in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST"), (path, answer.text)
    answer = post(service, "runs/create", data="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["../../secret", "..%2f..%2fsecret", "%2e%2e/secret", "a/%2e%2e/%2e%2e/b"])
def test_never_leaves_the_folder(service, client, experiment, path):
    import http.client
    import urllib.parse
    run = client.create_run(experiment.experiment_id).info.run_id
    root = f"/api/2.0/mlflow-artifacts/artifacts/{experiment.experiment_id}/{run}/artifacts/"
    host = urllib.parse.urlsplit(service.url).netloc
    for method in ("PUT", "GET"):
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request(method, root + path, body=b"x" if method == "PUT" else None, headers=service.headers())
        assert connection.getresponse().status in (400, 404, 405), (method, path)
        connection.close()
