"""`csva move`: an embedded store becomes one on PostgreSQL, with everything in it."""

import contextlib
import json
import os

import pytest
import reasons
import steps
from client import Client
from conftest import World, new_world
from steps import CSV
from support import postgres
from support.fake_bucket import FakeBucket
from support.server import PASSWORD, Server
from test_erasure import erase

POSTGRES = os.environ.get("CSVA_TEST_DATABASE_URL", "")
ASKED = {"rows": [{"name": "P1", "age": age, "height": 170.5} for age in range(40)]}


def said(language, reason, text):
    assert any(reasons.SENTENCES[language][reason].match(line) for line in text.splitlines()), text
    reasons.SEEN.add((language, reason))


@pytest.fixture(scope="module")
def embedded():
    """A store on SQLite with users, data and a model; its server has ended."""
    with Server("", {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_POLL_MS": "50"}) as server:
        world = World(server)
        ada = world.user()
        ada.number = steps.read(ada, steps.TRAINING)
        ada.gone = steps.read(ada, CSV)
        ada.model = steps.trained(ada, ada.number)["models"][0]["id"]
        ada.answers = ada.post(f"/api/v1/models/{ada.model}/predictions", json=ASKED).json()["predictions"]
        assert ada.delete(f"/api/v1/datasets/{ada.gone}").status_code == 204
        erase(world, world.user())
        server.process.terminate()
        server.process.wait(20)
        yield server, ada


@contextlib.contextmanager
def empty(**settings):
    """A migrated database without rows, and a server for it that does not run yet."""
    with postgres.database(POSTGRES) as url:
        server = Server(url, {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_POLL_MS": "50"} | settings)
        server.command("migrate")
        yield server
        server.folder.cleanup()


def move(target, source, language="en"):
    return target.command("move", "--from", str(source.data), check=False, language=language)


def proven(server):
    """What `csva journal verify` says of all that was ever written."""
    return json.loads(server.command("journal", "verify", "--json").stdout)


def ledger(server):
    return [json.loads(line) for line in (server.data / "erasure" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]


def test_says_what_it_needs(embedded, language, tmp_path):
    source, _ = embedded
    done = source.command("move", "--from", str(tmp_path), check=False, language=language)
    assert done.returncode == 4
    said(language, "app.nothing_to_move", done.stderr)
    done = source.command("move", "--from", str(source.data), check=False, language=language)
    assert done.returncode == 2
    said(language, "app.move_needs_postgres", done.stderr)


if POSTGRES:
    def test_moves_everything_and_goes_on_counting(embedded):
        source, ada = embedded
        with FakeBucket() as bucket, empty(**bucket.settings()) as target:
            journal = proven(source)
            done = move(target, source)
            assert done.returncode == 0, done.stderr
            assert "users" in done.stdout and len(bucket.objects) == len(
                {path.relative_to(source.data / "blobs").parts[:2] for path in source.blobs()})
            with target:
                there = Client(target.url, None).sign_in(ada.name, PASSWORD)
                assert there.get(f"/api/v1/datasets/{ada.number}/original").content == steps.TRAINING
                answers = there.post(f"/api/v1/models/{ada.model}/predictions", json=ASKED).json()["predictions"]
                for before, after in zip(ada.answers, answers, strict=True):
                    assert before | {"prediction_id": ""} == after | {"prediction_id": ""}
                assert steps.read(there, CSV) > ada.gone, "an id was given twice"
                assert steps.trained(there, ada.number)["state"] == "succeeded"
                target.command("doctor")
                assert {entry["kind"] for entry in ledger(target)} == {"user", "certificate"} and ledger(target) == ledger(source)
                assert sum(name.startswith("notes/erasure-") for name in bucket.objects) == 2
                proof = proven(target)
                assert proof["good"] and proof["entries"] > journal["entries"] > 5

    def test_keeps_nothing_when_rows_are_not_what_they_were(embedded, language):
        source, _ = embedded
        with empty() as target:
            target.sql("CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS "
                       "$$ BEGIN NEW.name = NEW.name || '?'; RETURN NEW; END $$")
            target.sql("CREATE TRIGGER change BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION change()")
            done = move(target, source, language)
            assert done.returncode == 1
            said(language, "app.move_differs", done.stderr)
            assert target.sql("SELECT COUNT(*) FROM users") == [("0",)]

    def test_refuses_a_database_that_is_in_use(embedded, language):
        source, _ = embedded
        with new_world() as used:
            done = move(used.server, source, language)
            assert done.returncode == 5
            said(language, "app.move_not_empty", done.stderr)
