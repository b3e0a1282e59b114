"""Files and requests that go wrong: a clear sentence and the right status, never a 500."""

import socket
import threading
import time

import pytest
from client import error_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
LIMIT = 10 * 1024 * 1024
ENDED = ("ready", "failed")

REFUSED = {"empty": b"", "png": PNG, "nul_bytes_only": b"\0" * 5000}
READ = {
    "only_a_header": b"a,b,c\n",
    "one_column": b"name\nAda\nBob\n",
    "5000_columns": b",".join(b"c%d" % i for i in range(5000)) + b"\n" + b",".join([b"1"] * 5000),
    "ragged_rows": b"a,b\n1,2\n3\n4,5,6\n7,8\n",
    "a_quote_that_never_closes": b'a,b\n1,"x\n2,y\n3,z\n',
    "nul_bytes": b"a,b\n1,x\0y\n2,z\n",
    "latin_1": "nom;ville\nZoé;Orléans\n".encode("latin-1"),
    "utf_16": "a,b\n1,é\n".encode("utf-16"),
    "wrong_utf_8": b"a,b\n1,\xff\xfe\xfa\n",
}


def upload(client, content, name="data.csv", path="/api/upload-csv/"):
    return client.post(path, files={"file": (name, content)})


def number_of(answer):
    return int([part for part in answer.headers["Location"].split("/") if part.isdigit()][-1])


def ended(client, number, seconds=60):
    """The data set once it has been read."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = client.get(f"/api/v1/datasets/{number}")
        assert found.status_code == 200, found.text
        if found.json()["state"] in ENDED:
            return found.json()
        time.sleep(0.1)
    raise AssertionError(f"still {found.json()['state']} after {seconds} s")


def count(client):
    return len(client.get("/api/v1/datasets").json()["datasets"])


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_what_is_no_table_and_keeps_nothing(ada, kind):
    answer = upload(ada, REFUSED[kind], kind + ".csv")
    assert answer.status_code == 400, answer.text
    error_of(answer)
    assert count(ada) == 0


@pytest.mark.parametrize("kind", READ)
def test_reads_or_says_why_not(ada, kind):
    answer = upload(ada, READ[kind], kind + ".csv")
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"file": kind + ".csv", "message": "Upload OK"}
    ended(ada, number_of(answer))


def test_refuses_a_request_without_the_file(ada):
    answer = ada.post("/api/upload-csv/", files={"other": ("a.csv", b"a\n1\n")})
    assert answer.status_code == 400
    assert ada.post("/api/upload-csv/", json={"file": "a.csv"}).status_code in (400, 415)


def test_takes_ten_megabytes_and_not_a_byte_more(ada):
    line = b"1234567,abcdefg\n"
    content = b"number,letters.\n" + line * (LIMIT // len(line) - 1)
    assert len(content) == LIMIT
    assert upload(ada, content).status_code == 201
    answer = upload(ada, content + b"\n")
    assert answer.status_code == 413
    error_of(answer)
    assert count(ada) == 1


def test_stops_a_large_upload_while_it_arrives(world, ada):
    """Announces 1 GB and sends 11 MB: the answer comes without waiting for the rest."""
    token = world.token_of(ada, "write").http.headers["Authorization"]
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=30) as wire:
        wire.sendall((f"POST /api/upload-csv/ HTTP/1.1\r\nHost: 127.0.0.1:{world.server.port}\r\n"
                      f"Authorization: {token}\r\nContent-Length: {1 << 30}\r\n"
                      "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                      'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
                      ).encode())
        try:
            for _ in range(11):
                wire.sendall(b"1,2\n" * (1 << 18))
        except OSError:
            pass  # it has answered and closed already
        assert b" 413 " in wire.recv(4096).split(b"\r\n")[0]
    assert count(ada) == 0


def test_leaves_nothing_behind_a_client_that_stops(world, ada):
    token = world.token_of(ada, "write").http.headers["Authorization"]
    before = files(world)
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=30) as wire:
        wire.sendall((f"POST /api/upload-csv/ HTTP/1.1\r\nHost: 127.0.0.1:{world.server.port}\r\n"
                      f"Authorization: {token}\r\nContent-Length: 5000000\r\n"
                      "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                      'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
                      ).encode() + b"1,2\n" * 100000)
    until = time.monotonic() + 10
    while files(world) != before and time.monotonic() < until:
        time.sleep(0.05)
    assert files(world) == before
    assert count(ada) == 0


def files(world):
    """Uploads that are on disk, finished or not."""
    return sorted(str(path) for path in world.server.data.rglob("*")
                  if path.is_file() and "sqlite" not in path.name and "log" not in path.name)


def test_takes_two_uploads_at_once(world, ada):
    token = world.token_of(ada, "write").http.headers["Authorization"][7:]
    answers = []

    def send(number):
        client = world.client(token=token, language=ada.language)
        answers.append(upload(client, b"a,b\n" + b"%d,2\n" % number * 50000, f"{number}.csv"))

    threads = [threading.Thread(target=send, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.json()["file"] for a in answers) == ["0.csv", "1.csv"]
    assert len({number_of(a) for a in answers}) == 2


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b/c.csv", "C:\\x\\d.csv", "é 🎉.csv"])
def test_keeps_only_the_last_part_of_a_name(ada, name):
    answer = upload(ada, b"a,b\n1,2\n", name)
    assert answer.status_code == 201
    assert answer.json()["file"] == name.replace("\\", "/").rsplit("/", 1)[-1]
