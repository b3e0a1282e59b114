"""Signing in with a code beside the password."""

import base64
import concurrent.futures

import pytest
from client import refused
from support import totp
from support.server import PASSWORD


class Enrolled:
    """A user with a second factor; `used` are the codes that were given."""

    def __init__(self, world, language):
        self.client = world.user(language)
        begun = self.client.post("/api/v1/two-factor", json={"password": PASSWORD}).json()
        self.secret = begun["secret"]
        assert begun["uri"].startswith(f"otpauth://totp/CSV%20Analyzer:{self.client.name}?secret={self.secret}&")
        # The step before, so that this one and the next are left for the test.
        self.used = [totp.code(self.secret, -1)]
        answer = self.client.post("/api/v1/two-factor/confirm", json={"code": self.used[0]})
        assert answer.status_code == 200, answer.text
        self.recovery = answer.json()["codes"]

    def fresh(self):
        self.used.append(totp.another_step(self.secret, self.used))
        return self.used[-1]

    def wish(self, **more):
        return {"name": self.client.name, "password": PASSWORD} | more


@pytest.fixture
def enrolled(world, language):
    return Enrolled(world, language)


def test_asks_for_a_code_only_once_one_was_confirmed(world, ada, stranger):
    assert ada.get("/api/v1/two-factor").json() == {
        "on": False, "since": None, "recovery_codes_left": 0, "has_password": True}
    refused(ada.post("/api/v1/two-factor", json={"password": "wrong"}), 403, "accounts.wrong_password")
    refused(ada.post("/api/v1/two-factor/confirm", json={"code": "123456"}), 409, "accounts.two_factor_off")
    begun = ada.post("/api/v1/two-factor", json={"password": PASSWORD}).json()
    world.client().sign_in(ada.name, PASSWORD)  # nothing counts yet
    other = world.client().sign_in(ada.name, PASSWORD)
    refused(ada.post("/api/v1/two-factor/confirm", json={"code": "000000"}), 403, "accounts.wrong_code")
    made = ada.post("/api/v1/two-factor/confirm", json={"code": totp.code(begun["secret"])}).json()["codes"]
    assert len(set(made)) == 10
    state = ada.get("/api/v1/two-factor").json()
    assert state["on"] and state["since"] and state["recovery_codes_left"] == 10
    assert ada.get("/api/v1/session").json()["user"]["two_factor"]
    refused(other.get("/api/v1/session"), 401, "accounts.sign_in_needed")  # the others were signed out
    refused(stranger.post("/login/", json={"name": ada.name, "password": PASSWORD}), 401, "accounts.code_needed")
    refused(ada.post("/api/v1/two-factor", json={"password": PASSWORD}), 409, "accounts.two_factor_on")


def test_takes_a_code_once(stranger, enrolled):
    code = enrolled.fresh()
    refused(stranger.post("/login/", json=enrolled.wish(code=enrolled.used[0])), 401, "accounts.wrong_code")
    assert stranger.post("/login/", json=enrolled.wish(code=f"{code[:3]} {code[3:]}")).status_code == 200
    refused(stranger.post("/login/", json=enrolled.wish(code=code)), 401, "accounts.wrong_code")
    refused(stranger.post("/login/", json=enrolled.wish(password="wrong", code=code)), 401, "accounts.wrong_credentials")


@pytest.mark.parametrize("step", [-3, 3])
def test_takes_no_code_of_more_than_one_step_away(stranger, enrolled, step):
    refused(stranger.post("/login/", json=enrolled.wish(code=totp.code(enrolled.secret, step))), 401, "accounts.wrong_code")


def test_lets_one_of_many_at_once_use_a_code(world, enrolled):
    code = enrolled.fresh()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(
            lambda _: world.client().post("/login/", json=enrolled.wish(code=code)).status_code, range(4)))
    assert answers.count(200) == 1, answers


def test_takes_each_recovery_code_once(stranger, enrolled):
    first = enrolled.recovery[0]
    assert stranger.post("/login/", json=enrolled.wish(code=first.lower().replace("-", " "))).status_code == 200
    refused(stranger.post("/login/", json=enrolled.wish(code=first)), 401, "accounts.wrong_code")
    assert enrolled.client.get("/api/v1/two-factor").json()["recovery_codes_left"] == 9


def test_keeps_recovery_codes_as_hashes(world, enrolled):
    kept = str(world.server.sql(f"SELECT code_hash FROM recovery_codes WHERE user_id = {enrolled.client.id}"))  # nosec B608
    assert not any(code in kept or code.replace("-", "") in kept for code in enrolled.recovery)


def test_stops_guessing_codes_even_when_the_password_is_given_again_and_again(stranger, enrolled):
    for _ in range(5):
        refused(stranger.post("/login/", json=enrolled.wish(code="000000")), 401, "accounts.wrong_code")
        refused(stranger.post("/login/", json=enrolled.wish()), 401, "accounts.code_needed")
    answer = stranger.post("/login/", json=enrolled.wish(code=enrolled.fresh()))
    refused(answer, 429, "accounts.too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_keeps_name_and_password_of_programs_out_but_not_their_tokens(world, enrolled, language):
    program = world.client(language=language)
    name = f"{enrolled.client.name}:{PASSWORD}"
    program.http.headers["Authorization"] = "Basic " + base64.b64encode(name.encode()).decode()
    refused(program.get("/api/v1/session"), 401, "accounts.token_needed")
    token = world.token_of(enrolled.client, "read", language)
    assert token.get("/api/v1/session").json()["user"]["id"] == enrolled.client.id


def test_lets_basic_in_until_the_factor_is_on_and_shuts_it_out_at_once(world, ada, language):
    program = world.client(language=language)
    program.http.headers["Authorization"] = "Basic " + base64.b64encode(f"{ada.name}:{PASSWORD}".encode()).decode()
    assert program.get("/api/v1/session").status_code == 200
    secret = ada.post("/api/v1/two-factor", json={"password": PASSWORD}).json()["secret"]
    ada.post("/api/v1/two-factor/confirm", json={"code": totp.code(secret)})
    refused(program.get("/api/v1/session"), 401, "accounts.token_needed")


def test_is_renewed_and_switched_off_by_its_holder_only(world, enrolled, stranger, language):
    wish = {"password": PASSWORD, "code": enrolled.fresh()}
    robot = world.token_of(enrolled.client, "admin", language)
    refused(robot.post("/api/v1/two-factor/off", json=wish), 403, "accounts.session_needed")
    refused(enrolled.client.post("/api/v1/two-factor/off", json=wish | {"password": "wrong"}), 403, "accounts.wrong_password")
    refused(enrolled.client.post("/api/v1/two-factor/off", json=wish | {"code": "123"}), 403, "accounts.wrong_code")
    renewed = enrolled.client.post("/api/v1/two-factor/recovery-codes", json=wish).json()["codes"]
    refused(stranger.post("/login/", json=enrolled.wish(code=enrolled.recovery[1])), 401, "accounts.wrong_code")
    wish["code"] = renewed[0]
    assert enrolled.client.post("/api/v1/two-factor/off", json=wish).status_code == 204
    refused(enrolled.client.post("/api/v1/two-factor/off", json=wish), 409, "accounts.two_factor_off")
    refused(enrolled.client.post("/api/v1/two-factor/recovery-codes", json=wish), 409, "accounts.two_factor_off")
    assert stranger.post("/login/", json=enrolled.wish()).status_code == 200


def test_is_reset_by_administrators_and_on_the_command_line(world, enrolled, stranger, bob, language):
    path = f"/api/v1/users/{enrolled.client.id}/two-factor"
    refused(bob.delete(path), 403, "accounts.forbidden")
    operator = world.operator(language)
    refused(operator.delete(path), 403, "accounts.forbidden")
    assert world.admin.delete(path).status_code == 204
    assert stranger.post("/login/", json=enrolled.wish()).status_code == 200
    again = Enrolled(world, language)
    printed = world.server.command("user", "reset-two-factor", again.client.name, "--json").stdout
    assert '"two_factor":false' in printed.replace(" ", "")
    assert stranger.post("/login/", json=again.wish()).status_code == 200
    root = world.user(language, administrator=True)
    refused(root.delete("/api/v1/users/987654/two-factor"), 404, "accounts.user_not_found")
