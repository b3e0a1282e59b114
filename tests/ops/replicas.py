"""Several `csva` processes on one PostgreSQL and one bucket, each with a data folder of its own as on a machine of its own."""

import os
import pathlib
import subprocess  # nosec B404
import tempfile
import time

import requests

from support import postgres
from support.server import PASSWORD, program

START_S = 60


class Process:
    """One `csva serve` or `csva worker`; may be ended and started again."""

    def __init__(self, name, words, folder, environment):
        self.name, self.words, self.environment = name, words, environment
        self.data = folder / name
        self.log = folder / f"{name}.log"
        self.process = None

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(  # nosec B603
                [program(), *self.words, "--data-dir", str(self.data)], env=self.environment,
                stdout=log, stderr=subprocess.STDOUT)
        return self

    def end(self, patience_s=60):
        """Asks it to end; its exit code."""
        self.process.terminate()
        return self.process.wait(patience_s)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Replicas:
    """Use as a context: migrated, `servers` and `workers` started and ready, an administrator's
    token in `headers`."""

    def __init__(self, database_url, settings, servers=2, workers=3):
        self.folder = tempfile.TemporaryDirectory(prefix="csva-replicas-")
        root = pathlib.Path(self.folder.name)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("CSVA_")} | {
            "LC_ALL": "C.UTF-8", "CSVA_DATABASE_URL": database_url, "CSVA_DATA_SAMPLE": "false",
            "CSVA_JOBS_LOCAL_WORKERS": "0", "CSVA_JOBS_POLL_MS": "100", **settings}
        self.ports = [postgres.free_port() for _ in range(servers)]
        self.servers = [
            Process(f"serve{i}", ["serve", "--listen", f"127.0.0.1:{port}"], root, self.environment)
            for i, port in enumerate(self.ports)]
        self.workers = [Process(f"worker{i}", ["worker"], root, self.environment)
                        for i in range(workers)]
        self.headers = {}

    def command(self, *words, check=True, **more):
        return subprocess.run(  # nosec B603
            [program(), *words, "--data-dir", str(self.servers[0].data)], env=self.environment,
            check=check, capture_output=True, text=True, timeout=600, **more)

    def url(self, i):
        return f"http://127.0.0.1:{self.ports[i]}"

    def ready(self, i):
        try:
            return requests.get(self.url(i) + "/health/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def wait_ready(self, i):
        until = time.monotonic() + START_S
        while not self.ready(i):
            if self.servers[i].process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(self.servers[i].log.read_text()[-3000:])
            time.sleep(0.05)

    def sign_in(self):
        """An administrator and his token."""
        self.command("user", "add", "root", "--admin", "--password-stdin", input=PASSWORD + "\n")
        session = requests.Session()
        answer = session.post(self.url(0) + "/login/", json={"name": "root", "password": PASSWORD},
                              headers={"Accept": "application/json"}, timeout=30)
        csrf = {"X-CSRFToken": answer.json()["csrf_token"]}
        answer = session.post(self.url(0) + "/api/v1/tokens", headers=csrf, timeout=30,
                              json={"label": "test", "scope": "admin", "days": 1})
        answer.raise_for_status()
        self.headers = {"Authorization": "Bearer " + answer.json()["token"],
                        "Accept": "application/json"}

    def client(self, url):
        return Client(url, self.headers)

    def share_journal_key(self):
        """Servers that share a database sign one journal."""
        made = self.command("journal", "new-key", check=False)
        if made.returncode == 0:
            self.environment["CSVA_JOURNAL_KEY"] = made.stdout.strip()

    def __enter__(self):
        self.share_journal_key()
        self.command("migrate")
        for process in self.servers + self.workers:
            process.start()
        for i in range(len(self.servers)):
            self.wait_ready(i)
        self.sign_in()
        return self

    def __exit__(self, *_):
        for process in self.servers + self.workers:
            process.kill()
        self.folder.cleanup()


class Client:
    """What tests/support/training.py asks through."""

    def __init__(self, url, headers):
        self.url, self.headers = url, headers

    def get(self, path):
        return requests.get(self.url + path, headers=self.headers, timeout=60)

    def post(self, path, **more):
        return requests.post(self.url + path, headers=self.headers, timeout=60, **more)
