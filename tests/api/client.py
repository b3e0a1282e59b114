"""A caller of the API whose every answer is checked against the document."""

import reasons
import requests
from support.verbs import Verbs

TIMEOUT = 60


class Client(Verbs):
    """`name` signs in with a session; `token` sends it; neither is a stranger."""

    def __init__(self, url, contract, token="", language="en"):
        self.url, self.contract = url, contract
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy stands before 127.0.0.1, and looking for one takes a tenth of a call
        self.http.headers["Accept-Language"] = language
        self.http.headers["Accept"] = "application/json"
        if token:
            self.http.headers["Authorization"] = "Bearer " + token
        self.language = language
        self.csrf = ""
        self.expected = {503}  # statuses beyond 499 that a test provokes

    def sign_in(self, name, password):
        answer = self.post("/login/", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        self.csrf = answer.json()["csrf_token"]
        return self

    def call(self, method, path, **more):
        headers = {"X-CSRFToken": self.csrf} if self.csrf and method != "GET" else {}
        headers |= more.pop("headers", {})
        answer = self.http.request(method, self.url + path, headers=headers, timeout=TIMEOUT,
                                   allow_redirects=False, **more)
        if self.contract:
            self.contract.check(method, path.split("?")[0], answer)
        assert answer.status_code < 500 or answer.status_code in self.expected, answer.text
        if answer.content and answer.headers.get("Content-Type", "").split(";")[0] == "application/json":
            body = answer.json()
            if answer.status_code >= 400 and {"error_code", "error"} & set(body):
                reasons.note(self.language, error_of(answer))
            elif "/schema" not in path:
                reasons.note_problems(self.language, body)
        return answer


def error_of(answer):
    """The error object, after a look at its one shape, or at that of MLflow's or the inference protocol."""
    body = answer.json()
    if isinstance(body.get("error"), str):
        body["error_code"], body["message"] = "inference", body.pop("error")
    if "error_code" in body:
        body["message"] = body["message"].removesuffix(body["hint"]).strip()
        body = {"error": {"kind": body.pop("error_code"), **body}}
    assert set(body) == {"error"}, body
    error = body["error"]
    assert set(error) == {"kind", "reason", "message", "hint", "details", "request_id"}, error
    assert error["message"] and "{" not in error["message"], error
    assert not error["message"].startswith(error["reason"].split(".")[0] + ":"), error
    return error


def refused(answer, status, reason):
    """Asserts a refusal; gives the error object."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    error = error_of(answer)
    assert error["reason"] == reason, error
    return error
