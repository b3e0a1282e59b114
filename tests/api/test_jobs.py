"""What becomes of jobs whose process dies, takes too much, or is lost."""

import contextlib
import os
import random
import signal
import threading
import time

import pytest
import requests
import steps
from client import Client
from conftest import BACK_END, new_world
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


# 9 MB: long enough to be met while it is read and learnt from.
LARGE = b"lot,age,height,city\n" + b"".join(
    b"lot %06d of those in stock,%d,%d.5,%s\n" % (i, i % 40, 150 + i * 7 % 40, (b"Rome", b"Paris")[(i % 40 < 20) != (i % 10 == 0)])
    for i in range(210_000))
# 3 MB in 200 columns: its profile takes many times what a small file's does.
WIDE = b",".join(b"c%d" % i for i in range(200)) + b"\n" + b"".join(
    b",".join(b"%d.%d" % (row * column % 997, (row + column) % 89) for column in range(200)) + b"\n" for row in range(2000))


def child_below(pid):
    """The process of the job that runs below a server; none: nothing."""
    parents, jobs = {}, []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8") as facts:
                parents[int(process)] = int(facts.read().rsplit(") ", 1)[1].split()[1])
            with open(f"/proc/{process}/cmdline", "rb") as line:
                if b"job-child" in line.read().split(b"\0"):
                    jobs.append(int(process))
        except OSError:
            continue
    for job in jobs:
        above = job
        while above in parents and above != pid:
            above = parents[above]
        if above == pid:
            return job
    return None


def killed_at_work(world, client, number):
    """Kills the process of that job once; the job, once it has ended."""
    server = world.server.process.pid
    noted = f"SELECT pid, reason FROM job_attempts WHERE job_id = {number} ORDER BY attempt"  # nosec B608

    def at_work():
        child = child_below(server)
        return child and [str(child)] == [str(row[0]) for row in world.server.sql(noted)] and child
    victim = steps.wait_for(at_work, 30, "the process of the job")
    time.sleep(0.1)
    os.kill(victim, signal.SIGKILL)

    def ended():
        job = client.get(f"/api/v1/jobs/{number}").json()
        return job["state"] not in ("queued", "running") and job
    job = steps.wait_for(ended, 120, "the end of the job")
    assert (job["state"], job["attempt"]) == ("succeeded", 2), job
    attempts = world.server.sql(noted)
    assert (str(victim), "jobs.crashed") == tuple(attempts[0]) and len(attempts) == 2, (victim, attempts)
    assert attempts[1][0] != attempts[0][0] and not attempts[1][1], attempts
    assert world.server.process.pid == server and world.server.process.poll() is None


@pytest.fixture(scope="module")
def working_world():
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50") as made:
        yield made


def test_does_again_what_a_killed_process_was_doing(working_world):
    """A reading and a training, each killed in the middle: only the job is done once more."""
    user = working_world.user()
    number = steps.number_of(steps.upload(user, LARGE))
    killed_at_work(working_world, user, user.get(f"/api/v1/datasets/{number}").json()["job_id"])
    assert user.get(f"/api/v1/datasets/{number}").json()["state"] == "ready"
    wish = {"target": "city", "budget_s": 20, "options": {"families": ["LogisticRegression"], "threads": 1}}
    started = user.post(f"/api/v1/datasets/{number}/trainings", json=wish).json()
    killed_at_work(working_world, user, started["job_id"])
    assert user.get(f"/api/v1/trainings/{started['id']}").json()["models"]


def test_stops_a_real_job_at_its_memory_and_goes_on_serving(working_world):
    """Its limit lies between what a small file took and what this one takes; pages come all the while."""
    world, user = working_world, working_world.user()

    def peak(content):
        number = steps.read(user, content)
        job = user.get(f"/api/v1/datasets/{number}").json()["job_id"]
        return int(world.server.sql(f"SELECT memory_peak_bytes FROM jobs WHERE id = {job}")[0][0])  # nosec B608
    rest, need = peak(steps.CSV), peak(WIDE)
    assert need > 3 * rest, (rest, need)
    world.server.restart(CSVA_JOBS_MEMORY_BYTES=str(2 * rest))
    steps.read(user)  # enough for others
    server, answers, stop = world.server.process.pid, [], threading.Event()

    def look():
        while not stop.is_set():
            begun = time.monotonic()
            try:
                status = requests.get(world.url + "/", headers={"Accept": "text/html"}, timeout=30).status_code
            except requests.RequestException as error:
                status = str(error)
            answers.append((status, time.monotonic() - begun < 5))
            time.sleep(0.02)
    looker = threading.Thread(target=look)
    looker.start()
    try:
        found = steps.ended(user, steps.number_of(steps.upload(user, WIDE)))
    finally:
        stop.set()
        looker.join()
    assert found["problem"]["reason"] == "jobs.out_of_memory", found
    assert user.get(f"/api/v1/jobs/{found['job_id']}").json()["attempt"] == 2
    assert len(answers) > 5 and set(answers) == {(200, True)}, answers
    assert world.server.process.pid == server and world.server.process.poll() is None


def hard_rows():
    """Much noise and little to find: trees grow long on them."""
    dice = random.Random(7)  # nosec B311
    lines = [[dice.gauss(0, 1) for _ in range(5)] for _ in range(5000)]
    return "a,b,c,d,e,city\n".encode() + b"".join(
        (",".join(f"{one:.3f}" for one in line) + (",Rome\n" if sum(line) + dice.gauss(0, 3) > 0 else ",Paris\n")).encode()
        for line in lines)


def is_well(url):
    with contextlib.suppress(requests.RequestException):
        return requests.get(url + "/health/ready", timeout=5).status_code == 200


@pytest.mark.parametrize("minutes", [10, -10] if BACK_END == "postgres" else [10])
def test_a_clock_ten_minutes_off_takes_no_job_and_ends_no_session(minutes):
    """A server and a worker of another time beside ours: each worker's training is left to it, a session of either is one."""
    off = {"CSVA_CLOCK_OFFSET_MS": str(minutes * 60_000)}
    wish = {"target": "city", "budget_s": 40, "options": {"families": ["GradientBoostingClassifier"], "trees": 300, "threads": 1}}
    # Who is ahead might find another's lease at its end, and anybody that of who is behind.
    first, second = ({}, off) if minutes > 0 else (off, {})
    with new_world(CSVA_JOBS_POLL_MS="50") as world, world.server.beside(**off) as url:
        steps.wait_for(lambda: is_well(url), 30, "the other server")
        here = world.user()
        there = Client(url, world.contract).sign_in(here.name, PASSWORD)
        with world.server.worker(**first) as worker:
            asked = there.post(f"/api/v1/datasets/{steps.read(here, hard_rows())}/trainings", json=wish)
            assert asked.status_code == 202, asked.text
            training, job = asked.json()["id"], f"/api/v1/jobs/{asked.json()['job_id']}"
            steps.wait_for(lambda: here.get(job).json()["state"] == "running", 30, "the first worker at work")
            child = steps.wait_for(lambda: child_below(worker.pid), 30, "the process of the job")
            os.kill(child, signal.SIGSTOP)  # so that the other has time to take it away
            with world.server.worker(**second):
                time.sleep(1)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGCONT)
                assert steps.training_ended(there, training)["state"] == "succeeded"
        found = here.get(job).json()
        assert (found["state"], found["attempt"]) == ("succeeded", 1), found
        for maker, other in ((here, url), (there, world.url)):
            visitor = Client(other, world.contract)
            visitor.http.cookies.update(maker.http.cookies)
            assert visitor.get("/api/v1/datasets").status_code == 200
