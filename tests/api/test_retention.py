"""The 90 days of a data set, with a clock that is moved: notice first, then the rows go and the models stay."""

from client import refused
from conftest import new_world
from steps import number_of, read, trained, upload, wait_for
from support import traces
from support.server import PASSWORD
from test_erasure import CELL, FILE, WORKER, named, needles, stop, table

DAY = 86_400_000
ENTRIES = "SELECT id, expires_at, expiry_notices FROM datasets ORDER BY id"


def move_to(world, days):
    """The same server, so many days after its first start."""
    stop(world.server)
    world.server.environment["CSVA_CLOCK_OFFSET_MS"] = str(days * DAY)
    world.server.__enter__()


def signed_in(world, language="en"):
    return world.client(language=language).sign_in("zebulon.zoe", PASSWORD)


def notices(world):
    return [int(row[2]) for row in world.server.sql(ENTRIES)]


def test_rows_go_after_90_days_with_notice_before():
    with new_world(**WORKER) as world:
        server, zoe = world.server, named(world, "zebulon.zoe")
        content = table()
        alone = number_of(upload(zoe, content, FILE))
        learnt = read(zoe, content, FILE)
        model = trained(zoe, learnt)["models"][0]
        kept = read(zoe, b"a,b\n1,2\n3,4\n", "kept.csv")
        until = zoe.get(f"/api/v1/datasets/{alone}").json()["expires_at"]
        assert abs(until - zoe.get(f"/api/v1/datasets/{alone}").json()["created_at"] - 90 * DAY) < 60_000
        move_to(world, 75)
        assert server.sql(ENTRIES)[0][2] == "0"
        move_to(world, 77)
        wait_for(lambda: notices(world) == [1, 1, 1], what="the first notice")
        move_to(world, 88)
        wait_for(lambda: notices(world) == [2, 2, 2], what="the last notice")
        french, english = signed_in(world, "fr"), signed_in(world)
        for client in (french, english):
            refused(client.put(f"/api/v1/datasets/{kept}/retention", json={"days": 900}), 400,
                    "datasets.kept_too_long")
        assert english.put(f"/api/v1/datasets/{kept}/retention", json={"days": 30}).status_code == 200
        assert notices(world) == [2, 2, 0]
        move_to(world, 92)
        french, english = signed_in(world, "fr"), signed_in(world)
        wait_for(lambda: english.get(f"/api/v1/datasets/{alone}").status_code == 404, what="the end of the first")
        wait_for(lambda: english.get(f"/view/{learnt}/").json()["dataset"]["state"] == "failed", what="the end of the second")
        for client in (french, english):
            gone = client.get(f"/view/{learnt}/").json()["dataset"]
            assert (gone["state"], gone["problem"]["reason"]) == ("failed", "datasets.expired")
            refused(client.put(f"/api/v1/datasets/{learnt}/retention", json={"days": 30}), 410, "datasets.expired")
            refused(client.get(f"/api/v1/datasets/{learnt}/receipt"), 409, "datasets.not_ready")
        answer = english.post(f"/api/v1/models/{model['id']}/predictions",
                              json={"rows": [{"age": 3, "group": "group1"}]})
        assert answer.status_code == 200, answer.text
        assert english.get(f"/view/{kept}/").json()["dataset"]["state"] == "ready"
        wait_for(lambda: not traces.found(server, [CELL, needles("", content)[-1]]), what="an end of all traces")
