"""Backups of the embedded store: whole, encrypted, and no way back for who was erased. On SQLite whatever the
back end of the run, since that is what they are for."""

import contextlib
import json

from client import Client
from conftest import World
from steps import read, trained, upload
from support import traces
from support.server import PASSWORD, ROOT, Server
from test_command_line import said
from test_erasure import FILE, WORKER, erase, named, needles, table


OLDER = ROOT / "tests" / "data" / "older_version"


@contextlib.contextmanager
def embedded_world(**settings):
    with Server("", {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "0"} | settings) as server:
        yield World(server)


class Vault:
    """A key and a backup of a server beside it."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.key, self.file = str(folder / "key"), str(folder / "backup")
        server.command("backup", "--make-key", self.key, data=False)

    def backup(self):
        return json.loads(self.server.command("backup", self.file, "--key-file", self.key, "--json").stdout)

    def restore(self, folder, *more, file=None, key=None, language="en", check=True):
        return self.server.command(
            "restore", file or self.file, "--key-file", key or self.key, "--json", "--data-dir",
            str(self.folder / folder), *more, data=False, language=language, check=check)

    def refuses(self, code, reason, *more, folder="refused", **how):
        for language in ("en", "fr"):
            done = self.restore(folder, *more, language=language, check=False, **how)
            assert done.returncode == code, (reason, done.returncode, done.stderr)
            said(language, reason, done.stderr)
        assert not (self.folder / "refused" / "csva.sqlite").exists()


def test_restores_what_was_backed_up_beside_a_running_server(tmp_path):
    with embedded_world(**WORKER) as world:
        server, content, vault = world.server, table(), Vault(world.server, tmp_path)
        zoe, bob = named(world, "zebulon.zoe"), named(world, "bob")
        assert upload(zoe, content, FILE).status_code == 201
        kept = table("Kept", "kept")
        assert trained(bob, read(bob, kept, "mine.csv"))["state"] == "succeeded"
        made = vault.backup()
        assert made["files"] > 5 and made["rows"] > 10 and not server.staged()
        checked = json.loads(vault.restore("x", "--check").stdout)
        assert (checked["bytes"], checked["files"]) == (made["bytes"], made["files"])
        vault.refuses(5, "backup.ledger_needed")
        first = json.loads(vault.restore("first", "--no-ledger", "--verify").stdout)
        assert (first["files"], first["rows"], first["prediction"]) == (made["files"], made["rows"], "same")
        assert first["erased_again"] == first["migrations_applied"] == 0
        assert traces.found(server, needles(zoe.name, content), zoe.id, tmp_path / "first")
        looked = server.command("doctor", "--json", "--data-dir", str(tmp_path / "first"), data=False)
        assert json.loads(looked.stdout)["good"], looked.stdout

        erase(world, zoe)
        ledger = ("--ledger", str(server.data / "erasure" / "ledger.jsonl"))
        second = json.loads(vault.restore("second", "--verify", *ledger).stdout)
        assert second["erased_again"] == 1 and second["prediction"] == "same"
        assert traces.found(server, needles(zoe.name, content), zoe.id, tmp_path / "second") == set()
        assert traces.found(server, ["Kept 7"], None, tmp_path / "second")
        refuses_what_is_wrong(vault, ledger)


def refuses_what_is_wrong(vault, ledger):
    server, folder = vault.server, vault.folder
    vault.refuses(2, "backup.bad_key_file", *ledger, key=ledger[1])
    other = str(folder / "other-key")
    server.command("backup", "--make-key", other, data=False)
    vault.refuses(3, "backup.wrong_key", *ledger, key=other)
    vault.refuses(2, "backup.no_backup", *ledger, file=ledger[1])
    vault.refuses(5, "backup.not_empty", *ledger, folder="second")
    for language in ("en", "fr"):
        again = server.command("backup", "--make-key", other, data=False, check=False, language=language)
        assert again.returncode == 5
        said(language, "backup.key_exists", again.stderr)
    server.environment["CSVA_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    vault.refuses(5, "backup.embedded_only", *ledger)
    del server.environment["CSVA_DATABASE_URL"]
    whole = (folder / "backup").read_bytes()
    flipped = folder / "flipped"
    for place in (len(whole) // 2, 100, len(whole) - 3):
        changed = bytearray(whole)
        changed[place] ^= 4
        flipped.write_bytes(changed)
        vault.refuses(5, "backup.damaged", *ledger, file=str(flipped))
    flipped.write_bytes(whole[:-20])
    vault.refuses(5, "backup.cut_short", *ledger, file=str(flipped))


def test_brings_a_backup_of_an_older_version_forward(tmp_path):
    """Written by the program as it was before data sets could be shown by a link: an account, a data set, a model."""
    server = Server("", {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "1"})
    server.data = tmp_path / "restored"
    done = server.command("restore", str(OLDER / "backup"), "--key-file", str(OLDER / "key"), "--json", "--verify", "--no-ledger")
    report = json.loads(done.stdout)
    applied = server.sql(f"SELECT name FROM schema_migrations WHERE applied_at > {report['created_at']}")  # nosec B608
    assert ("202611281310_sharing_create.sql",) in applied and report["migrations_applied"] == len(applied)
    assert report["rows"] == 106 and report["prediction"] == "same", report
    assert json.loads(server.command("doctor", "--json").stdout)["good"]
    with server:
        ada = Client(server.url, None).sign_in("ada", PASSWORD)
        assert ada.get("/api/v1/datasets/1/original").content.startswith(b"name,age,city\nP0,0,Paris\n")
        assert ada.post("/api/v1/datasets/1/links", json={"label": "Board", "days": 1}).status_code == 201
        assert trained(ada, read(ada, table("Now", "now")))["state"] == "succeeded"


def test_refuses_a_backup_of_a_newer_version(tmp_path):
    with embedded_world() as world:
        server, vault = world.server, Vault(world.server, tmp_path)
        server.sql("INSERT INTO schema_migrations (name, sha256, applied_at) VALUES "
                   "('209901010000_future_thing.sql', '', 0)")
        vault.backup()
        vault.refuses(5, "backup.newer_version", "--no-ledger")
