"""Uploads, versions, files and deletion."""

import concurrent.futures
import hashlib
import socket
import threading
import time

import pytest
import requests
import steps
from client import refused
from conftest import BACK_END, new_world
from steps import CSV, read, upload

RAGGED = b"a,b\n1,2\n3\n4,5,6\n7,8\n"


def path_of(number):
    return f"/api/v1/datasets/{number}"


def test_shows_what_was_sent_and_how_it_was_read(ada):
    number = read(ada, CSV, "people.csv")
    found = ada.get(path_of(number)).json()
    assert found["name"] == "people" and found["file_name"] == "people.csv"
    assert found["sha256"] == hashlib.sha256(CSV).hexdigest() and found["size_bytes"] == len(CSV)
    assert (found["rows"], found["columns"], found["state"]) == (60, 3, "ready")
    view = ada.get(f"/view/{number}/").json()
    assert [c["name"] for c in view["columns"]] == ["name", "age", "city"]
    assert view["receipt"] == ada.get(path_of(number) + "/receipt").json()
    assert view["receipt"]["rows_in"] == view["receipt"]["rows_kept"] == 60
    assert ada.get(path_of(number) + "/original").content == CSV
    profile = ada.get(path_of(number) + "/profile").json()
    assert profile["rows"] == 60 and len(profile["columns"]) == 3


def test_gives_the_rejected_rows_back(ada):
    number = read(ada, RAGGED)
    receipt = ada.get(path_of(number) + "/receipt").json()
    assert receipt["rows_in"] == receipt["rows_kept"] + receipt["rows_rejected"]
    answer = ada.get(path_of(number) + "/rejects")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.text.splitlines()
    assert lines[0] == "line,reason,text" and len(lines) == 1 + receipt["rows_rejected"]
    assert lines[1].startswith("3,too_few_cells") and lines[2].startswith("4,too_many_cells")
    whole = read(ada)
    refused(ada.get(path_of(whole) + "/rejects"), 404, "datasets.no_rejects")


def test_resumes_a_download(ada):
    number = read(ada)
    part = ada.get(path_of(number) + "/original", headers={"Range": "bytes=5-9"})
    assert part.status_code == 206 and part.content == CSV[5:10]
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(CSV)}"
    beyond = ada.get(path_of(number) + "/original", headers={"Range": "bytes=999999-"})
    refused(beyond, 416, "http.range_not_satisfiable")
    assert beyond.headers["Content-Range"] == f"bytes */{len(CSV)}"


def test_answers_a_form_with_a_page(ada):
    answer = upload(ada, path="/upload/", csrfmiddlewaretoken=ada.csrf)
    assert answer.status_code == 303
    number = steps.number_of(answer)
    assert answer.headers["Location"] == f"/view/{number}/"
    assert steps.ended(ada, number)["state"] == "ready"
    ada.csrf = ""
    refused(upload(ada, path="/upload/", csrfmiddlewaretoken="wrong"), 403, "http.csrf")


def test_wants_exactly_one_file(ada):
    for path in ("/api/upload-csv/", "/api/upload/", "/upload/"):
        for more in ({"files": {"other": ("a.csv", b"a\n1\n")}}, {"files": {"file": (None, "a")}},
                     {"files": {"file": ("", b"")}}, {"files": {"name": (None, "x")}}, {}):
            refused(ada.post(path, **more), 400, "http.no_file_part")
        two = [("file", ("a.csv", CSV)), ("file", ("b.csv", CSV))]
        refused(ada.post(path, files=two), 400, "http.several_files")
        more = [("file", ("a.csv", CSV)), ("picture", ("b.png", b"x"))]
        refused(ada.post(path, files=more), 400, "base.unknown_field")
        refused(ada.post(path, json={"file": "a.csv"}), 415, "http.unsupported_media_type")
    assert ada.get("/api/v1/datasets").json()["total"] == 0


def test_puts_a_file_into_the_project_that_is_named(ada, bob):
    project = ada.post("/api/v1/projects", json={"name": "Team"}).json()["id"]
    number = read(ada, project_id=project)
    assert ada.get(path_of(number)).json()["project_id"] == project
    refused(upload(bob, project_id=project), 404, "projects.not_found")
    members = f"/api/v1/projects/{project}/members"
    assert ada.post(members, json={"name": bob.name, "role": "viewer"}).status_code == 201
    refused(upload(bob, project_id=project), 403, "accounts.forbidden")
    assert bob.get(path_of(number)).status_code == 200
    own = f"{members}/{bob.id}"
    assert ada.put(own, json={"role": "editor"}).status_code == 200
    read(bob, project_id=project)
    listed = ada.get(f"/api/v1/datasets?project_id={project}").json()
    assert listed["total"] == 2 and len(listed["datasets"]) == 2
    assert ada.delete(f"/api/v1/projects/{project}").status_code == 204
    refused(ada.get(path_of(number)), 404, "datasets.not_found")


def test_lists_page_by_page_newest_first(ada):
    numbers = [steps.number_of(upload(ada, b"a\n%d\n" % i)) for i in range(3)]
    first = ada.get("/api/v1/datasets?limit=2").json()
    assert [d["id"] for d in first["datasets"]] == numbers[:0:-1] and first["total"] == 3
    rest = ada.get(f"/api/v1/datasets?limit=2&before={numbers[1]}").json()
    assert [d["id"] for d in rest["datasets"]] == numbers[:1] and rest["total"] == 3


def test_renames(ada):
    number = read(ada)
    assert ada.patch(path_of(number), json={"name": "Été 2026"}).json()["name"] == "Été 2026"
    for name in ("   ", "a\nb"):
        refused(ada.patch(path_of(number), json={"name": name}), 400, "datasets.bad_name")
    for name in ("", "x" * 201):
        refused(ada.patch(path_of(number), json={"name": name}), 400, "base.out_of_range")
    assert ada.patch(path_of(number), json={"name": "é" * 200}).status_code == 200
    assert ada.get(path_of(number)).json()["file_name"] == "data.csv"


def test_never_changes_a_version(ada):
    number = read(ada, b"a,b\n 1 ,x\n 2 , y \n2,\n")
    first = ada.get(path_of(number) + "/versions").json()["versions"][0]
    csv = f"{path_of(number)}/versions/{first['id']}/csv"
    before, profile = ada.get(csv).content, ada.get(path_of(number) + "/profile").content
    steps.clean(ada, number, ("trim@1", [], {}), ("drop_missing_rows@1", [], {}))
    assert ada.patch(path_of(number), json={"name": "other"}).status_code == 200
    after = ada.get(path_of(number) + "/versions").json()["versions"]
    assert len(after) == 3 and {k: v for k, v in after[0].items() if k != "current"} == \
        {k: v for k, v in first.items() if k != "current"}
    assert ada.get(csv).content == before
    assert ada.get(path_of(number) + f"/profile?version_id={first['id']}").content == profile
    assert ada.get(path_of(number)).json()["rows"] == 2


def test_deletes_with_all_that_hangs_on_it(language):
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1") as world:
        ada = world.user(language)
        number = read(ada, RAGGED)
        steps.clean(ada, number, ("drop_duplicates@1", [], {}))
        assert len(world.server.blobs()) == 4  # the file, the rejects, two versions
        assert ada.delete(path_of(number)).status_code == 204
        assert world.server.blobs() == []
        for path in ("", "/receipt", "/rejects", "/original", "/versions", "/profile", "/rows"):
            refused(ada.get(path_of(number) + path), 404, "datasets.not_found")
        refused(ada.delete(path_of(number)), 404, "datasets.not_found")
        listed = ada.get("/api/v1/datasets").json()
        assert (listed["datasets"], listed["total"]) == ([], 0)


def test_keeps_within_the_quota(language):
    with new_world(CSVA_LIMITS_USER_BYTES=str(2 * len(CSV)),
                   CSVA_LIMITS_INBOX_BYTES=str(len(CSV))) as world:
        ada = world.user(language)
        numbers = [steps.number_of(upload(ada)) for _ in range(2)]
        error = refused(upload(ada, b"a\n1\n"), 413, "datasets.quota_used_up")
        assert error["details"] == {"used": 2 * len(CSV), "limit": 2 * len(CSV)}
        assert len(world.server.blobs()) == 2 and world.server.staged() == []
        assert ada.delete(path_of(numbers[0])).status_code == 204
        assert upload(ada).status_code == 201
        stranger = world.client(language=language)
        assert upload(stranger).status_code == 201
        refused(upload(stranger, b"a\n1\n"), 413, "datasets.quota_used_up")


def test_stops_when_the_disk_is_nearly_full(language):
    with new_world(CSVA_LIMITS_DISK_RESERVE_BYTES=str(1 << 60)) as world:
        ada = world.user(language)
        answer = upload(ada)
        refused(answer, 503, "http.disk_low")
        assert answer.headers["Retry-After"]
        assert world.server.blobs() == [] and world.server.staged() == []


def test_says_what_is_not_ready_yet(idle_world, language):
    ada = idle_world.user(language)
    number = steps.number_of(upload(ada))
    assert ada.get(path_of(number)).json()["state"] == "reading"
    for path in ("/receipt", "/profile", "/rows"):
        refused(ada.get(path_of(number) + path), 409, "datasets.not_ready")
    refused(ada.post(path_of(number) + "/undo"), 409, "datasets.busy")
    refused(ada.post(f"/clean/{number}/", json={"steps": [{"step": "trim@1"}]}),
            409, "datasets.not_ready")
    refused(ada.post(path_of(number) + "/trainings", json=steps.QUICK), 409, "datasets.not_ready")
    assert ada.get(path_of(number) + "/original").content == CSV
    view = ada.get(f"/view/{number}/").json()
    assert view["columns"] == [] and view["receipt"] is None and view["versions"] == []


def test_says_that_a_stored_file_is_gone(idle_world, language):
    ada = idle_world.user(language)
    before = idle_world.server.blobs()
    number = steps.number_of(upload(ada))
    (blob,) = set(idle_world.server.blobs()) - set(before)
    blob.unlink()
    ada.expected.add(500)
    refused(ada.get(path_of(number) + "/original"), 500, "blob.missing")


@pytest.mark.parametrize("count", [2, 8])
def test_takes_uploads_at_once(world, ada, count):
    token = world.token_of(ada, "write").http.headers["Authorization"][7:]
    contents = {f"{i}.csv": b"a,b\n" + b"%d,2\n" % i * 50000 for i in range(count)}
    answers = []

    def send(name):
        client = world.client(token=token, language=ada.language)
        answers.append((name, upload(client, contents[name], name)))

    threads = [threading.Thread(target=send, args=(name,)) for name in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.json()["file"] for _, a in answers) == sorted(contents)
    assert len({steps.number_of(a) for _, a in answers}) == count
    for name, answer in answers:
        original = ada.get(path_of(steps.number_of(answer)) + "/original")
        assert original.content == contents[name]


def half_an_upload(world, token, then):
    """Announces 5 MB, sends 400 kB, and then does `then` with the connection."""
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=30) as wire:
        wire.sendall((f"POST /api/upload-csv/ HTTP/1.1\r\nHost: 127.0.0.1:{world.server.port}\r\n"
                      f"Authorization: {token}\r\nContent-Length: 5000000\r\n"
                      "Accept-Language: " + then.language + "\r\n"
                      "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                      'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
                      ).encode() + b"1,2\n" * 100000)
        steps.wait_for(world.server.staged, 10, "a staged file")
        return then(wire)


class Goes:
    """A client that goes away."""
    def __init__(self, language):
        self.language = language

    def __call__(self, wire):
        return None


class StopsSending(Goes):
    """One that has nothing more to say, but listens."""
    def __call__(self, wire):
        wire.shutdown(socket.SHUT_WR)
        answer = b""
        while True:
            block = wire.recv(65536)
            if not block:
                return answer.decode()
            answer += block


def test_leaves_nothing_behind_a_client_that_stops(idle_world, language):
    ada = idle_world.user(language)
    token = idle_world.token_of(ada, "write").http.headers["Authorization"]
    blobs = idle_world.server.blobs()
    half_an_upload(idle_world, token, Goes(language))
    steps.wait_for(lambda: not idle_world.server.staged(), 10, "an empty staging folder")
    answer = half_an_upload(idle_world, token, StopsSending(language))
    steps.note_raw(language, answer, 400, "http.body_unfinished")
    steps.wait_for(lambda: not idle_world.server.staged(), 10, "an empty staging folder")
    assert idle_world.server.blobs() == blobs
    assert ada.get("/api/v1/datasets").json()["total"] == 0


def test_keeps_the_inbox_for_programs_of_this_machine(world, admin):
    answer = requests.post(world.url + "/api/upload-csv/", files={"file": ("a.csv", CSV)},
                           data={"project_id": "1"}, timeout=30)
    assert answer.status_code == 404
    assert answer.json()["error"]["reason"] == "projects.not_found"


def test_makes_one_inbox_for_all_that_come_at_once():
    """Several servers share a database: while one makes the inbox, the uploads of the others wait for it."""
    with new_world() as world, concurrent.futures.ThreadPoolExecutor(9) as pool:
        made = "INSERT INTO projects (name, kind, created_at) VALUES ('Inbox', 'inbox', 0)"
        if BACK_END == "postgres":
            other = pool.submit(world.server.sql, made + "; SELECT pg_sleep(1)")
            time.sleep(0.3)
        answers = list(pool.map(lambda number: upload(world.client(), f"a\n{number}\n".encode()), range(8)))
        assert {answer.status_code for answer in answers} == {201}
        if BACK_END == "postgres":
            other.result()
        assert [kind for (kind,) in world.server.sql("SELECT kind FROM projects WHERE kind = 'inbox'")] == ["inbox"]
        assert world.admin.get("/api/v1/datasets").json()["total"] == 8
