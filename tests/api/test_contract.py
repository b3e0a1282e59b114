"""The document itself, and the shape of what goes wrong everywhere."""

import json
import re

import pytest
import requests
from client import error_of, refused
from conftest import new_server

MUST_EXIST = [
    ("GET", "/api/schema/"), ("GET", "/api/docs/"), ("POST", "/api/upload-csv/"),
    ("POST", "/api/upload/"), ("GET", "/api/metrics/"), ("GET", "/metrics"), ("GET", "/"),
    ("POST", "/upload/"), ("GET", "/view/{pk}/"), ("POST", "/clean/{pk}/"),
    ("POST", "/column/{pk}/"), ("GET", "/test-model/{pk}/{model_name}/"),
    ("POST", "/test-model/{pk}/{model_name}/"), ("GET", "/login/"), ("POST", "/login/"),
    ("POST", "/logout/"), ("GET", "/health/live"), ("GET", "/health/ready")]


def schemas(node):
    """Every schema object below."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for value in node.values():
            yield from schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from schemas(value)


def test_is_openapi_3_1_with_every_address_that_must_exist(world):
    assert world.contract.document["openapi"].startswith("3.1")
    known = {(method, path) for method, path, _ in world.contract.operations()}
    assert not [entry for entry in MUST_EXIST if entry not in known]


def test_describes_every_operation(world):
    ids = [o.get("operationId") for _, _, o in world.contract.operations()]
    assert all(ids) and len(ids) == len(set(ids))
    assert all(o.get("summary") and o.get("tags") for _, _, o in world.contract.operations())


def test_has_no_schema_without_properties(world):
    bare = [schema for schema in schemas(world.contract.document["components"]["schemas"])
            if not schema.get("properties") and "additionalProperties" not in schema]
    assert not bare


def test_names_its_path_parameters(world):
    for method, path, operation in world.contract.operations():
        shared = world.contract.document["paths"][path].get("parameters", [])
        named = {p["name"] for p in operation.get("parameters", []) + shared if p["in"] == "path"}
        assert named == set(re.findall(r"\{([^}]+)\}", path)), (method, path)


def test_answers_an_unknown_address_in_the_one_shape(ada):
    error = error_of(ada.get("/api/v1/nothing-here"))
    assert error["kind"] == "not_found" and error["request_id"]


def test_refuses_the_wrong_method(ada):
    answer = ada.put("/api/v1/session", json={})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("body,reason", [
    ("{", "base.bad_json"), ("", "base.missing_field"), ("[]", "base.wrong_type"),
    ('{"name": 3}', "base.wrong_type"), ("{}", "base.missing_field"),
    ('{"name": "x", "colour": 1}', "base.unknown_field"),
    ('{"name": "' + "x" * 101 + '"}', "base.out_of_range")])
def test_refuses_bad_json(ada, body, reason):
    answer = ada.post("/api/v1/projects", data=body, headers={"Content-Type": "application/json"})
    refused(answer, 400, reason)


def test_refuses_a_value_that_is_not_a_choice(ada):
    refused(ada.post("/api/v1/tokens", json={"label": "x", "scope": "everything"}),
            400, "base.not_a_choice")


def test_refuses_text_that_is_not_utf_8(ada):
    answer = ada.post("/api/v1/projects", data=b'{"name": "\xff\xfe"}',
                      headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_refuses_another_media_type(ada):
    answer = ada.post("/api/v1/projects", data="name: x",
                      headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 415


@pytest.mark.parametrize("number", ["0", "-1", "abc", "9" * 30, "1.5", "%00", "..%2f"])
def test_answers_a_strange_id_with_not_found(ada, number):
    assert ada.get(f"/api/v1/projects/{number}").status_code in (400, 404)


def test_sends_the_strict_headers(stranger):
    headers = stranger.get("/login/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"]


def test_gives_head_without_a_body(ada):
    answer = ada.http.head(ada.url + "/api/v1/session", timeout=30)
    assert answer.status_code == 200 and not answer.content
    assert int(answer.headers["Content-Length"]) > 2


def test_closes_open_pages_by_their_settings():
    with new_server(CSVA_ACCESS_SCHEMA="false", CSVA_ACCESS_METRICS="false") as server:
        for path in ("/api/schema/", "/metrics"):
            assert requests.get(server.url + path, timeout=30).status_code == 401


def test_prints_the_same_document_on_the_command_line(world):
    printed = json.loads(world.server.command("openapi").stdout)
    assert printed["paths"].keys() == world.contract.document["paths"].keys()
