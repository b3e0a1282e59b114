"""What the server says to requests that break the protocol or a limit."""

import concurrent.futures
import socket

import pytest
from client import refused
from conftest import new_world
from steps import CSV, note_raw, read, upload

JSON = {"Content-Type": "application/json"}
HEAD = "GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nAccept-Language: {language}\r\n"
POST = ("POST /login/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: {language}\r\n"
        "Content-Type: application/json\r\n")
RAW = {
    "no_host": ("GET / HTTP/1.1\r\nAccept-Language: {language}\r\n\r\n", 400, "http.bad_request"),
    "folded": (HEAD + "X-A: b\r\n c\r\n\r\n", 400, "http.bad_request"),
    "both_lengths": (POST + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{{}}",
                     400, "http.bad_request"),
    "bad_chunk": (POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "http.bad_request"),
    "no_http": ("GET /\r\nAccept-Language: {language}\r\n\r\n", 400, "http.bad_request"),
    "encoding": (POST + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501,
                 "http.unsupported_transfer_encoding"),
    "escape": ("GET /view/%ff/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: {language}\r\n\r\n",
               400, "http.bad_encoding"),
    "other_host": ("GET / HTTP/1.1\r\nHost: evil.example\r\nAccept-Language: {language}\r\n\r\n",
                   421, "http.host_not_allowed"),
    "large_header": (HEAD + "X-A: " + "a" * 20000 + "\r\n\r\n", 431, "http.headers_too_large"),
    "body_that_stops": (POST + "Content-Length: 100\r\n\r\n{{", 400, "http.body_unfinished"),
}


def exchange(port, text, end=True):
    """The whole answer to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(text.encode())
        if end:
            wire.shutdown(socket.SHUT_WR)
        answer = b""
        while True:
            try:
                block = wire.recv(65536)
            except ConnectionResetError:
                block = b""
            if not block:
                return answer.decode()
            answer += block


@pytest.mark.parametrize("kind", RAW)
def test_says_what_is_wrong_with_a_request(world, language, kind):
    text, status, reason = RAW[kind]
    answer = exchange(world.server.port, text.format(language=language))
    note_raw(language, answer, status, reason)


def test_does_not_wait_for_ever(language):
    with new_world(CSVA_HTTP_HEADER_S="0.2", CSVA_HTTP_BODY_IDLE_S="0.2",
                   CSVA_HTTP_LINGER_S="0.2") as world:
        for text in (HEAD, POST + "Content-Length: 100\r\n\r\n{{"):
            answer = exchange(world.server.port, text.format(language=language), end=False)
            note_raw(language, answer, 408, "http.request_timeout")


def test_limits_bodies(world, language):
    ada = world.user(language)
    large = b'{"name": "' + b"x" * (1 << 20) + b'"}'
    refused(ada.post("/api/v1/projects", data=large, headers=JSON), 413, "http.body_too_large")
    refused(upload(ada, CSV, note="x" * (1 << 20 | 1)), 413, "http.body_too_large")
    refused(ada.post("/api/upload-csv/", files=[
        (f"part{i}", (None, "x")) for i in range(101)]), 413, "http.too_many_parts")
    refused(ada.post("/api/upload-csv/", data=b"--x\r\nnonsense", headers={
        "Content-Type": "multipart/form-data; boundary=x"}), 400, "http.bad_multipart")
    refused(ada.post("/api/upload-csv/", data=b"x", headers={
        "Content-Type": "multipart/form-data"}), 400, "http.bad_multipart")


def test_says_that_it_has_too_much_to_do(language):
    """One thread and a queue of one: signing in takes long enough for others to be refused."""
    with new_world(CSVA_HTTP_HANDLER_THREADS="1", CSVA_HTTP_QUEUE_MAX="1") as world:
        def sign_in(_):
            return world.client(language=language).post(
                "/login/", json={"name": "nobody", "password": "wrong"})
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            found = list(pool.map(sign_in, range(16)))
        busy = [answer for answer in found if answer.status_code == 503]
        assert busy and len(busy) < 16
        for answer in busy:
            refused(answer, 503, "http.busy")
            assert answer.headers["Retry-After"]
        assert world.admin.get("/api/v1/session").status_code == 200


def test_hides_its_own_mistakes(language):
    """A table that is missing is nothing that a caller could mend: 500, a number, no inside."""
    with new_world() as world:
        ada = world.user(language)
        world.server.sql("ALTER TABLE datasets RENAME TO elsewhere")
        ada.expected.add(500)
        error = refused(ada.get("/api/v1/datasets"), 500, "base.internal")
        assert "datasets" not in str(error) and error["request_id"] in world.server.log()
        assert ada.get("/api/v1/session").status_code == 200


def test_refuses_texts_that_cannot_be_kept(world, ada):
    answer = ada.post("/api/v1/tokens", json={"label": "a\x00b", "scope": "read"})
    refused(answer, 400, "store.bad_text")


def test_compresses_and_remembers_assets(world, ada):
    document = ada.get("/api/schema/", headers={"Accept-Encoding": "gzip"})
    assert document.status_code == 200
    page = ada.http.get(world.url + "/", headers={"Accept": "text/html"}, timeout=30)
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")


def test_streams_the_changes_of_ones_jobs(world, ada):
    with ada.http.get(world.url + "/api/v1/events", stream=True, timeout=30) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
        number = read(ada)
        states = []
        for line in lines:
            if line.startswith("data: ") and f'"dataset_id":{number}' in line:
                states.append(line)
                if '"state":"succeeded"' in line:
                    break
        assert states
