"""Keys are rotated, people stay signed in."""

import requests
from conftest import new_world

FIRST, SECOND = "the first key of this test", "the second key of this test"


def status(client):
    """Asked anew, as by a browser or a program that has come back."""
    return requests.get(client.url + "/api/v1/tokens", headers=dict(client.http.headers), cookies=client.http.cookies.get_dict(),
                        timeout=30).status_code


def test_sessions_and_tokens_outlive_a_rotation(tmp_path):
    with new_world() as world:
        ada, idle = world.user(), world.user()
        robot = world.token_of(ada, "admin")
        world.server.restart(CSVA_ACCOUNTS_SESSION_KEY=FIRST)
        assert [status(one) for one in (ada, robot)] == [200, 200]
        under_first = world.server.sql("SELECT token_hash FROM sessions ORDER BY id")
        (tmp_path / "former").write_text(FIRST + "\n")
        (tmp_path / "now").write_text(SECOND + "\n")
        del world.server.environment["CSVA_ACCOUNTS_SESSION_KEY"]
        world.server.restart(CSVA_ACCOUNTS_SESSION_KEY_FILE=str(tmp_path / "now"),
                             CSVA_ACCOUNTS_SESSION_KEY_FORMER_FILE=str(tmp_path / "former"))
        assert [status(one) for one in (ada, robot)] == [200, 200]
        assert world.server.sql("SELECT token_hash FROM sessions ORDER BY id") != under_first
        del world.server.environment["CSVA_ACCOUNTS_SESSION_KEY_FORMER_FILE"]
        world.server.restart()
        assert [status(one) for one in (ada, robot)] == [200, 200]
        assert status(idle) == 200, "never rotated: it is still stored without a key"
        world.server.restart(CSVA_ACCOUNTS_SESSION_KEY_FILE="/dev/null")
        assert [status(one) for one in (ada, robot, idle)] == [401, 401, 401]
        for secret in (FIRST, SECOND):
            assert secret not in world.server.log()
