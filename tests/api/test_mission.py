"""The mission's own call, from this very machine and from elsewhere."""

import re
import subprocess  # nosec B404

import pytest
import requests
from conftest import new_server, new_world
from steps import wait_for
from support.server import ROOT

CSV = (ROOT / "tests/data/titanic.csv").read_bytes()
ADDRESSES = ["/api/upload-csv/", "/api/upload/"]


def upload(world, path, headers=None, files=None):
    return requests.post(world.url + path, files=files or {"file": ("titanic.csv", CSV)},
                         headers=headers, timeout=30)


@pytest.mark.parametrize("path", ADDRESSES)
def test_answers_the_bare_curl(world, tmp_path, path):
    (tmp_path / "titanic.csv").write_bytes(CSV)
    address = world.url.replace("127.0.0.1", "localhost") + path
    done = subprocess.run(  # nosec
        ["curl", "-s", "-i", "-X", "POST", address, "-F", "file=@titanic.csv"], cwd=tmp_path,
        capture_output=True, text=True, check=True)
    head, body = done.stdout.split("\n\n", 1) if "\r\n" not in done.stdout else \
        done.stdout.split("\r\n\r\n", 1)
    assert " 201 " in head.splitlines()[0]
    assert body == '{"file":"titanic.csv","message":"Upload OK"}'
    assert re.search(r"(?im)^location: /\S*\d", head)


def test_puts_it_where_only_an_administrator_looks(world, admin, ada):
    answer = upload(world, "/api/upload-csv/")
    assert answer.status_code == 201
    where = answer.headers["Location"]
    number = int(re.search(r"\d+", where.replace("/api/v1", "")).group())
    assert admin.get(f"/api/v1/datasets/{number}").status_code == 200
    assert ada.get(f"/api/v1/datasets/{number}").status_code == 404


@pytest.mark.parametrize("headers", [
    {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"},
    {"X-Forwarded-Host": "csv.example.org"}])
def test_is_closed_behind_a_proxy(world, headers):
    assert upload(world, "/api/upload-csv/", headers).status_code == 401


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_is_closed_to_other_sites(world, headers):
    assert upload(world, "/api/upload-csv/", headers).status_code in (401, 403)


def test_is_closed_under_another_host_name(world):
    answer = upload(world, "/api/upload-csv/", {"Host": "csv.example.org"})
    assert answer.status_code in (400, 401, 403, 421)


def test_is_closed_by_its_setting():
    with new_server(CSVA_ACCOUNTS_LOOPBACK_UPLOAD="false") as server:
        assert upload(server, "/api/upload-csv/").status_code == 401


def test_takes_a_token_from_anywhere(world, ada):
    robot = world.token_of(ada, "write")
    answer = robot.post("/api/upload-csv/", files={"file": ("titanic.csv", CSV)},
                        headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 201


def test_begins_with_a_sample():
    """Who starts it for the first time finds a data set to look at, read; nobody finds it twice."""
    with new_world(CSVA_DATA_SAMPLE="true", CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50") as world:
        def listed():
            return world.admin.get("/api/v1/datasets").json()["datasets"]
        found = wait_for(lambda: listed() and listed()[0]["state"] == "ready" and listed(), 30, "the sample")
        world.server.restart()
        assert [one["id"] for one in listed()] == [found[0]["id"]]
