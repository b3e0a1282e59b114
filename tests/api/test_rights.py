"""Every route of the document, called by those who must not."""

import re

import pytest
import requests

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
OPEN = {"/login/", "/setup/", "/metrics", "/api/metrics/", "/api/schema/", "/api/docs/",
        "/health/live", "/health/ready"}
ABSENT = "987654321"


def filled(path):
    """The route with made-up parameters."""
    return re.sub(r"\{[^}]+\}", ABSENT, path)


def call(caller, method, path, **more):
    return caller.call(method, filled(path), **more)


def wish(operation):
    """A body of the type that the operation takes, so that rights are what refuses it."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": {}}
    if "multipart/form-data" in content:
        return {"files": {"file": ("a.csv", b"a,b\n1,2\n")}}
    if content:
        return {"data": b"", "headers": {"Content-Type": next(iter(content))}}
    return {}


def each(world, *methods):
    found = [(m, p, o) for m, p, o in world.contract.operations() if not methods or m in methods]
    assert len(found) > 10
    return found


def closed(world):
    return [(m, p, o) for m, p, o in each(world) if p not in OPEN and not is_open(p)]


def is_open(path):
    """Assets of the web UI and of the API's page."""
    return path.startswith(("/assets/", "/api/docs/"))


def test_turns_strangers_away(world, stranger):
    wrong = []
    for method, path, operation in closed(world):
        if path in ("/api/upload/", "/api/upload-csv/"):
            continue  # test_mission.py: open to this very machine
        answer = call(stranger, method, path, **wish(operation))
        if answer.status_code != 401:
            wrong.append((method, path, answer.status_code))
    assert not wrong


def test_sends_a_strangers_browser_to_sign_in(world):
    wrong = []
    for method, path, _ in closed(world):
        if method != "GET" or path.startswith(("/api/", "/ajax-api/", "/models/", "/v2/")):
            continue
        answer = requests.get(world.url + filled(path), headers={"Accept": "text/html"},
                              allow_redirects=False, timeout=30)
        if answer.status_code not in (302, 401):
            wrong.append((path, answer.status_code))
        elif answer.status_code == 302 and "/login/?next=" not in answer.headers["Location"]:
            wrong.append((path, answer.headers["Location"]))
    assert not wrong
    home = requests.get(world.url + "/", headers={"Accept": "text/html"}, allow_redirects=False,
                        timeout=30)
    assert home.status_code == 302 and home.headers["Location"].startswith("/login/")


def test_hides_what_is_not_ones_own(world, ada):
    """An id nobody has: 404 (403 only where nobody but an administrator may ask)."""
    wrong = []
    for method, path, operation in closed(world):
        if "{" not in path or "administrator" in operation.get("description", ""):
            continue
        answer = call(ada, method, path, **wish(operation))
        if answer.status_code not in (403, 404, 400):
            wrong.append((method, path, answer.status_code))
    assert not wrong


def test_holds_a_read_only_token_to_reading(world, ada):
    reader = world.token_of(ada, "read")
    wrong = []
    for method, path, operation in closed(world):
        if method not in UNSAFE or path == "/logout/":
            continue
        answer = call(reader, method, path, **wish(operation))
        if answer.status_code not in (403, 404):
            wrong.append((method, path, answer.status_code))
    assert not wrong


def test_wants_a_csrf_token_for_every_cookie_write(world, language):
    """As an administrator, whom nothing else keeps out; a made-up id may be missed first."""
    root = world.user(language, administrator=True)
    root.csrf, wrong = "", []
    for method, path, operation in closed(world):
        if method not in UNSAFE:
            continue
        answer = call(root, method, path, **wish(operation))
        absent = "{" in path and answer.status_code == 404
        if not absent and (answer.status_code != 403
                           or answer.json()["error"]["reason"] != "http.csrf"):
            wrong.append((method, path, answer.status_code, answer.text[:120]))
    assert not wrong


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_refuses_writes_from_other_sites(world, ada, headers):
    wrong = []
    for method, path, operation in each(world, *UNSAFE):
        more = wish(operation)
        more["headers"] = more.get("headers", {}) | headers
        answer = call(ada, method, path, **more)
        if answer.status_code != 403:
            wrong.append((method, path, answer.status_code))
    assert not wrong
