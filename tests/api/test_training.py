"""Trainings: what comes out, what cannot be learnt and why, stopping and deleting."""

import csv
import io

import pytest
import steps
from client import refused
from conftest import new_world
from steps import QUICK, TRAINING, read, trained

LINES = TRAINING.decode().splitlines()


def table(column, values):
    """The training table with one more column."""
    rows = [f"{line},{value}" for line, value in zip(LINES[1:], values)]
    return "\n".join([LINES[0] + "," + column, *rows, ""]).encode()


TABLES = {
    "plain": TRAINING,
    "one": table("target", ["same"] * 200),
    "holes": table("target", ["yes", "no"] + [""] * 198),
    "names": table("target", [f"class {i}" for i in range(200)]),
    "three": table("target", ["a", "b", "c"] * 67),
    "few": b"a,b\n" + b"1,x\n2,y\n" * 4,
    "nothing_else": b"a,b\n" + b"same,x\nsame,y\n" * 20,
}
# What cannot be learnt: table, wish, reason.
WRONG = {
    "one_class": ("one", {}, "learn.one_class"),
    "target_missing": ("holes", {}, "learn.target_missing"),
    "too_many_classes": ("names", {}, "learn.too_many_classes"),
    "not_two_classes": ("three", {"task": "binary"}, "learn.not_two_classes"),
    "target_not_numeric": ("three", {"task": "regression"}, "learn.target_not_numeric"),
    "too_few_rows": ("few", {"target": "b"}, "learn.too_few_rows"),
    "no_column_left": ("nothing_else", {"target": "b"}, "learn.no_column_left"),
    "unknown_family": ("plain", {"target": "city", "options": {"families": ["Oracle"]}},
                       "learn.unknown_family"),
}
READ = {}


def number_of_table(client, name):
    if name not in READ:
        READ[name] = read(client, TABLES[name], name + ".csv")
    return READ[name]


def test_trains_and_says_what_came_out(estate):
    training, owner = estate.training, estate.owner
    report = training["report"]
    assert training["problem"] is None and training["finished_at"] >= training["created_at"]
    assert (report["target"], report["task"], report["rows"]) == ("city", "binary", 200)
    assert sorted(report["classes"]) == ["Paris", "Rome"]
    names = [line["name"] for line in report["leaderboard"]]
    assert report["best"] == names[0] and [m["name"] for m in training["models"]] == names
    assert [m["rank"] for m in training["models"]] == list(range(1, len(names) + 1))
    assert report["verdict"]["kind"] in ("better", "not_better", "too_good_leakage")
    listed = owner.get(f"/api/v1/datasets/{estate.dataset}/trainings").json()["trainings"]
    assert [t["id"] for t in listed] == [training["id"]]
    held = owner.get(f"/api/v1/trainings/{training['id']}/held-out")
    rows = list(csv.DictReader(io.StringIO(held.text)))
    assert len(rows) == report["held_out_rows"] and {"row_id", "truth", "prediction"} <= set(
        rows[0])
    (job,) = [j for j in owner.get(f"/api/v1/datasets/{estate.dataset}/jobs").json()["jobs"]
              if j["id"] == training["job_id"]]
    assert (job["state"], job["kind"], job["progress"]) == ("succeeded", "train", 1)


@pytest.mark.parametrize("kind", WRONG)
def test_says_what_cannot_be_learnt(both, kind):
    name, wish, reason = WRONG[kind]
    number = number_of_table(both[0], name)
    training = trained(both[0], number, QUICK | {"target": "target"} | wish)
    assert training["state"] == "failed" and training["report"] is None
    for client in both:
        found = client.get(f"/api/v1/trainings/{training['id']}").json()
        assert found["problem"]["reason"] == reason
        refused(client.get(f"/api/v1/trainings/{training['id']}/held-out"),
                404, "training.no_held_out")
        assert client.get(f"/api/v1/jobs/{training['job_id']}").json()["reason"] == reason


@pytest.mark.parametrize("field,value,reason", [
    ("target", "", "base.out_of_range"), ("target", 3, "base.wrong_type"),
    ("task", "guess", "base.not_a_choice"), ("budget_s", -1, "base.out_of_range"),
    ("budget_s", 1e9, "base.out_of_range"), ("version_id", 987654, "datasets.version_not_found"),
    ("options", {"trees": 0}, "base.out_of_range"), ("options", {"wings": 2}, "base.unknown_field"),
    ("target", "nobody", "learn.unknown_target")])
def test_refuses_a_wrong_wish_at_once(both, field, value, reason):
    number = number_of_table(both[0], "plain")
    for client in both:
        answer = client.post(f"/api/v1/datasets/{number}/trainings", json=QUICK | {field: value})
        refused(answer, 404 if reason.endswith("not_found") else 400, reason)


def test_predicts_a_number(both):
    number = number_of_table(both[0], "plain")
    training = trained(both[0], number, QUICK | {
        "target": "height", "options": {"families": ["LinearRegression"], "trees": 20, "threads": 1}})
    assert training["state"] == "succeeded", training["problem"]
    assert training["report"]["task"] == "regression" and training["report"]["confusion"] == []
    row = {"name": "P1", "age": 20, "city": "Rome"}
    name = training["models"][0]["name"]
    answer = both[0].post(f"/test-model/{number}/{name}/", json=row).json()
    assert 100 < answer["prediction"] < 250 and answer["probabilities"] == {}


def test_deletes_a_training_with_its_models_and_batches(world, language):
    ada = world.user(language)
    number = read(ada, TRAINING)
    kept, gone = trained(ada, number), trained(ada, number)
    batches = []
    for training in (kept, gone):
        model = training["models"][0]["id"]
        made = ada.post(f"/api/v1/models/{model}/batches", files={"file": ("r.csv", TRAINING)})
        batches.append(steps.batch_ended(ada, made.json()["id"])["id"])
    path = f"/api/v1/trainings/{gone['id']}"
    assert ada.delete(path).status_code == 204
    refused(ada.get(path), 404, "training.not_found")
    refused(ada.delete(path), 404, "training.not_found")
    refused(ada.post(path + "/cancel"), 404, "training.not_found")
    refused(ada.get(f"/api/v1/models/{gone['models'][0]['id']}"), 404, "models.not_found")
    refused(ada.get(f"/api/v1/batches/{batches[1]}"), 404, "predictions.batch_not_found")
    assert ada.get(f"/api/v1/batches/{batches[0]}/file").status_code == 200
    models = ada.get(f"/api/v1/datasets/{number}/models").json()["models"]
    assert {m["training_id"] for m in models} == {kept["id"]}
    rest = world.server.sql(f"SELECT id FROM prediction_batches WHERE id = {batches[1]}")  # nosec
    assert rest == []


def test_stops_a_training_before_it_begins(idle_world, language):
    ada = idle_world.user(language)
    with idle_world.server.worker():
        number = read(ada, TRAINING)
    started = ada.post(f"/api/v1/datasets/{number}/trainings", json=QUICK)
    assert started.status_code == 202 and started.json()["state"] == "queued"
    path = started.headers["Location"]
    refused(ada.get(path + "/held-out"), 404, "training.no_held_out")
    assert ada.post(path + "/cancel").json()["state"] == "cancelled"
    assert ada.get(path).json()["problem"]["reason"] == "jobs.cancelled"
    assert ada.delete(path).status_code == 204


def test_keeps_the_best_of_a_training_that_is_stopped(language):
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1") as world:
        ada = world.user(language)
        number = read(ada, TRAINING)
        wish = {"target": "city", "budget_s": 300, "preset": "best", "options": {"threads": 1}}
        path = ada.post(f"/api/v1/datasets/{number}/trainings", json=wish).headers["Location"]
        job = f"/api/v1/jobs/{ada.get(path).json()['job_id']}"
        steps.wait_for(lambda: ada.get(job).json()["progress"] > 0, 30, "some progress")
        ada.post(path + "/cancel")
        found = steps.training_ended(ada, int(path.split("/")[-1]))
        assert found["state"] == "succeeded", found
        assert found["models"] and found["report"]["leaderboard"]
