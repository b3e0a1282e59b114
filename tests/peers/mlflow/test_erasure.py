"""An erased account, with a real `mlflow server` and a real bucket that keeps every version: nothing of hers is left in either."""

import contextlib
import os
import pathlib
import re
import sqlite3
import subprocess  # nosec B404
import urllib.parse

import pytest
import requests
from mlflow.tracking import MlflowClient
from support import bucket
from test_mirror import Ours, wait_for


@pytest.fixture
def store():
    if not bucket.program():
        pytest.skip("there is no MinIO (tests/ops/tools.sh minio builds it)")
    with bucket.Store() as made:
        made.make_bucket("csva", versions=True)
        yield made


def kept(store, prefix="blobs/"):
    """Names of all that the bucket keeps, former versions and marks of deletions among them."""
    listing = store.call(f"{store.url}/csva?prefix={urllib.parse.quote(prefix, safe='')}&versions=")
    return re.findall(r"<(?:Version|DeleteMarker)><Key>([^<]+)</Key>", listing)


def told_there(remote):
    """What the other server's database and folder still say."""
    root = pathlib.Path(remote.folder.name)
    with contextlib.closing(sqlite3.connect(root / "mlflow.db")) as known:
        return {"runs": known.execute("SELECT name, user_id, lifecycle_stage FROM runs").fetchall(),
                "users": {user for user, in known.execute("SELECT value FROM tags WHERE key = 'mlflow.user'")},
                "versions": len(known.execute("SELECT 1 FROM model_versions WHERE current_stage <> 'Deleted_Internal'").fetchall()),
                "files": [str(path) for path in (root / "artifacts").rglob("*") if path.is_file()]}


def collect_garbage(remote):
    """As the other server's owner does it."""
    subprocess.run(  # nosec B603
        [os.environ["MLFLOW_SERVER"], "gc", "--backend-store-uri", f"sqlite:///{remote.folder.name}/mlflow.db"],
        env=os.environ | {"MLFLOW_TRACKING_URI": remote.url}, check=True, capture_output=True, text=True, timeout=120)


def test_nothing_of_an_erased_account_is_left(remote, store):
    settings = store.settings() | {"CSVA_ACCOUNTS_CACHE_MS": "0"}
    with Ours(remote, settings) as ours:
        dataset = ours.upload("people.csv")
        ours.train(dataset)
        wait_for(lambda: ours.waiting() == (0, 1))
        (ada, project), = ours.server.sql("SELECT u.id, d.project_id FROM users u, datasets d")
        before = told_there(remote)
        assert before["users"] == {"ada"} and before["versions"] == 1 and before["files"]
        names = kept(store, f"blobs/p{project}/")
        # Somebody has tidied up by hand: what there was is a former version, under a mark.
        store.call("-X", "DELETE", f"{store.url}/csva/{names[0]}")
        assert len(kept(store, f"blobs/p{project}/")) == len(names) + 1 > 3

        ours.server.command("user", "add", "root", "--admin", "--password-stdin", stdin="another long password")
        admin = ours.server.command("token", "add", "root", "--scope", "admin").stdout.strip()
        answer = requests.delete(f"{ours.server.url}/api/gdpr/delete/{ada}", timeout=60,
                                 headers={"Authorization": "Bearer " + admin})
        assert answer.status_code == 202, answer.text
        wait_for(lambda: ours.server.sql("SELECT phase FROM erasures") == [("done",)])

        assert kept(store, f"blobs/p{project}/") == []
        assert len(kept(store, "notes/")) == 2  # the entries of the ledger, by a keyed hash
        after = told_there(remote)
        assert after["files"] == [] and after["versions"] == 0
        assert after["users"] == {"erased"} and [(name, stage) for name, _, stage in after["runs"]] == [("erased", "deleted")]
        assert MlflowClient(remote.url).search_model_versions("name = 'people-city'") == []
        collect_garbage(remote)
        assert told_there(remote)["runs"] == []
