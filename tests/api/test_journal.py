"""The journal: what is written, who reads it, how it is proven, and what tampering does."""

import contextlib
import hashlib
import json
import sqlite3
import time

import pytest
import reasons
import steps
from client import refused
from conftest import new_server, new_world
from support import postgres
from support.server import PASSWORD

JOURNAL = "/api/v1/journal"


def entries(client, **query):
    answer = client.get(JOURNAL + "/entries", params={"limit": 500} | query)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


def written(client, **query):
    """The entries that fit, all of them: a verification waits for what is on its way to the disk."""
    assert proof(client)["good"]
    return entries(client, **query)


def proof(client):
    answer = client.post(JOURNAL + "/verifications", json={})
    assert answer.status_code == 200, answer.text
    return answer.json()


def exported(client):
    """Lines of JSON, which are no JSON: past the client that reads every answer as one."""
    answer = client.http.get(client.url + JOURNAL + "/export", timeout=60)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/x-ndjson"
    return answer.text


def journal_sql(server, statement):
    """Changes the journal behind the server's back."""
    url = server.environment.get("CSVA_DATABASE_URL")
    if url:
        return postgres.query(url, "SET search_path = csva_journal; " + statement)
    with contextlib.closing(sqlite3.connect(server.data / "journal" / "journal.sqlite", timeout=10)) as store, store:
        return store.execute(statement).fetchall()


def test_workers_write_how_jobs_ended(world):
    ada = world.user()
    dataset = steps.read(ada)
    refusal = ada.post("/api/upload-csv/", files={"file": ("bad.csv", b'a,b\n"')})
    steps.ended(ada, steps.number_of(refusal))

    def ends():
        return written(world.admin, user_id=ada.id, action="jobs.end")
    steps.wait_for(lambda: len(ends()) >= 2, 10, "the entries")
    assert dataset and {entry["object_kind"] for entry in ends()} == {"job"}
    assert {"kind": "read", "attempts": 1, "state": "succeeded", "reason": ""} in [entry["details"] for entry in ends()]
    failed = [entry for entry in ends() if entry["outcome"] == "failed"]
    assert failed and failed[0]["details"]["reason"]


def command(server, *arguments, spoken="en"):
    return server.command("journal", *arguments, check=False, language=spoken)


def said(done, reason, spoken):
    """A refusal on the command line, in its sentence."""
    assert done.returncode, done.stdout
    message = next(line for line in done.stderr.splitlines() if not line.startswith("{"))
    reasons.note(spoken, {"reason": reason, "message": message})


@pytest.fixture(scope="module")
def own():
    """A journal of one's own, to tamper with."""
    with new_world() as made:
        yield made


def test_writes_what_was_done_by_whom_to_what(world, admin, ada):
    number = ada.post("/api/v1/projects", json={"name": "journal"}).json()["id"]
    ada.delete(f"/api/v1/projects/{number}")
    found = written(admin, user_id=ada.id, object_kind="project", object_id=number)
    assert [(one["action"], one["outcome"]) for one in found] == [
        ("projects.delete", "done"), ("projects.create", "done")]
    assert found[0]["details"] == {"status": 204}
    assert len(found[0]["actor"]) == 32 and found[0]["network"] == ""


def test_writes_sign_ins_with_their_network_only(world, admin, ada):
    found = written(admin, user_id=ada.id, action="accounts.sign_in")
    assert found[0]["outcome"] == "done" and found[0]["network"] == "127.0.0.0/24"


def test_writes_attempts_that_were_refused(admin, world, stranger, ada, bob, language):
    since = int(time.time() * 1000) - 1
    stranger.post("/login/", json={"name": ada.name, "password": "wrong, wrong"})
    assert ada.get("/api/v1/users").status_code == 403
    ada.post("/api/v1/projects", json={"name": "x"}, headers={"X-CSRFToken": "no"})
    foreign = bob.post("/api/v1/projects", json={"name": "bob's"}).json()["id"]
    assert ada.get(f"/api/v1/projects/{foreign}").status_code == 404
    mine = {(one["action"], one["details"]["reason"]) for one in written(admin, user_id=ada.id, outcome="refused")}
    assert ("projects.create", "http.csrf") in mine or ("projects.create", "accounts.csrf") in mine
    assert any(action.startswith("accounts.read") for action, _ in mine)
    nobody = written(admin, user_id=0, outcome="refused", **{"from": since})
    assert any(one["action"] == "accounts.sign_in" for one in nobody) or language == "fr"


def test_holds_no_name_no_value_and_no_address(world, admin, ada):
    ada.post("/api/v1/projects", json={"name": "secret-plan-4711"})
    assert written(admin, user_id=ada.id, action="projects.create")
    text = exported(admin)
    for word in ("secret-plan-4711", ada.name, PASSWORD, "127.0.0.1"):
        assert word not in text


def test_lets_only_administrators_read(ada, stranger):
    for method, path in (("GET", "/entries"), ("POST", "/verifications"), ("GET", "/export")):
        more = {"json": {}} if method == "POST" else {}
        refused(ada.call(method, JOURNAL + path, **more), 403, "accounts.forbidden")
        refused(stranger.call(method, JOURNAL + path, **more), 401, "accounts.sign_in_needed")


def test_pages_from_the_newest(admin):
    first = admin.get(JOURNAL + "/entries", params={"limit": 2}).json()
    assert first["next_before"] == first["entries"][-1]["seq"]
    second = admin.get(JOURNAL + "/entries", params={"limit": 2, "before": first["next_before"]}).json()
    assert [one["seq"] for one in second["entries"]] == [first["next_before"] - 1, first["next_before"] - 2]


def test_proves_itself_and_its_export_by_other_means(world, admin):
    assert proof(admin)["good"]
    lines = exported(admin).splitlines()
    link = "0" * 64
    for line in lines[1:-1]:
        if line.startswith('{"seq"'):
            body, _, tail = line.rpartition(',"hash":"')
            link = hashlib.sha256(f"{link}\n{body}}}".encode()).hexdigest()
            assert link == tail[:64]
        else:
            seal = json.loads(line)["seal"]
            text = "seal {seq} {key_id} {hashes} {signature}".format(**seal)
            link = hashlib.sha256(f"{link}\n{text}".encode()).hexdigest()
    assert json.loads(lines[-1])["head"]["link"] == link


def test_names_the_first_broken_entry_of_a_tampered_export(own, tmp_path):
    own.admin.post("/api/v1/projects", json={"name": "one"})
    assert proof(own.admin)["good"]
    server, path, key = own.server, tmp_path / "journal.jsonl", tmp_path / "key"
    assert command(server, "export", "--output", str(path)).returncode == 0
    key.write_text(command(server, "key").stdout)
    good = command(server, "verify", str(path), "--key", str(key), "--json")
    assert good.returncode == 0 and json.loads(good.stdout)["good"]
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines).replace('"outcome":"done"', '"outcome":"failed"', 1) + "\n")
    bad = command(server, "verify", str(path), "--key", str(key), "--json")
    broken = next(json.loads(line)["seq"] for line in lines if '"outcome":"done"' in line)
    assert bad.returncode == 1 and json.loads(bad.stdout)["broken_seq"] == broken
    for spoken, sentence in (("en", "First entry that is not proven"), ("fr", "Première entrée qui n’est pas prouvée")):
        assert sentence in command(server, "verify", str(path), "--key", str(key), spoken=spoken).stdout
    key.write_text("ab" * 32 + "\n")
    path.write_text("\n".join(lines) + "\n")
    wrong = json.loads(command(server, "verify", str(path), "--key", str(key), "--json").stdout)
    assert (wrong["flaw"], wrong["broken_seq"]) == ("key_unknown", 1)


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_refuses_what_is_no_key_and_no_head(own, spoken, tmp_path):
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("nonsense\n")
    said(command(own.server, "verify", "--key", str(nonsense), spoken=spoken), "journal.bad_key", spoken)
    said(command(own.server, "verify", "--head", str(nonsense), spoken=spoken), "journal.bad_head", spoken)


def test_goes_on_after_its_key_was_rotated(own):
    before = command(own.server, "key").stdout.split()
    assert command(own.server, "rotate").returncode == 0
    own.admin.post("/api/v1/projects", json={"name": "after"})
    assert proof(own.admin)["good"]
    after = command(own.server, "key").stdout.split()
    assert set(before) < set(after)
    assert json.loads(command(own.server, "verify", "--json").stdout)["good"]


def test_is_proven_against_a_head_that_was_kept(own, tmp_path):
    head = tmp_path / "head"
    head.write_text(command(own.server, "head").stdout)
    own.admin.post("/api/v1/projects", json={"name": "later"})
    assert proof(own.admin)["good"]
    assert command(own.server, "verify", "--head", str(head)).returncode == 0


def test_archives_after_six_months_and_stays_proven():
    with new_world() as world:
        assert proof(world.admin)["good"]
        old = entries(world.admin)
        later = {"CSVA_CLOCK_OFFSET_MS": str(184 * 86_400_000)}
        world.server.environment |= later
        # The newest group stays where it is, whatever its age.
        archived = int(command(world.server, "archive").stdout)
        assert 0 < archived < len(old) + 5
        result = json.loads(command(world.server, "verify", "--json").stdout)
        assert result["good"] and result["entries"] > archived
        assert min(one["seq"] for one in entries(world.admin)) == archived + 1
        assert sum(line.startswith('{"seq":1,') for line in exported(world.admin).splitlines()) == 1


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_does_not_start_with_another_key_than_signed_the_journal(spoken):
    with new_world() as world:
        assert proof(world.admin)["good"]
        key = world.server.command("journal", "new-key").stdout
        world.server.environment["CSVA_JOURNAL_KEY"] = key
        done = world.server.command("serve", "--listen", "127.0.0.1:0", check=False, language=spoken)
        said(done, "journal.key_unknown", spoken)
        said(command(world.server, "rotate", spoken=spoken), "journal.no_place_for_key", spoken)
        if spoken == "en":
            world.server.process.terminate()
            world.server.process.wait(20)
            assert command(world.server, "rotate", "--lost-key").returncode == 0
            assert json.loads(command(world.server, "verify", "--json").stdout)["good"]


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_says_that_its_store_must_be_migrated(spoken):
    with new_server() as server:
        if "CSVA_DATABASE_URL" not in server.environment:
            return
        journal_sql(server, "DELETE FROM schema_migrations")
        said(command(server, "head", spoken=spoken), "journal.migrate_first", spoken)


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_finds_every_kind_of_tampering_behind_its_back(spoken, tmp_path):
    with new_world() as world:
        for name in "abcd":
            world.admin.post("/api/v1/projects", json={"name": name})
            assert proof(world.admin)["good"]
        head = tmp_path / "head"
        head.write_text(command(world.server, "head").stdout)
        world.server.environment |= {"CSVA_CLOCK_OFFSET_MS": str(184 * 86_400_000)}
        last = int(command(world.server, "archive").stdout)
        journal_sql(world.server, "UPDATE journal_archives SET content = 'QUJD' || content")
        said(command(world.server, "export", spoken=spoken), "journal.archive_wrong", spoken)
        assert (proof(world.admin)["flaw"], proof(world.admin)["broken_seq"]) == ("archive_wrong", 1)
        journal_sql(world.server, "DELETE FROM journal_archives")
        assert (proof(world.admin)["flaw"], proof(world.admin)["broken_seq"]) == ("missing", 1)
        assert last > 0


def test_notices_that_the_whole_journal_has_gone(tmp_path):
    with new_world() as world:
        assert proof(world.admin)["good"]
        server = world.server
        head = tmp_path / "head"
        head.write_text(command(server, "head").stdout)
        for table in ("journal_entries", "journal_seals", "journal_head"):
            journal_sql(server, f"DELETE FROM {table}")  # nosec B608
        result = json.loads(command(server, "verify", "--head", str(head), "--json").stdout)
        assert not result["good"] and result["broken_seq"] == 1


def test_loses_nothing_that_was_flushed_when_killed(tmp_path):
    with new_world() as world:
        assert proof(world.admin)["good"]
        before = json.loads(command(world.server, "head").stdout)["entries"]
        world.server.process.kill()
        world.server.process.wait()
        result = json.loads(command(world.server, "verify", "--json").stdout)
        assert result["good"] and result["entries"] >= before


def test_shows_sessions_with_their_network_only(ada):
    assert {one["address"] for one in ada.get("/api/v1/sessions").json()["sessions"]} == {"127.0.0.0/24"}


def test_logs_into_a_folder_of_days(tmp_path):
    with new_server(CSVA_LOG_DIR=str(tmp_path / "log")) as server:
        assert server.log().count('"event":"request"') == 0
    days = list((tmp_path / "log").glob("csva-20*.log"))
    assert days and '"network":"127.0.0.0/24"' in days[0].read_text()
