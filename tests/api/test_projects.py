"""Projects, members and what each role may do."""

from client import refused
from conftest import new_world


def make(client, name="Team"):
    made = client.post("/api/v1/projects", json={"name": name})
    assert made.status_code == 201 and made.headers["Location"] == location(made)
    return location(made)


def location(made):
    return f"/api/v1/projects/{made.json()['id']}"


def test_gives_each_user_a_personal_project(ada):
    listed = ada.get("/api/v1/projects").json()["projects"]
    assert [(p["kind"], p["name"], p["role"]) for p in listed] == [("personal", ada.name, "owner")]


def test_makes_renames_and_deletes_a_project(ada, bob):
    path = make(ada)
    assert ada.patch(path, json={"name": "Équipe"}).json()["name"] == "Équipe"
    refused(bob.get(path), 404, "projects.not_found")
    refused(ada.patch(path, json={"name": "   "}), 400, "projects.bad_name")
    assert ada.delete(path).status_code == 204
    refused(ada.get(path), 404, "projects.not_found")


def test_gives_each_role_its_rights(ada, bob):
    path = make(ada)
    members = path + "/members"
    assert ada.post(members, json={"name": bob.name, "role": "viewer"}).status_code == 201
    refused(ada.post(members, json={"name": bob.name, "role": "owner"}),
            409, "projects.already_member")
    refused(ada.post(members, json={"name": "nobody", "role": "owner"}),
            404, "accounts.user_not_found")
    own = f"{members}/{bob.id}"
    assert bob.get(members).status_code == 200
    refused(bob.patch(path, json={"name": "Mine"}), 403, "accounts.forbidden")
    refused(bob.put(own, json={"role": "owner"}), 403, "accounts.forbidden")
    assert ada.put(own, json={"role": "owner"}).json()["role"] == "owner"
    assert bob.delete(f"{members}/{ada.id}").status_code == 204
    refused(ada.get(path), 404, "projects.not_found")
    refused(bob.delete(own), 409, "projects.last_owner")
    refused(bob.put(own, json={"role": "viewer"}), 409, "projects.last_owner")
    refused(bob.delete(f"{members}/{ada.id}"), 404, "projects.member_not_found")


def test_never_shares_a_personal_project(ada, bob):
    number = ada.get("/api/v1/projects").json()["projects"][0]["id"]
    path = f"/api/v1/projects/{number}"
    refused(ada.post(path + "/members", json={"name": bob.name, "role": "viewer"}),
            409, "projects.personal")
    refused(ada.delete(path), 409, "projects.personal")


def test_shows_all_projects_to_an_administrator(world, ada):
    path = make(ada)
    assert world.admin.get(path).json()["role"] == "owner"
    assert world.admin.delete(path).status_code == 204


def send(client, **fields):
    return client.post("/api/upload-csv/", files={"file": ("a.csv", b"a,b\n1,2\n")}, data=fields)


def test_takes_a_file_into_a_shared_project(ada, bob):
    path = make(ada)
    number = int(path.rsplit("/", 1)[1])
    refused(send(bob, project_id=number), 404, "projects.not_found")
    ada.post(path + "/members", json={"name": bob.name, "role": "viewer"})
    refused(send(bob, project_id=number), 403, "accounts.forbidden")
    sent = send(ada, project_id=number)
    assert sent.status_code == 201
    for client in (ada, bob):
        listed = client.get("/api/v1/datasets", params={"project_id": number}).json()
        assert [d["project_id"] for d in listed["datasets"]] == [number]
        assert listed["upload_bytes_max"] > 0


def test_limits_the_projects_of_a_user(language):
    with new_world() as world:
        ada = world.user(language)
        world.server.sql(
            "INSERT INTO projects (name, kind, created_at) WITH RECURSIVE n(i) AS"
            " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) SELECT 'many', 'shared', 0 FROM n")
        world.server.sql(
            "INSERT INTO project_members (project_id, user_id, role, added_at)"
            f" SELECT id, {ada.id}, 'owner', 0 FROM projects WHERE name = 'many'")  # nosec B608
        error = refused(ada.post("/api/v1/projects", json={"name": "One more"}),
                        409, "projects.too_many")
        assert error["details"] == {"maximum": 1000}
