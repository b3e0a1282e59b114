"""One server for the run, on the back end that CSVA_TEST_DATABASE_URL names (none: SQLite)."""

import contextlib
import itertools
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import reasons  # noqa: E402
import steps  # noqa: E402
from client import Client  # noqa: E402
from contract import Contract  # noqa: E402
from support import postgres  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402

NUMBERS = itertools.count(1)
BACK_END = "postgres" if os.environ.get("CSVA_TEST_DATABASE_URL") else "sqlite"


@contextlib.contextmanager
def new_server(**settings):
    """A server of one's own, for tests that need other settings or an empty store."""
    with contextlib.ExitStack() as stack:
        url = os.environ.get("CSVA_TEST_DATABASE_URL", "")
        if url:
            url = stack.enter_context(postgres.database(url))
        settings = {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "0"} | settings
        yield stack.enter_context(Server(url, settings))


@contextlib.contextmanager
def new_world(**settings):
    """The same with an administrator."""
    with new_server(CSVA_ACCOUNTS_ATTEMPTS_PER_ADDRESS="100000", **settings) as server:
        yield World(server)


@pytest.fixture(scope="session")
def world():
    """The shared server with its document and an administrator."""
    with new_world(CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50",
                   CSVA_SERVING_DEFAULT_MODEL="models:/data-city@champion") as made:
        yield made


@pytest.fixture(scope="module")
def idle_world():
    """One whose jobs wait for ever: there is no worker."""
    with new_world() as made:
        yield made


class World:
    def __init__(self, server):
        self.server = server
        self.known = {}
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

    def user(self, language="en", administrator=False, operates=False):
        """A new user who is signed in."""
        name = f"user{next(NUMBERS)}"
        made = self.admin.post("/api/v1/users", json={
            "name": name, "password": PASSWORD, "administrator": administrator, "operates": operates})
        assert made.status_code == 201, made.text
        client = self.client(language=language).sign_in(name, PASSWORD)
        client.name, client.id = name, made.json()["id"]
        return client

    def operator(self, language="en"):
        """Who runs the service and sees nobody's data."""
        return self.user(language, operates=True)

    def token_of(self, client, scope, language="en"):
        made = client.post("/api/v1/tokens", json={"label": "test", "scope": scope, "days": 1})
        assert made.status_code == 201, made.text
        return self.client(made.json()["token"], language)


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
def someone(world, language):
    """A user for tests that do not mind what others did: one a language for the whole run."""
    if language not in world.known:
        world.known[language] = world.user(language)
    return world.known[language]


@pytest.fixture
def bob(world, language):
    return world.user(language)


@pytest.fixture
def stranger(world, language):
    return world.client(language=language)


@pytest.fixture(scope="session")
def both(world):
    """One user in English and in French: what one provoked, the other reads."""
    english = world.user()
    french = world.client(language="fr").sign_in(english.name, PASSWORD)
    return english, french


@pytest.fixture(scope="session")
def estate(world):
    return Estate(world)


class Estate:
    """One object of each kind that an address can name, in a shared project of their owner's."""

    def __init__(self, world):
        self.owner = world.user()
        self.project = self.owner.post("/api/v1/projects", json={"name": "Estate"}).json()["id"]
        self.dataset = steps.read(self.owner, steps.TRAINING + b"too,short\n", project_id=self.project)
        steps.clean(self.owner, self.dataset, ("trim@1", ["name"], {}))
        self.training = steps.trained(self.owner, self.dataset)
        assert self.training["state"] == "succeeded", self.training["problem"]
        self.model = self.training["models"][0]
        batch = self.owner.post(f"/api/v1/models/{self.model['id']}/batches",
                                files={"file": ("rows.csv", steps.TRAINING)})
        assert batch.status_code == 202, batch.text
        self.batch = steps.batch_ended(self.owner, batch.json()["id"])
        assert self.batch["state"] == "succeeded", self.batch["problem"]
        self.window = steps.wait_for(self.windows, 60, "the window of the batch")[0]["id"]
        self.tracked = steps.tracked(self.owner, self.project)
        steps.mlflow(self.owner, "POST", "registered-models/alias", name="data-city", alias="champion", version="1")
        self.link = self.owner.post(f"/api/v1/datasets/{self.dataset}/links", json={"label": "all", "days": 1}).json()["id"]
        self.token = self.owner.post("/api/v1/tokens", json={"label": "robot"}).json()["id"]
        self.session = self.owner.get("/api/v1/sessions").json()["sessions"][0]["id"]
        self.version = self.owner.get(f"/api/v1/datasets/{self.dataset}/versions").json()[
            "versions"][0]["id"]

    def windows(self):
        return self.owner.get(f"/api/v1/models/{self.model['id']}/monitoring").json()["timeline"]

    def values(self):
        """What stands for each parameter of an address."""
        return {"project_id": self.project, "dataset_id": self.dataset, "pk": self.dataset,
                "version_id": self.version, "job_id": self.training["job_id"],
                "training_id": self.training["id"], "model_id": self.model["id"],
                "model_name": self.model["name"], "batch_id": self.batch["id"],
                "window_id": self.window, "export_id": 1, "code": "0" * 32,
                "name": "data-city", "alias": "champion", **self.tracked,
                "token_id": self.token, "session_id": self.session, "identity_id": 1, "link_id": self.link,
                "token": "x" * 43, "user_id": self.owner.id}

    def share(self, name, role):
        made = self.owner.post(f"/api/v1/projects/{self.project}/members",
                               json={"name": name, "role": role})
        assert made.status_code == 201, made.text


def pytest_configure(config):
    config.addinivalue_line("markers", "last: looks back at the whole run")


def pytest_collection_modifyitems(config, items):
    """What looks back comes last, and only when nothing was left out."""
    back = [item for item in items if item.get_closest_marker("last")]
    whole = config.args_source.name != "ARGS" and not config.option.keyword
    items[:] = [item for item in items if item not in back] + (back if whole else [])


def pytest_terminal_summary(terminalreporter):
    for spoken in ("en", "fr"):
        missing, total = reasons.not_provoked(spoken), len(reasons.SENTENCES[spoken])
        terminalreporter.write_line(
            f"error reasons provoked in {spoken}: {total - len(missing)} of {total}; "
            f"not: {' '.join(missing) or 'none'}")
