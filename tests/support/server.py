"""A real `csva serve` on a free port with a data folder of its own."""

import contextlib
import os
import pathlib
import re
import sqlite3
import subprocess  # nosec B404
import tempfile
import time

import requests

from support import postgres

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"  # nosec B105
START_SECONDS = 30
LOCALES = {"en": "C.UTF-8", "fr": "fr_FR.UTF-8"}


def program():
    """CSVA_PROGRAM, else the newest build there is."""
    if os.environ.get("CSVA_PROGRAM"):
        return pathlib.Path(os.environ["CSVA_PROGRAM"]).resolve()
    built = [path for path in ROOT.glob("build/*/bin/csva") if path.is_file()]
    if not built:
        raise RuntimeError("there is no build/*/bin/csva: run ./dev build")
    return max(built, key=lambda path: path.stat().st_mtime)


class Server:
    """Use as a context. `url` is its address, `setup_token` of the link it printed, if any."""

    def __init__(self, database_url="", settings=None):
        self.folder = tempfile.TemporaryDirectory(prefix="csva-test-")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("CSVA_")}
        self.environment |= {"LC_ALL": "C.UTF-8", **(settings or {})}
        if database_url:
            self.environment["CSVA_DATABASE_URL"] = database_url
        self.port = postgres.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.setup_token = ""
        self.process = None

    def command(self, *arguments, stdin="", check=True, language="en", data=True):
        """Runs a subcommand on the same data, or on files alone; gives the finished process."""
        where = ["--data-dir", str(self.data)] if data else []
        return subprocess.run(  # nosec B603
            [program(), *arguments, *where], input=stdin, text=True, capture_output=True,
            env=self.environment | {"LC_ALL": LOCALES[language]}, check=check, timeout=60)

    @contextlib.contextmanager
    def worker(self, **settings):
        """A worker for the length of the block, for a server that starts none."""
        with open(pathlib.Path(self.folder.name) / "worker.log", "a", encoding="utf-8") as log:
            process = subprocess.Popen(  # nosec B603
                [program(), "worker", "--data-dir", str(self.data)], stdout=log,
                env=self.environment | {"CSVA_JOBS_POLL_MS": "50"} | settings,
                stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)

    @contextlib.contextmanager
    def beside(self, **settings):
        """Another `csva serve` on the same store for the length of the block, not waited for; gives its address."""
        port = postgres.free_port()
        with open(pathlib.Path(self.folder.name) / "beside.log", "a", encoding="utf-8") as log:
            process = subprocess.Popen(  # nosec B603
                [program(), "serve", "--listen", f"127.0.0.1:{port}", "--data-dir", str(self.data)],
                env=self.environment | settings, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)
            print((pathlib.Path(self.folder.name) / "beside.log").read_text(errors="replace"))  # shown when a test fails

    def sql(self, statement):
        """Changes the database behind the server's back; gives the rows."""
        url = self.environment.get("CSVA_DATABASE_URL")
        if url:
            return postgres.query(url, statement)
        with contextlib.closing(sqlite3.connect(self.data / "csva.sqlite", timeout=10)) as store:
            with store:
                return [tuple(map(str, row)) for row in store.execute(statement)]

    def blobs(self):
        """Files that are kept, by path."""
        return sorted(path for path in (self.data / "blobs").rglob("*") if path.is_file())

    def staged(self):
        """What is being received or worked on."""
        return sorted((self.data / "staging").glob("*"))

    def log(self):
        return (pathlib.Path(self.folder.name) / "log").read_text(errors="replace")

    def __enter__(self):
        if "CSVA_DATABASE_URL" in self.environment:
            self.command("migrate")
        return self._start()

    def restart(self, **settings):
        """Ends it in good order and starts it on the same data with these settings too."""
        self.process.terminate()
        assert self.process.wait(30) == 0, self.log()
        self.environment |= settings
        return self._start()

    def _start(self):
        log = open(pathlib.Path(self.folder.name) / "log", "w", encoding="utf-8")
        with log:
            self.process = subprocess.Popen(  # nosec B603
                [program(), "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir",
                 str(self.data)], env=self.environment, stdout=log, stderr=subprocess.STDOUT)
        self._wait()
        found = re.search(r"/setup/\?token=([A-Za-z0-9_-]+)", self.log())
        self.setup_token = found.group(1) if found else ""
        return self

    def _wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError("csva serve ended at once:\n" + self.log())
            try:
                if requests.get(self.url + "/health/ready", timeout=2).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.02)
        raise RuntimeError("csva serve did not become ready:\n" + self.log())

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()
