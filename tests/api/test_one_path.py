"""One row, one answer: form, JSON, rows by API, a batch and `csva predict` agree to the last character.

Up to 1,000 rows of each public data set that is at hand (tests/data, and those of CSVA_SHARED_DATA).
"""

import csv
import http.client
import io
import json
import math
import os
import pathlib
import urllib.parse

import pytest
from conftest import new_server
from support import training
from support.server import ROOT

ROWS = 1000
OWN = ROOT / "tests/data"
SHARED = pathlib.Path(os.environ.get("CSVA_SHARED_DATA") or "/nowhere")
TARGETS = {
    "titanic.csv": "Survived", "telco-churn.csv": "Churn", "california-housing.csv":
    "median_house_value", "biopics.csv": "subject_sex", "marvel.csv": "ALIGN", "iris.csv":
    "species", "lending-club.csv": "Class", "claims-long.csv": "claim", "letter.csv": "lettr",
    "air-quality.csv": "CO(GT)", "beijing-pm25.csv": "pm2.5", "diamonds.csv": "price"}
RECIPES = {
    "titanic.csv": [
        {"step": "trim@1", "columns": [], "options": {}},
        {"step": "change_type@1", "columns": ["Pclass"], "options": {"type": "text"}},
        {"step": "rename_column@1", "columns": ["Sex"], "options": {"name": "gender"}},
        {"step": "fill_missing@1", "columns": ["Age"], "options": {"strategy": "median"}},
        {"step": "drop_missing_rows@1", "columns": ["Embarked"], "options": {}},
        {"step": "drop_column@1", "columns": ["PassengerId", "Name"], "options": {}}],
    "telco-churn.csv": [
        {"step": "change_type@1", "columns": ["TotalCharges"], "options": {"type": "real"}},
        {"step": "fill_missing@1", "columns": [], "options": {"strategy": "mean"}},
        {"step": "drop_duplicates@1", "columns": [], "options": {}}]}


def place_of(name):
    for folder in (OWN, SHARED, SHARED / "data"):
        if (folder / name).is_file():
            return folder / name
    return None


def cases():
    if os.environ.get("CSVA_TEST_DATABASE_URL"):
        return ["titanic.csv"]  # the metadata's back end does not touch the path
    return list(TARGETS)


@pytest.fixture(scope="module")
def served():
    with new_server(CSVA_JOBS_LOCAL_WORKERS="1") as server:
        server.command("user", "add", "ada", "--admin", "--password-stdin", stdin="a long password")
        yield server, server.command("token", "add", "ada", "--scope", "write").stdout.split()[-1]


def rows_of(server, place):
    """The first cells of a file, as they stand in it."""
    text = server.command("read", str(place), "--output", "-", "--text", data=False).stdout
    reader = csv.reader(io.StringIO(text, newline=""))
    names = next(reader)
    return names, [row for row, _ in zip(reader, range(ROWS))]


def csv_of(names, rows):
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue().encode()


def bundle_of(server, model):
    """Folder of the newest training that has a model of that name."""
    found = [path for path in server.data.rglob("model.json")
             if (path.parent / f"{model}.model.json").is_file()]
    return max(found, key=lambda path: path.stat().st_mtime).parent


class Caller:
    """Many small calls on one connection; numbers of an answer keep their characters."""

    def __init__(self, server, token):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.headers = {"Authorization": "Bearer " + token, "Accept": "application/json"}

    def post(self, path, body, kind):
        self.connection.request("POST", path, body, self.headers | {"Content-Type": kind})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, (answer.status, text)
        return json.loads(text, parse_float=str, parse_int=str)


def line_of(answer, classes):
    cells = [answer["prediction"]] + [answer["probabilities"][name] for name in classes]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def typed(cell):
    """A cell as a program would send it: a number where the text is one."""
    try:
        number = float(cell)
    except ValueError:
        return cell or None
    if not math.isfinite(number):
        return cell
    plain = str(int(number)) if number == int(number) else repr(number)
    return json.loads(plain) if plain == cell else cell


@pytest.mark.parametrize("name", cases())
def test_every_path_gives_the_same_characters(served, world, tmp_path, name):
    server, token = served
    client = type(world.admin)(server.url, None, token)
    place = place_of(name)
    if place is None:
        pytest.skip(f"not at hand: {name}")
    number = training.upload(client, name, place.read_bytes())
    if name in RECIPES:
        training.clean(client, number, RECIPES[name])
    done = training.train(client, number, TARGETS[name], budget_s=2)
    model = done["models"][0]
    names, rows = rows_of(server, place)
    (tmp_path / "rows.csv").write_bytes(csv_of(names, rows))

    by_command = server.command(
        "predict", str(bundle_of(server, model["name"])), str(tmp_path / "rows.csv"), "--name",
        model["name"], data=False).stdout
    lines = by_command.splitlines()
    assert len(lines) == len(rows) + 1
    classes = [cell.removeprefix("probability_") for cell in next(csv.reader(lines[:1]))[1:]]
    assert classes == done["report"]["classes"]

    state, by_batch = training.batch(client, model["id"], csv_of(names, rows))
    assert state["rows"] == len(rows)
    assert by_batch.decode() == by_command

    caller = Caller(server, token)
    form = f"/test-model/{number}/{model['name']}/"
    for cells, line in zip(rows, lines[1:]):
        row = dict(zip(names, cells))
        answer = caller.post(form, urllib.parse.urlencode(row), "application/x-www-form-urlencoded")
        assert line_of(answer, classes) == line
        answer = caller.post(form, json.dumps({"values": row}), "application/json")
        assert line_of(answer, classes) == line
    for start in range(0, len(rows), 100):
        wish = [{name: typed(cell) for name, cell in zip(names, row)}
                for row in rows[start:start + 100]]
        answer = caller.post(f"/api/v1/models/{model['id']}/predictions",
                             json.dumps({"rows": wish}), "application/json")
        for at, one in enumerate(answer["predictions"]):
            assert line_of(one, classes) == lines[1 + start + at]
