"""The few calls of S3 that csva makes, from memory, with faults at will: what a real store does only when it is ill."""

import calendar
import email.utils
import hashlib
import http.server
import re
import threading
import time
import urllib.parse

SKEW_S = 15 * 60


class FakeBucket:
    """Use as a context. `objects` is what it holds, by name; `fault`: the status of every answer;
    `damage`: bytes are flipped on the way out; `calls`: methods and statuses that were."""

    def __init__(self):
        self.objects, self.notes, self.calls = {}, {}, []
        self.fault, self.damage = None, False
        bucket = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b"", **headers):
                bucket.calls.append((self.command, status))
                self.send_response_only(status)
                self.send_header("Date", email.utils.formatdate(usegmt=True))
                self.send_header("Content-Length", headers.pop("length", str(len(body))))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def refuse(self, status, code):
                self.answer(status, f"<Error><Code>{code}</Code></Error>".encode())

            def begin(self):
                """Name of the object and its body; nothing when it was refused."""
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                at = calendar.timegm(time.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ"))
                if bucket.fault:
                    code = "AccessDenied" if bucket.fault == 403 else "SlowDown"
                    return self.refuse(bucket.fault, code)
                if abs(at - time.time()) > SKEW_S:
                    return self.refuse(403, "RequestTimeTooSkewed")
                if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
                    return self.refuse(400, "XAmzContentSHA256Mismatch")
                path, _, query = self.path.partition("?")
                return path.removeprefix("/csva").lstrip("/"), query, body

            def do_PUT(self):
                if (found := self.begin()):
                    name, _, body = found
                    bucket.objects[name] = body
                    bucket.notes[name] = {key: value for key, value in self.headers.items()
                                          if key.startswith("x-amz-meta-")}
                    self.answer(200)

            def do_GET(self):
                if not (found := self.begin()):
                    return
                name, query, _ = found
                if not name:
                    self.list(query)
                elif name not in bucket.objects:
                    self.refuse(404, "NoSuchKey")
                else:
                    body = bucket.objects[name]
                    if bucket.damage and body:
                        body = bytes([body[0] ^ 1]) + body[1:]
                    notes = {key.replace("-", "_"): value for key, value in bucket.notes[name].items()}
                    self.answer(200, body, **notes)

            do_HEAD = do_GET

            def list(self, query):
                if "versions" in query:  # as a store that keeps none
                    return self.refuse(501, "NotImplemented")
                prefix = urllib.parse.unquote(re.search("prefix=([^&]*)", query).group(1))
                found = "".join(
                    f"<Contents><Key>{name}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified>"
                    f"<Size>{len(body)}</Size></Contents>"
                    for name, body in bucket.objects.items() if name.startswith(prefix))
                text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
                self.answer(200, text.encode())

            def do_DELETE(self):
                if (found := self.begin()):
                    bucket.objects.pop(found[0], None)
                    self.answer(204)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def settings(self):
        """Environment of a `csva` that keeps its files here."""
        return {
            "CSVA_STORAGE_S3_ENDPOINT": f"http://127.0.0.1:{self.server.server_address[1]}",
            "CSVA_STORAGE_S3_ACCESS_KEY": "key", "CSVA_STORAGE_S3_SECRET_KEY": "secret",
        }

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
