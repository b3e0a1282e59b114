"""Loses a disk, or a region, and gets everything back: drills.py postgres|bucket|embedded [--gb 0.05] [--metrics FILE]

postgres: backups and log of PostgreSQL go to a MinIO over TLS, by pgBackRest with the shipped settings. All its processes are
killed, its data folder is deleted, and it is restored; what was committed later than 60 s before the kill may be lost, nothing
else; a wrong passphrase must be refused and a flipped bit be named by `pgbackrest verify`.
bucket: the files go to a second MinIO by `csva copy-files`; the first is killed and its disk deleted; the servers start on
the second, with a database of before an erasure. embedded: the data folder of a server on SQLite is deleted and comes back from
last night's backup. All end with the same counts, hashes and predictions; where the database goes back to before an erasure, the
erased account does not come back.
--metrics writes what Prometheus' node exporter reads.
Without MinIO or pgBackRest they say so and end with 77.
"""
import argparse
import contextlib
import functools
import hashlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess  # nosec B404
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import requests  # noqa: E402
from replicas import Client, Replicas  # noqa: E402
from support import bucket, postgres, training  # noqa: E402
from support.server import PASSWORD, ROOT, Server  # noqa: E402

SKIPPED = 77
LOST_MAX_S = 60.0
RESTORE_MAX_S = 3600.0
ROWS = b"name,age,height,city\n" + b"".join(
    b"P%d,%d,%d.5,%s\n" % (i, i % 40, 150 + i * 7 % 40, (b"Rome", b"Paris")[(i % 40 < 20) != (i % 10 == 0)])
    for i in range(400))
ASKED = {"rows": [{"name": f"P{i}", "age": i, "height": 150.0 + i} for i in range(40)]}
MARK = b"only in the file of who is erased"
MARKED = b"n,text\n" + b"".join(b"%d,%s\n" % (i, MARK) for i in range(50))
COUNTED = ("users", "datasets", "dataset_versions", "models", "trainings", "jobs")


def say(text):
    print(text, flush=True)


class Clock:
    """Times what a drill does."""

    def __init__(self):
        self.figures = {}

    @contextlib.contextmanager
    def timed(self, what):
        begin = time.monotonic()
        yield
        self.figures[what] = time.monotonic() - begin
        say(f"{what}: {self.figures[what]:.1f} s")


def fill(client):
    """A data set, a model, and what the model says."""
    dataset = training.upload(client, "rows.csv", ROWS)
    training.clean(client, dataset, [{"step": "trim@1", "columns": ["name"], "options": {}}])
    found = training.train(client, dataset, "city", budget_s=2, options={"families": ["LogisticRegression"], "threads": 1})
    return dataset, found["models"][0]["id"]


def state_of(client, ask, dataset, model):
    """Counts, hashes and predictions: what must be the same afterwards."""
    answer = client.post(f"/api/v1/models/{model}/predictions", json=ASKED)
    answer.raise_for_status()
    answers = [{key: value for key, value in one.items() if key != "prediction_id"} for one in answer.json()["predictions"]]
    original = client.get(f"/api/v1/datasets/{dataset}/original")
    original.raise_for_status()
    counts = {table: ask(f"SELECT COUNT(*) FROM {table}")[0][0] for table in COUNTED}  # nosec B608
    return {"counts": counts, "original": hashlib.sha256(original.content).hexdigest(), "predictions": answers}


def erase(client, user, phase):
    """As an administrator; waits for the end."""
    answer = requests.delete(f"{client.url}/api/gdpr/delete/{user}", headers=client.headers, timeout=60)
    answer.raise_for_status()
    until = time.monotonic() + 60
    while phase() != "done":
        assert time.monotonic() < until, "the erasure does not end"
        time.sleep(0.1)


def guest(replicas, name):
    """A client of a new user of that name."""
    replicas.command("user", "add", name, "--password-stdin", input=PASSWORD + "\n")
    token = replicas.command("token", "add", name, "--scope", "write").stdout.strip()
    return Client(replicas.url(0), {"Authorization": "Bearer " + token, "Accept": "application/json"})


def holds(store, text):
    """Whether any version of any object in a bucket holds the text; MinIO empties its own trash later."""
    data = store.folder / "data"
    return any(text in path.read_bytes() for path in data.rglob("*")
               if path.is_file() and ".trash" not in path.parts)


def same(before, after):
    for what, value in before.items():
        equal = after[what] == value
        say(f"{what}: {'the same' if equal else f'{value} became {after[what]}'}")
        if not equal:
            return False
    return True


def certificate(folder):
    """For localhost, signed by itself."""
    folder.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",  # nosec B603 B607
                    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")],
                   check=True, capture_output=True)
    return folder / "public.crt"


class Cluster:
    """A PostgreSQL that archives through pgBackRest, run by its own user."""

    def __init__(self, folder, store, authority):
        self.folder, self.data, self.port = folder, folder / "data", postgres.free_port()
        self.url = f"postgresql://csva@127.0.0.1:{self.port}/postgres"
        owner = pwd.getpwnam("postgres")
        for name in ("log", "lock", "spool"):
            (folder / name).mkdir()
        self.config = folder / "pgbackrest.conf"
        text = (ROOT / "deploy/backup/pgbackrest.conf").read_text(encoding="utf-8")
        for old, new in {
            "repo1-s3-endpoint=s3.example.com":
                f"repo1-s3-endpoint=localhost\nrepo1-storage-port={store.port}\nrepo1-storage-ca-file={authority}\n"
                f"log-path={folder}/log\nlock-path={folder}/lock",
            "spool-path=/var/spool/pgbackrest": f"spool-path={folder}/spool",
            "pg1-path=/var/lib/postgresql/15/main": f"pg1-path={self.data}\npg1-port={self.port}\npg1-socket-path={folder}\n"
                                                    "pg1-user=csva",
        }.items():
            assert old in text, f"deploy/backup/pgbackrest.conf has no {old}"
            text = text.replace(old, new)
        self.config.write_text(text, encoding="utf-8")
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGBACKREST_REPO1_S3_KEY": bucket.KEY,
                            "PGBACKREST_REPO1_S3_KEY_SECRET": bucket.SECRET,
                            "PGBACKREST_REPO1_CIPHER_PASS": "a passphrase of this drill"}
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def run(self, *words, check=True):
        """As postgres."""
        return subprocess.run(  # nosec B603 B607
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *map(str, words)],
            env=self.environment, check=check, capture_output=True, text=True, errors="replace")

    def pgbackrest(self, *words):
        done = self.run("pgbackrest", f"--config={self.config}", "--stanza=csva", "--log-level-console=error", *words, check=False)
        if done.returncode:
            raise RuntimeError(f"pgbackrest {words}: {done.stdout}{done.stderr}")

    def verified(self):
        """What `pgbackrest verify` says of what is kept; only what is wrong, when something is."""
        done = self.run("pgbackrest", f"--config={self.config}", "--stanza=csva", "--log-level-console=warn", "--output=text",
                        "verify", check=False)
        return (done.stdout + done.stderr).strip()

    def make(self):
        self.run(postgres._programs() / "initdb", "-D", self.data, "-U", "csva", "-A", "trust", "-E", "UTF8", "-k")
        shipped = (ROOT / "deploy/backup/postgresql.conf").read_text(encoding="utf-8")
        archive = "pgbackrest --stanza=csva"
        assert archive in shipped
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(shipped.replace(archive, f"pgbackrest --config={self.config} --stanza=csva"))
            conf.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{self.folder}'\n")
        self.start()
        self.pgbackrest("stanza-create")
        self.pgbackrest("check")

    def start(self):
        self.run(postgres._programs() / "pg_ctl", "-D", self.data, "-l", self.folder / "log/postgresql.log", "-w", "-t", "600",
                 "start")

    def lose(self):
        """kill -9 of every process, and the disk is gone."""
        first = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        children = pathlib.Path(f"/proc/{first}/task/{first}/children").read_text(encoding="utf-8").split()
        for number in (first, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.5)
        shutil.rmtree(self.data)

    def restore(self, *options):
        self.run("mkdir", "-m", "700", self.data)
        self.pgbackrest(*options, "restore")
        self.start()
        while postgres.query(self.url, "SELECT pg_is_in_recovery()") != [("f",)]:
            time.sleep(0.1)

    def stop(self):
        self.run(postgres._programs() / "pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop", check=False)


class Heartbeat:
    """Commits a row four times a second and remembers when."""

    def __init__(self, url):
        self.url, self.committed, self.end = url, [], threading.Event()
        postgres.query(url, "CREATE TABLE drill.heartbeat (id BIGINT PRIMARY KEY)")
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        number = 0
        while not self.end.wait(0.25):
            number += 1
            with contextlib.suppress(subprocess.CalledProcessError):
                postgres.query(self.url, f"INSERT INTO drill.heartbeat VALUES ({number})")  # nosec B608
                self.committed.append((number, time.monotonic()))

    def lost(self):
        """Seconds of commits that did not come back."""
        self.end.set()
        self.thread.join()
        there = {int(number) for (number,) in postgres.query(self.url, "SELECT id FROM drill.heartbeat")}
        missing = [at for number, at in self.committed if number not in there]
        return max(missing) - min(missing) + 0.25 if missing else 0.0


def drill_postgres(wish, clock):
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="csva-drill-")))
        folder.chmod(0o755)
        authority = certificate(folder / "certificates")
        store = stack.enter_context(bucket.Store(certificates=folder / "certificates"))
        store.make_bucket("csva-backup", versions=True)
        store.make_bucket("csva", versions=True)
        (folder / "postgres").mkdir()
        cluster = Cluster(folder / "postgres", store, authority)
        cluster.make()
        stack.callback(cluster.stop)
        settings = store.settings() | {"CSVA_STORAGE_S3_CA_FILE": str(authority), "CSVA_HTTP_ACCESS_LOG": "false"}
        replicas = stack.enter_context(Replicas(cluster.url, settings, servers=1, workers=1))
        client = replicas.client(replicas.url(0))
        ask = functools.partial(postgres.query, cluster.url)
        numbers = fill(client)
        rows = int(wish.gb * 4_000_000)
        postgres.query(cluster.url, "CREATE SCHEMA drill")  # what is not ours stands apart, or the doctor says so
        with clock.timed(f"filling {wish.gb} GB"):
            postgres.query(cluster.url, "CREATE TABLE drill.filler AS SELECT g AS id, repeat(md5(g::text), 7) "  # nosec B608
                                        f"AS text FROM generate_series(1, {rows}) g")
        size = int(postgres.query(cluster.url, "SELECT pg_database_size('postgres')")[0][0])
        with clock.timed("full backup"):
            cluster.pgbackrest("--type=full", "backup")
        postgres.query(cluster.url, "UPDATE drill.filler SET text = 'changed' WHERE id % 50 = 0")
        before = state_of(client, ask, *numbers)
        with clock.timed("incremental backup"):
            cluster.pgbackrest("--type=incr", "backup")
        heartbeat = Heartbeat(cluster.url)
        time.sleep(wish.seconds)
        cluster.lose()
        lost_at = time.monotonic()
        time.sleep(1)
        assert not replicas.ready(0), "ready without a database"
        with clock.timed("restore"):
            cluster.restore()
        lost = heartbeat.lost()
        replicas.wait_ready(0)
        clock.figures["until ready"] = time.monotonic() - lost_at
        clock.figures["lost"] = lost
        say(f"ready again {clock.figures['until ready']:.1f} s after the loss, by itself; of commits the last {lost:.1f} s "
            "are lost")
        say(f"database of {size / 1e9:.2f} GB; 10 GB would take about {clock.figures['restore'] * 10e9 / size / 60:.0f} min "
            "at this pace")
        good = same(before, state_of(client, ask, *numbers))
        done = replicas.command("doctor", check=False)
        say("doctor: all is well" if done.returncode == 0 else done.stdout)
        good = done.returncode == 0 and good
        good = nobody_comes_back(cluster, replicas, client) and good
        good = wrong_is_noticed(cluster, store, folder) and good
        return good and lost <= LOST_MAX_S and clock.figures["until ready"] <= RESTORE_MAX_S


def flip_a_bit(store, folder):
    """In the middle of the largest object of the backups, through the store itself; its name."""
    root = store.folder / "data/csva-backup"
    part = max((root / "pgbackrest/backup").rglob("part.1"), key=lambda path: path.stat().st_size)
    name = str(part.parent.parent.relative_to(root))
    file = folder / "object"
    store.call("-o", str(file), f"{store.url}/csva-backup/{name}")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    store.call("-T", str(file), f"{store.url}/csva-backup/{name}")
    return name


def wrong_is_noticed(cluster, store, folder):
    """With another passphrase nothing is restored; one bit that flips in an object of the bucket is found."""
    elsewhere = cluster.folder / "elsewhere"
    cluster.run("mkdir", "-m", "700", elsewhere)
    done = cluster.run("env", "PGBACKREST_REPO1_CIPHER_PASS=another passphrase", "pgbackrest", f"--config={cluster.config}",
                       "--stanza=csva", "--log-level-console=error", f"--pg1-path={elsewhere}", "restore", check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line or "HINT" in line]
    closed = done.returncode != 0 and bool(said) and not any(elsewhere.iterdir())
    say(f"with a wrong passphrase: {'refused, nothing is restored' if closed else 'NOT refused'}: {' '.join(said).strip()[:200]}")
    before = cluster.verified()
    name = flip_a_bit(store, folder)
    after = cluster.verified()
    found = [line.strip() for line in after.splitlines() if "invalid" in line and line not in before.splitlines()]
    say(f"pgbackrest verify: {' '.join(before.split())[:200] or 'nothing is wrong'}; "
        f"with one bit of {name.split('/', 3)[-1]} flipped: {'; '.join(found)[:300] if found else 'NOT noticed'}")
    return closed and not before and bool(found)


def nobody_comes_back(cluster, replicas, client):
    """The database goes back to before an erasure, on a new machine: the ledger in the bucket says who must go again."""
    replicas.command("user", "add", "eve", "--password-stdin", input=PASSWORD + "\n")
    names = "SELECT COUNT(*) FROM users WHERE name = 'eve'"
    (eve,), = postgres.query(cluster.url, "SELECT id FROM users WHERE name = 'eve'")
    (moment,), = postgres.query(cluster.url, "SELECT now()")
    time.sleep(1)
    erase(client, eve, lambda: postgres.query(cluster.url, "SELECT phase FROM erasures")[0][0])
    assert postgres.query(cluster.url, names) == [("0",)]
    postgres.query(cluster.url, "SELECT pg_switch_wal()")
    time.sleep(5)
    server = replicas.servers[0]
    server.kill()
    shutil.rmtree(server.data)
    cluster.lose()
    cluster.restore("--type=time", f"--target={moment}", "--target-action=promote")
    back = postgres.query(cluster.url, names) == [("1",)]
    server.start()
    replicas.wait_ready(0)
    gone = postgres.query(cluster.url, names) == [("0",)]
    say(f"to the moment before an erasure: the account was {'back' if back else 'NOT back'} in the database, and is "
        f"{'erased again before anybody was served' if gone else 'STILL THERE'}")
    return back and gone


def drill_embedded(_, clock):
    settings = {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "1", "CSVA_JOBS_POLL_MS": "50"}
    with tempfile.TemporaryDirectory(prefix="csva-drill-") as safe, Server("", settings) as server:
        for name in ("root", "eve"):
            server.command("user", "add", name, *(["--admin"] if name == "root" else []), "--password-stdin", stdin=PASSWORD + "\n")
        token = server.command("token", "add", "root", "--scope", "admin").stdout.strip()
        client = Client(server.url, {"Authorization": "Bearer " + token, "Accept": "application/json"})
        numbers = fill(client)
        key, file, ledger = f"{safe}/key", f"{safe}/last-night", f"{safe}/ledger.jsonl"
        server.command("backup", "--make-key", key, data=False)
        before = state_of(client, server.sql, *numbers)
        with clock.timed("backup beside the running server"):
            server.command("backup", file, "--key-file", key)
        fill(client)  # the day after, which is lost
        (eve,), = server.sql("SELECT id FROM users WHERE name = 'eve'")
        erase(client, eve, lambda: server.sql("SELECT phase FROM erasures")[0][0])
        shutil.copy(server.data / "erasure" / "ledger.jsonl", ledger)  # as it is copied apart
        server.process.kill()
        server.process.wait()
        shutil.rmtree(server.data)
        with clock.timed("restore"):
            say(server.command("restore", file, "--key-file", key, "--ledger", ledger, "--verify").stdout.strip())
            server._start()
        after = state_of(client, server.sql, *numbers)
        gone = server.sql("SELECT COUNT(*) FROM users WHERE name = 'eve'") == [("0",)]
        say(f"the account erased since the backup is {'erased again' if gone else 'BACK'}")
        before["counts"]["users"] = str(int(before["counts"]["users"]) - 1)
        good = same(before, after) and gone
        return server.command("doctor", check=False).returncode == 0 and good


def drill_bucket(_, clock):
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="csva-drill-")))
        url = stack.enter_context(postgres.database(stack.enter_context(postgres.cluster())))
        first, second = stack.enter_context(bucket.Store()), stack.enter_context(bucket.Store())
        for store in (first, second):
            store.make_bucket("csva", versions=True)
        settings = first.settings() | {"CSVA_HTTP_ACCESS_LOG": "false"}
        replicas = stack.enter_context(Replicas(url, settings, servers=2, workers=1))
        ask = functools.partial(postgres.query, url)
        client = replicas.client(replicas.url(0))
        numbers = fill(client)
        eve = guest(replicas, "eve")
        training.upload(eve, "mine.csv", MARKED)
        (folder / "key").write_text(bucket.KEY + "\n", encoding="utf-8")
        (folder / "secret").write_text(bucket.SECRET + "\n", encoding="utf-8")
        (folder / "second.toml").write_text(
            f'[data]\ndir = "{folder}/second"\n[storage]\ns3_endpoint = "{second.url}"\n'
            f's3_access_key_file = "{folder}/key"\ns3_secret_key_file = "{folder}/secret"\n', encoding="utf-8")
        with clock.timed("copying to the second region"):
            say(replicas.command("copy-files", "--to", str(folder / "second.toml")).stdout.strip())
        assert replicas.command("copy-files", "--to", str(folder / "second.toml")).stdout.startswith("0 of ")
        assert holds(second, MARK)
        programs = postgres._programs()
        subprocess.run([programs / "pg_dump", "-Fc", "-f", folder / "dump", url], check=True)  # nosec B603
        (number,), = ask("SELECT id FROM users WHERE name = 'eve'")
        erase(client, number, lambda: ask("SELECT phase FROM erasures")[0][0])
        replicas.command("copy-files", "--to", str(folder / "second.toml"))  # takes the ledger along
        before = state_of(client, ask, *numbers)
        first.stop()
        shutil.rmtree(first.folder / "data")
        for process in replicas.servers + replicas.workers:
            process.kill()
            shutil.rmtree(process.data)  # the machines are gone too, with their local copies
            process.environment |= second.settings()
        with clock.timed("restore"):
            subprocess.run([programs / "pg_restore", "--clean", "--if-exists", "-d", url, folder / "dump"],  # nosec B603
                           check=True)
            back = ask("SELECT COUNT(*) FROM users WHERE name = 'eve'") == [("1",)]
            for process in replicas.servers + replicas.workers:
                process.start()
            for i in range(len(replicas.servers)):
                replicas.wait_ready(i)
        gone = ask("SELECT COUNT(*) FROM users WHERE name = 'eve'") == [("0",)] and not holds(second, MARK)
        say(f"the account erased since: {'back' if back else 'NOT back'} in the database of before, and "
            f"{'gone again with every version of its files' if gone else 'STILL THERE'}")
        good = same(before, state_of(replicas.client(replicas.url(0)), ask, *numbers)) and back and gone
        done = replicas.command("doctor", check=False)
        say(done.stdout.strip().splitlines()[-1] if done.returncode == 0 else done.stdout)
        return fill(replicas.client(replicas.url(1))) and done.returncode == 0 and good


def write_metrics(path, name, good, clock):
    lines = [f'csva_drill_success{{drill="{name}"}} {int(good)}', f'csva_drill_ended_seconds{{drill="{name}"}} {time.time():.0f}',
             f'csva_drill_restore_seconds{{drill="{name}"}} {clock.figures.get("restore", 0):.3f}',
             f'csva_drill_lost_seconds{{drill="{name}"}} {clock.figures.get("lost", 0):.3f}']
    fresh = pathlib.Path(path + ".new")
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(path)


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("drill", choices=["postgres", "bucket", "embedded"])
    words.add_argument("--gb", type=float, default=0.05, help="size of the database")
    words.add_argument("--seconds", type=float, default=45, help="commits between the last backup and the loss")
    words.add_argument("--metrics", default="")
    wish = words.parse_args()
    if wish.drill != "embedded" and not bucket.program() or (wish.drill == "postgres" and not shutil.which("pgbackrest")):
        say("skipped: there is no MinIO (tests/ops/tools.sh minio builds it) or no pgbackrest")
        return SKIPPED
    clock = Clock()
    good = {"postgres": drill_postgres, "bucket": drill_bucket, "embedded": drill_embedded}[wish.drill](wish, clock)
    if wish.metrics:
        write_metrics(wish.metrics, wish.drill, good, clock)
    say("everything is back" if good else "NOT everything is back")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
