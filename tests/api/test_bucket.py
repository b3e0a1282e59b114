"""Files in an S3-compatible bucket: replicas share them, and what the bucket suffers is said and survived."""

import shutil
import threading
import time

import pytest
import steps
from client import refused
from conftest import new_world
from steps import CSV, upload
from support.fake_bucket import FakeBucket
from support.server import PASSWORD

FAST = {"CSVA_STORAGE_S3_RETRY_MS": "1500"}


@pytest.fixture(scope="module")
def bucket():
    with FakeBucket() as made:
        yield made


@pytest.fixture(scope="module")
def store(bucket):
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50", **bucket.settings(), **FAST) as made:
        yield made


@pytest.fixture
def well(bucket):
    """The bucket, which is well again afterwards."""
    yield bucket
    bucket.fault, bucket.damage = None, False


def forget_copies(world):
    """As on a machine that has read none of the files yet."""
    shutil.rmtree(world.server.data / "cache", ignore_errors=True)


def test_everything_works_without_a_file_of_this_machine(store, bucket, language):
    ada = store.user(language)
    number = steps.read(ada)
    forget_copies(store)
    assert ada.get(f"/api/v1/datasets/{number}/original").content == CSV
    forget_copies(store)
    training = steps.trained(ada, steps.read(ada, steps.TRAINING))
    assert training["state"] == "succeeded", training["problem"]
    forget_copies(store)
    model = training["models"][0]["id"]
    answer = ada.post(f"/api/v1/models/{model}/batches", files={"file": ("rows.csv", steps.TRAINING)})
    assert answer.status_code == 202, answer.text
    assert steps.batch_ended(ada, answer.json()["id"])["state"] == "succeeded"
    assert any(note == "folder" for notes in bucket.notes.values() for note in notes.values())
    assert not (store.server.data / "blobs").exists()


def test_waits_for_a_bucket_that_is_away_for_a_moment(store, well):
    ada = store.user()
    well.fault = 503
    threading.Timer(0.5, lambda: setattr(well, "fault", None)).start()
    answer = upload(ada)
    assert answer.status_code == 201, answer.text
    assert ("PUT", 503) in well.calls


@pytest.mark.parametrize("fault, reason", [(500, "blob.unavailable"), (503, "blob.unavailable"),
                                           (403, "blob.refused")])
def test_says_what_a_bucket_suffers_and_keeps_nothing(store, well, language, fault, reason):
    ada = store.user(language)
    before = set(well.objects)
    well.fault = fault
    refused(upload(ada), 503, reason)
    well.fault = None
    assert set(well.objects) == before
    assert ada.get("/api/v1/datasets").json()["datasets"] == []
    assert not [path for path in store.server.staged() if path.name.startswith("upload")]
    assert steps.read(ada)


def test_a_job_waits_for_the_bucket_and_is_not_lost(store, well):
    ada = store.user()
    number = steps.number_of(upload(ada, CSV))
    well.fault = 500
    forget_copies(store)
    time.sleep(2)
    well.fault = None
    assert steps.ended(ada, number)["state"] == "ready"


def test_says_that_a_stored_file_is_damaged(store, well, language):
    ada = store.user(language)
    number = steps.read(ada)
    forget_copies(store)
    well.damage = True
    ada.expected.add(500)
    refused(ada.get(f"/api/v1/datasets/{number}/original"), 500, "blob.damaged")
    well.damage = False
    assert ada.get(f"/api/v1/datasets/{number}/original").content == CSV


def test_a_clock_that_jumped_does_not_lock_the_bucket():
    jumped = {"CSVA_CLOCK_OFFSET_MS": str(2 * 86_400_000)}
    with FakeBucket() as bucket, new_world(**jumped, **bucket.settings(), **FAST) as world:
        ada = world.user()
        assert upload(ada).status_code == 201
        assert 403 in {status for _, status in bucket.calls}
        assert "bucket_clock_differs" in world.server.log()


def test_what_nothing_refers_to_leaves_the_bucket():
    prefix = {"CSVA_STORAGE_S3_PREFIX": "ours"}
    with FakeBucket() as bucket, new_world(**prefix, **bucket.settings(), **FAST) as world:
        bucket.objects["theirs/blobs/p1/" + "0" * 32] = b"of another service in the same bucket"
        ada = world.user()
        before = set(bucket.objects)
        number = steps.number_of(upload(ada))
        (name,) = set(bucket.objects) - before
        assert ada.delete(f"/api/v1/datasets/{number}").status_code == 204
        world.server.restart(CSVA_DATA_SWEEP_GRACE_H="0")  # only now, or files of jobs under way go too
        world.server.sql("UPDATE schedules SET next_at = 0")
        steps.wait_for(lambda: name not in bucket.objects, 15, "the sweep of the bucket")
        assert set(bucket.objects) == before


def test_doctor_says_what_to_do_about_a_bucket(store, well):
    done = store.server.command("doctor")
    assert "files in a bucket" in done.stdout and "BAD" not in done.stdout
    well.fault = 403
    done = store.server.command("doctor", check=False)
    assert done.returncode == 1
    assert "The file store refuses this service." in done.stdout and "-> " in done.stdout


def test_copies_what_a_second_region_lacks(store, bucket, tmp_path):
    ada = store.user()
    steps.read(ada)
    with FakeBucket() as second:
        (tmp_path / "secret").write_text("secret\n")
        endpoint = second.settings()["CSVA_STORAGE_S3_ENDPOINT"]
        settings = tmp_path / "second.toml"
        settings.write_text(f'[data]\ndir = "{tmp_path}/second"\n[storage]\ns3_endpoint = "{endpoint}"\ns3_access_key = "key"\n'
                            f's3_secret_key_file = "{tmp_path}/secret"\n')
        done = store.server.command("copy-files", "--to", str(settings))
        assert f"{len(second.objects)} of {len(second.objects)} files copied" in done.stdout
        assert second.objects and all(bucket.objects[name] == body for name, body in second.objects.items())
        assert store.server.command("copy-files", "--to", str(settings)).stdout.startswith("0 of ")


def test_doctor_minds_who_may_read_secrets(store, tmp_path):
    settings = tmp_path / "csva.toml"
    settings.write_text('[storage]\ns3_secret_key = "secret"\n')
    settings.chmod(0o644)
    done = store.server.command("doctor", "--config", str(settings), check=False)
    assert done.returncode == 1 and f"chmod 640 {settings}" in done.stdout
    settings.chmod(0o640)
    assert store.server.command("doctor", "--config", str(settings)).returncode == 0
    settings.chmod(0o644)
    settings.write_text('[storage]\ns3_secret_key_file = "/run/secrets/key"\n')
    done = store.server.command("doctor", "--config", str(settings), check=False)
    assert "/run/secrets/key" in done.stdout and "chmod" not in done.stdout


def test_the_ledger_of_erasures_is_in_the_bucket_too(bucket):
    """A new machine on a database from before the erasure brings nobody back."""
    with new_world(**bucket.settings(), **FAST) as world:
        ada = world.user()
        before = rows_of_users(world.server)
        answer = ada.post(f"/api/gdpr/delete/{ada.id}", json={"password": PASSWORD})
        assert answer.status_code in (200, 202), answer.text
        steps.wait_for(lambda: not world.server.sql(f"SELECT 1 FROM users WHERE id = {ada.id}"), 30, "the erasure")  # nosec B608
        steps.wait_for(lambda: sum(name.startswith("notes/erasure-") for name in bucket.objects) >= 2, 30, "its notes")
        world.server.process.terminate()
        world.server.process.wait(30)
        shutil.rmtree(world.server.data / "erasure")
        world.server.sql("DELETE FROM erasures")
        world.server.sql(before[ada.id])
        assert world.server.sql(f"SELECT 1 FROM users WHERE id = {ada.id}")  # nosec B608
        world.server._start()
        assert not world.server.sql(f"SELECT 1 FROM users WHERE id = {ada.id}")  # nosec B608


def rows_of_users(server):
    """A statement for each user that puts its row back."""
    if server.environment.get("CSVA_DATABASE_URL"):
        names = [name for (name,) in server.sql(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'users' "
            "ORDER BY ordinal_position")]
    else:
        names = [name for (name,) in server.sql("SELECT name FROM pragma_table_info('users')")]
    quoted = " || ', ' || ".join(
        f"COALESCE('''' || REPLACE(CAST({name} AS TEXT), '''', '''''') || '''', 'NULL')" for name in names)
    found = server.sql(f"SELECT id, {quoted} FROM users")  # nosec B608
    return {int(number): f"INSERT INTO users ({', '.join(names)}) VALUES ({values})" for number, values in found}  # nosec B608
