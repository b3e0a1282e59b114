"""What one version leaves must be there in the next: upgrade.py URL TOKEN DATABASE FILE. Without the file it makes a data set and a
model and writes there what they are and say; with it, it compares. check_package.sh calls it before and after an upgrade."""
import hashlib
import json
import pathlib
import sqlite3
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from drills import same, say  # noqa: E402
from replicas import Client  # noqa: E402
from support import training  # noqa: E402

# Only what every version knows, and nothing personal: what may be asked has changed.
ROWS = b"width,weight,kind\n" + b"".join(
    b"%d,%d.5,%s\n" % (i % 40, 150 + i * 7 % 40, (b"round", b"square")[(i % 40 < 20) != (i % 10 == 0)]) for i in range(400))
ASKED = {"rows": [{"width": i, "weight": 150.0 + i} for i in range(40)]}
COUNTED = ("users", "datasets", "dataset_versions", "models", "trainings")


def make(client):
    dataset = training.upload(client, "rows.csv", ROWS)
    training.clean(client, dataset, [{"step": "trim@1", "columns": ["kind"], "options": {}}])
    answer = client.post(f"/api/v1/datasets/{dataset}/trainings",
                         json={"target": "kind", "budget_s": 2, "options": {"families": ["LogisticRegression"], "threads": 1}})
    assert answer.status_code == 202, answer.text
    return dataset, training.ended(client, answer.json()["id"])["models"][0]["id"]


def seen(client, database, dataset, model):
    answer = client.post(f"/api/v1/models/{model}/predictions", json=ASKED)
    answer.raise_for_status()
    original = client.get(f"/api/v1/datasets/{dataset}/original")
    original.raise_for_status()
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as store:
        counts = {table: store.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in COUNTED}  # nosec B608
    return {"counts": counts, "original": hashlib.sha256(original.content).hexdigest(),
            "predictions": [[one["prediction"], one["probabilities"]] for one in answer.json()["predictions"]]}


def main():
    url, token, database, path = sys.argv[1:]
    client = Client(url, {"Authorization": "Bearer " + token, "Accept": "application/json"})
    file = pathlib.Path(path)
    if not file.exists():
        numbers = make(client)
        file.write_text(json.dumps({"numbers": numbers, "seen": seen(client, database, *numbers)}), encoding="utf-8")
        say("a data set is uploaded and cleaned, a model trained")
        return 0
    before = json.loads(file.read_text(encoding="utf-8"))
    return 0 if same(before["seen"], seen(client, database, *before["numbers"])) else 1


if __name__ == "__main__":
    sys.exit(main())
