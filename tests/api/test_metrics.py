"""The summary, the page for Prometheus, health: fresh, and with the names that others rely on."""

import concurrent.futures
import os
import re
import subprocess  # nosec B404
import sys
import time

import pytest
import reasons
import steps
from client import refused
from conftest import new_world
from steps import TRAINING, read, trained, upload

GOLDEN = reasons.ROOT / "tests" / "golden"


def summary(client):
    answer = client.get("/api/metrics/")
    assert answer.status_code == 200
    return answer.json()


def test_shows_a_write_at_once(language):
    """The very next read counts it: uploads, deletions, trainings and models."""
    with new_world() as world:
        newcomer, stranger = world.user(language), world.client()
        for expected in range(1, 21):
            upload(newcomer)
            counts = summary(stranger)["counts"]
            assert (counts["datasets"], counts["jobs"]) == (expected, expected)
        for number in newcomer.get("/api/v1/datasets").json()["datasets"][:5]:
            newcomer.delete(f"/api/v1/datasets/{number['id']}")
        assert summary(stranger)["counts"]["datasets"] == 15


def test_shows_what_others_wrote_within_a_second(world, someone):
    number = read(someone, TRAINING)
    before = summary(someone)["counts"]["models"]
    training = trained(someone, number)
    ended = time.monotonic()
    steps.wait_for(lambda: summary(someone)["counts"]["models"] == before + len(training["models"]),
                   1 - (time.monotonic() - ended), "the new models")
    found = summary(someone)
    assert abs(time.time() * 1000 - found["measured_at"]) < 1500


def test_counts_requests_and_errors(world, someone):
    before = summary(someone)
    for _ in range(5):
        refused(someone.get("/api/v1/datasets/987654"), 404, "datasets.not_found")

    def counted():
        now = summary(someone)
        return (now["client_errors"] - before["client_errors"] >= 5
                and now["requests"] - before["requests"] >= 5)
    steps.wait_for(counted, 2, "the count of requests")
    now = summary(someone)
    assert now["server_errors"] >= before["server_errors"]
    assert 0 < now["latency"]["p50_s"] <= now["latency"]["p95_s"] <= now["latency"]["p99_s"]


def test_stays_whole_while_everybody_asks(world, someone):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        def ask(i):
            if i % 4 == 0:
                upload(world.client(someone.http.headers.get("Authorization", "")), b"a\n1\n")
            return summary(world.client())["counts"]
        assert all(set(counts) == {"datasets", "models", "jobs"}
                   for counts in pool.map(ask, range(80)))


def test_has_the_golden_metric_names(world, someone):
    text = someone.get("/metrics").text
    names = {line.split(" ", 2)[2] for line in text.splitlines() if "# TYPE" in line}
    golden = (GOLDEN / "metrics.txt").read_text(encoding="utf-8").splitlines()
    assert names and not names - set(golden), "look at the difference, then ./dev gen --update"
    assert all(name.startswith(("csva_", "http_server_", "process_")) for name in golden)


def test_counts_requests_by_route_and_status(world, someone):
    refused(someone.get("/api/v1/datasets/987654"), 404, "datasets.not_found")
    labels = 'method="GET",route="/api/v1/datasets/{dataset_id}",status_class="4xx"'
    assert f"http_server_request_duration_seconds_count{{{labels}}}" in someone.get("/metrics").text


def test_counts_the_processor_time_of_the_process(world):
    """A counter: what the system says of the process, however often and by how many it is asked."""
    def system():
        with open(f"/proc/{world.server.process.pid}/stat", encoding="utf-8") as stat:
            return sum(map(int, stat.read().rsplit(") ", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def told(_=None):
        text = world.client().get("/metrics").text
        return float(re.search(r"^process_cpu_seconds_total (\S+)$", text, re.M).group(1))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(told, range(20)))) == 20
    before, said, after = system(), told(), system()
    assert before - 0.05 <= said <= after + 0.05, (before, said, after)


def test_says_that_it_lives_and_is_ready(world, stranger):
    for path in ("/health/live", "/health/ready"):
        assert stranger.get(path).json() == {"status": "ok"}


@pytest.mark.parametrize("name", ["openapi.json", "help.txt", "metrics.txt"])
def test_agrees_with_the_golden_file(world, tmp_path, name):
    """What ./dev gen writes: the document, the help of every command, the metric names."""
    done = subprocess.run(  # nosec B603
        [sys.executable, GOLDEN / "make.py", tmp_path, name], check=False, capture_output=True,
        text=True)
    assert done.returncode == 0, done.stderr
    new = (tmp_path / name).read_text(encoding="utf-8")
    assert new == (GOLDEN / name).read_text(encoding="utf-8"), "see ./dev gen"
