"""Steps, forms, undo, and what a wrong step is told."""

import pytest
import steps
from client import refused
from steps import clean, read, upload

# Steps that protect people, each on a table of its own: (columns, options, what stands in the rows then).
PROTECTING = {
    "mask@1": (["name"], {"keep_first": 1}, ["A**", "36", "2024-01-02"]),
    "generalise@1": (["when"], {"hierarchy": "date", "level": 3}, ["Ada", "36", "2024-01-01"]),
    "bin@1": (["age"], {"width": 10}, ["Ada", "[30, 40)", "2024-01-02"]),
    "round@1": (["age"], {"to": 50}, ["Ada", "50", "2024-01-02"]),
    "merge_rare@1": (["name"], {"min_rows": 3}, ["other", "36", "2024-01-02"]),
    "pseudonymise@1": (["name"], {}, None),
    "suppress_rare@1": (["name"], {"k": 2}, ["Ada", "36", "2024-01-02"])}
CSV = b"name,age,when,empty\n Ada ,36,2024-01-02,\nBob,,2024-01-03,\n Ada ,36,2024-01-02,\n"
# What is wrong with one step on the table above.
WRONG = {
    "recipe.unknown_step": {"step": "polish@1"},
    "recipe.unknown_column": {"step": "trim@1", "columns": ["nobody"]},
    "recipe.missing_option": {"step": "fill_missing@1", "columns": ["age"]},
    "recipe.unknown_option": {"step": "trim@1", "options": {"hard": True}},
    "recipe.bad_option": {"step": "change_type@1", "columns": ["age"],
                          "options": {"type": "colour"}},
    "recipe.wrong_type": {"step": "fill_missing@1", "columns": ["name"],
                          "options": {"strategy": "mean"}},
    "recipe.duplicate_name": {"step": "rename_column@1", "columns": ["name"],
                              "options": {"name": "age"}},
    "recipe.no_column_left": {"step": "drop_column@1",
                              "columns": ["name", "age", "when", "empty"]},
}


def rows(client, number, **query):
    answer = client.get(f"/api/v1/datasets/{number}/rows", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_applies_each_step_of_the_catalogue(someone):
    listed = [s["step"] for s in someone.get("/api/v1/cleaning/steps").json()["steps"]]
    number = read(someone, CSV)
    done = {
        "drop_column@1": (["empty"], {}), "trim@1": (["name"], {}),
        "rename_column@1": (["when"], {"name": "day"}),
        "drop_duplicates@1": ([], {}), "fill_missing@1": (["age"], {"strategy": "mean"}),
        "change_type@1": (["age"], {"type": "text"}), "drop_missing_rows@1": ([], {})}
    assert sorted([*done, *PROTECTING]) == sorted(listed), "a step that no test applies"
    found = clean(someone, number, *[(step, *rest) for step, rest in done.items()])
    assert found["problem"] is None and (found["rows"], found["columns"]) == (2, 3)
    page = rows(someone, number)
    assert [c["name"] for c in page["columns"]] == ["name", "age", "day"]
    assert page["rows"] == [["Ada", "36", "2024-01-02"], ["Bob", "36", "2024-01-03"]]
    assert page["row_ids"] == [1, 2]
    versions = someone.get(f"/api/v1/datasets/{number}/versions").json()["versions"]
    assert [v["step"] and v["step"]["step"] for v in versions] == [None, *done]
    assert [v["parent_id"] for v in versions] == [None] + [v["id"] for v in versions[:-1]]
    removed = {v["step"]["step"]: v["rows_removed"] for v in versions if v["step"]}
    assert removed["drop_duplicates@1"] == 1 and removed["drop_missing_rows@1"] == 0


@pytest.mark.parametrize("step", PROTECTING)
def test_applies_each_step_that_protects_people(someone, step):
    columns, options, expected = PROTECTING[step]
    number = read(someone, b"name,age,when\nAda,36,2024-01-02\nAda,36,2024-01-03\nBob,41,2024-02-03\n")
    found = clean(someone, number, (step, columns, options))
    assert found["problem"] is None and found["rows"] == (2 if step == "suppress_rare@1" else 3)
    first, second = rows(someone, number)["rows"][:2]
    if expected:
        assert [str(cell) for cell in first] == expected
    else:
        assert first[0] == second[0] and len(first[0]) == 32


@pytest.mark.parametrize("reason", WRONG)
def test_says_what_is_wrong_with_a_step(world, both, reason):
    number = number_of_table(both)
    for client in both:
        right = {"step": "trim@1", "columns": ["name"]}
        answer = client.post(f"/clean/{number}/", json={"steps": [right, WRONG[reason]]})
        assert refused(answer, 400, reason)["details"]["step"] in (2, WRONG[reason]["step"])
        assert client.get(f"/api/v1/datasets/{number}").json()["state"] == "ready"
    assert len(both[0].get(f"/api/v1/datasets/{number}/versions").json()["versions"]) == 1


TABLES = {}


def number_of_table(both):
    """The table above, read once."""
    if both[0] not in TABLES:
        TABLES[both[0]] = read(both[0], CSV)
    return TABLES[both[0]]


def test_limits_the_steps_of_one_call(both):
    number = number_of_table(both)
    for client in both:
        for many in (0, 51):
            answer = client.post(f"/clean/{number}/", json={"steps": [{"step": "trim@1"}] * many})
            error = refused(answer, 400, "base.out_of_range")
            assert error["details"] == {"field": "steps", "minimum": 1, "maximum": 50}


def test_says_why_a_step_could_not_be_done(both):
    """Only the rows show it: the versions go away and the table stays as it was."""
    number = read(both[0], CSV)
    answer = both[0].post(f"/clean/{number}/", json={"steps": [
        {"step": "trim@1"},
        {"step": "fill_missing@1", "columns": ["empty"], "options": {"strategy": "mode"}}]})
    assert answer.status_code == 202
    for client in both:
        found = steps.ended(client, number)
        assert found["state"] == "ready" and found["problem"]["reason"] == "recipe.nothing_to_fit"
        assert len(client.get(f"/api/v1/datasets/{number}/versions").json()["versions"]) == 1
    assert clean(both[0], number, ("trim@1", [], {}))["problem"] is None


def test_takes_a_form_as_well(ada):
    number = read(ada, CSV)
    page = {"status": 303, "location": f"/view/{number}/"}
    token = {"csrfmiddlewaretoken": ada.csrf}
    forms = [
        ("clean", {"steps": '[{"step": "trim@1"}, {"step": "drop_duplicates@1"}]'}),
        ("clean", {"steps": ['{"step": "drop_column@1", "columns": ["empty"]}',
                             '{"step": "drop_missing_rows@1", "columns": ["age"]}']}),
        ("column", {"column": "age", "action": "change_type", "type": "text"}),
        ("column", {"column": "age", "action": "rename_column@1", "name": "years"})]
    for address, form in forms:
        answer = ada.post(f"/{address}/{number}/", data=form | token)
        assert {"status": answer.status_code, "location": answer.headers.get("Location")} == page
        assert steps.ended(ada, number)["problem"] is None
    found = rows(ada, number)
    assert [c["name"] for c in found["columns"]] == ["name", "years", "when"]
    assert found["rows"] == [["Ada", "36", "2024-01-02"]]
    wrong = {"steps": "trim everything"}
    refused(ada.post(f"/clean/{number}/", data=wrong | token), 400, "base.wrong_type")
    refused(ada.post(f"/clean/{number}/", data=token), 400, "base.missing_field")
    refused(ada.post(f"/column/{number}/", data={"column": "age"} | token),
            400, "base.missing_field")
    ada.csrf = ""
    for address, form in forms:
        refused(ada.post(f"/{address}/{number}/", data=form), 403, "http.csrf")


def test_fills_a_column_with_what_a_form_says(someone):
    number = read(someone, CSV)
    form = {"column": "age", "action": "fill_missing", "strategy": "constant", "value": "40"}
    assert someone.post(f"/column/{number}/", data=form).status_code == 303
    assert steps.ended(someone, number)["problem"] is None
    assert [row[1] for row in rows(someone, number)["rows"]] == [36, 40, 36]


def test_answers_json_with_the_version_and_the_job(someone):
    number = read(someone, CSV)
    for address, wish in (("clean", {"steps": [{"step": "trim@1"}]}),
                          ("column", {"column": "name", "action": "trim"})):
        answer = someone.post(f"/{address}/{number}/", json=wish)
        assert answer.status_code == 202
        made = answer.json()
        assert made["dataset_id"] == number
        assert answer.headers["Location"] == f"/api/v1/jobs/{made['job_id']}"
        found = steps.ended(someone, number)
        assert found["current_version_id"] == made["version_id"]
        assert someone.get(answer.headers["Location"]).json()["state"] == "succeeded"


def test_undoes_and_comes_back(someone):
    number = read(someone, CSV)
    path = f"/api/v1/datasets/{number}"
    first = someone.get(path).json()["current_version_id"]
    refused(someone.post(path + "/undo"), 409, "datasets.nothing_to_undo")
    second = clean(someone, number, ("drop_duplicates@1", [], {}))["current_version_id"]
    assert someone.get(path).json()["rows"] == 2
    back = someone.post(path + "/undo").json()
    assert (back["current_version_id"], back["rows"]) == (first, 3)
    again = someone.put(f"{path}/versions/{second}/current").json()
    assert (again["current_version_id"], again["rows"]) == (second, 2)
    # A step after an undo makes a second branch; nothing of the first is lost.
    someone.post(path + "/undo")
    branch = clean(someone, number, ("trim@1", [], {}))["current_version_id"]
    versions = {v["id"]: v for v in someone.get(path + "/versions").json()["versions"]}
    assert versions[second]["parent_id"] == versions[branch]["parent_id"] == first
    assert [v["id"] for v in versions.values() if v["current"]] == [branch]
    assert rows(someone, number, version_id=second)["total_rows"] == 2
    other = read(someone, CSV)
    for wrong in (someone.get(f"/api/v1/datasets/{other}").json()["current_version_id"], 987654):
        refused(someone.put(f"{path}/versions/{wrong}/current"), 404, "datasets.version_not_found")
        refused(someone.get(f"{path}/rows?version_id={wrong}"), 404, "datasets.version_not_found")
        refused(someone.get(f"{path}/profile?version_id={wrong}"), 404, "datasets.version_not_found")
        refused(someone.get(f"{path}/versions/{wrong}/csv"), 404, "datasets.version_not_found")


def test_does_one_thing_at_a_time(idle_world, language):
    """While a job makes the next version: no second step, no undo; a waiting job can be stopped."""
    ada = idle_world.user(language)
    with idle_world.server.worker():
        number = read(ada, CSV)
    path = f"/api/v1/datasets/{number}"
    answer = ada.post(f"/clean/{number}/", json={"steps": [{"step": "trim@1"}]})
    assert answer.status_code == 202
    assert ada.get(path).json()["state"] == "cleaning"
    refused(ada.post(f"/clean/{number}/", json={"steps": [{"step": "trim@1"}]}),
            409, "datasets.busy")
    refused(ada.post(path + "/undo"), 409, "datasets.busy")
    version = ada.get(path).json()["current_version_id"]
    refused(ada.put(f"{path}/versions/{version}/current"), 409, "datasets.busy")
    refused(ada.get(f"{path}/rows?version_id={answer.json()['version_id']}"),
            404, "datasets.version_not_found")
    assert rows(ada, number)["total_rows"] == 3
    job = f"/api/v1/jobs/{answer.json()['job_id']}/cancel"
    assert ada.post(job).json()["state"] == "cancelled"
    found = ada.get(path).json()
    assert found["state"] == "ready" and found["problem"]["reason"] == "jobs.cancelled"
    assert len(ada.get(path + "/versions").json()["versions"]) == 1


def test_stops_what_is_being_read(idle_world, language):
    ada = idle_world.user(language)
    number = steps.number_of(upload(ada))
    (job,) = ada.get(f"/api/v1/datasets/{number}/jobs").json()["jobs"]
    assert (job["state"], job["kind"]) == ("queued", "read")
    assert ada.post(f"/api/v1/jobs/{job['id']}/cancel").json()["state"] == "cancelled"
    found = ada.get(f"/api/v1/datasets/{number}").json()
    assert found["state"] == "failed" and found["problem"]["reason"] == "jobs.cancelled"
    refused(ada.get("/api/v1/jobs/987654"), 404, "jobs.not_found")
