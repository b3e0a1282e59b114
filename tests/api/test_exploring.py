"""Rows of a version: pages, sorting, filters, files, and a query child that dies."""

import os
import signal

import pytest
import steps
from client import refused
from conftest import new_world
from steps import read

TABLE = ("name,age,when,ok\n"
         "Ada,36,2024-01-02,true\nBob,,2024-01-03,false\n\"C, \"\"D\"\"\",2.5,,true\n"
         "Élise,-1,2024-02-01,\n").encode()
WRONG_FILTERS = ["c0002", "c0002.like.3", "c0002.gt.old", "c0002.gt.", ".eq.3", "c0002.eq.nan"]


@pytest.fixture(scope="module")
def table(both):
    return read(both[0], TABLE)


def page(client, number, **query):
    answer = client.get(f"/api/v1/datasets/{number}/rows", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(client, number, **query):
    return [row[0] for row in page(client, number, **query)["rows"]]


def test_shows_pages_of_rows(both, table):
    found = page(both[0], table, offset=1, limit=2)
    assert [c["physical"] for c in found["columns"]] == ["c0001", "c0002", "c0003", "c0004"]
    assert found["rows"] == [["Bob", None, "2024-01-03", False], ['C, "D"', 2.5, None, True]]
    assert found["row_ids"] == [2, 3]
    assert (found["total_rows"], found["matching_rows"], found["offset"]) == (4, 4, 1)
    assert page(both[0], table, offset=10)["rows"] == []


def test_sorts_with_missing_values_last(both, table):
    english = both[0]
    assert names(english, table, sort="c0002") == ["Élise", 'C, "D"', "Ada", "Bob"]
    assert names(english, table, sort="c0002", descending="true") == [
        "Ada", 'C, "D"', "Élise", "Bob"]


@pytest.mark.parametrize("filters,expected", [
    (["c0002.gt.2"], ["Ada", 'C, "D"']), (["c0002.le.2.5"], ['C, "D"', "Élise"]),
    (["c0002.missing"], ["Bob"]), (["c0003.present"], ["Ada", "Bob", "Élise"]),
    (["c0003.ge.2024-01-03"], ["Bob", "Élise"]), (["c0001.contains.É"], ["Élise"]),
    (["c0001.eq.C, \"D\""], ['C, "D"']), (["c0001.eq.it's' OR 1=1 --"], []),
    (["c0004.eq.true", "c0002.gt.10"], ["Ada"]), (["c0001.ne.Ada", "c0002.present"],
                                                  ['C, "D"', "Élise"]),
    (["c0003.eq.no date"], [])])
def test_filters(both, table, filters, expected):
    found = page(both[0], table, filter=filters)
    assert [row[0] for row in found["rows"]] == expected
    assert (found["matching_rows"], found["total_rows"]) == (len(expected), 4)


def test_says_what_is_wrong_with_a_filter(both, table):
    path = f"/api/v1/datasets/{table}/rows"
    for client in both:
        for wrong in WRONG_FILTERS:
            reason = "unknown_column" if wrong.startswith(".") else "bad_filter"
            answer = client.get(path, params={"filter": ["c0001.present", wrong]})
            error = refused(answer, 400, f"exploring.{reason}")
            assert error["details"] == {"filter": 2}, wrong
        refused(client.get(path + "?sort=c9999"), 400, "exploring.unknown_column")
        refused(client.get(path + "?filter=c9999.missing"), 400, "exploring.unknown_column")
        for query in ("limit=0", "limit=1001", "offset=-1", "version_id=-1"):
            refused(client.get(f"{path}?{query}"), 400, "base.out_of_range")
        refused(client.get(path + "?limit=many"), 400, "base.wrong_type")


def test_gives_a_version_as_csv(world, both, table):
    version = both[0].get(f"/api/v1/datasets/{table}").json()["current_version_id"]
    answer = both[0].get(f"/api/v1/datasets/{table}/versions/{version}/csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert 'filename="data.csv"' in answer.headers["Content-Disposition"]
    assert answer.content.decode().splitlines() == [
        "name,age,when,ok", "Ada,36,2024-01-02,true", "Bob,,2024-01-03,false",
        '"C, ""D""",2.5,,true', "Élise,-1,2024-02-01,"]
    steps.wait_for(lambda: not [p for p in world.server.staged() if "export" in p.name], 10,
                   "the end of the export's file")


def query_children(world):
    """Process ids of the server's query children."""
    server = world.server.process.pid
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as facts:
                parent = facts.read().rsplit(") ", 1)[1].split()[1]
            with open(f"/proc/{pid}/cmdline", "rb") as line:
                words = line.read().split(b"\0")
        except OSError:
            continue
        if int(parent) == server and b"query-child" in words:
            found.append(int(pid))
    return found


def test_gives_no_connection_to_its_children(world, both, table):
    """A child that held one would keep it open after the server has closed it: the next request on
    it would wait for ever."""
    assert both[0].get(f"/api/v1/datasets/{table}/rows").status_code == 200
    children = query_children(world)
    assert children
    for child in children:
        held = [os.readlink(f"/proc/{child}/fd/{fd}") for fd in os.listdir(f"/proc/{child}/fd")]
        assert not [name for name in held if name.startswith("socket:")], held


def test_starts_a_dead_query_child_again(world, both, table):
    """Its death is one 503 with a sentence; the next question is answered; the server stays."""
    path = f"/api/v1/datasets/{table}/rows"
    server = world.server.process.pid
    for client in both:
        assert client.get(path).status_code == 200
        before = query_children(world)
        assert before
        for child in before:
            os.kill(child, signal.SIGKILL)
        answer = client.get(path)
        refused(answer, 503, "exploring.unavailable")
        assert answer.headers["Retry-After"]
        assert client.get(path).status_code == 200
        assert not set(query_children(world)) & set(before)
        # The child that writes whole files has died too; its next order finds out.
        version = client.get(f"/api/v1/datasets/{table}").json()["current_version_id"]
        file = f"/api/v1/datasets/{table}/versions/{version}/csv"
        assert client.get(file).status_code in (200, 503)
        assert client.get(file).status_code == 200
    assert world.server.process.pid == server and world.server.process.poll() is None


def test_stops_a_question_that_takes_too_long(language):
    with new_world(CSVA_LIMITS_QUERY_MS="1", CSVA_JOBS_LOCAL_WORKERS="1") as world:
        ada = world.user(language)
        wide = b"a,b\n" + b"".join(b"%d,%d\n" % (i * 7919 % 200003, i) for i in range(200000))
        number = read(ada, wide)
        path = f"/api/v1/datasets/{number}/rows?sort=c0001&filter=c0002.contains.7"
        # The first start of the child may take all of the time, and a lucky question none.
        seen = {ada.get(path).json().get("error", {}).get("reason") for _ in range(8)}
        assert "exploring.time_out" in seen and seen <= {
            "exploring.time_out", "exploring.unavailable", None}, seen


def test_says_that_a_table_is_damaged(language):
    """A table that cannot be read is our fault: a sentence, no crash, and others are still read."""
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1") as world:
        ada = world.user(language)
        good = read(ada)
        before = set(world.server.blobs())
        number = read(ada, TABLE)
        for blob in set(world.server.blobs()) - before:
            if blob.read_bytes()[:4] == b"PAR1":
                blob.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
        ada.expected.add(500)
        answer = ada.get(f"/api/v1/datasets/{number}/rows")
        assert answer.json()["error"]["reason"] == "duck.failed", answer.text
        assert ada.get(f"/api/v1/datasets/{good}/rows").status_code == 200


def test_says_that_memory_is_short(language):
    with new_world(CSVA_LIMITS_QUERY_MEMORY_BYTES="1000000",
                   CSVA_JOBS_LOCAL_WORKERS="1") as world:
        ada = world.user(language)
        number = read(ada, b"a,b\n" + b"".join(
            b"%d,%s\n" % (i * 7919 % 20011, b"x" * 200) for i in range(20000)))
        answer = ada.get(f"/api/v1/datasets/{number}/rows?sort=c0002&offset=10000&limit=1000")
        refused(answer, 503, "duck.out_of_memory")
        assert ada.get(f"/api/v1/datasets/{number}/receipt").status_code == 200
