"""Signing in through an identity provider that runs here, with keys of its own, and every way to be refused."""

import copy
import functools
import json
import time
import urllib.parse

import pytest
import requests
from client import refused
from conftest import new_world
from support import jose
from support.identity_provider import CLIENT, SECRET, IdentityProvider
from support.server import PASSWORD


@pytest.fixture(scope="module")
def provider():
    with IdentityProvider() as made:
        yield made


@functools.cache
def made(bits):
    return jose.RsaKey("", bits)


def spare(kid, bits=2048):
    """One key under any name: making one takes seconds."""
    key = copy.copy(made(bits))
    key.kid = kid
    return key


def settings(provider, **more):
    return {"CSVA_OIDC_ISSUER": provider.issuer, "CSVA_OIDC_CLIENT_ID": CLIENT, "CSVA_OIDC_CLIENT_SECRET": SECRET,
            "CSVA_OIDC_NAME": "Acme", **more}


@pytest.fixture(scope="module")
def house(provider):
    """A server that lets people in from the provider and gives them accounts."""
    with new_world(**settings(provider, CSVA_OIDC_CREATE_USERS="true")) as made:
        yield made


@pytest.fixture(scope="module")
def closed(provider):
    """One that gives nobody an account."""
    with new_world(**settings(provider)) as made:
        yield made


def begin(browser, next_path="/view/3/"):
    """The query that the browser is sent to the provider with."""
    answer = browser.get("/login/oidc", params={"next": next_path})
    assert answer.status_code == 303, answer.text
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).query))


def come_back(browser, query, code, **more):
    return browser.get("/login/oidc/callback", params={"state": query["state"], "code": code} | more)


def sign_in(browser, provider, **claims):
    query = begin(browser)
    return come_back(browser, query, provider.grant(query, **claims))


def test_sends_the_browser_with_pkce_state_and_nonce(house, provider):
    browser = house.client()
    answer = browser.get("/login/oidc")
    assert answer.headers["Location"].startswith(provider.issuer + "/authorize?")
    assert answer.headers["Cache-Control"] == "no-store"
    one, two = begin(browser), begin(house.client())
    assert one["response_type"] == "code" and one["code_challenge_method"] == "S256" and one["client_id"] == CLIENT
    assert one["redirect_uri"] == house.url + "/login/oidc/callback" and "openid" in one["scope"].split()
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) == 43 and one[name] != two[name]
    assert house.client().get("/login/").json()["provider"] == "Acme"


def test_makes_an_account_at_the_first_sign_in_and_knows_it_again(house, provider, language):
    browser = house.client(language=language)
    subject = f"first-{language}"
    answer = sign_in(browser, provider, subject=subject, preferred_username=f"Zoë {subject}",
                     email=f"{subject}@example.org", email_verified=True)
    assert answer.status_code == 303 and answer.headers["Location"] == "/view/3/", answer.text
    me = browser.get("/api/v1/session").json()["user"]
    assert me["name"] == f"Zo{subject}" and me["email"] == f"{subject}@example.org"
    assert not me["administrator"] and not me["operates"]
    again = house.client()
    assert sign_in(again, provider, subject=subject, preferred_username="renamed").status_code == 303
    assert again.get("/api/v1/session").json()["user"]["id"] == me["id"]
    refused(house.client(language=language).post("/login/", json={"name": me["name"], "password": "anything"}),
            401, "accounts.wrong_credentials")


def test_never_takes_an_account_over_by_its_name_or_address(house, provider):
    ada = house.user()
    ada.patch("/api/v1/me", json={"email": "ada@example.org"})
    browser = house.client()
    answer = sign_in(browser, provider, subject="thief", preferred_username=ada.name, email="ada@example.org", email_verified=True)
    assert answer.status_code == 303
    me = browser.get("/api/v1/session").json()["user"]
    assert me["id"] != ada.id and me["name"] == f"{ada.name}-2"


def test_keeps_no_address_that_the_provider_has_not_verified(house, provider):
    browser = house.client()
    sign_in(browser, provider, subject="unsure", email="somebody@example.org")
    assert browser.get("/api/v1/session").json()["user"]["email"] is None


NOW = int(time.time())
BAD_CLAIMS = [
    ("oidc_issuer", {"iss": "https://elsewhere.example"}), ("oidc_audience", {"aud": "another"}),
    ("oidc_audience", {"aud": ["another", "third"]}), ("oidc_audience", {"aud": 7}),
    ("oidc_party", {"aud": [CLIENT, "another"]}), ("oidc_party", {"azp": "another"}),
    ("oidc_expired", {"exp": NOW - 3600}), ("oidc_issued", {"iat": NOW + 3600, "exp": NOW + 7200}),
    ("oidc_issued", {"iat": NOW - 7200}), ("oidc_nonce", {"nonce": "another"}), ("oidc_nonce", {"nonce": None}),
    ("oidc_malformed", {"exp": None}), ("oidc_malformed", {"iat": None}), ("oidc_malformed", {"sub": ""}),
    ("oidc_malformed", {"iss": None}), ("oidc_malformed", {"aud": None}),
]


@pytest.mark.parametrize("reason,claims", BAD_CLAIMS)
def test_refuses_claims_that_are_not_right(house, provider, language, reason, claims):
    browser = house.client(language=language)
    refused(sign_in(browser, provider, subject="bad", **claims), 401, f"accounts.{reason}")
    refused(browser.get("/api/v1/session"), 401, "accounts.sign_in_needed")


def test_takes_several_audiences_when_it_is_the_party(house, provider):
    assert sign_in(house.client(), provider, subject="many", aud=["another", CLIENT], azp=CLIENT).status_code == 303


def public_bytes(key):
    return json.dumps(key.jwk()).encode()


def test_refuses_signatures_that_prove_nothing(house, provider, language):
    def said(**how):
        return sign_in(house.client(language=language), provider, subject="bad", **how)

    one = provider.keys[0]
    refused(said(header={"alg": "none"}), 401, "accounts.oidc_algorithm")
    refused(said(key=jose.SharedSecret("one", public_bytes(one))), 401, "accounts.oidc_algorithm")
    refused(said(header={"crit": ["exp"]}), 401, "accounts.oidc_algorithm")
    refused(said(key=spare("one")), 401, "accounts.oidc_signature")
    refused(said(key=jose.EcKey("one")), 401, "accounts.oidc_key")  # the id is that of an RSA key
    refused(said(key=jose.EcKey("never-seen")), 401, "accounts.oidc_key")
    query = begin(browser := house.client(language=language))
    for broken in ("", "a.b", "a.b.c.d", "!.!.!", "e30.e30."):
        code = provider.grant(query, subject="bad")
        provider.codes[code] = (query, broken)
        refused(come_back(browser, query, code), 401, "accounts.oidc_malformed")
        query = begin(browser)
    code = provider.grant(query, subject="bad")
    head, body, signature = provider.codes[code][1].split(".")
    changed = ("A" if body[9] != "A" else "B")
    provider.codes[code] = (query, f"{head}.{body[:9]}{changed}{body[10:]}.{signature}")
    refused(come_back(browser, query, code), 401, "accounts.oidc_signature")


def test_follows_the_keys_of_the_provider(house, provider, language):
    """Asked for again at an unknown id; one that is gone is not believed any more; both kinds of keys."""
    old = provider.keys[0]
    assert sign_in(house.client(), provider, subject="rotating").status_code == 303
    asked = provider.asked.count("/keys")
    assert sign_in(house.client(), provider, subject="rotating").status_code == 303
    assert provider.asked.count("/keys") == asked, "known keys are not asked for again"
    provider.keys = [jose.EcKey(f"two-{language}"), spare(f"three-{language}")]
    for key in provider.keys:
        assert sign_in(house.client(), provider, subject="rotating", key=key).status_code == 303
    assert provider.asked.count("/keys") == asked + 1
    refused(sign_in(house.client(language=language), provider, subject="rotating", key=old), 401, "accounts.oidc_key")
    weak = spare(f"weak-{language}", 1024)
    provider.keys.append(weak)
    refused(sign_in(house.client(language=language), provider, subject="rotating", key=weak), 401, "accounts.oidc_key")
    provider.keys = [old]
    assert sign_in(house.client(), provider, subject="rotating").status_code == 303


def test_belongs_to_the_browser_and_the_moment_that_began_it(house, provider, language):
    browser, thief = house.client(language=language), house.client(language=language)
    query = begin(browser)
    refused(come_back(thief, query, provider.grant(query)), 400, "accounts.oidc_state")  # no cookie
    query = begin(browser)
    begin(thief)
    refused(come_back(thief, query, provider.grant(query)), 400, "accounts.oidc_state")  # another's cookie
    query = begin(browser)
    code = provider.grant(query)
    assert come_back(browser, query, code).status_code == 303
    refused(come_back(browser, query, code), 400, "accounts.oidc_state")  # a second time
    refused(browser.get("/login/oidc/callback", params={"state": "made-up", "code": "x"}), 400, "accounts.oidc_state")
    refused(browser.get("/login/oidc/callback"), 400, "accounts.oidc_state")
    query = begin(browser)
    house.server.sql("UPDATE oidc_flows SET expires_at = 1")
    refused(come_back(browser, query, provider.grant(query)), 400, "accounts.oidc_state")  # too late
    query = begin(browser)
    refused(come_back(browser, query, provider.grant(query), iss="https://elsewhere.example"), 401, "accounts.oidc_issuer")
    query = begin(browser)
    refused(come_back(browser, query, "never-given"), 401, "accounts.oidc_code")
    query = begin(browser)
    said = browser.get("/login/oidc/callback", params={"state": query["state"], "error": "access_denied"})
    refused(said, 403, "accounts.oidc_refused")


def test_goes_on_to_no_other_site(house, provider):
    browser = house.client()
    query = begin(browser, "https://evil.example/")
    assert come_back(browser, query, provider.grant(query)).headers["Location"] == "/"


def test_tells_a_person_in_words_on_the_sign_in_page(house, provider, language):
    page = requests.get(house.url + "/login/oidc/callback?state=x&code=y&session_state=z", timeout=30, allow_redirects=False,
                        headers={"Accept": "text/html", "Accept-Language": language})
    assert page.status_code == 303 and page.headers["Location"] == "/login/?refused=accounts.oidc_state"
    said = house.client(language=language).get("/login/", params={"refused": "accounts.oidc_state"}).json()["refused"]
    assert ("recommencez" in said["hint"].lower()) == (language == "fr") and said["message"]
    for other in ("accounts.forbidden", "accounts.oidc_", "<b>", ""):
        assert house.client().get("/login/", params={"refused": other}).json()["refused"] is None


def test_says_when_the_provider_is_away(provider, language):
    with new_world(**settings(provider)) as lonely:
        provider.away = True
        try:
            refused(lonely.client(language=language).get("/login/oidc"), 503, "accounts.oidc_unavailable")
        finally:
            provider.away = False
        assert lonely.client().get("/login/oidc").status_code == 303


def test_does_not_believe_a_provider_that_calls_itself_otherwise(provider, language):
    other = provider.issuer.replace("127.0.0.1", "localhost")
    with new_world(**settings(provider, CSVA_OIDC_ISSUER=other)) as lonely:
        refused(lonely.client(language=language).get("/login/oidc"), 503, "accounts.oidc_unavailable")


def test_gives_no_accounts_unless_told_so_but_lets_their_owners_link_one(closed, provider, language):
    subject = f"linked-{language}"
    refused(sign_in(closed.client(language=language), provider, subject=subject), 403, "accounts.oidc_no_account")
    ada, bob = closed.user(language), closed.user(language)
    assert ada.get("/api/v1/identities").json() == {"provider": "Acme", "identities": []}

    def link(user):
        begun = user.post("/api/v1/identities")
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun.json()["address"]).query))
        return come_back(user, query, provider.grant(query, subject=subject))

    assert link(ada).headers["Location"] == "/account/"
    refused(link(bob), 409, "accounts.oidc_taken")
    mine = ada.get("/api/v1/identities").json()["identities"]
    assert [(one["issuer"], one["subject"]) for one in mine] == [(provider.issuer, subject)]
    browser = closed.client(language=language)
    assert sign_in(browser, provider, subject=subject).status_code == 303
    assert browser.get("/api/v1/session").json()["user"]["id"] == ada.id
    path = f"/api/v1/identities/{mine[0]['id']}"
    refused(bob.delete(path), 404, "accounts.identity_not_found")
    refused(closed.token_of(ada, "admin", language).delete(path), 403, "accounts.session_needed")
    closed.admin.patch(f"/api/v1/users/{ada.id}", json={"disabled": True})
    refused(sign_in(closed.client(language=language), provider, subject=subject), 403, "accounts.oidc_disabled")
    closed.admin.patch(f"/api/v1/users/{ada.id}", json={"disabled": False})
    ada = closed.client(language=language).sign_in(ada.name, PASSWORD)
    assert ada.delete(path).status_code == 204
    refused(sign_in(closed.client(language=language), provider, subject=subject), 403, "accounts.oidc_no_account")


def test_links_nothing_to_whoever_is_not_signed_in_any_more(closed, provider, language):
    ada = closed.user(language)
    begun = ada.post("/api/v1/identities").json()["address"]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun).query))
    ada.post("/logout/")
    refused(come_back(ada, query, provider.grant(query, subject="nobody")), 400, "accounts.oidc_state")


def test_keeps_the_last_way_into_an_account(house, provider, language):
    browser = house.client(language=language)
    sign_in(browser, provider, subject=f"only-{language}")
    browser.csrf = browser.get("/api/v1/session").json()["csrf_token"]
    only = browser.get("/api/v1/identities").json()["identities"][0]["id"]
    refused(browser.delete(f"/api/v1/identities/{only}"), 409, "accounts.oidc_last_way")
    assert not browser.get("/api/v1/two-factor").json()["has_password"]


def test_is_off_until_a_provider_is_set(world, ada, stranger):
    refused(stranger.get("/login/oidc"), 404, "accounts.oidc_off")
    refused(stranger.get("/login/oidc/callback"), 404, "accounts.oidc_off")
    refused(ada.post("/api/v1/identities"), 404, "accounts.oidc_off")
    assert stranger.get("/login/").json()["provider"] is None
    refused(ada.delete("/api/v1/identities/1"), 404, "accounts.identity_not_found")
