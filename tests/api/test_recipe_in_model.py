"""A model of a cleaned data set takes rows as the file had them; and what becomes of models whose data goes."""

import csv
import io
import json

import pytest
from client import refused
from support import training
from support.server import ROOT

RECIPE = [
    {"step": "trim@1", "columns": [], "options": {}},
    {"step": "rename_column@1", "columns": ["Sex"], "options": {"name": "gender"}},
    {"step": "change_type@1", "columns": ["Fare"], "options": {"type": "text"}},
    {"step": "change_type@1", "columns": ["Fare"], "options": {"type": "real"}},
    {"step": "fill_missing@1", "columns": ["Age"], "options": {"strategy": "mean"}},
    {"step": "drop_missing_rows@1", "columns": ["Embarked"], "options": {}},
    {"step": "drop_column@1", "columns": ["Cabin", "Ticket"], "options": {}}]
QUICK = {"budget_s": 40, "options": {"families": ["GradientBoostingClassifier"], "trees": 20}}
ROW = {"Pclass": 3, "Name": "Mr. A", "Sex": "male", "Age": 30, "SibSp": 0, "Parch": 0,
       "Fare": 7.25, "Embarked": "S"}


@pytest.fixture(scope="module")
def cleaned(world):
    """Owner, data set and best model."""
    owner = world.user()
    number = training.upload(owner, "titanic.csv", (ROOT / "tests/data/titanic.csv").read_bytes())
    training.clean(owner, number, RECIPE)
    done = training.train(owner, number, "Survived", **QUICK)
    return owner, number, done["models"][0]


def ask(cleaned, **changes):
    owner, number, model = cleaned
    row = {name: cell for name, cell in (ROW | changes).items() if cell != "absent"}
    answer = owner.post(f"/test-model/{number}/{model['name']}/", json={"values": row})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found.pop("prediction_id")
    return found


def test_form_asks_for_the_columns_of_the_file(cleaned):
    owner, number, model = cleaned
    form = owner.get(f"/test-model/{number}/{model['name']}/").json()
    fields = {field["column"]: field for field in form["fields"]}
    assert "Sex" in fields and "gender" not in fields
    assert not {"Cabin", "Ticket", "Survived"} & set(fields)
    assert fields["Age"]["type"] == "real" and fields["Sex"]["categories"] == ["male", "female"]


def test_form_as_it_opens_is_a_row_without_warnings(cleaned):
    owner, number, model = cleaned
    path = f"/test-model/{number}/{model['name']}/"
    fields = owner.get(path).json()["fields"]
    row = {field["column"]: field["typical"] for field in fields}
    assert owner.post(path, data=row).json()["warnings"] == []


def test_raw_cells_work_as_in_training(cleaned):
    plain = ask(cleaned)
    assert plain["warnings"] == []
    assert ask(cleaned, Sex="  male ", Fare="7.25", Age="30.0") == plain
    assert ask(cleaned, Cabin="C85", Ticket="A/5", Survived=1, PassengerId=9) == plain
    other = ask(cleaned, Sex=" female", Name="Mrs. A", Pclass=1)
    assert other["warnings"] == [] and other["probabilities"] != plain["probabilities"]


def test_missing_cells_are_filled_and_absent_ones_named(cleaned):
    filled = ask(cleaned, Age=None)
    assert filled["warnings"] == [] and ask(cleaned, Age="") == filled
    absent = ask(cleaned, Age="absent")
    assert absent["warnings"] == [{"code": "missing_column", "column": "Age"}]
    assert absent["probabilities"] == filled["probabilities"]


@pytest.mark.parametrize("changes, warning", [
    ({"Sex": "robot"}, ("unseen_category", "Sex")), ({"gender": "male"}, ("extra_column", "gender")),
    ({"Fare": "dear"}, ("unreadable", "Fare")), ({"Age": "thirty"}, ("unreadable", "Age")),
    ({"Age": "nan"}, ("unreadable", "Age")), ({"Age": "1e999"}, ("unreadable", "Age")),
    ({"Pclass": 2.5}, ("unreadable", "Pclass")), ({"Pclass": True}, ("unreadable", "Pclass")),
    ({"Age": 900}, ("out_of_range", "Age")), ({"Fare": -1e308}, ("out_of_range", "Fare")),
    ({"Sex": "x" * 5000}, ("unseen_category", "Sex")), ({"Sex": "\u0000"}, ("unseen_category", "Sex"))])
def test_says_what_it_cannot_use(cleaned, changes, warning):
    code, column = warning
    assert ask(cleaned, **changes)["warnings"] == [{"code": code, "column": column}]


def test_batch_may_keep_the_columns_of_its_file(cleaned):
    owner, _, model = cleaned
    content = b"Sex,Age,Note\n male ,30,=1+1\nfemale,,\n"
    _, bare = training.batch(owner, model["id"], content)
    _, kept = training.batch(owner, model["id"], content, keep_columns="true")
    bare, kept = ([*csv.DictReader(io.StringIO(found.decode()))] for found in (bare, kept))
    assert list(bare[0]) == ["prediction", "probability_0", "probability_1"]
    assert list(kept[0]) == ["Sex", "Age", "Note", *bare[0]]
    assert kept[0]["Sex"] == " male " and kept[0]["Note"] == "'=1+1"
    for one, other in zip(bare, kept):
        assert {name: other[name] for name in one} == one


def test_held_out_rows_lend_nothing_to_what_fills(world, cleaned):
    """The mean in the model is that of the rows which scored nothing."""
    owner, number, _ = cleaned
    done = owner.get(f"/api/v1/datasets/{number}/trainings").json()["trainings"][0]
    text = owner.get(f"/api/v1/trainings/{done['id']}/held-out").text
    out = {int(row["row_id"]) for row in csv.DictReader(io.StringIO(text))}
    rows = list(csv.DictReader(open(ROOT / "tests/data/titanic.csv", encoding="utf-8")))
    ages = [float(row["Age"]) for at, row in enumerate(rows, 1)
            if row["Age"] and row["Embarked"] and at not in out]
    assert out and len(ages) < 700
    found = [json.loads(path.read_text()) for path in world.server.data.rglob("model.json")]
    constants = [json.loads(step["constants"])["values"] for model in found
                 for step in model["recipe"] if step["step"]["step"] == "fill_missing@1"]
    assert any(abs(float(next(iter(values.values()))) - sum(ages) / len(ages)) < 1e-9
               for values in constants), (constants, sum(ages) / len(ages))


def test_models_go_with_their_training_and_their_data_at_once(world, language):
    owner = world.user(language)
    number = training.upload(owner, "titanic.csv", (ROOT / "tests/data/titanic.csv").read_bytes())
    done = [training.train(owner, number, "Survived", **QUICK) for _ in range(2)]
    names = [found["models"][0] for found in done]
    path = f"/test-model/{number}/{names[0]['name']}/"

    def rows_of(model):
        return owner.post(f"/api/v1/models/{model['id']}/predictions", json={"rows": [ROW]})

    for _ in range(3):
        assert owner.post(path, json=ROW).json()["model_id"] == names[1]["id"]
        assert rows_of(names[0]).status_code == rows_of(names[1]).status_code == 200
    assert owner.delete(f"/api/v1/trainings/{done[1]['id']}").status_code == 204
    refused(rows_of(names[1]), 404, "models.not_found")
    assert owner.post(path, json=ROW).json()["model_id"] == names[0]["id"]
    assert owner.delete(f"/api/v1/datasets/{number}").status_code == 204
    refused(rows_of(names[0]), 404, "models.not_found")
    refused(owner.post(path, json=ROW), 404, "datasets.not_found")


def test_revoked_token_and_lost_membership_stop_predictions_at_once(world):
    owner, guest = world.user(), world.user()
    project = owner.post("/api/v1/projects", json={"name": "shared"}).json()["id"]
    token = owner.post("/api/v1/tokens", json={"label": "t", "scope": "write", "days": 1}).json()
    robot = world.client(token=token["token"])
    number = training.upload(owner, "titanic.csv", (ROOT / "tests/data/titanic.csv").read_bytes(),
                             project_id=project)
    done = training.train(owner, number, "Survived", **QUICK)
    path = f"/test-model/{number}/{done['models'][0]['name']}/"
    refused(guest.post(path, json=ROW), 404, "datasets.not_found")
    members = f"/api/v1/projects/{project}/members"
    assert owner.post(members, json={"name": guest.name, "role": "viewer"}).status_code == 201
    for _ in range(3):
        assert robot.post(path, json=ROW).status_code == 200
        assert guest.post(path, json=ROW).status_code == 200
    assert owner.delete(f"{members}/{guest.id}").status_code == 204
    refused(guest.post(path, json=ROW), 404, "datasets.not_found")
    assert robot.post(path, json=ROW).status_code == 200
    assert owner.delete(f"/api/v1/tokens/{token['id']}").status_code == 204
    refused(robot.post(path, json=ROW), 401, "accounts.token_invalid")
