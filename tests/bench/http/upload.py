"""Uploads distinct bodies for some seconds: `upload.py URL CLIENTS SECONDS FILE [TOKEN]` prints one JSON object.

Each client is a thread with one connection, kept alive where the server lets it. The file is sent from where it lies, behind a
line with the number of the body, so that making the next body takes the client no time which would be counted as the server's:
wrk needs 20 ms for one of 9.5 MB. Uploads that were begun in time are waited for.
"""
import http.client
import itertools
import json
import socket
import sys
import threading
import time
import urllib.parse

BOUNDARY = "----bench7f3a91c2"
PART = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="d.csv"\r\nContent-Type: text/csv\r\n\r\n')


def send(connection, pieces):
    """All of `pieces`, without joining them."""
    pieces = [memoryview(piece) for piece in pieces]
    while pieces:
        sent = connection.sendmsg(pieces)
        while pieces and sent >= len(pieces[0]):
            sent -= len(pieces.pop(0))
        if pieces:
            pieces[0] = pieces[0][sent:]


def client(url, token, content, numbers, ends, answers):
    """Appends the status of each upload; 0 where the connection was lost."""
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = None
    while time.monotonic() < ends:
        if connection is None:
            connection = socket.create_connection((url.hostname, url.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        first = f"{PART}run{numbers[0]}n{next(numbers[1]):09d},".encode()
        head = (f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n" + (f"Authorization: Bearer {token}\r\n" if token else "") +
                f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
                f"Content-Length: {len(first) + len(content) + len(tail)}\r\n\r\n")
        answer = http.client.HTTPResponse(connection, method="POST")
        try:
            send(connection, [head.encode() + first, content, tail])
            answer.begin()
            answer.read()
            lost = False
        except (OSError, http.client.HTTPException):
            lost = True
        answers.append(0 if lost else answer.status)
        if lost or answer.will_close:
            connection.close()
            connection = None


def main():
    address, clients, seconds, file, *token = sys.argv[1:]
    with open(file, "rb") as source:
        content = source.read()
    numbers = (time.time_ns(), itertools.count())
    answers = []
    began = time.monotonic()
    threads = [
        threading.Thread(target=client, args=(urllib.parse.urlsplit(address), "".join(token), content, numbers,
                                              began + float(seconds), answers))
        for _ in range(int(clients))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    print(json.dumps({"requests": len(answers), "rps": len(answers) / took, "refused": sum(status != 201 for status in answers)}))


if __name__ == "__main__":
    main()
