"""What becomes of jobs whose process dies, takes too much, or is lost."""

import steps
from conftest import new_world
from support.server import PASSWORD


def failed_reading(reason, attempts, **settings):
    """A file whose reading ends like this, in both languages; the server goes on."""
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50", **settings) as world:
        english = world.user()
        french = world.client(language="fr").sign_in(english.name, PASSWORD)
        number = steps.number_of(steps.upload(english))
        for client in (english, french):
            found = steps.ended(client, number)
            assert found["state"] == "failed" and found["problem"]["reason"] == reason, found
        job = english.get(f"/api/v1/jobs/{found['job_id']}").json()
        assert (job["state"], job["reason"], job["attempt"]) == ("failed", reason, attempts), job
        assert english.get("/health/ready").status_code == 200
        steps.wait_for(lambda: not world.server.staged(), 10, "an empty staging folder")
        return english


def test_gives_up_a_job_whose_process_always_dies():
    failed_reading("jobs.crashed", 3, CSVA_CRASH_AT="jobs.child_before_result")


def test_gives_up_a_job_that_takes_too_much_memory():
    """Once more with a smaller plan, never with the same."""
    failed_reading("jobs.out_of_memory", 2, CSVA_JOBS_MEMORY_BYTES="1000000")


def test_gives_up_a_job_that_takes_too_long():
    failed_reading("jobs.took_too_long", 1, CSVA_JOBS_RUN_S="0")


def test_gives_up_a_job_whose_workers_always_vanish():
    with new_world() as world:
        english = world.user()
        french = world.client(language="fr").sign_in(english.name, PASSWORD)
        number = steps.number_of(steps.upload(english))
        world.server.sql("UPDATE jobs SET state = 'running', attempt = 20, attempts_max = 20,"
                         " lease_owner = 'gone', lease_until = 1")
        with world.server.worker():
            for client in (english, french):
                found = steps.ended(client, number)
                assert found["problem"]["reason"] == "jobs.worker_lost", found


def test_a_worker_for_a_time_does_what_waits_and_ends():
    with new_world() as world:
        user = world.user()
        number = steps.number_of(steps.upload(user))
        done = world.server.command("worker", "--idle", "1")
        assert "worker_stopped" in done.stdout + done.stderr
        assert user.get(f"/api/v1/datasets/{number}").json()["state"] == "ready"
