"""Every route, as everybody, on one's own objects, on another's and on none: what is expected follows from one rule and from
what each route demands (`x-access` of the document), not from a list."""

import dataclasses

import pytest
from client import error_of
from conftest import Estate
from test_rights import STREAM, filled, wish

# Of MLflow's protocol, where the call itself says what is looked up: rights in its project are checked once it is found.
INSIDE = ("{artifact_path}", "{logged_model_id}")
RIGHTS = ("read", "write", "manage")
SCOPES = ("read", "write", "admin")
ABSENT = 987654321


@dataclasses.dataclass
class Caller:
    """`roles`: right in the project of each estate, by its number; nothing: no member."""

    name: str
    client: object
    roles: dict = dataclasses.field(default_factory=dict)
    signed_in: bool = True
    administrator: bool = False
    operates: bool = False
    scope: str = "admin"


def scoped(caller, right):
    """A token does at most what its scope says; a session all that its user may."""
    return "allowed" if SCOPES.index(caller.scope) >= RIGHTS.index(right) else "scope"


def held_by(caller, place):
    return "manage" if caller.administrator else caller.roles.get(place)


def expected(access, caller, place, inside):
    """The whole rule. `place`: number of the estate that the address names, None when it names nothing that is there."""
    kind, right = access["kind"], access["right"]
    if kind == "open" or (access["object"] == "inbox" and not caller.signed_in):
        return "allowed"
    if not caller.signed_in:
        return "sign in"
    if kind == "signed_in":
        rule = "forbidden" if caller.operates and access["object"] != "account" else scoped(caller, right)
        if rule != "allowed" or not inside:
            return rule
        held = held_by(caller, place)
        return "absent" if held is None else "allowed" if RIGHTS.index(held) >= RIGHTS.index(right) else "forbidden"
    if kind in ("service", "administrator"):
        good = caller.administrator or (caller.operates and kind == "service")
        return scoped(caller, "manage") if good else "forbidden"
    held = held_by(caller, place)
    if caller.operates or held is None or place is None:
        return "absent"
    return scoped(caller, right) if RIGHTS.index(held) >= RIGHTS.index(right) else "forbidden"


def observed(answer, access, inside):
    """What the answer says of rights; whatever comes after them (a row that is not there, a bad body) is `allowed`."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/login/"):
        return "sign in"
    reason = error_of(answer)["reason"] if answer.status_code in (401, 403, 404) else ""
    if answer.status_code == 404 and (inside or access["kind"] == "object") and reason.endswith("not_found"):
        return "absent"
    return {"accounts.sign_in_needed": "sign in", "accounts.forbidden": "forbidden",
            "accounts.scope_too_small": "scope"}.get(reason, "allowed")


@pytest.fixture(scope="module")
def estates(world):
    return [Estate(world), Estate(world)]


@pytest.fixture(scope="module")
def callers(world, estates):
    mine, theirs = estates
    people = {role: world.user() for role in ("viewer", "editor")}
    for role, client in people.items():
        mine.share(client.name, role)
    operator, root = world.operator(), world.user(administrator=True)
    mine.share(operator.name, "owner")  # makes no difference
    both = world.user()
    mine.share(both.name, "viewer")
    theirs.share(both.name, "owner")
    owner, manage = mine.owner, {0: "manage"}
    return [
        Caller("nobody", world.client(), signed_in=False),
        Caller("stranger", world.user()),
        Caller("viewer", people["viewer"], {0: "read"}),
        Caller("editor", people["editor"], {0: "write"}),
        Caller("owner", owner, manage),
        Caller("viewer here, owner there", both, {0: "read", 1: "manage"}),
        Caller("operator", operator, {0: "manage"}, operates=True),
        Caller("administrator", root, administrator=True),
        *(Caller(f"owner's {scope} token", world.token_of(owner, scope), manage, scope=scope) for scope in SCOPES),
        *(Caller(f"operator's {scope} token", world.token_of(operator, scope), manage, operates=True, scope=scope)
          for scope in SCOPES),
        *(Caller(f"administrator's {scope} token", world.token_of(root, scope), administrator=True, scope=scope)
          for scope in SCOPES),
    ]


def places(access, inside):
    return (0, 1, None) if access["kind"] == "object" else (0, 1) if inside else (0,)


def ask(caller, method, path, operation, values):
    """A call that shows whether rights let it through and changes nothing: a field that no route knows is refused after them."""
    more = wish(operation)
    if method != "GET" or path == STREAM:
        more["params"] = {"probe": "1"}
    return caller.client.call(method, filled(path, values), **more)


def test_gives_everybody_what_the_rule_says_on_every_route(world, estates, callers):
    values = {0: estates[0].values(), 1: estates[1].values(), None: dict.fromkeys(estates[0].values(), ABSENT)}
    cells, wrong = 0, []
    for method, path, operation in world.contract.operations():
        access, inside = operation["x-access"], path.endswith(INSIDE)
        for place in places(access, inside):
            for caller in callers:
                answer = ask(caller, method, path, operation, values[place])
                cells += 1
                rule, seen = expected(access, caller, place, inside), observed(answer, access, inside)
                # Who may delete it has: it is gone for those who come after.
                gone = inside and rule in ("allowed", "forbidden") and seen == "absent"
                if rule != seen and not gone:
                    wrong.append(f"{method} {path} on {place} as {caller.name}: {seen} ({answer.status_code}), not {rule}")
    assert not wrong, f"{len(wrong)} of {cells}:\n" + "\n".join(wrong[:40])
    print(f"\n{cells} cells: {len(callers)} callers, {len(list(world.contract.operations()))} routes")
    assert cells > 3000


def test_shows_an_operator_no_data_on_any_route(world, estates, callers):
    """The names of the estates' things stand in no answer that an operator gets, error or not."""
    names = [estates[0].owner.get(f"/api/v1/datasets/{estates[0].dataset}").json()["sha256"], "Estate", "height"]
    operator = next(caller for caller in callers if caller.name == "operator")
    values = estates[0].values()
    for method, path, operation in world.contract.operations():
        if path.startswith(("/api/schema", "/api/docs")):
            continue
        answer = ask(operator, method, path, operation, values)
        assert not [name for name in names if name in answer.text], (method, path)


def test_lets_an_operator_run_the_service(world, language):
    operator, someone = world.operator(language), world.user()
    assert someone.id in [user["id"] for user in world.admin.get(f"/api/v1/users?after={someone.id - 1}").json()["users"]]
    shown = operator.get(f"/api/v1/users/{someone.id}")
    assert shown.status_code == 200 and shown.json()["email"] is None
    made = operator.post("/api/v1/users", json={"name": f"{someone.name}-new", "password": "correct horse battery"})
    assert made.status_code == 201
    path = f"/api/v1/users/{someone.id}"
    assert operator.patch(path, json={"disabled": True}).json()["disabled_at"]
    assert operator.patch(path, json={"disabled": False}).status_code == 200
    # What would open a door to data is an administrator's to do.
    root = world.user(administrator=True)
    for user, change in ((someone.id, {"password": "correct horse battery"}), (someone.id, {"administrator": True}),
                         (someone.id, {"operates": True}), (someone.id, {"email": "me@example.org"}),
                         (root.id, {"disabled": True}), (operator.id, {"operates": False})):
        answer = operator.patch(f"/api/v1/users/{user}", json=change)
        assert (answer.status_code, error_of(answer)["reason"]) == (403, "accounts.forbidden"), change
    wish_more = {"name": f"{someone.name}-root", "password": "correct horse battery", "administrator": True}
    assert operator.post("/api/v1/users", json=wish_more).status_code == 403


def test_knows_one_role_an_account(world, language):
    root, someone = world.user(language, administrator=True), world.user()
    path = f"/api/v1/users/{someone.id}"
    both = {"name": f"{someone.name}-both", "password": "correct horse battery", "administrator": True, "operates": True}
    for answer in (root.post("/api/v1/users", json=both), root.patch(path, json={"administrator": True, "operates": True})):
        assert (answer.status_code, error_of(answer)["reason"]) == (400, "accounts.one_role")
    for wanted in ({"operates": True}, {"administrator": True}, {"operates": True}, {"operates": False}):
        now = root.patch(path, json=wanted).json()
        assert all(now[name] == value for name, value in wanted.items()) and not (now["administrator"] and now["operates"])
    printed = world.server.command("user", "add", f"{someone.name}-op", "--operator", "--password-stdin", "--json",
                                   stdin="correct horse battery").stdout
    assert '"operates":true' in printed
