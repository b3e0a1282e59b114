"""Signing in and out, first run, sessions, tokens, users."""

import hashlib

import pytest
from client import Client, refused
from conftest import PASSWORD, new_server

OTHER = "another long password"


def test_signs_in_and_out_with_json(world, ada):
    who = ada.get("/api/v1/session").json()
    assert who["user"]["name"] == ada.name and who["via"] == "session"
    assert who["csrf_token"] == ada.csrf
    assert ada.post("/logout/", json={}).json() == {"next": "/login/"}
    refused(ada.get("/api/v1/session"), 401, "accounts.sign_in_needed")


def test_signs_in_with_a_form_and_goes_on_to_the_page(world, ada):
    browser = world.client()
    answer = browser.post("/login/", data={
        "name": ada.name, "password": PASSWORD, "next": "/view/3/"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/view/3/"
    cookies = answer.headers["Set-Cookie"]
    session = cookies[cookies.index("csva_session="):].split(", ")[0]
    assert "HttpOnly" in session and "SameSite=Lax" in session
    out = browser.post("/logout/", data={
        "csrfmiddlewaretoken": browser.http.cookies["csrftoken"]})
    assert out.status_code == 303 and out.headers["Location"] == "/login/"
    refused(browser.get("/api/v1/session"), 401, "accounts.sign_in_needed")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_never_goes_on_to_another_site(world, admin, target):
    answer = world.client().post("/login/", data={
        "name": "root", "password": PASSWORD, "next": target})
    assert answer.status_code == 303 and answer.headers["Location"] == "/"


def test_says_the_same_for_a_wrong_password_and_an_unknown_name(stranger, ada):
    one = refused(stranger.post("/login/", json={"name": ada.name, "password": "wrong"}),
                  401, "accounts.wrong_credentials")
    two = refused(stranger.post("/login/", json={"name": "nobody", "password": "wrong"}),
                  401, "accounts.wrong_credentials")
    assert one["message"] == two["message"] and one["details"] == two["details"]


def test_stops_guessing_and_says_for_how_long(stranger, ada):
    for _ in range(10):
        refused(stranger.post("/login/", json={"name": ada.name, "password": "wrong"}),
                401, "accounts.wrong_credentials")
    answer = stranger.post("/login/", json={"name": ada.name, "password": PASSWORD})
    refused(answer, 429, "accounts.too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_makes_the_first_administrator_once(language):
    with new_server() as server:
        visitor = Client(server.url, None, language=language)
        assert visitor.get("/login/").json()["setup_needed"]
        wish = {"token": "wrong", "name": "first", "password": PASSWORD}
        refused(visitor.post("/setup/", json=wish), 403, "accounts.setup_link_invalid")
        wish["token"] = server.setup_token
        refused(visitor.post("/setup/", json=wish | {"password": "short"}),
                400, "accounts.password_too_short")
        made = visitor.post("/setup/", data=wish)
        assert made.status_code == 303 and made.headers["Location"] == "/"
        assert visitor.get("/api/v1/session").json()["user"]["administrator"]
        refused(Client(server.url, None, language=language).post("/setup/", json=wish),
                410, "accounts.setup_done")
        assert not visitor.get("/setup/").json()["setup_needed"]


def test_lists_and_ends_ones_own_sessions(world, ada, bob):
    other = world.client().sign_in(ada.name, PASSWORD)
    sessions = ada.get("/api/v1/sessions").json()["sessions"]
    assert len(sessions) == 2 and [s["current"] for s in sessions].count(True) == 1
    away = next(s["id"] for s in sessions if not s["current"])
    refused(bob.delete(f"/api/v1/sessions/{away}"), 404, "accounts.session_not_found")
    assert ada.delete(f"/api/v1/sessions/{away}").status_code == 204
    refused(other.get("/api/v1/session"), 401, "accounts.sign_in_needed")


def test_rotates_the_session_at_sign_in(world, ada):
    former = ada.http.cookies["csva_session"]
    ada.sign_in(ada.name, PASSWORD)
    assert ada.http.cookies["csva_session"] != former
    thief = world.client(language=ada.language)
    thief.http.cookies["csva_session"] = former
    refused(thief.get("/api/v1/session"), 401, "accounts.sign_in_needed")


def test_makes_lists_and_revokes_tokens(world, ada, bob):
    made = ada.post("/api/v1/tokens", json={"label": "robot", "scope": "write"})
    assert made.status_code == 201 and made.headers["Location"].endswith(str(made.json()["id"]))
    secret, number = made.json()["token"], made.json()["id"]
    robot = world.client(token=secret, language=ada.language)
    assert robot.get("/api/v1/session").json()["scope"] == "write"
    listed = ada.get("/api/v1/tokens")
    assert secret not in listed.text and listed.json()["tokens"][0]["used_at"]
    refused(bob.delete(f"/api/v1/tokens/{number}"), 404, "accounts.token_not_found")
    assert ada.delete(f"/api/v1/tokens/{number}").status_code == 204
    refused(robot.get("/api/v1/session"), 401, "accounts.token_invalid")
    refused(ada.delete(f"/api/v1/tokens/{number}"), 404, "accounts.token_not_found")


def test_ends_a_token_at_its_time_and_keeps_its_hash_alone(world, ada):
    made, other = (ada.post("/api/v1/tokens", json={"label": "robot", "scope": "write", "days": 1}).json() for _ in range(2))
    if "CSVA_DATABASE_URL" in world.server.environment:
        tables = world.server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = world.server.sql(" UNION ALL ".join(f"SELECT CAST(t AS TEXT) FROM {table} t" for (table,) in tables))  # nosec B608
    else:
        tables = world.server.sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        rows = [row for (table,) in tables for row in world.server.sql(f"SELECT * FROM {table}")]  # nosec B608
    stored = "\n".join(cell for row in rows for cell in row)
    assert hashlib.sha256(made["token"].encode()).hexdigest() in stored
    assert made["token"] not in stored and made["token"].encode().hex() not in stored
    for file in world.server.data.glob("*.sqlite*"):
        assert made["token"].encode() not in file.read_bytes(), file
    world.server.sql(f"UPDATE api_tokens SET expires_at = 1 WHERE id = {made['id']}")  # nosec B608
    assert world.client(token=other["token"]).get("/api/v1/session").status_code == 200
    robot = world.client(token=made["token"], language=ada.language)
    refused(robot.get("/api/v1/session"), 401, "accounts.token_invalid")


def test_holds_a_token_to_its_scope(world, ada):
    reader = world.token_of(ada, "read")
    reader.language = ada.language
    reader.http.headers["Accept-Language"] = ada.language
    wish = {"label": "more", "scope": "admin"}
    refused(reader.post("/api/v1/tokens", json=wish), 403, "accounts.scope_too_small")
    refused(reader.post("/api/v1/projects", json={"name": "x"}), 403, "accounts.scope_too_small")
    refused(reader.delete("/api/v1/tokens/1"), 403, "accounts.scope_too_small")


def test_limits_the_tokens_of_a_user(ada):
    for _ in range(100):
        assert ada.post("/api/v1/tokens", json={"label": "x"}).status_code == 201
    refused(ada.post("/api/v1/tokens", json={"label": "x"}), 409, "accounts.too_many_tokens")


def test_changes_ones_own_password_and_language(world, ada):
    other = world.client(language=ada.language).sign_in(ada.name, PASSWORD)
    wish = {"password": OTHER, "current_password": "wrong"}
    refused(ada.patch("/api/v1/me", json=wish), 403, "accounts.wrong_password")
    refused(world.client(token=world.token_of(ada, "admin").http.headers["Authorization"][7:],
                         language=ada.language).patch("/api/v1/me", json=wish),
            403, "accounts.session_needed")
    wish["current_password"] = PASSWORD
    refused(ada.patch("/api/v1/me", json=wish | {"password": "1234567890"}),
            400, "accounts.password_too_common")
    assert ada.patch("/api/v1/me", json=wish).status_code == 200
    assert ada.get("/api/v1/session").status_code == 200
    refused(other.get("/api/v1/session"), 401, "accounts.sign_in_needed")
    assert ada.patch("/api/v1/me", json={"language": "fr"}).json()["language"] == "fr"
    ada.language = "fr"
    refused(ada.get("/api/v1/users"), 403, "accounts.forbidden")
    world.client().sign_in(ada.name, OTHER)


@pytest.mark.parametrize("name", ["", "two words", "é", "x" * 64 + "y"])
def test_refuses_names_that_cannot_be_used(world, language, name):
    root = world.user(language, administrator=True)
    answer = root.post("/api/v1/users", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 400
    assert answer.json()["error"]["reason"] in ("accounts.bad_name", "base.out_of_range")


def test_manages_users_as_an_administrator(world, ada):
    root = world.user(ada.language, administrator=True)
    refused(root.post("/api/v1/users", json={"name": ada.name.upper(), "password": PASSWORD}),
            409, "accounts.name_taken")
    path = f"/api/v1/users/{ada.id}"
    assert root.get(path).json()["name"] == ada.name
    robot = world.token_of(ada, "read")
    assert root.patch(path, json={"disabled": True}).json()["disabled_at"]
    for caller in (ada, robot):
        assert caller.get("/api/v1/session").status_code == 401
    assert root.patch(path, json={"disabled": False, "password": OTHER}).status_code == 200
    world.client().sign_in(ada.name, OTHER)
    refused(root.get("/api/v1/users/999999"), 404, "accounts.user_not_found")
    refused(root.patch("/api/v1/users/999999", json={}), 404, "accounts.user_not_found")
    refused(ada.get("/api/v1/users"), 401, "accounts.sign_in_needed")


def test_keeps_an_administrator(language):
    with new_server() as server:
        root = Client(server.url, None, language=language)
        root.csrf = root.post("/setup/", json={
            "token": server.setup_token, "name": "root", "password": PASSWORD,
        }).json()["csrf_token"]
        for change in ({"disabled": True}, {"administrator": False}):
            refused(root.patch("/api/v1/users/1", json=change),
                    409, "accounts.last_administrator")


def test_lists_users_page_by_page(world, admin):
    for _ in range(3):
        world.user()
    first = admin.get("/api/v1/users?limit=2").json()["users"]
    second = admin.get(f"/api/v1/users?limit=2&after={first[-1]['id']}").json()["users"]
    assert len(first) == 2 and second and second[0]["id"] > first[-1]["id"]


def test_gives_the_way_back_on_the_command_line(world, ada):
    command = world.server.command
    assert command("user", "passwd", ada.name, "--password-stdin", stdin=OTHER + "\n")
    world.client().sign_in(ada.name, OTHER)
    secret = command("token", "add", ada.name, "--scope", "read").stdout.strip()
    assert world.client(token=secret).get("/api/v1/session").json()["user"]["name"] == ada.name
    listed = command("token", "list", ada.name).stdout
    assert secret not in listed and "read" in listed
    command("token", "revoke", ada.name, listed.split("\t")[0])
    assert f"\t{ada.name}\t" in command("user", "list").stdout
    assert command("user", "passwd", "nobody", "--password-stdin", stdin=OTHER,
                   check=False).returncode == 4
    added = command("user", "add", f"{ada.name}-2", "--admin", "--password-stdin", "--json",
                    stdin=PASSWORD)
    assert '"administrator":true' in added.stdout
    assert command("user", "add", ada.name, "--password-stdin", stdin=PASSWORD,
                   check=False).returncode == 5
