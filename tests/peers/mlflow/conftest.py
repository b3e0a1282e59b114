"""The two servers that the clients talk to: ours, and MLflow's own on SQLite."""

import contextlib
import os
import pathlib
import signal
import subprocess  # nosec B404
import sys
import tempfile
import time

import pytest
import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from support import postgres  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402

START_SECONDS = 90


class Ours:
    name = "csva"

    def __init__(self, stack):
        self.server = Server("", {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "0"})
        stack.append(self.server)
        self.server.__enter__()
        self.server.command("user", "add", "ada", "--password-stdin", stdin=PASSWORD)
        self.token = self.server.command("token", "add", "ada", "--scope", "write").stdout.strip()
        self.url = self.server.url

    def headers(self):
        return {"Authorization": "Bearer " + self.token}


class Theirs:
    name = "mlflow"
    token = ""

    def __init__(self, stack):
        self.folder = tempfile.TemporaryDirectory(prefix="csva-mlflow-")
        self.port = postgres.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        stack.append(self)
        self.start()

    def start(self):
        """Again on the same address and files, after it was stopped."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}
        # Its runners of jobs of its own serve nothing that is asked here, and take seconds to start.
        environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
        self.process = subprocess.Popen(  # nosec B603
            [os.environ["MLFLOW_SERVER"], "server", "--host", "127.0.0.1", "--port", str(self.port),
             "--workers", "1",
             "--backend-store-uri", f"sqlite:///{self.folder.name}/mlflow.db",
             "--artifacts-destination", self.folder.name + "/artifacts"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
            start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                if requests.get(self.url + "/health", timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.2)
        raise RuntimeError("mlflow server did not start")

    def headers(self):
        return {}

    def stop(self, how=signal.SIGTERM):
        """With the processes that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        self.process.wait(20)

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()


@pytest.fixture(scope="session", params=["csva", "mlflow"])
def service(request):
    """The service that MLflow's client is pointed at."""
    stack = []
    try:
        made = Ours(stack) if request.param == "csva" else Theirs(stack)
        os.environ["MLFLOW_TRACKING_URI"] = made.url
        os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
        os.environ.pop("MLFLOW_TRACKING_TOKEN", None)
        if made.token:
            os.environ["MLFLOW_TRACKING_TOKEN"] = made.token
        import mlflow
        mlflow.set_tracking_uri(made.url)
        mlflow.set_registry_uri(made.url)
        yield made
    finally:
        for one in stack:
            one.__exit__(None, None, None)


@pytest.fixture
def remote():
    """A server of MLflow's own for one test, which may stop it."""
    made = Theirs([])
    yield made
    made.__exit__()
