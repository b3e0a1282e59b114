"""Predictions that are kept, their labels, the windows they make, and what is said of them."""

import csv
import io
import random
import time

import pytest
from client import refused
from conftest import new_world
from steps import QUICK, batch_ended, read, trained, wait_for

HEAD = ["age", "height", "city"]


def rows(count, seed, shift=0.0):
    """Two columns that tell the city in nine of ten cases; `shift`: in standard deviations."""
    dice = random.Random(seed)  # nosec B311
    made = []
    for _ in range(count):
        age, height = dice.gauss(40, 10), dice.gauss(170, 8)
        near = (age + height > 210) != (dice.random() < 0.1)
        made.append([f"{age + 10 * shift:.3f}", f"{height + 8 * shift:.3f}", "Paris" if near else "Rome"])
    return made


def as_csv(table, columns=3):
    text = io.StringIO()
    csv.writer(text).writerows([HEAD[:columns], *(row[:columns] for row in table)])
    return text.getvalue().encode()


def as_cells(table):
    return [dict(zip(HEAD[:2], map(float, row))) for row in table]


@pytest.fixture
def owner(world, language):
    return world.user(language=language)


@pytest.fixture
def model(owner):
    """A model of one's own, with its data set."""
    dataset = read(owner, as_csv(rows(1500, 1)))
    training = trained(owner, dataset, QUICK | {"target": "city"})
    assert training["state"] == "succeeded", training["problem"]
    return owner.get(f"/api/v1/datasets/{dataset}/models").json()["models"][0]


def predict(client, model, table):
    answer = client.post(f"/api/v1/models/{model['id']}/predictions", json={"rows": as_cells(table)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def batch(client, model, table):
    answer = client.post(f"/api/v1/models/{model['id']}/batches", files={"file": ("rows.csv", as_csv(table, 2))})
    assert answer.status_code == 202, answer.text
    assert batch_ended(client, answer.json()["id"])["state"] == "succeeded"


def told_of(client):
    """Alerts that the service told one."""
    return [n for n in client.get("/api/v1/notices").json()["notices"] if n["kind"].startswith("model_")]


def monitoring(client, model):
    answer = client.get(f"/api/v1/models/{model['id']}/monitoring")
    assert answer.status_code == 200, answer.text
    return answer.json()


def windows(client, model, count):
    """The timeline once it has so many windows."""
    def look():
        timeline = monitoring(client, model)["timeline"]
        return len(timeline) >= count and timeline
    return wait_for(look, 60, f"{count} windows")


def check(client, model):
    answer = client.post(f"/api/v1/models/{model['id']}/monitoring/check")
    assert answer.status_code == 202, answer.text
    number = answer.json()["job_id"]

    def look():
        job = client.get(f"/api/v1/jobs/{number}").json()
        return job["state"] in ("succeeded", "failed", "cancelled") and job
    job = wait_for(look, 60, "the look")
    assert job["state"] == "succeeded", job


def label(client, model, pairs, **more):
    answer = client.post(f"/api/v1/models/{model['id']}/labels", json={
        "labels": [{"prediction_id": key, "value": value} for key, value in pairs], **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_gives_each_prediction_an_id_and_takes_its_label(owner, model, language):
    given = predict(owner, model, rows(3, 2))
    first, second, third = given["prediction_ids"]
    assert len({first, second, third}) == 3
    one = owner.post(f"/test-model/{model['dataset_id']}/{model['name']}/", json={"age": 30, "height": 170}).json()
    assert one["prediction_id"] not in (first, second, third)
    assert label(owner, model, [(first, "Paris"), (second, "Rome")])["taken"] == 2
    again = label(owner, model, [(first, "Paris"), (second, "Paris"), ("0123456789ab-1", "Rome"), ("nothing", "Rome"),
                                 (third, "Berlin"), (first.split("-")[0] + "-99", "Rome")])
    assert again["unchanged"] == 1 and again["taken"] == 0
    refusals = {r["prediction_id"]: r["refusal"] for r in again["refused"]}
    assert refusals == {second: "contradicts", "0123456789ab-1": "unknown_prediction", "nothing": "unknown_prediction",
                        third: "not_an_answer", first.split("-")[0] + "-99": "unknown_prediction"}
    words = " ".join(r["message"] for r in again["refused"])
    assert ("réponse" in words) == (language == "fr")
    assert label(owner, model, [(second, "Paris")], replace=True)["replaced"] == 1


def test_takes_labels_from_files(owner, model):
    given = predict(owner, model, rows(3, 2))["prediction_ids"]
    path = f"/api/v1/models/{model['id']}/labels/file"

    def send(where, text):
        return owner.post(where, files={"file": ("labels.csv", text.encode())})

    lines = "\n".join(["prediction_id;city;note", f"{given[0]};Paris;x", f"{given[1]};;y", f"{given[2]};Berlin;z"])
    assert send(path, lines).json() | {"refused": []} == {
        "taken": 1, "unchanged": 0, "replaced": 0, "refused_count": 1, "refused": []}
    refused(send(path, "id,city\n1,Paris\n"), 400, "predictions.no_label_column")
    batch(owner, model, rows(120, 3))
    windows(owner, model, 1)
    number = owner.get(f"/api/v1/models/{model['id']}/monitoring").json()["timeline"][0]["batch_id"]
    labels = f"/api/v1/batches/{number}/labels"
    truth = as_csv(rows(120, 3)).decode()
    assert send(labels, truth).json()["taken"] == 120
    assert send(labels, truth).json()["unchanged"] == 120
    refused(send(labels, "city\nParis\n"), 400, "predictions.other_rows")
    check(owner, model)
    assert windows(owner, model, 1)[0]["quality"]["labelled_rows"] == 120


def test_says_when_a_file_s_rows_have_moved_and_when_they_are_well_again(owner, model, language):
    batch(owner, model, rows(500, 3))
    timeline = windows(owner, model, 1)
    assert timeline[0]["kind"] == "batch" and timeline[0]["rows"] == 500 and timeline[0]["state"] == "stable"
    for seed in (4, 5):
        batch(owner, model, rows(500, seed, shift=0.8))
        timeline = windows(owner, model, seed - 2)
    assert [w["state"] for w in timeline] == ["stable", "suspected", "drifted"]
    last = timeline[-1]
    assert set(last["columns"]) == {"age", "height"} and last["action"] == "retrain"
    assert last["since_ms"] == timeline[1]["from_ms"]
    assert "age" in last["sentence"] and ("depuis" in last["sentence"]) == (language == "fr")
    details = owner.get(f"/api/v1/models/{model['id']}/monitoring/windows/{last['id']}").json()
    assert details["findings"][0]["state"] == "drifted"
    by_name = {d["column"]: d for d in details["distributions"] if d["role"] == "input"}
    age = by_name["age"]
    assert abs(sum(age["reference"]) - 1) < 1e-9 and abs(sum(age["window"]) - 1) < 1e-9
    assert len(age["edges"]) == len(age["window"]) + 1 and age["window"][-1] > age["reference"][-1]
    page = owner.get(f"/monitoring/{model['dataset_id']}/data/").json()
    assert page["models"][0]["timeline"][-1]["sentence"] == last["sentence"]
    assert "accuracy" in {s["name"] for s in page["models"][0]["quality_when_trained"]}
    seen = [m for m in owner.get("/monitoring/").json()["models"] if m["model"]["id"] == model["id"]]
    assert seen[0]["last"]["state"] == "drifted" and seen[0]["predictions"] == 1500
    for seed in (6, 7):
        batch(owner, model, rows(500, seed))
        timeline = windows(owner, model, seed - 2)
    assert timeline[-1]["state"] == "stable"
    told = told_of(owner)
    assert [n["kind"] for n in told] == ["model_drifted"] and model["name"] in told[0]["title"]
    assert told[0]["link"] == f"/monitoring/{model['dataset_id']}/data/"


def test_judges_on_request_what_was_answered_one_by_one(owner, model):
    few = predict(owner, model, rows(40, 8))
    refused(owner.post(f"/api/v1/models/{model['id']}/monitoring/check"), 409, "monitoring.too_few_rows")
    assert monitoring(owner, model)["summary"]["waiting_rows"] == 40
    many = predict(owner, model, rows(260, 9))
    check(owner, model)
    timeline = windows(owner, model, 1)
    assert timeline[0]["rows"] == 300 and timeline[0]["kind"] == "stretch" and timeline[0]["state"] == "stable"
    assert {s["name"] for s in timeline[0]["quality"]["estimated"]} >= {"accuracy", "log_loss"}
    ids = few["prediction_ids"] + many["prediction_ids"]
    truth = [row[2] for row in rows(40, 8) + rows(260, 9)]
    assert label(owner, model, zip(ids, truth))["taken"] == 300
    check(owner, model)
    quality = windows(owner, model, 1)[0]["quality"]
    said = [p["prediction"] for p in few["predictions"] + many["predictions"]]
    accuracy = {s["name"]: s["value"] for s in quality["measured"]}["accuracy"]
    assert quality["labelled_rows"] == 300 and quality["state"] == "as_expected"
    assert abs(accuracy - sum(a == b for a, b in zip(said, truth)) / 300) < 1e-12
    assert quality["estimated"], "measuring must not forget what was estimated"


def test_says_when_the_answers_have_become_worse(owner, model):
    given = predict(owner, model, rows(400, 10))
    wrong = [(key, "Rome" if p["prediction"] == "Paris" else "Paris")
             for key, p in zip(given["prediction_ids"], given["predictions"])]
    right = predict(owner, model, rows(400, 11))
    label(owner, model, zip(right["prediction_ids"], (p["prediction"] for p in right["predictions"])))
    check(owner, model)
    label(owner, model, wrong)
    check(owner, model)
    # Both lie in one window: the first half all wrong, the second all right.
    window = windows(owner, model, 1)[0]
    assert window["quality"]["state"] == "worse", (window, monitoring(owner, model)["timeline"][1:])
    assert window["quality"]["alarms"]
    assert {a["detector"] for a in window["quality"]["alarms"]} <= {"adwin", "ddm", "page_hinkley"}
    assert [n["kind"] for n in told_of(owner)] == ["model_worse"]


def test_refuses_to_show_what_is_not_there(owner, model):
    refused(owner.get(f"/api/v1/models/{model['id']}/monitoring/windows/987654"), 404, "monitoring.window_not_found")
    refused(owner.get("/monitoring/987654/data/"), 404, "datasets.not_found")
    refused(owner.post("/api/v1/models/987654/monitoring/check"), 404, "models.not_found")
    empty = monitoring(owner, model)
    assert empty["timeline"] == [] and empty["summary"]["last"] is None
    strange = {"shoes": 1}
    answer = owner.post(f"/api/v1/models/{model['id']}/predictions", json={"rows": [strange] * 120})
    assert answer.status_code == 200
    check(owner, model)
    assert windows(owner, model, 1)[0]["state"] == "suspected", "every value is missing"


def test_names_a_column_that_vanished_or_changed_its_type(owner, model):
    def answer(text):
        sent = owner.post(f"/api/v1/models/{model['id']}/batches", files={"file": ("rows.csv", text.encode())})
        assert batch_ended(owner, sent.json()["id"])["state"] == "succeeded"

    table = rows(200, 20)
    answer("age,height\n" + "\n".join(f"{age},tall" for age, _, _ in table))
    first = windows(owner, model, 1)[0]
    assert first["state"] == "suspected" and first["columns"] == ["height"]
    details = owner.get(f"/api/v1/models/{model['id']}/monitoring/windows/{first['id']}").json()
    assert details["findings"][0]["comparison"]["aspect"] == "unreadable"
    for count in (2, 3):
        answer("age\n" + "\n".join(age for age, _, _ in table))
        last = windows(owner, model, count)[-1]
    assert last["state"] == "drifted" and last["columns"] == ["height"] and last["action"] == "mend_source"
    answer("age,height\n" + "\n".join("40,170" for _ in table))
    constant = windows(owner, model, 4)[-1]
    assert constant["state"] != "stable" and min(constant["effects"].values()) > 0.5, "one value only"


def test_everything_goes_with_the_data_set(owner, model, world):
    batch(owner, model, rows(200, 12))
    windows(owner, model, 1)
    given = predict(owner, model, rows(5, 13))
    label(owner, model, [(given["prediction_ids"][0], "Rome")])
    assert owner.delete(f"/api/v1/datasets/{model['dataset_id']}").status_code == 204
    for table in ("prediction_segments", "prediction_labels", "monitoring_windows", "monitoring_models"):
        left = world.server.sql(f"SELECT COUNT(*) FROM {table} WHERE model_id = {model['id']}")  # nosec B608
        assert left == [("0",)], table


def test_loses_at_most_a_second_when_killed():
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50") as world:
        owner = world.user()
        dataset = read(owner, as_csv(rows(600, 1)))
        trained(owner, dataset, QUICK | {"target": "city"})
        model = owner.get(f"/api/v1/datasets/{dataset}/models").json()["models"][0]
        predict(owner, model, rows(150, 2))
        time.sleep(1.2)
        predict(owner, model, rows(7, 3))
        server = world.server
        server.process.kill()
        server.process.wait()
        with server:
            kept = wait_for(lambda: monitoring(owner, model)["summary"]["predictions"], 20, "the segment that was left")
            assert kept in (150, 157)
            assert not list((server.data / "prediction-log").iterdir())
            check(owner, model)
            assert windows(owner, model, 1)[0]["rows"] == kept


def test_keeps_nothing_when_told_so():
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50", CSVA_PREDICTIONS_LOG="false") as world:
        owner = world.user()
        dataset = read(owner, as_csv(rows(300, 1)))
        trained(owner, dataset, QUICK | {"target": "city"})
        model = owner.get(f"/api/v1/datasets/{dataset}/models").json()["models"][0]
        assert predict(owner, model, rows(150, 2))["prediction_ids"] == []
        batch(owner, model, rows(150, 3))
        time.sleep(1)
        assert monitoring(owner, model)["summary"]["predictions"] == 0
        form = owner.post(f"/test-model/{dataset}/{model['name']}/", json={"age": 30, "height": 170}).json()
        assert form["prediction_id"] is None
