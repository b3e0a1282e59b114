"""The document itself, and the shape of what goes wrong everywhere."""

import json
import re

import pytest
import reasons
import requests
from client import error_of, refused
from conftest import new_server
from contract import Contract

MUST_EXIST = [
    ("GET", "/api/schema/"), ("GET", "/api/docs/"), ("POST", "/api/upload-csv/"),
    ("POST", "/api/upload/"), ("GET", "/api/metrics/"), ("GET", "/metrics"), ("GET", "/"),
    ("POST", "/upload/"), ("GET", "/view/{pk}/"), ("POST", "/clean/{pk}/"),
    ("POST", "/column/{pk}/"), ("GET", "/test-model/{pk}/{model_name}/"),
    ("POST", "/test-model/{pk}/{model_name}/"), ("GET", "/login/"), ("POST", "/login/"),
    ("POST", "/logout/"), ("GET", "/health/live"), ("GET", "/health/ready")]


UNKNOWN = "no_such_field"


def schemas(node):
    """Every schema object below."""
    if isinstance(node, dict):
        if node.get("type") == "object" and not isinstance(node["type"], dict):
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
    found = list(schemas(world.contract.document))
    assert len(found) > 50
    assert not [schema for schema in found if not schema.get("properties")
                and not isinstance(schema.get("additionalProperties"), dict)]


def test_says_what_every_answer_holds(world):
    """But for those without a body, each status has a type and a schema."""
    for method, path, operation in world.contract.operations():
        good = [(status, answer) for status, answer in operation["responses"].items()
                if status.startswith("2")]
        assert good or "303" in operation["responses"], (method, path)
        for status, answer in good:
            content = answer.get("content", {})
            assert content or status == "204", (method, path)
            assert all(kind["schema"] for kind in content.values()), (method, path)


def test_refuses_unknown_fields_everywhere(world, estate, language):
    """In the body, in the form, beside the file, and in the query."""
    root = world.user(language, administrator=True)
    document, tried = world.contract, {"body": 0, "form": 0, "part": 0, "query": 0}
    for method, path, operation in document.operations():
        if list(operation["responses"]["200"].get("content", {}) if "200" in
                operation["responses"] else {}) == ["text/html"]:
            continue  # a file of the web interface, whatever the query
        if path.startswith(("/api/2.0/mlflow", "/api/3.0/mlflow", "/v2")):
            continue  # clients of other protocols send more than they must
        if "/oidc" in path or path == "/api/v1/identities":
            continue  # answers only where a provider is set: test_oidc.py
        target = re.sub(r"\{([^}]+)\}", lambda name: str(estate.values()[name.group(1)]), path)
        content = operation.get("requestBody", {}).get("content", {})
        calls = [("query", {"params": {UNKNOWN: "1"}})]
        for kind, name, more in (
                ("application/json", "body", {"json": {UNKNOWN: 1}}),
                ("application/x-www-form-urlencoded", "form", {"data": {UNKNOWN: "1"}}),
                ("multipart/form-data", "part",
                 {"files": {"file": ("a.csv", b"a\n1\n")}, "data": {UNKNOWN: "1"}})):
            schema = content.get(kind, {}).get("schema", {})
            if "$ref" in schema:
                schema = document.resolve(schema["$ref"])
            if schema and schema["additionalProperties"] is False:
                calls.append((name, more))
        for name, more in calls:
            error = refused(root.call(method, target, **more), 400, "base.unknown_field")
            assert error["details"] == {"field": UNKNOWN}, (method, path, name)
            tried[name] += 1
    assert tried["query"] > 50 and tried["body"] > 10, tried
    assert tried["form"] >= 3 and tried["part"] >= 3, tried


def test_lists_the_same_routes_as_the_map(world):
    """docs/api.md, read by people, against the route table."""
    text = (reasons.ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    listed = {(method, path.split("?")[0])
              for methods, path in re.findall(r"`([A-Z|\\]+) (/[^` ]*)", text)
              for method in methods.replace("\\", "").split("|")}
    assert listed == {(method, path) for method, path, _ in world.contract.operations()}


def test_names_its_path_parameters(world):
    for method, path, operation in world.contract.operations():
        shared = world.contract.document["paths"][path].get("parameters", [])
        named = {p["name"] for p in operation.get("parameters", []) + shared if p["in"] == "path"}
        assert named == set(re.findall(r"\{([^}]+)\}", path)), (method, path)


def test_answers_an_unknown_address_in_the_one_shape(someone):
    error = error_of(someone.get("/api/v1/nothing-here"))
    assert error["kind"] == "not_found" and error["request_id"]


def test_refuses_the_wrong_method(someone):
    answer = someone.put("/api/v1/session", json={})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("body,reason", [
    ("{", "base.bad_json"), ("", "base.missing_field"), ("[]", "base.wrong_type"),
    ('{"name": 3}', "base.wrong_type"), ("{}", "base.missing_field"),
    ('{"name": "x", "colour": 1}', "base.unknown_field"),
    ('{"name": "' + "x" * 101 + '"}', "base.out_of_range")])
def test_refuses_bad_json(someone, body, reason):
    answer = someone.post("/api/v1/projects", data=body, headers={"Content-Type": "application/json"})
    refused(answer, 400, reason)


def test_refuses_a_value_that_is_not_a_choice(someone):
    refused(someone.post("/api/v1/tokens", json={"label": "x", "scope": "everything"}),
            400, "base.not_a_choice")


def test_refuses_text_that_is_not_utf_8(someone):
    answer = someone.post("/api/v1/projects", data=b'{"name": "\xff\xfe"}',
                          headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_refuses_another_media_type(someone):
    answer = someone.post("/api/v1/projects", data="name: x",
                          headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 415


@pytest.mark.parametrize("number", ["0", "-1", "abc", "9" * 30, "1.5", "%00", "..%2f"])
def test_answers_a_strange_id_with_not_found(someone, number):
    assert someone.get(f"/api/v1/projects/{number}").status_code in (400, 404)


def test_sends_the_strict_headers(stranger):
    headers = stranger.get("/login/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"]


def test_gives_head_without_a_body(someone):
    answer = someone.http.head(someone.url + "/api/v1/session", timeout=30)
    assert answer.status_code == 200 and not answer.content
    assert int(answer.headers["Content-Length"]) > 2


def test_closes_open_pages_by_their_settings():
    with new_server(CSVA_ACCESS_SCHEMA="false", CSVA_ACCESS_METRICS="false") as server:
        for path in ("/api/schema/", "/metrics"):
            assert requests.get(server.url + path, timeout=30).status_code == 401


def test_prints_the_same_document_on_the_command_line(world):
    assert json.loads(world.server.command("openapi").stdout) == world.contract.document


def test_the_check_of_answers_sees_what_the_document_does_not_say():
    class Answer:
        status_code, headers = 200, {"Content-Type": "application/json"}

        def __init__(self, body):
            self.text = json.dumps(body)
            self.content = self.text.encode()

        def json(self):
            return json.loads(self.text)

    number = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "additionalProperties": False}
    shape = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Number"}}}}
    contract = Contract({"openapi": "3.1.0", "components": {"schemas": {"Number": number}},
                         "paths": {"/n/{id}": {"get": {"responses": {"200": shape}}}}})
    contract.check("GET", "/n/7", Answer({"n": 3}))
    for wrong in ({"n": 2}, {"n": "3"}, {"m": 3}, [3]):
        with pytest.raises(AssertionError, match="GET /n/{id} 200"):
            contract.check("GET", "/n/7", Answer(wrong))
    with pytest.raises(AssertionError, match="not in the document"):
        contract.check("POST", "/n/7", Answer({"n": 3}))
