"""A server that is asked to end: it says so first, and drops nobody."""

import http.client
import signal
import socket
import threading
import time

import requests
import steps
from client import refused
from conftest import new_world


def test_says_that_it_leaves_before_it_ends(language):
    with new_world(CSVA_HTTP_LEAVE_S="1.5") as world:
        ada = world.user(language)
        kept = http.client.HTTPConnection("127.0.0.1", world.server.port, timeout=10)
        kept.request("GET", "/health/live")
        answer = kept.getresponse()
        answer.read()
        assert answer.headers["Connection"] == "keep-alive"
        begin = time.monotonic()
        world.server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        refused(ada.get("/health/ready"), 503, "http.leaving")
        assert requests.get(world.url + "/health/live", timeout=10).status_code == 200
        kept.request("GET", "/health/live")
        answer = kept.getresponse()
        answer.read()
        assert answer.headers["Connection"] == "close"
        assert world.server.process.wait(20) == 0
        assert time.monotonic() - begin > 1.5


def test_a_second_signal_ends_the_wait():
    with new_world(CSVA_HTTP_LEAVE_S="60") as world:
        world.server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        world.server.process.send_signal(signal.SIGINT)
        assert world.server.process.wait(20) == 0


def test_answers_everybody_who_was_let_in():
    """Some have connected and not asked yet, some wait to be accepted, one reads his answer slowly."""
    with new_world() as world:
        large = b"a,b\n" + b"1,2\n" * 2_000_000
        answer = world.admin.post("/api/upload-csv/", files={"file": ("large.csv", large)})
        path = f"/api/v1/datasets/{steps.number_of(answer)}/original"
        slow = socket.create_connection(("127.0.0.1", world.server.port))
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        token = world.token_of(world.admin, "read").http.headers["Authorization"]
        slow.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n\r\n".encode())
        time.sleep(0.3)
        plugs = [socket.create_connection(("127.0.0.1", world.server.port)) for _ in range(20)]
        world.server.process.send_signal(signal.SIGTERM)
        for plug in plugs:
            plug.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        got = [plug.recv(65536) for plug in plugs]
        assert all(b" 200 " in answer for answer in got), got
        received = b""
        while part := slow.recv(1 << 20):
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        assert b" 200 " in head and body == large
        assert world.server.process.wait(20) == 0


def test_a_full_house_makes_room_for_one_more():
    with new_world(CSVA_HTTP_CONNECTIONS_MAX="50") as world:
        silent = [socket.create_connection(("127.0.0.1", world.server.port)) for _ in range(49)]
        time.sleep(0.2)
        failures = []

        def ask():
            try:
                assert requests.get(world.url + "/health/live", timeout=10).status_code == 200
            except (AssertionError, requests.RequestException) as error:
                failures.append(error)
        callers = [threading.Thread(target=ask) for _ in range(10)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert not failures
        for plug in silent:
            plug.close()
