"""What the server says to requests that break the protocol or a limit."""

import concurrent.futures
import gzip
import json
import re
import socket

import pytest
from client import refused
from conftest import new_world
from steps import CSV, note_raw, read, upload, wait_for
from support.server import PASSWORD

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


FORWARDED = [  # X-Forwarded-For, and the network of whom the request is taken to be
    ("203.0.113.9", "203.0.113.0/24"),
    ("198.51.100.7, 203.0.113.9", "203.0.113.0/24"),  # what the client made up itself
    ("203.0.113.9:4711, 127.0.0.9", "203.0.113.0/24"),  # another proxy of ours in between
    ("2001:db8:7:1::9", "2001:db8:7::/48"),
    ("unknown", "127.0.0.0/24")]


def network_of(world, headers):
    """What the access log keeps of the address of one request with these headers."""
    answer = world.client().get("/health/live", headers=headers)
    assert answer.status_code == 200

    def logged():
        lines = [line for line in world.server.log().splitlines() if answer.headers["X-Request-Id"] in line]
        return lines and json.loads(lines[0])["network"]
    return wait_for(logged, 10, "the line of the request")


def test_believes_trusted_proxies_alone():
    """Whom a request comes from, and whether by https: what the proxy says, not what anybody says."""
    named = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    with new_world(CSVA_HTTP_TRUSTED_PROXIES="192.0.2.1, 127.0.0.0/8") as world:
        user = world.user()
        for chain, network in FORWARDED:
            assert network_of(world, {"X-Forwarded-For": chain}) == network, chain
        wish = {"name": user.name, "password": PASSWORD}
        assert "; Secure" in world.client().post("/login/", json=wish, headers=named).headers["Set-Cookie"]
        assert "; Secure" not in world.client().post("/login/", json=wish).headers["Set-Cookie"]
    with new_world(CSVA_HTTP_TRUSTED_PROXIES="192.0.2.1") as world:
        user = world.user()
        assert network_of(world, named) == "127.0.0.0/24"
        wish = {"name": user.name, "password": PASSWORD}
        assert "; Secure" not in world.client().post("/login/", json=wish, headers=named).headers["Set-Cookie"]


@pytest.mark.parametrize("allowed,good,bad", [
    ("csv.example.org, .example.com", ["csv.example.org", "CSV.Example.org:8080", "example.com", "a.b.example.com", "[::1]:80"],
     ["example.org", "notexample.com", "csv.example.org.evil.example"]),
    ("*", ["evil.example"], [])])
def test_answers_to_allowed_hosts_alone(allowed, good, bad):
    with new_world(CSVA_HTTP_ALLOWED_HOSTS=allowed) as world:
        for host in good:
            assert world.client().get("/health/live", headers={"Host": host}).status_code == 200, host
        for host in bad:
            refused(world.client().get("/health/live", headers={"Host": host}), 421, "http.host_not_allowed")


def test_compresses_and_remembers_assets(world, ada):
    document = ada.get("/api/schema/", headers={"Accept-Encoding": "gzip"})
    assert document.status_code == 200
    assert document.headers["Content-Encoding"] == "gzip" and document.json()["openapi"]
    page = ada.http.get(world.url + "/", headers={"Accept": "text/html"}, timeout=30)
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    script = re.search(r'src="(/assets/[^"]+\.js)"', page.text).group(1)

    def asset(**headers):
        answer = ada.http.get(world.url + script, headers={"Accept-Encoding": "identity"} | headers, timeout=30, stream=True)
        assert "immutable" in answer.headers["Cache-Control"] and answer.headers["Vary"] == "Accept-Encoding"
        return answer, answer.raw.read(decode_content=False)

    plain, text = asset()
    assert plain.status_code == 200 and "Content-Encoding" not in plain.headers
    zipped, small = asset(**{"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip" and gzip.decompress(small) == text
    best, smallest = asset(**{"Accept-Encoding": "gzip, deflate, br"})
    assert best.headers["Content-Encoding"] == "br" and 0 < len(smallest) < len(small) < len(text)
    assert plain.headers["ETag"] == zipped.headers["ETag"] == best.headers["ETag"]
    same, nothing = asset(**{"If-None-Match": plain.headers["ETag"]})
    assert (same.status_code, nothing) == (304, b"") and same.headers["ETag"] == plain.headers["ETag"]
    assert asset(**{"If-None-Match": '"another"'})[0].status_code == 200


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
