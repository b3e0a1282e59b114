"""What the command line refuses: the sentence in the person's language and the exit code."""

import contextlib
import csv
import io
import json
import os
import random
import re
import shutil
import subprocess  # nosec B404

import pytest
import reasons
from conftest import BACK_END, new_server
from steps import TRAINING
from support.server import LOCALES, PASSWORD, program

CSV = b"a,b\n1,x\n2,y\n"
SMALL = ["--target", "city", "--budget", "2s", "--families", "LogisticRegression", "--threads", "1"]
FILES = {"good.csv": CSV, "rows.csv": TRAINING, "empty.csv": b"\n\n", "binary.csv": b"a,b\n1,\0\n",
         "wide.csv": b",".join([b"c"] * 20001) + b"\n", "wrong.toml": b"[http]\nspeed = 1\n",
         "bad.toml": b"[http]\nidle_s = 'long'\n", "broken.toml": b"[http\n"}


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def run(folder, *arguments, language="en", stdin="", executable=None, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CSVA_")}
    return subprocess.run(  # nosec B603
        [executable or program(), *arguments], cwd=folder, input=stdin, text=True, timeout=60,
        capture_output=True, check=False,
        env=clean | {"LC_ALL": LOCALES[language]} | environment)


def refuses(folder, code, reason, *arguments, **more):
    """The same call in both languages ends with the code and the catalogue's sentence."""
    for language in ("en", "fr"):
        done = run(folder, *arguments, language=language, **more)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        said(language, reason, done.stderr)


def said(language, reason, text):
    lines = text.splitlines()
    assert any(reasons.SENTENCES[language][reason].match(line) for line in lines), text
    reasons.SEEN.add((language, reason))


@pytest.mark.parametrize("code,reason,words", [
    (4, "reading.file_missing", ["read", "nobody.csv"]),
    (2, "reading.empty_file", ["read", "empty.csv"]),
    (2, "reading.binary_file", ["read", "binary.csv"]),
    (2, "reading.too_many_columns", ["profile", "wide.csv"]),
    (2, "base.file_unwritable", ["read", "good.csv", "--output", "nowhere/out.csv"]),
    (7, "base.disk_full", ["read", "good.csv", "--output", "/dev/full"]),
    (2, "learn.unknown_target", ["train", "good.csv", "--target", "z", "--model", "m"]),
    (2, "learn.bad_budget", ["train", "good.csv", "--target", "b", "--model", "m",
                             "--budget", "soon"]),
    (2, "learn.bad_option", ["train", "good.csv", "--target", "b", "--model", "m",
                             "--preset", "perfect"]),
    (4, "bundle.not_a_model", ["predict", ".", "good.csv"]),
    (2, "app.bad_listen", ["serve", "--listen", "here", "--data-dir", "data"]),
    (2, "base.setting_unknown", ["user", "list", "--config", "wrong.toml"]),
    (2, "base.setting_invalid", ["user", "list", "--config", "bad.toml"]),
    (2, "base.settings_file_invalid", ["user", "list", "--config", "broken.toml"]),
    (4, "base.file_not_found", ["user", "list", "--config", "nobody.toml"]),
    (1, "base.file_unreadable", ["user", "list", "--config", "."]),
    (7, "app.unhealthy", ["health", "--url", "http://127.0.0.1:9/health/ready"]),
    (2, "app.no_password", ["user", "add", "eve", "--password-stdin", "--data-dir", "data"]),
])
def test_says_what_is_wrong(folder, code, reason, words):
    refuses(folder, code, reason, *words)


def test_says_what_is_wrong_with_a_database(folder):
    refuses(folder, 2, "store.bad_url", "user", "list", CSVA_DATABASE_URL="mysql://localhost/x")
    refuses(folder, 7, "store.unavailable", "user", "list",
            CSVA_DATABASE_URL="postgresql://csva@127.0.0.1:1/x")


def test_takes_a_secret_from_a_file_and_keeps_it(folder):
    """The address of a database with its password, as containers get it; it is in no message."""
    secret = folder / "database_url"
    secret.write_text("postgresql://csva:swordfish@127.0.0.1:1/x\n", encoding="utf-8")
    refuses(folder, 7, "store.unavailable", "health", "--database", CSVA_DATABASE_URL_FILE=str(secret))
    done = run(folder, "health", "--database", CSVA_DATABASE_URL_FILE=str(secret))
    assert "swordfish" not in done.stdout + done.stderr
    refuses(folder, 4, "base.file_not_found", "health", "--database", CSVA_DATABASE_URL_FILE="nobody")


def test_tells_health_and_links_by_the_address_of_people():
    with new_server(CSVA_HTTP_PUBLIC_URL="https://csv.example.org/") as server:
        assert "Make the first account: https://csv.example.org/setup/?token=" in server.log()
        assert server.command("health", "--url", server.url + "/health/ready").stdout == ""
        assert server.command("health", "--database").stdout == ""


def test_says_that_a_library_is_missing(folder):
    """The program alone, away from the libraries that it is installed with."""
    lonely = folder / "bin" / "csva"
    lonely.parent.mkdir()
    shutil.copy2(program(), lonely)
    refuses(folder, 1, "duck.library_missing", "read", "good.csv", executable=lonely)
    (folder / "lib").mkdir()
    library = program().parent.parent / "lib" / "libduckdb.so"
    (folder / "lib" / "libduckdb.so").symlink_to(library.resolve())
    refuses(folder, 7, "learn.library_missing", "train", "rows.csv", *SMALL[:4], "--model", "m",
            executable=lonely)


def test_trains_and_predicts(folder):
    done = run(folder, "train", "rows.csv", *SMALL, "--model", "model", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)["report"]
    assert report["best"] == report["leaderboard"][0]["name"]
    done = run(folder, "predict", "model", "rows.csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 200 and {"prediction", "probability_Rome"} <= set(rows[0])
    refuses(folder, 5, "bundle.exists", "train", "rows.csv", *SMALL, "--model", "model")
    refuses(folder, 4, "bundle.unknown_model", "predict", "model", "rows.csv", "--name", "Oracle")
    refuses(folder, 2, "drift.no_column", "drift", "model", "good.csv")
    for reason, code, change in (("drift.bad_sketch", 2, lambda path: path.write_text("{}")),
                                 ("bundle.no_reference", 4, lambda path: path.unlink())):
        change(folder / "model" / "reference.json")
        refuses(folder, code, reason, "drift", "model", "rows.csv")
    for file in (folder / "model").iterdir():
        if file.name != "model.json":
            file.write_bytes(file.read_bytes()[:-9])
    refuses(folder, 2, "bundle.damaged", "predict", "model", "rows.csv")


def test_keeps_the_table_and_the_receipt(folder):
    done = run(folder, "profile", "rows.csv", "--parquet", "rows.parquet")
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0][:5] == ["column", "type", "count", "missing", "distinct"] and len(lines) == 7
    shown = {line[0]: dict(zip(lines[0], line)) for line in lines[1:5]}
    assert shown["age"]["type"] == "integer" and shown["age"]["mean"] == "19.5" and shown["age"]["max"] == "39"
    assert lines[5:] == [["rows", "200"], ["duplicates", "0"]]
    assert (folder / "rows.parquet").read_bytes()[:4] == b"PAR1"
    done = run(folder, "read", "rows.csv", "--output", "out.csv", "--receipt", "receipt.json")
    assert done.returncode == 0, done.stderr
    receipt = json.loads((folder / "receipt.json").read_text())
    assert receipt["rows_kept"] == 200 and receipt["dialect"]["header"]
    assert len((folder / "out.csv").read_text().splitlines()) == 201


def test_says_how_good_and_whether_it_drifts(folder):
    (folder / "later.csv").write_bytes(TRAINING.replace(b",15", b",75"))
    done = run(folder, "train", "rows.csv", *SMALL, "--model", "model", "--test", "rows.csv")
    assert done.returncode == 0, done.stderr
    said = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines() if line.startswith("test "))
    assert 0.8 < float(said["test accuracy"]) <= 1, done.stdout
    assert re.match(r"best (Ensemble|LogisticRegression)\nverdict better roc_auc 0\.[89]", done.stdout), done.stdout
    for language, title in (("en", "state\tcolumn\t"), ("fr", "état\tcolonne\t")):
        done = run(folder, "drift", "model", "rows.csv", "later.csv", language=language)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert lines[0] == "rows.csv" and "later.csv" in lines and "drift:" not in done.stdout, done.stdout
        assert [line for line in lines if line.startswith(title)], done.stdout
        heights = [line.split("\t")[0] for line in lines if line.split("\t")[1:2] == ["height"]]
        assert heights and heights[-1] != "stable", done.stdout


@pytest.mark.parametrize("seed", [None, 1, 2, 3] if BACK_END == "sqlite" else [1])
def test_finds_nothing_in_a_shuffled_target(folder, seed):
    """Titanic with everybody's fate dealt out anew: no model is better than guessing, where one is with their own."""
    rows = list(csv.DictReader((reasons.ROOT / "tests/data/titanic.csv").open(encoding="utf-8", newline="")))
    fates = [row["Survived"] for row in rows]
    if seed is not None:
        random.Random(seed).shuffle(fates)
    with open(folder / "fates.csv", "w", encoding="utf-8", newline="") as out:
        write = csv.DictWriter(out, rows[0])
        write.writeheader()
        write.writerows(row | {"Survived": fate} for row, fate in zip(rows, fates))
    done = run(folder, "train", "fates.csv", "--target", "Survived", "--model", "model", "--budget", "10s", "--families",
               "LogisticRegression,RandomForestClassifier", "--trees", "20", "--threads", "1")
    assert done.returncode == 0, done.stderr
    assert f"\nverdict {'better' if seed is None else 'not_better'} " in done.stdout, done.stdout


def test_draws_its_progress_on_a_terminal_alone(folder):
    assert run(folder, "profile", "rows.csv").stderr == ""
    ours, its = os.openpty()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CSVA_")}
    with subprocess.Popen([program(), "profile", "rows.csv"], cwd=folder, stderr=its,  # nosec B603
                          stdout=subprocess.DEVNULL, env=clean | {"LC_ALL": "C.UTF-8"}) as process:
        os.close(its)
        drawn = b""
        with contextlib.suppress(OSError):  # what a terminal says once nobody holds its other end
            while block := os.read(ours, 4096):
                drawn += block
    os.close(ours)
    assert process.returncode == 0
    bars = re.findall(rb"\r(\w+) \[(=*) *\] +(\d+) %", drawn)
    assert bars and all(len(full) == int(pct) * 30 // 100 for _, full, pct in bars), drawn
    assert drawn.endswith(b"\r\033[K")


def test_says_that_the_database_is_not_ours(language):
    """A step that another version of the program has taken differently."""
    with new_server() as server:
        server.sql("UPDATE schema_migrations SET sha256 = 'other'")
        done = server.command("migrate", check=False, language=language)
        assert done.returncode == 1
        said(language, "store.migration_changed", done.stderr)


def test_says_that_the_address_is_taken(language):
    with new_server() as server:
        done = server.command("serve", "--listen", f"127.0.0.1:{server.port}", check=False,
                              language=language)
        assert done.returncode == 7
        said(language, "http.cannot_listen", done.stderr)


def test_asks_for_the_missing_steps_of_postgresql(language):
    """SQLite takes them by itself; PostgreSQL, which others share, is told to."""
    with new_server() as server:
        (name,) = max(server.sql("SELECT name FROM schema_migrations"))
        server.sql(f"DELETE FROM schema_migrations WHERE name = '{name}'")  # nosec B608
        done = server.command("user", "list", check=False, language=language)
        if "CSVA_DATABASE_URL" in server.environment:
            assert done.returncode == 7
            said(language, "app.migrate_first", done.stderr)
        else:
            assert done.returncode != 0 and "app.migrate_first" not in done.stderr


def test_takes_the_common_options_everywhere_they_matter(folder):
    for words in (["user", "list"], ["openapi"], ["migrate"]):
        done = run(folder, *words, "--data-dir", "data")
        assert done.returncode == 0, (words, done.stderr)
    assert run(folder, "--version").stdout.strip()
    assert run(folder, "fly").returncode == 2
    made = run(folder, "user", "add", "eve", "--password-stdin", "--data-dir", "data",
               stdin=PASSWORD)
    assert made.returncode == 0, made.stderr
