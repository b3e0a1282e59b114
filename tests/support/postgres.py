"""PostgreSQL for tests: a throw-away cluster, and a new database for each run."""

import contextlib
import os
import pathlib
import pwd
import secrets
import shutil
import socket
import subprocess  # nosec B404
import tempfile


def _programs():
    """Debian keeps the server's programs off the path."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found else pathlib.Path("/usr/bin")


def _run(*command):
    subprocess.run(command, check=True, capture_output=True)  # nosec B603


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _as_postgres(*command):
    """The server refuses to run as root; Debian's package brings its own user."""
    if os.getuid() == 0:
        return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command)
    return command


@contextlib.contextmanager
def cluster():
    """URL of a PostgreSQL server that lives as long as the block."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="csva-pg-"))
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()
    data, programs = folder / "data", _programs()
    _run(*_as_postgres(str(programs / "initdb"), "-D", str(data), "-U", "csva", "-A", "trust",
                       "-E", "UTF8", "--no-sync"))
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = _as_postgres(str(programs / "pg_ctl"), "-D", str(data), "-w")
    _run(*control, "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://csva@127.0.0.1:{port}/postgres"
    finally:
        _run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def query(url, statement):
    """Rows of one statement, each a tuple of texts."""
    done = subprocess.run(  # nosec B603
        ["psql", "-q", "-t", "-A", "-F", "\t", "-v", "ON_ERROR_STOP=1", url, "-c", statement],
        check=True, capture_output=True, text=True)
    return [tuple(line.split("\t")) for line in done.stdout.splitlines() if line]


@contextlib.contextmanager
def database(server_url):
    """URL of an empty database on that server, dropped afterwards."""
    name = "csva_" + secrets.token_hex(6)
    psql = ("psql", "-q", "-v", "ON_ERROR_STOP=1", server_url, "-c")
    _run(*psql, f"CREATE DATABASE {name}")
    try:
        yield server_url.rsplit("/", 1)[0] + "/" + name
    finally:
        _run(*psql, f"DROP DATABASE {name} WITH (FORCE)")
