"""The peer: FastAPI, with the same two addresses and no database."""
import os
import shutil
import time
import uuid

from fastapi import FastAPI, HTTPException, UploadFile

FOLDER = os.environ["UPLOAD_FOLDER"]
LIMIT = 10 * 1024 * 1024
STARTED = time.time()
app = FastAPI()
app.state.requests = 0


@app.get("/api/metrics/")
async def metrics():
    app.state.requests += 1
    return {"uptime_s": round(time.time() - STARTED, 1), "requests": app.state.requests, "datasets": 0}


@app.post("/api/upload-csv/", status_code=201)
def upload(file: UploadFile):
    if (file.size or 0) > LIMIT:
        raise HTTPException(413, "too large")
    with open(f"{FOLDER}/{uuid.uuid4().hex}.csv", "wb") as out:
        shutil.copyfileobj(file.file, out, 1 << 20)
    return {"file": file.filename, "message": "Upload OK"}
