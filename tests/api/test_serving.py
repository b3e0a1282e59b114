"""Registered models behind MLflow's scoring protocol and the Open Inference Protocol: the answers are those of the API."""

import csv
import io

import pytest
import steps
from client import refused
from conftest import new_world

NAMED = "/models/data-city@champion/invocations"
V2 = "/v2/models/data-city"
COLUMNS = ["name", "age", "height"]
CELLS = [["P7", 7, 159.5], ["P31", 31, None], ["?", 3, 170]]


@pytest.fixture
def owner(estate, world, language):
    client = world.client(language=language)
    return client.sign_in(estate.owner.name, steps.PASSWORD)


@pytest.fixture
def expected(estate, owner):
    """What the model answers by its number."""
    rows = [dict(zip(COLUMNS, cells)) for cells in CELLS]
    number = owner.get("/api/v1/models/" + str(estate.model["id"])).json()["id"]
    answers = owner.post(f"/api/v1/models/{number}/predictions", json={"rows": rows}).json()["predictions"]
    return [{"prediction": a["prediction"], **{"probability_" + k: p for k, p in a["probabilities"].items()}} for a in answers]


def forms():
    records = [dict(zip(COLUMNS, cells)) for cells in CELLS]
    yield "dataframe_split", {"columns": COLUMNS, "data": CELLS}
    yield "dataframe_split", {"columns": COLUMNS, "data": CELLS, "index": [0, 1, 2]}
    yield "dataframe_records", records
    yield "instances", records
    yield "inputs", {name: [cells[i] for cells in CELLS] for i, name in enumerate(COLUMNS)}


@pytest.mark.parametrize("form", list(forms()), ids=lambda form: form[0])
@pytest.mark.parametrize("path", [NAMED, "/invocations"])
def test_answers_every_form_of_mlflow(owner, expected, path, form):
    answer = owner.post(path, json={form[0]: form[1]})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"predictions": expected}


def test_answers_rows_without_names_in_the_order_of_the_columns(owner, expected):
    order = [one["name"] for one in owner.get(V2).json()["inputs"]]
    assert set(order) <= set(COLUMNS)
    lists = [[cells[COLUMNS.index(name)] for name in order] for cells in CELLS]
    for form in ("instances", "inputs"):
        assert owner.post(NAMED, json={form: lists}).json() == {"predictions": expected}
    refused(owner.post(NAMED, json={"instances": [[1] * (len(order) + 1)]}), 400, "serving.bad_form")


def test_answers_csv(owner, expected):
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *CELLS])
    answer = owner.post(NAMED, data=text.getvalue().encode(), headers={"Content-Type": "text/csv; charset=utf-8"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"predictions": expected}


def tensors(cells=CELLS, columns=COLUMNS):
    kinds = {"name": "BYTES", "age": "INT64", "height": "FP64"}
    return [{"name": name, "shape": [len(cells)], "datatype": kinds[name], "data": [row[i] for row in cells]}
            for i, name in enumerate(columns)]


@pytest.mark.parametrize("path", [V2, V2 + "@champion", V2 + "/versions/1"])
def test_speaks_the_inference_protocol(owner, expected, path):
    about = owner.get(path).json()
    assert {one["name"] for one in about["inputs"]} <= set(COLUMNS)
    assert {"name": "prediction", "datatype": "BYTES", "shape": [-1]} in about["outputs"]
    assert owner.get(path + "/ready").json()["ready"] is True
    answer = owner.post(path + "/infer", json={"id": "a1", "inputs": tensors(), "parameters": {"x": 1}})
    assert answer.status_code == 200, answer.text
    outputs = {one["name"]: one for one in answer.json()["outputs"]}
    assert answer.json()["id"] == "a1"
    assert [one["name"] for one in about["outputs"]] == list(outputs)
    for name, tensor in outputs.items():
        assert tensor["shape"] == [3] and tensor["data"] == [row[name] for row in expected]
    nested = [one | {"shape": [3, 1], "data": [[cell] for cell in one["data"]]} for one in tensors()]
    assert owner.post(path + "/infer", json={"inputs": nested}).json()["outputs"] == answer.json()["outputs"]


def test_says_that_it_is_there(owner):
    assert owner.get("/ping").text == "\n"
    assert owner.get("/v2").json()["name"] == "csva"
    assert owner.get("/v2/health/live").json() == {"live": True}
    assert owner.get("/v2/health/ready").json() == {"ready": True}


@pytest.mark.parametrize("body", [
    {}, {"dataframe_records": []}, {"dataframe_split": {"columns": ["age"], "data": []}},
    {"dataframe_split": {"columns": ["age"], "data": [[1, 2]]}}, {"instances": 3}, {"instances": [1, 2]}, {"instances": []},
    {"inputs": {"age": [1, 2], "height": [1]}}, {"inputs": {}}, {"inputs": "x"}, {"instances": [[[1]]]},
    {"instances": [{"age": 1}], "inputs": {"age": [1]}}])
def test_refuses_bodies_without_rows(owner, body):
    refused(owner.post(NAMED, json=body), 400, "serving.bad_form")


def test_refuses_other_bad_requests(owner, ada):
    refused(owner.post(NAMED, json={"rows": []}), 400, "base.unknown_field")
    refused(owner.post(NAMED, data=b"{", headers={"Content-Type": "application/json"}), 400, "base.bad_json")
    refused(owner.post(NAMED, data=b"<a/>", headers={"Content-Type": "text/xml"}), 415, "http.unsupported_media_type")
    refused(owner.post(NAMED, json={"dataframe_records": [{"age": 1}] * 10_001}), 400, "serving.too_many_rows")
    as_csv = {"Content-Type": "text/csv"}
    refused(owner.post(NAMED, data=b"age\n" + b"1\n" * 10_001, headers=as_csv), 400, "serving.too_many_rows")
    refused(owner.post(NAMED, data=b"age,height\n", headers=as_csv), 400, "serving.bad_form")
    refused(owner.post(NAMED, data=b"", headers=as_csv), 400, "reading.empty_file")
    refused(owner.post("/models/data-city@nobody/invocations", json={"instances": [{"age": 1}]}), 404, "models.alias_not_found")
    refused(owner.post("/models/none@champion/invocations", json={"instances": [{"age": 1}]}),
            404, "models.registered_not_found")
    refused(owner.get(V2 + "/versions/99"), 404, "models.version_not_found")
    refused(owner.post("/models/estate@champion/invocations", json={}), 404, "models.alias_not_found")
    refused(owner.get("/v2/models/estate"), 409, "models.cannot_predict")
    refused(owner.get("/v2/nothing"), 404, "http.no_such_address")


@pytest.mark.parametrize("change", [
    {"shape": [2]}, {"shape": [3, 2]}, {"shape": []}, {"shape": [-1]}, {"datatype": "STRING"}, {"data": "x"}, {"data": []},
    {"data": [[1, 2], [3], [4]]}, {"data": {"a": 1}}])
def test_refuses_tensors_that_are_no_column(owner, change):
    good = tensors()
    refused(owner.post(V2 + "/infer", json={"inputs": [good[0], good[1] | change]}), 400, "serving.bad_tensor")


def test_refuses_tensors_of_different_length(owner):
    refused(owner.post(V2 + "/infer", json={"inputs": [tensors()[0], *tensors(CELLS[:2])[1:]]}), 400, "serving.bad_tensor")
    refused(owner.post(V2 + "/infer", json={"inputs": []}), 400, "serving.bad_form")
    refused(owner.post(V2 + "/infer", json={"inputs": tensors([["x", 1, 2]] * 10_001)}), 400, "serving.too_many_rows")


def test_has_no_default_model_unless_one_is_set(language):
    with new_world() as world:
        refused(world.user(language).post("/invocations", json={"instances": [{"age": 1}]}), 404, "serving.no_default_model")
