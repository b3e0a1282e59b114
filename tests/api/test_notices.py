"""What the service tells people: on the page behind the bell, and by mail to a small server that stands for the real one."""

import pytest
import steps
from client import refused
from conftest import new_world
from support.mail import MailSink

TITLES = {"en": "The training on “data” is done", "fr": "L’entraînement sur «\u00a0data\u00a0» est terminé"}


def notices(client, kind=None):
    found = client.get("/api/v1/notices").json()["notices"]
    return [notice for notice in found if kind in (None, notice["kind"])]


@pytest.fixture(scope="module")
def post():
    """A server that can mail, its mail server, and one data set's name for all."""
    with MailSink() as sink, new_world(
            CSVA_SMTP_URL=sink.url, CSVA_SMTP_STARTTLS="false", CSVA_SMTP_RETRY_S="0", CSVA_JOBS_LOCAL_WORKERS="1",
            CSVA_JOBS_POLL_MS="50", CSVA_SMTP_FROM="csva@example.org", CSVA_HTTP_PUBLIC_URL="https://csv.example.org") as world:
        world.sink = sink
        yield world


def told_of_training(client):
    dataset = steps.read(client, steps.TRAINING)
    assert steps.trained(client, dataset)["state"] == "succeeded"
    return dataset


def test_mails_and_shows_that_ones_training_is_done(post, language):
    ada = post.user(language)
    address = f"{ada.name}@example.org"
    ada.patch("/api/v1/me", json={"email": address, "language": language})
    choices = ada.patch("/api/v1/notices/choices", json={"jobs": "all"}).json()
    assert choices == {"jobs": "all", "alerts": True, "by_mail": True, "mail_possible": True, "email": address}
    dataset = told_of_training(ada)
    read, trained = sorted(notices(ada), key=lambda notice: notice["id"])
    assert (read["kind"], trained["kind"]) == ("job_succeeded", "job_succeeded")
    assert trained["title"] == TITLES[language]
    assert trained["link"] == f"/view/{dataset}/" and trained["read_at"] is None
    mail = steps.wait_for(lambda: post.sink.to(address)[1:], 20, "the second mail")[0]
    assert mail["Subject"] == trained["title"] and mail["From"] == "CSV Analyzer <csva@example.org>"
    body = mail.get_content()
    assert mail.get_content_type() == "text/plain" and f"https://csv.example.org/view/{dataset}/" in body
    assert trained["text"] in body and ("Bonjour" if language == "fr" else "Hello") in body
    assert len({mail["Message-ID"] for mail in post.sink.to(address)}) == 2


def test_tries_again_until_the_mail_server_takes_it(post):
    ada = post.user()
    address = f"{ada.name}@example.org"
    ada.patch("/api/v1/me", json={"email": address})
    ada.patch("/api/v1/notices/choices", json={"jobs": "all"})
    post.sink.away = 2
    steps.read(ada, steps.TRAINING)
    steps.wait_for(lambda: post.sink.to(address), 20, "the mail after two refusals")
    assert post.sink.refused >= 2 and len(post.sink.to(address)) == 1


def test_keeps_silent_where_one_wants_it_so(post):
    ada = post.user()
    ada.patch("/api/v1/me", json={"email": f"{ada.name}@example.org"})
    steps.read(ada, steps.TRAINING)  # takes less than a minute
    assert not notices(ada)
    ada.patch("/api/v1/notices/choices", json={"jobs": "all", "by_mail": False})
    steps.read(ada, steps.TRAINING)
    assert len(notices(ada)) == 1
    states = post.server.sql(f"SELECT mail_state FROM notices WHERE user_id = {ada.id}")  # nosec B608
    assert [str(state[0]) for state in states] == ["none"]
    ada.patch("/api/v1/notices/choices", json={"jobs": "none"})
    steps.read(ada, steps.TRAINING)
    assert len(notices(ada)) == 1


def test_marks_as_read_and_shows_nobody_anothers(post, language):
    ada, bob = post.user(language), post.user(language)
    ada.patch("/api/v1/notices/choices", json={"jobs": "all"})
    steps.read(ada, steps.TRAINING)
    steps.read(ada, steps.TRAINING)
    newest = notices(ada)[0]["id"]
    assert bob.get("/api/v1/notices").json() == {"notices": [], "unread": 0}
    bob.post("/api/v1/notices/read", json={"up_to": newest})
    assert ada.get("/api/v1/notices").json()["unread"] == 2
    older = ada.get(f"/api/v1/notices?before={newest}&limit=1").json()["notices"]
    assert len(older) == 1 and older[0]["id"] < newest
    ada.post("/api/v1/notices/read", json={"up_to": older[0]["id"]})
    assert ada.get("/api/v1/notices").json()["unread"] == 1


def test_sends_a_test_mail_or_says_why_not(post, someone, ada, language):
    bob = post.user(language)
    refused(bob.post("/api/v1/notices/test-mail"), 409, "notices.no_address")
    refused(bob.patch("/api/v1/me", json={"email": "bob@example.org\r\nBcc: all@example.org"}), 400, "accounts.bad_email")
    bob.patch("/api/v1/me", json={"email": f"{bob.name}@example.org", "language": language})
    assert bob.post("/api/v1/notices/test-mail").status_code == 204
    assert len(post.sink.to(f"{bob.name}@example.org")) == 1
    post.sink.away = 1
    refused(bob.post("/api/v1/notices/test-mail"), 503, "notices.mail_refused")
    refused(ada.post("/api/v1/notices/test-mail"), 409, "notices.mail_unset")  # of the server that has no smtp.url


def test_shows_an_address_to_its_owner_and_to_administrators_only(post):
    ada, bob = post.user(), post.user()
    address = f"{ada.name}@secret.example"
    ada.patch("/api/v1/me", json={"email": address})
    assert ada.get("/api/v1/session").json()["user"]["email"] == address
    assert address in post.admin.get(f"/api/v1/users/{ada.id}").text
    project = ada.post("/api/v1/projects", json={"name": "Both"}).json()["id"]
    ada.post(f"/api/v1/projects/{project}/members", json={"name": bob.name, "role": "owner"})
    assert ada.name in bob.get(f"/api/v1/projects/{project}/members").text
    assert address not in bob.get(f"/api/v1/projects/{project}/members").text
    assert post.admin.patch(f"/api/v1/users/{ada.id}", json={"email": ""}).json()["email"] is None


def test_forgets_old_notices(post):
    ada = post.user()
    ada.patch("/api/v1/notices/choices", json={"jobs": "all"})
    steps.read(ada, steps.TRAINING)
    old = 1000 * 86400 * 91
    post.server.sql(f"UPDATE notices SET created_at = created_at - {old} WHERE user_id = {ada.id}")  # nosec B608
    post.server.sql("UPDATE schedules SET next_at = 0 WHERE name = 'notices.forget'")
    steps.wait_for(lambda: not notices(ada), 20, "the notice to go")
