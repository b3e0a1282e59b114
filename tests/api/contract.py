"""Checks an answer against the OpenAPI document: a route, a status, a type and a shape it names."""

import re

import jsonschema_rs

DOCUMENT = "urn:openapi"


class Contract:
    def __init__(self, document):
        self.document = document
        self.registry = jsonschema_rs.Registry([(DOCUMENT, document)], draft=jsonschema_rs.Draft202012)
        self.routes = [(self._pattern(path), path) for path in document["paths"]]
        self.validators = {}
        self.seen = set()

    @staticmethod
    def _pattern(path):
        parts = re.split(r"(\{[^}]+\})", path)
        return re.compile("".join(
            (".+" if part == "{artifact_path}" else "[^/]+") if part.startswith("{")
            else re.escape(part) for part in parts) + r"\Z")

    def route_of(self, path):
        """The template that serves this path; one without parameters wins."""
        found = [template for pattern, template in self.routes if pattern.match(path)]
        return min(found, key=lambda template: template.count("{"), default=None)

    def operations(self):
        """(method, path, operation) of every route."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method in ("get", "post", "put", "patch", "delete"):
                    yield method.upper(), path, operation

    def check(self, method, path, answer):
        template = self.route_of(path)
        if template is None:
            assert answer.status_code == 404, f"{path} is not in the document"
            return
        operation = self.document["paths"][template].get(method.lower())
        if operation is None:
            assert answer.status_code == 405, f"{method} {template} is not in the document"
            return
        where = f"{method} {template} {answer.status_code}"
        responses = operation["responses"]
        expected = responses.get(str(answer.status_code), responses.get("default"))
        assert expected is not None, f"{where}: status not in the document: {answer.text[:300]}"
        self.seen.add((method, template, answer.status_code))
        self._check_body(where, template, method, expected, answer)

    def _check_body(self, where, template, method, expected, answer):
        if "$ref" in expected:
            expected = self.resolve(expected["$ref"])
        content = expected.get("content", {})
        if not content or not answer.content:
            assert not answer.content or content, f"{where}: a body that is not documented"
            return
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        assert kind in content, f"{where}: {kind} is not in {sorted(content)}"
        schema = content[kind].get("schema")
        if kind != "application/json" or schema is None:
            return
        key = f"{where}"
        if key not in self.validators:
            self.validators[key] = jsonschema_rs.Draft202012Validator(
                self._rooted(schema), registry=self.registry)
        problems = [f"{'.'.join(map(str, problem.instance_path))}: {problem.message}"
                    for problem in self.validators[key].iter_errors(answer.json())]
        assert not problems, f"{where}: {problems}"

    def resolve(self, reference):
        found = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found

    def _rooted(self, schema):
        """The same schema with its references pointing into the document."""
        if isinstance(schema, dict):
            return {key: DOCUMENT + value if key == "$ref" else self._rooted(value)
                    for key, value in schema.items()}
        if isinstance(schema, list):
            return [self._rooted(item) for item in schema]
        return schema
