"""Files and requests that go wrong: a clear sentence and the right status, never a 500."""

import gzip
import socket

import pytest
from client import refused
from conftest import new_world
from steps import ended, note_raw, number_of, upload

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
LIMIT = 10 * 1024 * 1024
REFUSED = {
    "empty": (b"", "datasets.empty_file"),
    "png": (PNG, "datasets.binary_file"),
    "gzip": (gzip.compress(b"a,b\n1,2\n"), "datasets.binary_file"),
    "zip": (b"PK\x03\x04" + bytes(100), "datasets.binary_file"),
    "nul_bytes_only": (b"\0" * 5000, "datasets.binary_file"),
}
# What becomes of a file: rows kept, or the reason why it could not be read.
READ = {
    "only_a_header": (b"a,b,c\n", 0),
    "one_column": (b"name\nAda\nBob\n", 2),
    "5000_columns": (b",".join(b"c%d" % i for i in range(5000)) + b"\n"
                     + b",".join([b"1"] * 5000), 1),
    "ragged_rows": (b"a,b\n1,2\n3\n4,5,6\n7,8\n", 2),
    "latin_1": ("nom;ville\nZoé;Orléans\n".encode("latin-1"), 1),
    "utf_16": ("a,b\n1,é\n".encode("utf-16"), 1),
    "utf_16_without_mark": ("a,b\n1,é\n".encode("utf-16-le"), 1),
    "utf_32": ("a,b\n1,é\n".encode("utf-32"), 1),
    "utf_32_without_mark": ("a,b\n1,é\n".encode("utf-32-be"), 1),
    "mac_roman": ("nom;ville\nZoé;Orléans\n".encode("mac-roman"), 1),
    "shift_jis": ("id,text\n1,本日はいい天気\n2,テスト\n".encode("shift-jis"), 2),
    "gb18030": ("词,n\n少年,1\n神奇,2\n社区,3\n".encode("gb18030"), 3),
    "wrong_utf_8": (b"a,b\n1,\xff\xfe\xfa\n", 1),
    "one_row": (b"1,2,3\n", 1),
    "repeated_names": (b"a,a,a\n1,2,3\n", 1),
    "line_ends_in_names": (b'"a\nb","c\r\nd"\n1,2\n', 1),
    "long_cells": (b"a,b\n" + b"x" * 100_000 + b",1\ny,2\n", 2),
    "emoji_and_right_to_left": ("a,b\n🎉👩‍👩‍👧,\u202eabc\u202c\nשלום,2\n".encode(), 2),
    "a_line_of_a_megabyte": (b"a\n" + b"y" * 1_000_000 + b"\nz\n", 2),
    "a_quote_that_never_closes": (b'a,b\n1,"x\n2,y\n3,z\n', None),
    "only_line_ends": (b"\n\n\n", "reading.empty_file"),
    "a_nul_byte": (b"a,b\n1,x\0y\n2,z\n", "reading.binary_file"),
    "too_many_columns": (b",".join(b"c%d" % i for i in range(20001)) + b"\n",
                         "reading.too_many_columns"),
    "no_row_that_fits": (b'a,b,c\n"1,2,3\n', "reading.nothing_kept"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_what_is_no_table_and_keeps_nothing(idle_world, language, kind):
    ada, (content, reason) = idle_world.user(language), REFUSED[kind]
    before = idle_world.server.blobs()
    refused(upload(ada, content, kind + ".csv"), 400, reason)
    assert ada.get("/api/v1/datasets").json()["total"] == 0
    assert idle_world.server.blobs() == before and idle_world.server.staged() == []


@pytest.mark.parametrize("kind", READ)
def test_reads_or_says_why_not(both, kind):
    content, outcome = READ[kind]
    answer = upload(both[0], content, kind + ".csv")
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"file": kind + ".csv", "message": "Upload OK"}
    for client in both:
        found = ended(client, number_of(answer), 240)  # thousands of columns, on a busy machine
        if isinstance(outcome, str):
            assert found["state"] == "failed" and found["problem"]["reason"] == outcome, found
        else:
            assert found["state"] == "ready" and found["problem"] is None, found
            assert outcome is None or found["rows"] == outcome, found


def test_takes_ten_megabytes_and_not_a_byte_more(idle_world, language):
    ada, line = idle_world.user(language), b"1234567,abcdefg\n"
    content = b"number,letters.\n" + line * (LIMIT // len(line) - 1)
    assert len(content) == LIMIT
    assert upload(ada, content).status_code == 201
    error = refused(upload(ada, content + b"\n"), 413, "http.file_too_large")
    assert error["details"] == {"limit_bytes": LIMIT}
    assert ada.get("/api/v1/datasets").json()["total"] == 1


def test_takes_more_when_the_limit_is_raised(language):
    with new_world(CSVA_LIMITS_UPLOAD_BYTES=str(2 * LIMIT)) as world:
        ada = world.user(language)
        assert upload(ada, b"a,b\n" + b"1,2\n" * (LIMIT // 4)).status_code == 201
        refused(upload(ada, b"a,b\n" + b"1,2\n" * (LIMIT // 2)), 413, "http.file_too_large")


def test_stops_a_large_upload_while_it_arrives(idle_world, language):
    """Announces nothing (chunks) and sends 11 MB: the answer does not wait for the end."""
    ada = idle_world.user(language)
    token = idle_world.token_of(ada, "write").http.headers["Authorization"]
    port = idle_world.server.port
    for length in (f"Content-Length: {1 << 30}", "Transfer-Encoding: chunked"):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
            wire.sendall((f"POST /api/upload-csv/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                          f"Authorization: {token}\r\nAccept-Language: {language}\r\n{length}\r\n"
                          "Content-Type: multipart/form-data; boundary=x\r\n\r\n").encode())
            part = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"'
                    b"\r\n\r\n" + b"1,2\n" * (11 << 18))
            try:
                wire.sendall(b"%x\r\n" % len(part) + part if "chunked" in length else part)
            except OSError:
                pass  # it has answered and closed already
            note_raw(language, wire.recv(65536).decode(), 413, "http.file_too_large")
    assert ada.get("/api/v1/datasets").json()["total"] == 0
    assert idle_world.server.staged() == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b/c.csv", "C:\\x\\d.csv", "é 🎉.csv"])
def test_keeps_only_the_last_part_of_a_name(idle_world, language, name):
    answer = upload(idle_world.user(language), b"a,b\n1,2\n", name)
    assert answer.status_code == 201
    assert answer.json()["file"] == name.replace("\\", "/").rsplit("/", 1)[-1]
