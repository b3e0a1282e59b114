"""What tests about models do first: upload, clean, train, all through the real server."""

import time

WAIT_SECONDS = 120


def wait(ask, done, what):
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        found = ask()
        if done(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not end: {found}")


def upload(client, name, content, **fields):
    """Number of the data set, once it is read."""
    answer = client.post("/api/upload-csv/", files={"file": (name, content)}, data=fields)
    assert answer.status_code == 201, answer.text
    number = int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1])
    found = wait(lambda: client.get(f"/api/v1/datasets/{number}").json(),
                 lambda found: found["state"] != "reading", "reading")
    assert found["state"] == "ready", found
    return number


def clean(client, number, steps):
    answer = client.post(f"/clean/{number}/", json={"steps": steps})
    assert answer.status_code == 202, answer.text
    found = wait(lambda: client.get(f"/api/v1/datasets/{number}").json(),
                 lambda found: found["state"] != "cleaning", "cleaning")
    assert found["state"] == "ready" and found["problem"] is None, found


def start(client, number, target, **wish):
    """Personal columns that nobody has decided about are left out."""
    wish = {"target": target, "undecided": "leave_out", **wish}
    answer = client.post(f"/api/v1/datasets/{number}/trainings", json=wish)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def ended(client, training):
    return wait(lambda: client.get(f"/api/v1/trainings/{training}").json(),
                lambda found: found["state"] not in ("queued", "running"), "training")


def train(client, number, target, **wish):
    """The finished training, with its models."""
    found = ended(client, start(client, number, target, **wish))
    assert found["state"] == "succeeded", found
    return found


def batch(client, model, content, **fields):
    """The finished batch and its file."""
    answer = client.post(f"/api/v1/models/{model}/batches", files={"file": ("rows.csv", content)},
                         data=fields)
    assert answer.status_code == 202, answer.text
    number = answer.json()["id"]
    found = wait(lambda: client.get(f"/api/v1/batches/{number}").json(),
                 lambda found: found["state"] not in ("queued", "running"), "batch")
    if found["state"] != "succeeded":
        return found, None
    return found, client.get(f"/api/v1/batches/{number}/file").content
