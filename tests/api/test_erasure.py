"""Erasing an account: nothing of it is left, whatever happens meanwhile, and no backup brings it back."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import socket
import subprocess  # nosec B404
import tarfile

import requests
from client import refused
from conftest import new_world
from steps import batch_ended, clean, number_of, read, tracked, trained, upload, wait_for
from support import traces
from support.server import PASSWORD, ROOT
from test_command_line import said
from test_mirror import CALLS, other_server

WORKER = {"CSVA_JOBS_LOCAL_WORKERS": "1", "CSVA_JOBS_POLL_MS": "50"}
CELL = "Xylophage4711"
FILE = "zebulon-patients.csv"


def table(cell=CELL, group="group"):
    """A file in whose cells a word stands that stands nowhere else."""
    rows = [f"{cell} {i},{i % 40},{group}{i % 3},{('Rome', 'Paris')[(i % 40 < 20) != (i % 10 == 0)]}"
            for i in range(200)]
    return ("note,age,group,city\n" + "\n".join(rows) + "\n").encode()


def named(world, name):
    """A user with a name that stands nowhere else."""
    made = world.admin.post("/api/v1/users", json={"name": name, "password": PASSWORD})
    assert made.status_code == 201, made.text
    client = world.client().sign_in(name, PASSWORD)
    client.name, client.id = name, made.json()["id"]
    return client


def needles(name, content):
    return [name, CELL, FILE.removesuffix(".csv"), hashlib.sha256(content).hexdigest()]


def erased(world, code, seconds=30):
    """The erasure once it has ended."""
    def look():
        answer = world.client().get(f"/api/v1/erasures/{code}")
        assert answer.status_code == 200, answer.text
        return answer.json()["phase"] == "done" and answer.json()
    return wait_for(look, seconds, "the end of the erasure")


def erase(world, client, **how):
    answer = client.post(f"/api/gdpr/delete/{client.id}", **(how or {"json": {"password": PASSWORD}}))
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == "/api/v1/erasures/" + answer.json()["code"]
    return erased(world, answer.json()["code"])


def full_life(client, world, content):
    """Uploads, cleans, trains, predicts one by one and in a batch, keeps a run, makes tokens and projects."""
    dataset = read(client, content, FILE)
    clean(client, dataset, ("trim@1", ["note"], {}))
    training = trained(client, dataset)
    assert training["state"] == "succeeded", training["problem"]
    model = training["models"][0]["id"]
    row = {"note": CELL, "age": 3, "group": CELL + "1"}
    answered = client.post(f"/api/v1/models/{model}/predictions", json={"rows": [row] * 3})
    assert answered.status_code == 200, answered.text
    batch = client.post(f"/api/v1/models/{model}/batches", files={"file": (FILE, content)})
    assert batch_ended(client, batch.json()["id"])["state"] == "succeeded"
    alone = client.post("/api/v1/projects", json={"name": client.name + " alone"}).json()["id"]
    read(client, content, FILE, project_id=alone)
    tracked(client, alone)
    assert client.post("/api/v1/tokens", json={"label": client.name, "scope": "read", "days": 1}).status_code == 201
    return dataset


def logged(places):
    return any("prediction-log" in place for place in places) and places


def test_leaves_nothing_of_an_account_but_a_certificate(tmp_path):
    content = table(group=CELL)
    with other_mlflow() as other, new_world(**WORKER, CSVA_MLFLOW_TRACKING_URI=other.url) as world:
        zoe, bob = named(world, "zebulon.zoe"), named(world, "bob")
        full_life(zoe, world, content)
        shared = bob.post("/api/v1/projects", json={"name": "Shared"}).json()["id"]
        bob.post(f"/api/v1/projects/{shared}/members", json={"name": zoe.name, "role": "owner"})
        left = read(zoe, b"a,b\n1,2\n3,4\n", "left.csv", project_id=shared)
        same = read(bob, content, "mine.csv")
        wait_for(lambda: other.runs and all(run["status"] == "FINISHED" for run in other.runs.values()),
                 what="the other server's runs")
        before = wait_for(lambda: logged(traces.found(world.server, needles(zoe.name, content), zoe.id)),
                          what="a prediction on disk")
        assert {place.partition(" ")[0] for place in before} >= {"table", "file"}, before
        preview = zoe.get("/api/v1/me/erasure").json()
        assert [p["kind"] for p in preview["erased"]] == ["personal", "shared"]
        assert [(p["name"], p["heir"]) for p in preview["kept"]] == [("Shared", "bob")]
        assert preview == world.admin.get(f"/api/v1/users/{zoe.id}/erasure").json() | {"session_fresh": True}

        done = erase(world, zoe)

        certificate = done["certificate"]["certificate"]
        assert certificate["projects"] == 2 and certificate["files"] > 5 and certificate["rows"]["datasets"] == 3
        assert certificate["elsewhere"] == ["tracking"]
        bobs = hashlib.sha256(content).hexdigest()
        after = traces.found(world.server, needles(zoe.name, content), zoe.id)
        assert {place for place in after if bobs not in place and CELL not in place} == set()
        home = f"file blobs/p{bob.get(f'/api/v1/datasets/{same}').json()['project_id']}/"
        assert {place for place in after if place.startswith("file ") and not place.startswith(home)
                and "csva.sqlite" not in place} == set()
        assert bob.get(f"/api/v1/datasets/{left}").json()["created_by"] == bob.id
        assert bob.get(f"/api/v1/datasets/{same}").json()["sha256"] == bobs
        assert not [run for run in other.runs.values() if run["stage"] == "active"] and not other.versions
        assert zoe.name not in json.dumps([run["name"] for run in other.runs.values()]) and not other.files
        assert zoe.get("/api/v1/session").status_code == 401
        assert named(world, zoe.name).id > zoe.id
        verify(world, done["certificate"], tmp_path)


def verify(world, certificate, folder):
    path, key = folder / "certificate.json", world.client().get("/api/v1/erasure-key").json()["public_key"]
    path.write_text(json.dumps(certificate, indent=2))
    server = world.server
    for language, word in (("en", "genuine"), ("fr", "authentique")):
        shown = server.command("erasure", "verify", str(path), "--public-key", key, data=False, language=language)
        assert word in shown.stdout and certificate["certificate"]["code"] in shown.stdout
        other = server.command("erasure", "verify", str(path), "--public-key", "0" * 64, data=False,
                               language=language, check=False)
        assert other.returncode == 3
        said(language, "erasure.other_key", other.stderr)
    certificate["certificate"]["files"] -= 1
    path.write_text(json.dumps(certificate))
    for language in ("en", "fr"):
        changed = server.command("erasure", "verify", str(path), data=False, language=language, check=False)
        assert changed.returncode == 2
        said(language, "erasure.bad_certificate", changed.stderr)


@contextlib.contextmanager
def other_mlflow():
    """The small MLflow server of test_mirror, able to forget too."""
    calls = dict(CALLS)

    def search(server, wish):
        found = []
        for number, run in server.runs.items():
            tags = run["wish"]["tags"]
            key, value = wish["filter"].split("`")[1], wish["filter"].split("'")[1]
            if {"key": key, "value": value} in tags:
                found.append({"info": {"run_id": number, "experiment_id": "7", "lifecycle_stage": run["stage"],
                                       "artifact_uri": f"mlflow-artifacts:/7/{number}/artifacts"},
                              "data": {"tags": tags}})
        return {"runs": found}

    def set_tag(server, wish):
        tags = server.runs[wish["run_id"]]["wish"]["tags"]
        tags[:] = [tag for tag in tags if tag["key"] != wish["key"]] + [{"key": wish["key"], "value": wish["value"]}]
        return {}

    def update(server, wish):
        run = server.runs[wish["run_id"]]
        run["status"] = wish.get("status", run["status"])
        run["name"] = wish.get("run_name", "")
        return {}

    def delete_version(server, wish):
        server.versions = [one for one in server.versions if one["name"] != wish["name"]]
        return {}

    CALLS.update({
        "experiments/search": lambda server, _: {"experiments": [{"experiment_id": "7"}]},
        "runs/search": search, "runs/set-tag": set_tag, "runs/update": update,
        "runs/delete": lambda server, wish: server.runs[wish["run_id"]].update(stage="deleted") or {},
        "model-versions/delete": delete_version})
    try:
        with other_server() as server:
            yield server
    finally:
        CALLS.clear()
        CALLS.update(calls)


def test_asks_for_proof_and_hides_others(world, ada, bob):
    refused(ada.post(f"/api/gdpr/delete/{bob.id}", json={"password": PASSWORD}), 404, "accounts.user_not_found")
    refused(ada.post(f"/api/gdpr/delete/{ada.id}", json={"password": "not this one"}), 403,
            "accounts.wrong_password")
    robot = world.token_of(ada, "admin", ada.language)
    refused(robot.delete(f"/api/gdpr/delete/{ada.id}"), 403, "erasure.proof_needed")
    world.server.sql(f"UPDATE sessions SET created_at = created_at - 700000 WHERE user_id = {ada.id}")  # nosec B608
    assert not ada.get("/api/v1/me/erasure").json()["session_fresh"]
    refused(ada.delete(f"/api/gdpr/delete/{ada.id}"), 403, "erasure.proof_needed")
    refused(world.client(language=ada.language).get("/api/v1/erasures/" + "0" * 32), 404, "erasure.not_found")
    fresh = world.client(language=ada.language).sign_in(ada.name, PASSWORD)
    begun = fresh.delete(f"/api/gdpr/delete/{ada.id}")
    assert begun.status_code == 202
    erased(world, begun.json()["code"])
    refused(world.admin.get(f"/api/v1/users/{ada.id}/erasure"), 404, "accounts.user_not_found")
    assert begun.json()["code"] in [one["code"] for one in world.admin.get("/api/v1/erasures").json()["erasures"]]


def test_keeps_one_administrator_but_lets_the_last_person_go(language):
    with new_world() as world:
        world.user()
        admin = world.client(language=language).sign_in("root", PASSWORD)
        number = admin.get("/api/v1/session").json()["user"]["id"]
        assert admin.get("/api/v1/me/erasure").json()["last_administrator"]
        refused(admin.delete(f"/api/gdpr/delete/{number}"), 409, "accounts.last_administrator")
        for user in admin.get("/api/v1/users").json()["users"]:
            if user["id"] != number:
                erased(world, admin.delete(f"/api/gdpr/delete/{user['id']}").json()["code"])
        erased(world, admin.delete(f"/api/gdpr/delete/{number}").json()["code"])
        assert world.client().get("/login/").json()["setup_needed"]


def test_erases_in_the_middle_of_a_training_and_an_upload():
    content = table()
    with new_world(**WORKER) as world:
        zoe = named(world, "zebulon.zoe")
        dataset = read(zoe, content, FILE)
        started = zoe.post(f"/api/v1/datasets/{dataset}/trainings",
                           json={"target": "city", "budget_s": 300, "preset": "best", "options": {"threads": 1}})
        job = started.json()["job_id"]
        wait_for(lambda: zoe.get(f"/api/v1/jobs/{job}").json()["state"] == "running", what="the training")
        with half_an_upload(zoe, content) as send_the_rest:
            begun = zoe.delete(f"/api/gdpr/delete/{zoe.id}")
            again = world.admin.delete(f"/api/gdpr/delete/{zoe.id}")
            assert begun.status_code == 202 and again.json().get("code") in (begun.json()["code"], None)
            erased(world, begun.json()["code"])
            assert send_the_rest() in (401, 404, 409)
        wait_for(lambda: not world.server.staged(), what="an empty staging folder")
        assert not traces.found(world.server, needles(zoe.name, content), zoe.id)
        assert not world.server.blobs()


@contextlib.contextmanager
def half_an_upload(client, content):
    head, end = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + FILE.encode() + b'"\r\n\r\n',
                 b"\r\n--x--\r\n")
    whole = head + content + end
    cookies = "; ".join(f"{c.name}={c.value}" for c in client.http.cookies)
    host, port = client.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall((f"POST /api/upload-csv/ HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookies}\r\n"
                      f"X-CSRFToken: {client.csrf}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                      f"Content-Length: {len(whole)}\r\nConnection: close\r\n\r\n").encode() + whole[:len(whole) // 2])

        def send_the_rest():
            wire.sendall(whole[len(whole) // 2:])
            answer = b""
            while piece := wire.recv(65536):
                answer += piece
            return int(answer.split(b" ")[1])
        yield send_the_rest


POINTS = ["after_request", "after_ledger", "after_stop", "inside_rows", "after_rows", "inside_files", "after_files",
          "after_elsewhere", "before_certificate", "after_certificate", "after_scrub"]


def stop(server):
    server.process.terminate()
    server.process.wait(30)


def test_ends_an_erasure_that_was_killed_at_any_point():
    source = (ROOT / "src/foundation/base/crash_point.cpp").read_text()
    assert source.count('"erasure.') == len(POINTS)
    with new_world() as world:
        server = world.server
        for point in POINTS:
            assert f'"erasure.{point}"' in source
            content, name = table(f"{CELL} {point}"), "zebulon." + point.replace("_", ".")
            zoe = named(world, name)
            assert upload(zoe, content, FILE).status_code == 201
            assert traces.found(server, needles(name, content), zoe.id)
            stop(server)
            server.environment["CSVA_CRASH_AT"] = "erasure." + point
            server.__enter__()
            with contextlib.suppress(requests.ConnectionError):
                world.admin.delete(f"/api/gdpr/delete/{zoe.id}")
            assert server.process.wait(30) == -9, point
            del server.environment["CSVA_CRASH_AT"]
            server.__enter__()
            code = world.admin.get("/api/v1/erasures").json()["erasures"][0]["code"]
            done = erased(world, code)
            assert done["certificate"]["certificate"]["files"] == 1, point
            assert traces.found(server, needles(name, content), zoe.id) == set(), point
            assert not server.blobs() and not server.staged()
        ledger = [json.loads(line) for line in (server.data / "erasure" / "ledger.jsonl").read_text().splitlines()]
        assert [entry["kind"] for entry in ledger] == ["user", "certificate"] * len(POINTS)


def test_goes_on_once_the_disk_has_room_again(language):
    """A ledger that cannot be written stops an erasure; the request is not lost."""
    with new_world(CSVA_ERASURE_LEDGER="/dev/full") as world:
        server = world.server
        zoe = named(world, "zebulon.zoe")
        assert upload(zoe, table(), FILE).status_code == 201
        code = zoe.delete(f"/api/gdpr/delete/{zoe.id}").json()["code"]
        stranger = world.client(language=language)
        problem = wait_for(lambda: stranger.get(f"/api/v1/erasures/{code}").json()["problem"], what="the problem")
        assert problem == "base.disk_full" and server.blobs()
        stop(server)
        del server.environment["CSVA_ERASURE_LEDGER"]
        server.__enter__()
        erased(world, code)
        assert not traces.found(server, needles(zoe.name, table()), zoe.id)


def raw_backup(server, folder):
    """Everything but the ledger, which is backed up apart."""
    shutil.copytree(server.data, folder / "data", ignore=shutil.ignore_patterns("erasure"))
    url = server.environment.get("CSVA_DATABASE_URL")
    if url:
        subprocess.run(["pg_dump", "--clean", "--if-exists", "-N", "csva_journal", "-f",  # nosec
                        str(folder / "dump.sql"), url], check=True)


def raw_restore(server, folder):
    for entry in server.data.iterdir():
        if entry.name == "erasure":
            continue
        (shutil.rmtree if entry.is_dir() else os.unlink)(entry)
    shutil.copytree(folder / "data", server.data, dirs_exist_ok=True)
    url = server.environment.get("CSVA_DATABASE_URL")
    if url:
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(folder / "dump.sql"), url],  # nosec
                       check=True, stdout=subprocess.DEVNULL)


def test_lets_no_older_backup_bring_anybody_back(tmp_path, language):
    content = table()
    with new_world() as world:
        server = world.server
        zoe, bob = named(world, "zebulon.zoe"), named(world, "bob")
        assert upload(zoe, content, FILE).status_code == 201
        kept = number_of(upload(bob, b"a,b\n1,2\n", "mine.csv"))
        stop(server)
        raw_backup(server, tmp_path)
        server.__enter__()
        done = erase(world, zoe)
        stop(server)
        raw_restore(server, tmp_path)
        assert traces.found(server, needles(zoe.name, content), zoe.id)
        server.__enter__()
        assert traces.found(server, needles(zoe.name, content), zoe.id) == set()
        assert bob.get(f"/api/v1/datasets/{kept}").status_code == 200
        again = world.client().get("/api/v1/erasures/" + done["code"]).json()
        assert again["certificate"] == done["certificate"]
        # A ledger that was tampered with is no ledger: the service does not start on it.
        stop(server)
        path = server.data / "erasure" / "ledger.jsonl"
        path.write_text(path.read_text().replace('"kind":"user"', '"kind":"none"', 1))
        refusal = server.command("erasure", "ledger", check=False, language=language)
        assert refusal.returncode == 5
        said(language, "erasure.bad_ledger", refusal.stderr)
        path.unlink()
        server.__enter__()


def test_gives_a_person_a_copy_of_their_data(world, idle_world, ada, language):
    content = table("Mine")
    dataset = read(ada, content, "mine.csv")
    asked = ada.post("/api/v1/me/exports")
    assert asked.status_code == 202, asked.text
    number = asked.json()["id"]
    made = wait_for(lambda: [one for one in ada.get("/api/v1/me/exports").json()["exports"]
                             if one["id"] == number and one["state"] == "succeeded"], what="the copy")[0]
    packed = ada.get(f"/api/v1/me/exports/{number}/file")
    assert len(packed.content) == made["size_bytes"]
    with tarfile.open(fileobj=io.BytesIO(packed.content)) as archive:
        names = archive.getnames()
        assert archive.extractfile(f"datasets/{dataset}/mine.csv").read() == content
        account = json.loads(archive.extractfile("account.json").read())
    assert account[0]["name"] == ada.name and "password_hash" not in account[0]
    assert {"sessions.json", "projects.json", "trainings.json", "runs.json", "jobs.json"} < set(names)
    assert any(name.endswith(".parquet") for name in names)
    other = world.user(language)
    refused(other.get(f"/api/v1/me/exports/{number}/file"), 404, "erasure.export_not_found")
    waiting = idle_world.user(language)
    first = waiting.post("/api/v1/me/exports").json()["id"]
    assert waiting.post("/api/v1/me/exports").json()["id"] == first
    refused(waiting.get(f"/api/v1/me/exports/{first}/file"), 409, "erasure.export_not_ready")
    world.server.sql(f"UPDATE user_exports SET expires_at = 1 WHERE id = {number}")  # nosec B608
    refused(ada.get(f"/api/v1/me/exports/{number}/file"), 404, "erasure.export_not_found")


def test_keeps_records_of_processing_from_facts(world, language):
    root = world.client(language=language).sign_in("root", PASSWORD)
    made = root.get("/api/v1/processing-register").json()
    assert len(made["activities"]) == 7 and len(made["gaps"]) == 5
    assert all(value and "register." not in value.replace("register.con", "")
               for activity in made["activities"] for value in activity.values())
    assert "90" in made["activities"][1]["retention"]
    with new_world(CSVA_REGISTER_CONTROLLER="Clinique du Lac", CSVA_REGISTER_CONTACT="dpo@lac.example",
                   CSVA_RETENTION_DAYS="30") as other:
        made = other.admin.get("/api/v1/processing-register").json()
        assert (made["controller"], len(made["gaps"])) == ("Clinique du Lac", 3)
        assert "30" in made["activities"][1]["retention"]


def test_says_what_is_known_of_a_model_and_what_is_missing(estate, language):
    client = estate.owner
    card = client.get(f"/api/v1/models/{estate.model['id']}/card", headers={"Accept-Language": language}).json()
    assert len(card["sections"]) == 9
    lines = [line for section in card["sections"] for line in section["lines"]]
    assert {line["kind"] for line in lines} == {"fact", "gap"}
    assert any("city" in line["text"] for line in lines) and not any("card." in line["text"] for line in lines)
