"""Personal data: found at upload, decided about before training, anonymised, and then nowhere in what is left."""

import contextlib

import pytest
from client import refused
from steps import ended, read, trained, wait_for
from support import training
from support.server import ROOT

GIVEN = ["Camille", "Léa", "Hugo", "Chloé", "Louis", "Manon", "Jules", "Emma", "Lucas", "Inès"]
FAMILY = ["Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau"]
ROWS = 300
QUICK = {"target": "paid", "budget_s": 40,
         "options": {"families": ["GradientBoostingClassifier"], "trees": 20, "threads": 1}}


def mail(row):
    return f"zq{row:04d}.{FAMILY[row % 10].lower()}@exemple-{row % 7}.fr"


def born(row):
    return f"{1941 + row * 7 % 60}-{1 + row % 12:02d}-{1 + row * 5 % 28:02d}"


def people(rows=ROWS):
    """Names, e-mails, postal codes, dates of birth; whether they paid follows from amount and age."""
    lines = ["nom complet,courriel,code postal,date de naissance,amount,paid"]
    for row in range(rows):
        paid = (row * 37 % 100 > 45) != (row % 11 == 0)
        lines.append(f"{GIVEN[row % 10]} {FAMILY[row // 10 % 10]},{mail(row)},{75001 + row % 20},{born(row)},"
                     f"{row * 37 % 100},{'yes' if paid else 'no'}")
    return ("\n".join(lines) + "\n").encode()


def privacy(client, number, **query):
    answer = client.get(f"/api/v1/datasets/{number}/privacy", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def decide(client, number, *decisions):
    answer = client.post(f"/api/v1/datasets/{number}/privacy/decisions", json={"decisions": list(decisions)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_name(found):
    return {column["column"]: column for column in found["columns"]}


def test_finds_what_is_personal_at_upload(ada):
    found = privacy(ada, read(ada, people()))
    columns = by_name(found)
    kinds = {name: column["findings"][0]["kind"] for name, column in columns.items()}
    assert kinds == {"nom complet": "full_name", "courriel": "email", "code postal": "postal_code",
                     "date de naissance": "birth_date"}
    assert found["scanned"] and found["undecided"] == 4 and found["rows"] == found["rows_looked_at"] == ROWS
    first = columns["courriel"]["findings"][0]
    assert first["cells"] == ROWS and first["share"] == 1 and first["confidence"] > 0.9
    assert len(first["masked"]) == 3
    assert not any(mail(row) in example for example in first["masked"] for row in range(ROWS))
    assert all(column["state"] == "undecided" and column["proposals"] for column in columns.values())


def test_finds_one_row_in_a_hundred(ada):
    lines = ["remark,amount"] + [f"{'06 12 34 56 78' if row % 100 == 3 else 'ok'},{row % 9}" for row in range(1000)]
    found = privacy(ada, read(ada, "\n".join(lines).encode()))
    assert [(c["column"], c["findings"][0]["cells"]) for c in found["columns"]] == [("remark", 10)]


def test_undecided_columns_block_training_until_somebody_decides(ada):
    number = read(ada, people())
    path = f"/api/v1/datasets/{number}/trainings"
    error = refused(ada.post(path, json=QUICK), 409, "privacy.undecided_columns")
    assert "courriel" in error["message"] and "nom complet" in error["message"]
    assert ada.get(path).json()["trainings"] == []
    refused(ada.post(path, json=QUICK | {"decisions": [{"column": "courriel", "action": "keep"}]}),
            400, "privacy.reason_needed")
    refused(ada.post(path, json=QUICK | {"decisions": [{"column": "nobody", "action": "drop"}]}),
            400, "privacy.unknown_column")
    refused(ada.post(path, json=QUICK | {"decisions": [{"column": "courriel", "action": "anonymise"}]}),
            400, "privacy.anonymise_first")
    assert privacy(ada, number)["history"] == []
    wish = QUICK | {"undecided": "leave_out", "decisions": [
        {"column": "code postal", "action": "keep", "reason": "prices depend on the area"}]}
    done = trained(ada, number, wish)
    assert done["state"] == "succeeded", done["problem"]
    assert done["left_out"] == ["nom complet", "courriel", "date de naissance"]
    found = privacy(ada, number)
    assert found["undecided"] == 0
    states = {name: column["state"] for name, column in by_name(found).items()}
    assert states == {"nom complet": "dropped", "courriel": "dropped", "code postal": "kept",
                      "date de naissance": "dropped"}
    kept = by_name(found)["code postal"]["decision"]
    assert kept["reason"] == "prices depend on the area" and kept["decided_by"] == ada.id
    assert kept["decided_at"] > 1_700_000_000_000 and kept["kinds"] == ["postal_code"]
    # A later decision counts, and the first one stays on record.
    decide(ada, number, {"column": "code postal", "action": "drop"})
    found = privacy(ada, number)
    assert by_name(found)["code postal"]["state"] == "dropped" and len(found["history"]) == 5


def test_a_personal_target_is_kept_with_a_reason_or_not_predicted(ada):
    number = read(ada, people())
    path = f"/api/v1/datasets/{number}/trainings"
    wish = QUICK | {"target": "code postal", "undecided": "leave_out"}
    refused(ada.post(path, json=wish), 409, "privacy.undecided_columns")
    decide(ada, number, {"column": "code postal", "action": "drop"})
    refused(ada.post(path, json=wish), 409, "privacy.target_left_out")


def test_decisions_that_make_no_sense_are_refused(ada):
    number = read(ada, people())
    path = f"/api/v1/datasets/{number}/privacy/decisions"
    trim = {"step": "trim@1", "columns": ["courriel"]}
    other = {"step": "mask@1", "columns": ["nom complet"]}
    for step in (None, trim, other):
        wish = {"column": "courriel", "action": "anonymise", "step": step}
        refused(ada.post(path, json={"decisions": [wish]}), 400, "privacy.step_needed")
    refused(ada.post(path, json={"decisions": [{"column": "courriel", "action": "keep", "reason": " "}]}),
            400, "privacy.reason_needed")
    assert privacy(ada, number)["undecided"] == 4


ANONYMISED = [
    {"column": "nom complet", "action": "drop"},
    {"column": "courriel", "action": "anonymise", "step": {"step": "pseudonymise@1", "columns": ["courriel"]}},
    {"column": "code postal", "action": "anonymise",
     "step": {"step": "generalise@1", "columns": ["code postal"],
              "options": {"hierarchy": "postal_code", "level": 3}}},
    {"column": "date de naissance", "action": "anonymise",
     "step": {"step": "generalise@1", "columns": ["date de naissance"],
              "options": {"hierarchy": "date", "level": 4}}}]


def files_below(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


def files_with(paths, needles):
    """(path, text) of those files that hold one of these texts. What a job that ended has taken away is nowhere else."""
    found = []
    for path in sorted(paths):
        with contextlib.suppress(FileNotFoundError):
            content = path.read_bytes()
            found += [(str(path), needle) for needle in needles if needle in content]
    return found


def originals():
    """Every cell of the columns that are anonymised, as it stands in the file."""
    names = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    return [text.encode() for text in [*map(mail, range(ROWS)), *map(born, range(ROWS)), *names]]


@pytest.fixture(scope="module")
def private(world):
    """Owner, data set and training after anonymising; the files that training and predicting made."""
    owner = world.user()
    number = read(owner, people())
    answer = decide(owner, number, *ANONYMISED)
    assert answer["job_id"]
    assert ended(owner, number)["problem"] is None
    before = files_below(world.server.data)
    done = trained(owner, number, QUICK)
    assert done["state"] == "succeeded", done["problem"]
    model = done["models"][0]["id"]
    asked = [{"nom complet": f"{GIVEN[row % 10]} {FAMILY[row // 10 % 10]}", "courriel": mail(row), "code postal": 75001,
              "date de naissance": born(row), "amount": row % 100} for row in range(40)]
    answer = owner.post(f"/api/v1/models/{model}/predictions", json={"rows": asked})
    assert answer.status_code == 200, answer.text
    content = b"\n".join(people().split(b"\n")[:60]) + b"\n"
    state, _ = training.batch(owner, model, content)
    assert state["state"] == "succeeded", state
    wait_for(lambda: [path for path in files_below(world.server.data) - before
                      if path.name.endswith(".segment") and path.stat().st_size > 500],
             what="the log of predictions")
    made = {path for path in files_below(world.server.data) - before
            if not path.name.startswith("csva.sqlite") and path.read_bytes() != content}
    return owner, number, done, made


def test_anonymising_makes_a_version_to_train_on(private):
    owner, number, done, _ = private
    found = privacy(owner, number)
    states = {name: column["state"] for name, column in by_name(found).items()}
    assert states == {"nom complet": "dropped", "courriel": "pseudonymised", "code postal": "anonymised",
                      "date de naissance": "anonymised"}
    rows = owner.get(f"/api/v1/datasets/{number}/rows", params={"limit": 3}).json()["rows"]
    assert [row[2] for row in rows] == ["75***"] * 3
    assert rows[0][3] == "1940-01-01" and len(rows[0][1]) == 32 and rows[0][1] != rows[1][1]
    assert done["left_out"] == ["nom complet"]


def test_pseudonyms_are_the_project_s_own(private, world):
    owner, number, _, _ = private

    def pseudonyms(client, dataset):
        return [row[1] for row in client.get(f"/api/v1/datasets/{dataset}/rows").json()["rows"]]

    again = read(owner, people())
    decide(owner, again, ANONYMISED[1])
    ended(owner, again)
    other = world.user()
    elsewhere = read(other, people())
    decide(other, elsewhere, ANONYMISED[1])
    ended(other, elsewhere)
    assert pseudonyms(owner, number) == pseudonyms(owner, again)
    assert not set(pseudonyms(owner, number)) & set(pseudonyms(other, elsewhere))


def test_no_original_value_is_in_model_sketch_log_or_predictions(private, world):
    """Every file that training and predicting made, and the log, are searched for every original value."""
    made = private[3]
    names = {path.name for path in made}
    assert {"model.json", "model.onnx", "reference.json", "report.json", "input_example.json"} <= names, names
    assert any(name.endswith(".segment") for name in names), names
    assert files_with(made, originals()) == []
    log = world.server.log().encode()
    assert not [needle for needle in originals() if needle in log]
    # The search finds what is there: the upload.
    uploads = [path for path in files_below(world.server.data) if path.stat().st_size == len(people())]
    assert len({needle for _, needle in files_with(uploads, originals())}) == len(set(originals()))


def test_a_pseudonymised_model_answers_without_its_key_as_if_the_cell_were_missing(private, world, tmp_path):
    # A job that works on the model has a copy of it for a while.
    blobs = world.server.data / "blobs"
    folder = next(path.parent for path in private[3] if path.name == "model.json" and path.is_relative_to(blobs))
    rows = tmp_path / "rows.csv"
    rows.write_bytes(b"\n".join(people().split(b"\n")[:5]) + b"\n")
    done = world.server.command("predict", str(folder), str(rows), data=False)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 5


def test_a_stranger_sees_nothing(private, bob):
    _, number, _, _ = private
    refused(bob.get(f"/api/v1/datasets/{number}/privacy"), 404, "datasets.not_found")
    wish = {"decisions": [{"column": "courriel", "action": "drop"}]}
    refused(bob.post(f"/api/v1/datasets/{number}/privacy/decisions", json=wish), 404, "datasets.not_found")


@pytest.mark.parametrize("treated", ["keep", "drop", "refuse"])
def test_the_command_line_warns_drops_or_refuses(world, tmp_path, treated):
    table = tmp_path / "people.csv"
    table.write_bytes(people())
    model = tmp_path / "model"
    done = world.server.command("train", str(table), "--target", "paid", "--model", str(model), "--budget", "2s",
                                "--families", "GradientBoostingClassifier", "--personal", treated, data=False,
                                check=False)
    names = "nom complet, courriel, code postal, date de naissance"
    assert names in done.stderr
    if treated == "refuse":
        assert done.returncode != 0 and not model.exists()
        return
    assert done.returncode == 0, done.stderr
    text = (model / "model.json").read_text(encoding="utf-8")
    assert ("date de naissance" in text.split('"unused"')[0]) == (treated == "keep")
    if treated == "drop":
        assert files_with(files_below(model), originals()) == []


def test_the_sample_is_trained_with_one_call(ada):
    number = read(ada, (ROOT / "tests/data/titanic.csv").read_bytes(), "titanic.csv")
    assert [column["column"] for column in privacy(ada, number)["columns"]] == ["Name"]
    wish = {"target": "Survived", "undecided": "leave_out", "budget_s": 40,
            "options": {"families": ["LogisticRegression"], "trees": 20, "threads": 1}}
    done = trained(ada, number, wish)
    assert done["state"] == "succeeded" and done["left_out"] == ["Name"]


def anonymity(client, number, **wish):
    return client.post(f"/api/v1/datasets/{number}/privacy/anonymity", json=wish)


def test_rows_are_made_alike_by_the_steps_of_the_plan(world):
    owner = world.user()
    number = read(owner, people())
    wish = {"columns": [{"column": "code postal", "hierarchy": "postal_code"}, {"column": "date de naissance"}],
            "k": 5, "l": 2, "sensitive": "paid", "most_lost_ratio": 0.1}
    answer = anonymity(owner, number, **wish)
    assert answer.status_code == 200, answer.text
    plan = answer.json()["plan"]
    assert plan["before"]["k"] == 1 and plan["before"]["unique_ratio"] > 0.5
    assert plan["after"]["k"] >= 5 and plan["after"]["l"] >= 2 and plan["after"]["rows_lost"] <= 0.1 * ROWS
    assert 0 < plan["after"]["information_lost"] < 1 and plan["complete"]
    assert answer.json()["before"]["single_out"] == "yes" and answer.json()["after"]["single_out"] in ("hardly", "no")
    assert answer.json()["after"]["infer"] in ("no", "hardly", "yes")
    # Applied, the version has what was promised.
    made = owner.post(f"/clean/{number}/", json={"steps": plan["steps"]})
    assert made.status_code == 202, made.text
    assert ended(owner, number)["rows"] == plan["after"]["rows"]
    rows = owner.get(f"/api/v1/datasets/{number}/rows", params={"limit": 1000}).json()["rows"]
    classes = {}
    for row in rows:
        classes.setdefault((row[2], row[3]), []).append(row[5])
    assert min(len(values) for values in classes.values()) == plan["after"]["k"]
    assert min(len(set(values)) for values in classes.values()) == plan["after"]["l"]


def test_levels_may_be_fixed_and_wishes_may_be_impossible(ada):
    number = read(ada, people())
    fixed = anonymity(ada, number, columns=[{"column": "amount", "level": 3, "width": 10}], k=5).json()["plan"]
    assert fixed["levels"] == [3] and fixed["steps"][0]["options"] == {
        "hierarchy": "number", "level": 3, "width": 10}
    refused(anonymity(ada, number, columns=[{"column": "amount"}], k=ROWS + 1), 409, "recipe.cannot_be_anonymous")
    refused(anonymity(ada, number, columns=[{"column": "nobody"}]), 400, "recipe.unknown_column")
    refused(anonymity(ada, number, columns=[{"column": "amount"}], l=2), 400, "recipe.bad_option")
    refused(anonymity(ada, number, columns=[{"column": "amount", "hierarchy": "date"}]), 400, "recipe.wrong_type")
