"""Every route of the document, called by those who must not, with objects that are there."""

import re

import pytest
import requests
from client import error_of, refused

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
OPEN = {"/login/", "/login/oidc", "/login/oidc/callback", "/shared/{token}", "/setup/",
        "/metrics", "/api/metrics/", "/api/schema/", "/api/docs/",
        "/health", "/health/live", "/health/ready", "/erasures/{code}/",
        "/api/v1/erasures/{code}", "/api/v1/erasures/{code}/certificate", "/api/v1/erasure-key"}
INBOX = {"/api/upload/", "/api/upload-csv/"}  # test_mission.py: open to this very machine
ADMINISTRATORS = ("/api/v1/users", "/users/", "/api/v1/erasures", "/api/v1/processing-register", "/register/",
                  "/api/v1/journal", "/journal/")
OWN = ("/api/v1/sessions", "/api/v1/tokens", "/api/v1/identities", "/api/gdpr", "/api/v1/me/erasure",
       "/api/v1/me/exports")
STREAM = "/api/v1/events"
# To predict is to read: nothing is kept.
READING_POSTS = {"/test-model/{pk}/{model_name}/", "/api/v1/models/{model_id}/predictions",
                 "/api/v1/datasets/{dataset_id}/privacy/anonymity",
                 "/api/v1/predictions", "/invocations", "/models/{name}@{alias}/invocations",
                 "/v2/models/{name}/infer", "/v2/models/{name}/versions/{version}/infer",
                 "/api/2.0/mlflow/experiments/search", "/api/2.0/mlflow/runs/search",
                 "/api/2.0/mlflow/logged-models/search",
                 "/api/2.0/mlflow/registered-models/get-latest-versions"}
PERSON = re.compile(r"/projects/\{project_id\}/person(-searches)?/?")  # for editors, also to read: masked cells


def is_write(method, path):
    return (method in UNSAFE and path not in READING_POSTS) or PERSON.search(path) is not None


def wish(operation):
    """A body of the type that the operation takes, so that rights are what refuses it."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": {}}
    if "multipart/form-data" in content:
        return {"files": {"file": ("a.csv", b"a,b\n1,2\n")}}
    if "application/octet-stream" in content:
        return {"data": b"x"}
    return {}


def routes(world, *methods):
    """(method, route, operation) of what is not open to everybody."""
    found = [(m, p, o) for m, p, o in world.contract.operations()
             if p not in OPEN and (not methods or m in methods)]
    assert len(found) > 10
    return found


def objects(world):
    """Those of them that name an object."""
    return [(m, p, o) for m, p, o in routes(world)
            if "{" in p and not p.startswith(ADMINISTRATORS + OWN)]


def filled(path, values):
    """The route with the estate's own ids. A parameter that the estate lacks is a KeyError: give
    it one."""
    return re.sub(r"\{([^}]+)\}", lambda name: str(values[name.group(1)]), path)


def answers(caller, found, values, **more):
    """(method, route, answer) of each call."""
    for method, path, operation in found:
        yield method, path, caller.call(
            method, filled(path, values), **(wish(operation) | more))


def test_turns_strangers_away(world, estate, stranger):
    """A program gets 401, a page goes to the sign-in, whatever the id."""
    for method, path, operation in routes(world):
        if path in INBOX:
            continue
        answer = stranger.call(method, filled(path, estate.values()), **wish(operation))
        if "302" in operation["responses"]:
            assert answer.status_code == 302, (method, path, answer.status_code)
            assert answer.headers["Location"].startswith("/login/?next=/"), path
        else:
            refused(answer, 401, "accounts.sign_in_needed")


def test_turns_wrong_tokens_away(world, estate, language):
    robot = world.client("csva_" + "x" * 43, language)
    for _, _, answer in answers(robot, routes(world), estate.values()):
        refused(answer, 401, "accounts.token_invalid")


def test_sends_a_strangers_browser_to_sign_in(world, estate):
    pages = [(p, o) for m, p, o in routes(world, "GET") if "302" in o["responses"]]
    assert len(pages) >= 4
    for path, _ in pages:
        answer = requests.get(world.url + filled(path, estate.values()), timeout=30,
                              headers={"Accept": "text/html"}, allow_redirects=False)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login/?next=/"), path
    bare = requests.get(world.url + "/", allow_redirects=False, timeout=30)
    assert (bare.status_code, bare.headers["Location"]) == (302, "/login/?next=/")


def test_hides_what_is_another_s(world, estate, ada):
    """The object is there, and yet the answer is that of one that is not."""
    found = objects(world)
    assert len(found) > 30
    for method, path, answer in answers(ada, found, estate.values()):
        error = refused(answer, 404, error_of(answer)["reason"])
        assert error["reason"].endswith("not_found"), (method, path, error["reason"])
        absent = ada.call(method, filled(path, dict.fromkeys(estate.values(), 987654321)),
                          **wish(world.contract.document["paths"][path][method.lower()]))
        assert absent.status_code == 404, (method, path)
        assert error_of(absent)["reason"] == error["reason"], (method, path)
    for path, name in ((OWN[0] + "/{session_id}", "session"), (OWN[1] + "/{token_id}", "token")):
        refused(ada.delete(filled(path, estate.values())), 404, f"accounts.{name}_not_found")


def test_keeps_administration_to_administrators(world, estate, ada):
    found = [(m, p, o) for m, p, o in routes(world) if p.startswith(ADMINISTRATORS)]
    assert len(found) >= 4
    for _, _, answer in answers(ada, found, estate.values()):
        refused(answer, 403, "accounts.forbidden")


def test_lets_a_viewer_read_and_no_more(world, estate, ada):
    estate.share(ada.name, "viewer")
    for method, path, answer in answers(ada, objects(world), estate.values()):
        if is_write(method, path):
            refused(answer, 403, "accounts.forbidden")
        else:
            good = (200, 400) if path in READING_POSTS else (200,)  # 400: a row without a cell
            assert answer.status_code in good, (method, path, answer.text)


def test_lets_an_editor_write_but_not_manage(world, estate, ada):
    estate.share(ada.name, "editor")
    managing = [(m, p, o) for m, p, o in objects(world)
                if p.startswith("/api/v1/projects/") and m in UNSAFE and not PERSON.search(p)]
    assert len(managing) >= 5
    for _, _, answer in answers(ada, managing, estate.values()):
        refused(answer, 403, "accounts.forbidden")
    path = f"/api/v1/datasets/{estate.dataset}"
    assert ada.patch(path, json={"name": "By an editor"}).json()["name"] == "By an editor"


def test_holds_a_read_only_token_to_reading(world, estate, language):
    reader = world.token_of(estate.owner, "read", language)
    found = [(m, p, o) for m, p, o in routes(world)
             if p not in ("/logout/", STREAM) and not p.startswith(ADMINISTRATORS)]
    for method, path, answer in answers(reader, found, estate.values()):
        if is_write(method, path) or path.startswith(OWN):
            refused(answer, 403, "accounts.scope_too_small")
        else:
            assert answer.status_code in (200, 400), (method, path, answer.text)


def test_holds_a_writing_token_to_writing(world, estate, language):
    writer = world.token_of(estate.owner, "write", language)
    managing = [(m, p, o) for m, p, o in routes(world, *UNSAFE)
                if p.startswith(OWN + ("/api/v1/projects/",)) and not PERSON.search(p)]
    for _, _, answer in answers(writer, managing, estate.values()):
        refused(answer, 403, "accounts.scope_too_small")


def test_wants_a_csrf_token_for_every_cookie_write(world, estate, language):
    """As an administrator, whom nothing else keeps out."""
    root = world.user(language, administrator=True)
    root.csrf = ""
    for _, _, answer in answers(root, routes(world, *UNSAFE), estate.values()):
        refused(answer, 403, "http.csrf")


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_refuses_writes_from_other_sites(world, estate, ada, headers):
    found = [(m, p, o) for m, p, o in world.contract.operations() if m in UNSAFE]
    for _, _, answer in answers(ada, found, estate.values(), headers=headers):
        refused(answer, 403, "http.cross_site")


def test_still_has_what_others_tried_to_change(world, estate):
    """Runs after the others: none of their refused calls did anything."""
    for path in (f"/view/{estate.dataset}/", f"/api/v1/trainings/{estate.training['id']}",
                 f"/api/v1/batches/{estate.batch['id']}"):
        assert estate.owner.get(path).status_code == 200
    members = estate.owner.get(f"/api/v1/projects/{estate.project}/members").json()["members"]
    assert {m["role"] for m in members if m["name"] == estate.owner.name} == {"owner"}
    versions = estate.owner.get(f"/api/v1/datasets/{estate.dataset}/versions").json()["versions"]
    assert len(versions) == 2
