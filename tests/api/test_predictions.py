"""One row, many rows, files of rows; what a model is told that it cannot use."""

import csv
import io
import urllib.parse

import pytest
import steps
from client import refused
from conftest import new_world
from steps import TRAINING, read, trained

ROW = {"name": "P1", "age": 5, "height": 160.5}


def form_path(estate, model=None):
    return f"/test-model/{estate.dataset}/{model or estate.model['name']}/"


@pytest.fixture
def owner(estate, world, language):
    """The estate's owner in either language."""
    client = world.client(language=language)
    return client.sign_in(estate.owner.name, steps.PASSWORD)


def test_asks_for_the_columns_it_learnt_from(estate, owner):
    form = owner.get(form_path(estate)).json()
    assert form["model"]["name"] == estate.model["name"]
    assert sorted(form["classes"]) == ["Paris", "Rome"]
    fields = {f["column"]: f for f in form["fields"]}
    assert set(fields) <= {"name", "age", "height"} and fields["age"]["whole"]
    assert fields["age"]["low"] == 0 and fields["age"]["high"] == 39


def test_answers_form_json_and_many_rows_alike(estate, owner):
    ids = set()

    def without_id(answer):
        ids.add(answer.pop("prediction_id"))
        return answer

    one = without_id(owner.post(form_path(estate), json=ROW).json())
    assert one["prediction"] in ("Paris", "Rome") and not one["warnings"]
    assert abs(sum(one["probabilities"].values()) - 1) < 1e-9
    form = owner.post(form_path(estate), data={k: str(v) for k, v in ROW.items()})
    assert without_id(form.json()) == one
    wrapped = owner.post(form_path(estate), json={"values": ROW}).json()
    assert without_id(wrapped) == one
    assert len(ids) == 3
    many = owner.post(f"/api/v1/models/{estate.model['id']}/predictions",
                      json={"rows": [ROW, ROW]}).json()
    assert many["model_id"] == estate.model["id"]
    assert [p["prediction"] for p in many["predictions"]] == [one["prediction"]] * 2
    assert many["predictions"][0]["probabilities"] == one["probabilities"]


def test_sends_a_browser_s_form_back_to_its_page(estate, owner):
    answer = owner.post(form_path(estate), data={"age": "31", "name": "Ann Lee & Co"},
                        headers={"Accept": "text/html"})
    assert answer.status_code == 303
    page, _, row = answer.headers["Location"].partition("#")
    assert page == form_path(estate)
    assert dict(urllib.parse.parse_qsl(row)) == {"age": "31", "name": "Ann Lee & Co"}


def test_warns_of_what_it_never_saw(estate, owner):
    row = {"age": 900, "height": "tall", "shoes": 42}
    answer = owner.post(form_path(estate), json=row).json()
    found = {(w["code"], w["column"]) for w in answer["warnings"]}
    assert {("out_of_range", "age"), ("unreadable", "height"),
            ("extra_column", "shoes")} <= found, found
    unseen = owner.post(form_path(estate), json=ROW | {"name": "Somebody"})
    assert unseen.status_code == 200


def test_says_what_is_wrong_with_a_row(estate, owner):
    predictions = f"/api/v1/models/{estate.model['id']}/predictions"
    refused(owner.post(form_path(estate), json={}), 400, "predictions.no_row")
    refused(owner.post(form_path(estate), json={"age": [1]}), 400, "base.wrong_type")
    refused(owner.post(form_path(estate), json=[ROW]), 400, "base.wrong_type")
    refused(owner.post(predictions, json={"rows": []}), 400, "base.out_of_range")
    refused(owner.post(predictions, json={"rows": [ROW] * 10001}), 400, "base.out_of_range")
    refused(owner.post(form_path(estate, "Oracle"), json=ROW), 404, "models.not_found")
    refused(owner.get(form_path(estate, "Oracle")), 404, "models.not_found")
    refused(owner.post("/api/v1/models/987654/predictions", json={"rows": [ROW]}),
            404, "models.not_found")


def test_answers_a_file(estate, owner):
    batch = owner.get(f"/api/v1/batches/{estate.batch['id']}").json()
    assert (batch["rows"], batch["rows_rejected"], batch["state"]) == (200, 0, "succeeded")
    answer = owner.get(f"/api/v1/batches/{batch['id']}/file")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 200
    assert set(rows[0]) >= {"prediction", "probability_Paris", "probability_Rome"}
    sent = dict(zip(("name", "age", "height"), TRAINING.decode().splitlines()[8].split(",")))
    one = owner.post(form_path(estate), json=sent)
    assert rows[7]["prediction"] == one.json()["prediction"]
    assert float(rows[7]["probability_Rome"]) == one.json()["probabilities"]["Rome"]


def test_says_why_a_file_could_not_be_answered(estate, owner):
    path = f"/api/v1/models/{estate.model['id']}/batches"
    made = owner.post(path, files={"file": ("binary.csv", b"a,b\n1,\0\n")})
    assert made.status_code == 202
    batch = steps.batch_ended(owner, made.json()["id"])
    assert batch["state"] == "failed" and batch["problem"]["reason"] == "reading.binary_file"
    refused(owner.get(f"/api/v1/batches/{batch['id']}/file"), 409, "predictions.not_ready")
    refused(owner.post(path, files={"other": ("a.csv", b"a\n1\n")}), 400, "http.no_file_part")
    refused(owner.post(path, data={"x": "1"}), 415, "http.unsupported_media_type")
    assert owner.delete(f"/api/v1/batches/{batch['id']}").status_code == 204
    refused(owner.get(f"/api/v1/batches/{batch['id']}"), 404, "predictions.batch_not_found")
    refused(owner.delete(f"/api/v1/batches/{batch['id']}"), 404, "predictions.batch_not_found")


@pytest.mark.parametrize("content", [b"name,age,height\n", b"name,age,height\n\n\n"])
def test_says_that_a_file_has_no_row_to_answer(estate, owner, content):
    path = f"/api/v1/models/{estate.model['id']}/batches"
    batch = steps.batch_ended(owner, owner.post(path, files={"file": ("rows.csv", content)}).json()["id"])
    assert batch["state"] == "failed" and batch["problem"]["reason"] == "bundle.no_rows"


def test_says_that_a_model_is_damaged(language):
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1") as world:
        ada = world.user(language)
        number = read(ada, TRAINING)
        models = [trained(ada, number)["models"][0] for _ in range(2)]
        folders = sorted({p.parent for p in world.server.blobs() if p.name == "model.json"},
                         key=lambda folder: folder.stat().st_mtime)
        assert len(folders) == 2
        (folders[0] / "model.json").unlink()
        for file in folders[1].iterdir():
            if file.name != "model.json":
                file.write_bytes(file.read_bytes()[:-20])
        for model, reason, status in ((models[0], "bundle.not_a_model", 404),
                                      (models[1], "bundle.damaged", 400)):
            answer = ada.post(f"/api/v1/models/{model['id']}/predictions", json={"rows": [ROW]})
            refused(answer, status, reason)
