"""What the store holds as a whole: every table and file has an owner, and what has none goes."""

import json
import os
import sqlite3
import subprocess  # nosec B404
import time

from conftest import new_server
from support.server import ROOT, program

SOON = "UPDATE schedules SET next_at = 0"
OLD_S = 3 * 24 * 3600


def checks(server, check=True):
    done = server.command("doctor", "--json", check=check)
    found = json.loads(done.stdout)
    return done.returncode, {one["check"]: one for one in found["checks"]}


def test_doctor_finds_a_used_store_in_order(world):
    code, found = checks(world.server)
    assert code == 0
    assert all(one["good"] for one in found.values()), found
    assert found["tables"]["text"].endswith("claimed")


def test_doctor_names_what_is_wrong():
    with new_server(CSVA_DATA_SAMPLE="true") as server:
        blob = next(path for path in (server.data / "blobs").rglob("*") if path.is_file())
        blob.unlink()
        if not server.environment.get("CSVA_DATABASE_URL"):
            with sqlite3.connect(server.data / "csva.sqlite") as store:
                store.execute("CREATE TABLE nobodys (id BIGINT)")
        code, found = checks(server, check=False)
        assert code == 1
        assert blob.name in found["files"]["text"]
        if not server.environment.get("CSVA_DATABASE_URL"):
            assert "nobodys" in found["tables"]["text"]


def test_old_files_that_nothing_refers_to_are_swept():
    with new_server() as server:
        folder = server.data / "blobs" / "p1"
        folder.mkdir(parents=True, exist_ok=True)
        old, fresh = folder / ("a" * 32), folder / ("b" * 32)
        for path in (old, fresh):
            path.write_text("left behind")
        long_ago = time.time() - OLD_S
        os.utime(old, (long_ago, long_ago))
        # The first turn comes with the start of a server; this one has had it, so another is sent.
        clear_turns(server)
        until = time.monotonic() + 15
        while old.exists() and time.monotonic() < until:
            time.sleep(0.1)
        assert not old.exists() and fresh.exists()


def clear_turns(server):
    url = server.environment.get("CSVA_DATABASE_URL")
    if url:
        subprocess.run(["psql", "-q", "-c", SOON, url], check=True)  # nosec B603
        return
    with sqlite3.connect(server.data / "csva.sqlite", timeout=10) as store:
        store.execute(SOON)


def test_the_page_of_settings_is_what_the_program_prints():
    printed = subprocess.run([program(), "doctor", "--settings"], check=True,  # nosec B603
                             capture_output=True, text=True).stdout
    assert (ROOT / "docs/settings.md").read_text() == printed, "csva doctor --settings > docs/settings.md"
