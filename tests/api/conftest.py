"""One server for the run, on the back end that CSVA_TEST_DATABASE_URL names (none: SQLite)."""

import contextlib
import itertools
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import reasons  # noqa: E402
from client import Client  # noqa: E402
from contract import Contract  # noqa: E402
from support import postgres  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402

NUMBERS = itertools.count(1)


@contextlib.contextmanager
def new_server(**settings):
    """A server of one's own, for tests that need other settings or an empty store."""
    with contextlib.ExitStack() as stack:
        url = os.environ.get("CSVA_TEST_DATABASE_URL", "")
        if url:
            url = stack.enter_context(postgres.database(url))
        yield stack.enter_context(Server(url, settings))


@pytest.fixture(scope="session")
def world():
    """The shared server with its document and an administrator."""
    settings = {"CSVA_ACCOUNTS_ATTEMPTS_PER_ADDRESS": "100000"}
    with new_server(**settings) as server:
        yield World(server)


class World:
    def __init__(self, server):
        self.server = server
        self.url = server.url
        document = Client(server.url, None).get("/api/schema/").json()
        self.contract = Contract(document)
        assert server.setup_token, "no first-run link on an empty store:\n" + server.log()
        self.admin = self.client()
        answer = self.admin.post("/setup/", json={
            "token": server.setup_token, "name": "root", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.admin.csrf = answer.json()["csrf_token"]

    def client(self, token="", language="en"):
        return Client(self.url, self.contract, token, language)

    def user(self, language="en", administrator=False):
        """A new user who is signed in."""
        name = f"user{next(NUMBERS)}"
        made = self.admin.post("/api/v1/users", json={
            "name": name, "password": PASSWORD, "administrator": administrator})
        assert made.status_code == 201, made.text
        client = self.client(language=language).sign_in(name, PASSWORD)
        client.name, client.id = name, made.json()["id"]
        return client

    def token_of(self, client, scope):
        made = client.post("/api/v1/tokens", json={"label": "test", "scope": scope, "days": 1})
        assert made.status_code == 201, made.text
        return self.client(token=made.json()["token"])


@pytest.fixture(scope="session")
def admin(world):
    return world.admin


@pytest.fixture(params=["en", "fr"])
def language(request):
    """Tests that take this run in both languages, and so provoke their refusals in both."""
    return request.param


@pytest.fixture
def ada(world, language):
    return world.user(language)


@pytest.fixture
def bob(world, language):
    return world.user(language)


@pytest.fixture
def stranger(world, language):
    return world.client(language=language)


def pytest_terminal_summary(terminalreporter):
    for spoken in ("en", "fr"):
        missing, total = reasons.not_provoked(spoken), len(reasons.SENTENCES[spoken])
        terminalreporter.write_line(
            f"error reasons provoked in {spoken}: {total - len(missing)} of {total}; "
            f"not: {' '.join(missing) or 'none'}")
