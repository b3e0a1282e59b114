"""The peer of one-row predictions: FastAPI and LightGBM's own package on the booster of csva's model folder."""
import os

import lightgbm
import numpy
from fastapi import FastAPI
from pydantic import BaseModel

BOOSTER = lightgbm.Booster(model_file=os.environ["MODEL"])
app = FastAPI()


class Rows(BaseModel):
    rows: list[list[float]]


@app.get("/ready")
async def ready():
    return {}


@app.post("/predict")
def predict(wish: Rows):
    return {"predictions": BOOSTER.predict(numpy.asarray(wish.rows), num_threads=1).tolist()}
