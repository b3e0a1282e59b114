"""Links that show a profile or a verdict without an account, for a time."""

import json
import re

import pytest
import requests
import steps
from client import refused
from conftest import new_world

TABLE = b"name,city,pay\n" + b"".join(
    b"Person %d,%s,%d\n" % (i, (b"Paris", b"Rome")[i % 2], 987654 if i == 77 else 1000 + i) for i in range(300))


@pytest.fixture(scope="module")
def shop(world):
    owner = world.user()
    owner.dataset = steps.read(owner, TABLE)
    owner.path = f"/api/v1/datasets/{owner.dataset}/links"
    return owner


def make(owner, **more):
    answer = owner.post(owner.path, json={"label": "Board", "days": 1} | more)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return made["id"], re.fullmatch(r"http://[^/]+(/shared/[A-Za-z0-9_-]{43})", made["address"]).group(1)


def test_shows_what_is_in_the_columns_and_no_row(shop, stranger):
    _, address = make(shop)
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Robots-Tag"] == "noindex"
    view = answer.json()
    assert view["label"] == "Board" and view["report"] is None and view["profile"]["rows"] == 300
    by_name = {column["name"]: column for column in view["profile"]["columns"]}
    assert {row["value"] for row in by_name["city"]["top_values"]} == {"Paris", "Rome"}
    assert "Person" not in answer.text and "987654" not in answer.text and "minimum" not in answer.text
    assert by_name["name"]["top_values"] == [] and by_name["name"]["distinct"] == 300
    assert by_name["pay"]["histogram"] is None or by_name["pay"]["histogram"]["high"] < 987654


def test_shows_a_verdict(shop, stranger, language):
    running = shop.post(f"/api/v1/datasets/{shop.dataset}/trainings", json=steps.QUICK | {"target": "city"})
    training = steps.training_ended(shop, running.json()["id"])
    assert training["state"] == "succeeded", training["problem"]
    _, address = make(shop, training_id=training["id"])
    view = stranger.get(address).json()
    assert view["profile"] is None and view["report"]["verdict"] == training["report"]["verdict"]
    assert "Person 1" not in json.dumps(view)
    assert shop.delete(f"/api/v1/trainings/{training['id']}").status_code == 204
    refused(stranger.get(address), 404, "sharing.not_found")


def views(world):
    """Looks at links that the journal has."""
    listed = world.admin.get("/api/v1/journal/entries", params={"action": "sharing.view", "limit": 200}).json()
    return len(listed["entries"])


def test_counts_every_look_and_tells_the_owner(world, shop, stranger):
    before = views(world)
    number, address = make(shop, label="Counted")

    def link():
        return next(one for one in shop.get(shop.path).json()["links"] if one["id"] == number)

    assert link()["views"] == 0 and link()["last_viewed_at"] is None and link()["open"]
    for _ in range(3):
        stranger.get(address)
    assert link()["views"] == 3 and link()["last_viewed_at"] > link()["created_at"]
    steps.wait_for(lambda: views(world) >= before + 3, 10, "the entries of the journal")
    page = requests.get(stranger.url + address, headers={"Accept": "text/html"}, timeout=30)
    assert page.status_code == 200 and "<html" in page.text and link()["views"] == 3  # the page asks again
    assert page.headers["Cache-Control"] == "no-store" and page.headers["X-Robots-Tag"] == "noindex"


def test_ends_is_revoked_and_says_so(world, shop, stranger):
    number, address = make(shop)
    world.server.sql(f"UPDATE shared_links SET expires_at = 1 WHERE id = {number}")  # nosec B608
    refused(stranger.get(address), 410, "sharing.expired")
    number, address = make(shop)
    assert shop.delete(f"{shop.path}/{number}").status_code == 204
    refused(stranger.get(address), 410, "sharing.revoked")
    assert not [one for one in shop.get(shop.path).json()["links"] if one["id"] == number][0]["open"]
    refused(stranger.get("/shared/" + "x" * 43), 404, "sharing.not_found")
    refused(stranger.get("/shared/x"), 404, "sharing.not_found")


def test_keeps_the_secret_as_a_hash_and_shows_it_once(world, shop):
    _, address = make(shop, label="Secret")
    token = address.rsplit("/", 1)[1]
    assert token not in shop.get(shop.path).text
    assert token not in str(world.server.sql("SELECT * FROM shared_links"))


def test_is_an_owners_to_make_and_to_revoke(world, shop, ada, bob, language):
    project = shop.post("/api/v1/projects", json={"name": "Shared"}).json()["id"]
    dataset = steps.read(shop, TABLE, project_id=project)
    path = f"/api/v1/datasets/{dataset}/links"
    shop.post(f"/api/v1/projects/{project}/members", json={"name": ada.name, "role": "editor"})
    refused(ada.post(path, json={"label": "x", "days": 1}), 403, "accounts.forbidden")
    made = shop.post(path, json={"label": "x", "days": 1}).json()
    assert [one["id"] for one in ada.get(path).json()["links"]] == [made["id"]]
    refused(ada.delete(f"{path}/{made['id']}"), 403, "accounts.forbidden")
    refused(bob.get(path), 404, "datasets.not_found")
    mine = steps.read(bob, TABLE)
    refused(bob.delete(f"/api/v1/datasets/{mine}/links/{made['id']}"), 404, "sharing.not_found")


def test_refuses_what_cannot_be_shared(shop, ada, bob):
    ada.dataset = steps.read(ada, TABLE)
    path = f"/api/v1/datasets/{ada.dataset}/links"
    refused(ada.post(path, json={"label": "x", "days": 91}), 400, "sharing.too_long")
    assert ada.post(path, json={"label": "x", "days": 0}).status_code == 400
    assert ada.post(path, json={"label": "x"}).status_code == 400, "a link without an end"
    refused(ada.post(path, json={"label": "x", "days": 1, "training_id": 987654}), 404, "training.not_found")
    foreign = shop.post(f"/api/v1/datasets/{shop.dataset}/trainings", json=steps.QUICK | {"target": "city"}).json()["id"]
    steps.training_ended(shop, foreign)
    refused(ada.post(path, json={"label": "x", "days": 1, "training_id": foreign}), 404, "training.not_found")
    for _ in range(20):
        assert ada.post(path, json={"label": "x", "days": 1}).status_code == 201
    refused(ada.post(path, json={"label": "x", "days": 1}), 409, "sharing.too_many")
    ada.post(f"{path}", json={"label": "x", "days": 1})
    waiting = ada.post(f"/api/v1/datasets/{ada.dataset}/trainings", json=steps.QUICK | {"target": "nothing"})
    assert waiting.status_code in (202, 400)


def test_shows_no_verdict_before_there_is_one(idle_world, language):
    """No worker runs: the training waits for ever."""
    ada = idle_world.user(language)
    with idle_world.server.worker():
        dataset = steps.read(ada, TABLE)
    training = ada.post(f"/api/v1/datasets/{dataset}/trainings", json=steps.QUICK | {"target": "city"}).json()["id"]
    wish = {"label": "x", "days": 1, "training_id": training}
    refused(ada.post(f"/api/v1/datasets/{dataset}/links", json=wish), 409, "sharing.nothing_to_show")


def test_goes_with_its_data_set(world, stranger, ada):
    ada.dataset = steps.read(ada, TABLE)
    ada.path = f"/api/v1/datasets/{ada.dataset}/links"
    _, address = make(ada)
    assert ada.delete(f"/api/v1/datasets/{ada.dataset}").status_code in (200, 204)
    refused(stranger.get(address), 404, "sharing.not_found")
    assert world.server.sql(f"SELECT id FROM shared_links WHERE dataset_id = {ada.dataset}") == []  # nosec B608


def test_is_closed_by_the_setting(stranger):
    with new_world(CSVA_SHARING_DAYS_MAX="0", CSVA_JOBS_LOCAL_WORKERS="1", CSVA_JOBS_POLL_MS="50") as closed:
        ada = closed.user()
        dataset = steps.read(ada, TABLE)
        refused(ada.post(f"/api/v1/datasets/{dataset}/links", json={"label": "x", "days": 1}), 400, "sharing.too_long")
