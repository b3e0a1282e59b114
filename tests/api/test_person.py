"""Erasing a person inside rows: nothing of them is left, whatever happens meanwhile, and no backup brings them back."""

import contextlib
import json
import shutil

import requests
from client import refused
from conftest import BACK_END, new_world
from steps import batch_ended, clean, mlflow, read, trained, training_ended, upload, wait_for
from support import traces
from support.fake_bucket import FakeBucket
from support.server import PASSWORD, ROOT
from test_erasure import WORKER, raw_backup, raw_restore, stop

NAME, EMAIL, PHONE = "Zébulon Xylophage", "zebulon.xylophage@exemple.fr", "06 47 11 08 15"
NEEDLES = ["bulon Xylophage", "ZEBULON", "xylophage@", "47 11 08 15", "647110815", "zebulon"]


def people(extra=()):
    """A file with a person in two rows, once in free text, among others."""
    rows = [f"Personne {i},p{i}@exemple.fr,01 02 03 {i // 100:02} {i % 100:02},ras,{i % 40},"
            f"{('Rome', 'Paris')[(i % 40 < 20) != (i % 10 == 0)]}" for i in range(200)]
    rows[17] = f"{NAME},{EMAIL},{PHONE},ras,17,Paris"
    rows[117] = "Ada,ada@exemple.fr,01 00 00 00 00,rappeler ZEBULON  xylophage au +33 (0)6.47.11.08.15,37,Rome"
    return ("name,email,phone,note,age,city\n" + "\n".join([*rows, *extra]) + "\n").encode()


REJECT = f"{NAME},too,short"


def address(project, code="", more=""):
    return f"/api/v1/projects/{project}/person-searches" + (f"/{code}" if code else "") + more


def project_of(client, dataset):
    return client.get(f"/api/v1/datasets/{dataset}").json()["project_id"]


def search(client, project, *values):
    """What a search has found."""
    asked = client.post(address(project), json={"values": [
        {"value": value, "column": column} for value, column in values]})
    assert asked.status_code == 202, asked.text

    def look():
        found = client.get(address(project, asked.json()["code"])).json()
        return found["phase"] in ("found", "failed") and found
    found = wait_for(look, what="the end of the search")
    assert found["phase"] == "found", found
    return found


def ended(client, project, code, seconds=60):
    def look():
        found = client.get(address(project, code))
        assert found.status_code == 200, found.text
        return found.json()["phase"] == "done" and found.json()
    return wait_for(look, seconds, "the end of the erasure")


def erase(client, project, code, **wish):
    begun = client.post(address(project, code, "/erasure"), json=wish)
    assert begun.status_code == 202, begun.text
    return ended(client, project, code)


def counted(found):
    return {hits["name"]: (hits["rows"], [one["rows"] for one in hits["versions"]]) for hits in found["findings"]["datasets"]}


def full_life(client):
    """Everything that may hold a row: versions, rejects, held-out rows, batches, kept predictions. (data set, model)."""
    dataset = read(client, people([REJECT]), "people.csv")
    clean(client, dataset, ("trim@1", ["name"], {}))
    drop = {"undecided": "leave_out"}
    wish = {"target": "city", "budget_s": 1, "options": {"families": ["LogisticRegression"], "threads": 1}} | drop
    training = trained(client, dataset, wish)
    assert training["state"] == "succeeded", training["problem"]
    model = training["models"][0]["id"]
    batch = client.post(f"/api/v1/models/{model}/batches", files={"file": ("people.csv", people())},
                        data={"keep_columns": "true"})
    assert batch_ended(client, batch.json()["id"])["state"] == "succeeded"
    row = {"name": NAME, "email": EMAIL, "phone": PHONE, "note": "ZEBULON", "age": 3}
    answered = client.post(f"/api/v1/models/{model}/predictions", json={"rows": [row, {"age": 3}]})
    assert answered.status_code == 200, answered.text
    return dataset, model


def test_leaves_nothing_of_a_person(tmp_path):
    with new_world(**WORKER) as world:
        ada = world.user()
        dataset, model = full_life(ada)
        project = project_of(ada, dataset)
        before = wait_for(lambda: (found := traces.found(world.server, NEEDLES)) and len(found) > 8 and found,
                          what="traces of the person")
        assert {place.partition(" ")[0] for place in before} >= {"table", "file"}, before
        rows = ada.get(f"/api/v1/datasets/{dataset}/receipt").json()

        found = search(ada, project, (NAME, ""))
        assert counted(found) == {"people": (2, [2, 2])}, found
        assert found["findings"]["datasets"][0]["in_rejects"] == 1 and found["findings"]["batches"] == 1
        assert "bulon" not in json.dumps(found, ensure_ascii=False)

        done = erase(ada, project, found["code"])

        assert traces.found(world.server, NEEDLES) == set(), done
        after = ada.get(f"/api/v1/datasets/{dataset}/receipt").json()
        assert (after["rows_kept"], after["rows_rejected"]) == (rows["rows_kept"] - 2, rows["rows_rejected"] - 1)
        assert ada.get(f"/api/v1/datasets/{dataset}/profile").json()["rows"] == after["rows_kept"]
        # Its rejected row would be a row if everything were text, so that the file cannot be written anew.
        assert ada.get(f"/api/v1/datasets/{dataset}/original").status_code == 404
        certificate = done["certificate"]["certificate"]
        assert certificate["rows"]["rows"] == 2 and certificate["rows"]["version_rewritten"] == 2, certificate
        assert model in [one["model_id"] for one in done["models"]] and done["open_decisions"] == len(done["models"]) > 0
        assert counted(search(ada, project, (NAME, ""))) == {}


def test_finds_by_any_form_and_by_several_values(world, someone):
    project = someone.post("/api/v1/projects", json={"name": "Forms"}).json()["id"]
    read(someone, people(), "people.csv", project_id=project)
    read(someone, b"nom;prenom;ne\nXylophage;Z\xc3\xa9bulon;12/03/1985\nXylophage;Ada;13/03/1985\n", "autres.csv",
         project_id=project)
    for values, expected in (
            ([("zebulon XYLOPHAGE", "")], {"people": (2, [2])}),
            ([("ZEBULON.Xylophage@EXEMPLE.fr", "")], {"people": (1, [1])}),
            ([("+33 6 47 11 08 15", "")], {"people": (2, [2])}),
            ([("0033647110815", "phone")], {"people": (1, [1]), "autres": (0, [])}),
            ([("xylophage", "NOM"), ("zebulon", "Prénom")], {"people": (2, [2]), "autres": (1, [1])}),
            ([("xylophage", "nom"), ("1985-03-13", "")], {"autres": (1, [1])}),
            ([("nobody at all", "")], {})):
        found = counted(search(someone, project, *values))
        assert found == {name: rows for name, rows in expected.items() if rows[0]}, values


def test_spares_another_of_the_same_name(world, someone):
    project = someone.post("/api/v1/projects", json={"name": "Homonyms"}).json()["id"]
    dataset = read(someone, b"name,age\nZoe Li,1\nAda,2\nZoe Li,3\n", "two.csv", project_id=project)
    found = search(someone, project, ("zoe li", "name"))
    rows = [hit["row_id"] for hit in found["findings"]["datasets"][0]["hits"]]
    assert len(rows) == 2
    erase(someone, project, found["code"], spared=[{"dataset_id": dataset, "rows": rows[1:]}])
    content = someone.get(f"/api/v1/datasets/{dataset}/original").content
    assert content == b"name,age\nAda,2\nZoe Li,3\n"


def test_refuses_what_makes_no_sense(world, idle_world, someone, language):
    project = someone.post("/api/v1/projects", json={"name": "Refusals"}).json()["id"]
    refused(someone.post(address(project), json={"values": [{"value": " - "}]}), 400, "erasure.nothing_sought")
    refused(someone.get(address(project, "0" * 32)), 404, "erasure.no_such_search")
    read(someone, b"a,b\n1,2\n3,4\n", "none.csv", project_id=project)
    code = search(someone, project, ("zoe", ""))["code"]
    refused(someone.post(address(project, code, "/decisions"), json={
        "model_id": 1, "decision": "withdraw"}), 404, "erasure.model_not_affected")
    assert someone.delete(address(project, code)).status_code == 204
    refused(someone.delete(address(project, code)), 409, "erasure.person_settled")
    refused(someone.post(address(project, code, "/erasure"), json={}), 409, "erasure.person_settled")
    waiting = idle_world.user(language)
    personal = waiting.post("/api/v1/projects", json={"name": "Waits"}).json()["id"]
    asked = waiting.post(address(personal), json={"values": [{"value": "zoe"}]}).json()["code"]
    refused(waiting.post(address(personal, asked, "/erasure"), json={}), 409, "erasure.person_busy")
    # What was sought stands nowhere but as hashes, from the first moment on.
    sought = idle_world.server.sql("SELECT sought FROM person_requests")
    assert "zoe" not in str(sought) and not traces.found(idle_world.server, ["\"zoe\""])


def test_keeps_it_to_editors(world, language):
    owner, viewer, operator = world.user(language), world.user(language), world.operator(language)
    project = owner.post("/api/v1/projects", json={"name": "Rights"}).json()["id"]
    owner.post(f"/api/v1/projects/{project}/members", json={"name": viewer.name, "role": "viewer"})
    wish = {"json": {"values": [{"value": "zoe"}]}}
    assert viewer.post(address(project), **wish).status_code == 403
    assert viewer.get(address(project)).status_code == 403
    owner.post(f"/api/v1/projects/{project}/members", json={"name": operator.name, "role": "owner"})
    assert operator.post(address(project), **wish).status_code == 404


def test_asks_what_becomes_of_each_model(world, language):
    ada = world.user(language)
    dataset, model = full_life(ada)
    project = project_of(ada, dataset)
    name = ada.get("/api/v1/registered-models").json()["registered_models"][0]["name"]
    mlflow(ada, "POST", "registered-models/alias", name=name, alias="champion", version="1")
    done = erase(ada, project, search(ada, project, (NAME, ""))["code"])
    decisions = address(project, done["code"], "/decisions")
    assert {(one["rows"], one["decision"]) for one in done["models"]} == {(2, "open")}
    refused(ada.post(decisions, json={"model_id": model, "decision": "justify", "reason": " "}), 400,
            "erasure.reason_wanted")
    settled = ada.post(decisions, json={"model_id": model, "decision": "withdraw", "reason": "asked by the person"}).json()
    assert settled["open_decisions"] == len(settled["models"]) - 1
    line = next(one for one in settled["models"] if one["model_id"] == model)
    assert (line["decision"], line["reason"], line["decided_by"]) == ("withdraw", "asked by the person", ada.id)
    refused(ada.post(f"/api/v1/models/{model}/predictions", json={"rows": [{"age": 3}]}), 404, "models.withdrawn")
    mlflow(ada, "GET", "registered-models/alias", 404, name=name, alias="champion")
    refused(ada.post(decisions, json={"model_id": model, "decision": "justify", "reason": "no"}), 409,
            "erasure.person_settled")


def test_trains_again_on_what_is_left(world, someone):
    project = someone.post("/api/v1/projects", json={"name": "Again"}).json()["id"]
    dataset = read(someone, people(), "people.csv", project_id=project)
    trained(someone, dataset, {"target": "city", "budget_s": 1, "undecided": "leave_out",
                               "options": {"families": ["LogisticRegression"], "threads": 1}})
    done = erase(someone, project, search(someone, project, (NAME, ""))["code"])
    model = done["models"][0]["model_id"]
    settled = someone.post(address(project, done["code"], "/decisions"), json={"model_id": model, "decision": "retrain"})
    number = next(one["new_training_id"] for one in settled.json()["models"] if one["model_id"] == model)
    again = training_ended(someone, number)
    assert again["state"] == "succeeded" and again["report"]["rows"] == 198


def test_removes_a_file_that_is_no_table(world, someone):
    project = someone.post("/api/v1/projects", json={"name": "No table"}).json()["id"]
    dataset = read(someone, b"a,b\nZoe Li,2\nAda,4\n", "table.csv", project_id=project)
    # Its rows are no longer those of the version: as if the file had been changed under it.
    path = world.server.data / "blobs"
    key = world.server.sql(f"SELECT upload_key FROM datasets WHERE id = {dataset}")  # nosec B608
    (path / str(key[0][0])).write_bytes(b"a,b\nZoe Li,2\nAda,4\nEve,5\n")
    erase(someone, project, search(someone, project, ("Zoe Li", ""))["code"])
    refused(someone.get(f"/api/v1/datasets/{dataset}/original"), 404, "datasets.original_erased")


POINTS = ["after_request", "after_ledger", "after_stop", "after_look", "inside_swap", "after_swap", "inside_files",
          "after_files", "before_certificate", "after_certificate", "after_scrub"]


def test_ends_when_it_was_killed_at_any_point():
    source = (ROOT / "src/foundation/base/crash_point.cpp").read_text()
    assert source.count('"person.') == len(POINTS)
    with new_world(**WORKER) as world:
        server = world.server
        ada = world.user()
        for point in POINTS:
            assert f'"person.{point}"' in source
            dataset = read(ada, people([REJECT]), "people.csv")
            project = project_of(ada, dataset)
            stop(server)
            server.environment["CSVA_CRASH_AT"] = "person." + point
            server.__enter__()
            found = search(ada, project, (NAME, ""))
            with contextlib.suppress(requests.ConnectionError):
                ada.post(address(project, found["code"], "/erasure"), json={})
            assert server.process.wait(30) == -9, point
            del server.environment["CSVA_CRASH_AT"]
            server.__enter__()
            done = ended(ada, project, found["code"])
            assert done["certificate"]["certificate"]["rows"]["rows"] == 2, point
            assert traces.found(server, NEEDLES) == set(), point
            ada.delete(f"/api/v1/datasets/{dataset}")
        ledger = [json.loads(line) for line in (server.data / "erasure" / "ledger.jsonl").read_text().splitlines()]
        assert [entry["kind"] for entry in ledger] == ["person", "person_certificate"] * len(POINTS)


def is_ready(url):
    with contextlib.suppress(requests.ConnectionError):
        return requests.get(url + "/health/ready", timeout=5).ok


def test_lets_no_older_backup_bring_the_rows_back(tmp_path):
    with new_world(**WORKER) as world:
        server, ada = world.server, world.user()
        dataset, _ = full_life(ada)
        project = project_of(ada, dataset)
        stop(server)
        raw_backup(server, tmp_path)
        server.__enter__()
        done = erase(ada, project, search(ada, project, (NAME, ""))["code"])
        stop(server)
        raw_restore(server, tmp_path)
        assert traces.found(server, NEEDLES)
        # Where several servers share a database, two may start on it at once: one of them erases, and both serve.
        with server.beside() if BACK_END == "postgres" else contextlib.nullcontext() as other:
            server.__enter__()
            if other:
                wait_for(lambda: is_ready(other), what="the other server")
        assert traces.found(server, NEEDLES) == set()
        ledger = [json.loads(line) for line in (server.data / "erasure" / "ledger.jsonl").read_text().splitlines()]
        assert [entry["kind"] for entry in ledger] == ["person", "person_certificate"]
        again = ada.get(address(project, done["code"])).json()
        assert again["certificate"] == done["certificate"]
        assert again["open_decisions"] == len(again["models"]) == len(done["models"])
        assert upload(ada, people(), "people.csv").status_code == 201
        assert PASSWORD not in json.dumps(again)


def test_a_new_machine_on_an_older_database_erases_them_again(tmp_path):
    """The disk with the ledger is lost: its entries lie in the bucket too."""
    with FakeBucket() as bucket, new_world(**WORKER, **bucket.settings()) as world:
        server, ada = world.server, world.user()

        def left():
            in_bucket = {name for name, body in bucket.objects.items() for one in NEEDLES if one.encode() in body}
            return traces.found(server, NEEDLES) | in_bucket
        dataset = read(ada, people([REJECT]), "people.csv")
        project = project_of(ada, dataset)
        stop(server)
        raw_backup(server, tmp_path)
        blobs = dict(bucket.objects)
        server.__enter__()
        done = erase(ada, project, search(ada, project, (NAME, ""))["code"])
        assert left() == set()
        stop(server)
        raw_restore(server, tmp_path)
        shutil.rmtree(server.data / "erasure")
        bucket.objects.update(blobs)
        assert left()
        server.__enter__()
        assert left() == set()
        assert ada.get(address(project, done["code"])).json()["certificate"] == done["certificate"]
