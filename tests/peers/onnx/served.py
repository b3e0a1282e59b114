"""A model trained in the service, with a cleaning step, loaded from its registry by mlflow.pyfunc: it answers as the service."""
import json
import os
import pathlib
import sys

import mlflow
import pandas
import requests

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))
os.environ["CSVA_PROGRAM"] = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/dev/bin/csva").resolve())

from support import training  # noqa: E402
from support.server import PASSWORD, Server  # noqa: E402

TITANIC = ROOT / "tests/data/titanic.csv"
TOLERANCE = 1e-5


class Client(requests.Session):
    def __init__(self, server):
        super().__init__()
        server.command("user", "add", "ada", "--admin", "--password-stdin", stdin=PASSWORD)
        self.url = server.url
        self.token = server.command("token", "add", "ada", "--scope", "admin").stdout.strip()
        self.headers["Authorization"] = "Bearer " + self.token

    def request(self, method, url, **more):
        return super().request(method, self.url + url, timeout=60, **more)


def main():
    with Server("", {"CSVA_DATA_SAMPLE": "false", "CSVA_JOBS_LOCAL_WORKERS": "1"}) as server:
        client = Client(server)
        number = training.upload(client, "titanic.csv", TITANIC.read_bytes())
        training.clean(client, number, [{"step": "fill_missing@1", "columns": ["Age"], "options": {"strategy": "median"}}])
        training.train(client, number, "Survived", budget_s=5)
        os.environ["MLFLOW_TRACKING_TOKEN"] = client.token
        mlflow.set_tracking_uri(server.url)
        registry = mlflow.MlflowClient()
        name = registry.search_registered_models()[0].name
        registry.set_registered_model_alias(name, "champion", "1")
        loaded = mlflow.pyfunc.load_model(f"models:/{name}@champion")
        rows = pandas.read_csv(TITANIC)
        kinds = {"string": lambda c: c.fillna("").astype(str).astype(object), "long": lambda c: c.astype("int64")}
        theirs = loaded.predict(pandas.DataFrame({
            spec.name: kinds.get(spec.type.name, lambda c: c.astype(float))(rows[spec.name])
            for spec in loaded.metadata.signature.inputs}))
        sent = {"dataframe_split": json.loads(rows.to_json(orient="split", double_precision=15))}
        ours = pandas.DataFrame(client.post(f"/models/{name}@champion/invocations", json=sent).json()["predictions"])
    worst = float((ours["probability_1"] - theirs["probability_1"]).abs().max())
    others = int((ours["prediction"] != theirs["prediction"].astype(str)).sum())
    print(f"models:/{name}@champion: {len(ours)} rows, worst difference {worst:.1e}, {others} other classes")
    sys.exit(0 if len(ours) == len(rows) and worst <= TOLERANCE and others == 0 else 1)


if __name__ == "__main__":
    main()
