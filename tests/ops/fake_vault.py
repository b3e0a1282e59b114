"""A small stand-in for Vault's KV-v2 and AppRole sign-in, on loopback: fake_vault.py PORT

The real server takes too long to build.
"""
import http.server
import json
import sys

SECRETS = {"database_url": "postgresql://csva:sword\"fish\\x@127.0.0.1:1/x", "csva_password": "sword\"fish\\x"}


class Vault(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = self.path == "/v1/auth/approle/login" and wish == {"role_id": "role", "secret_id": "let \"me\" in"}
        wrong = {"errors": ["invalid role or secret ID"]}
        self.answer(200 if good else 400, {"auth": {"client_token": "t-approle"}} if good else wrong)

    def do_GET(self):
        if self.headers["X-Vault-Token"] not in ("t-approle", "t-file"):
            return self.answer(403, {"errors": ["permission denied"]})
        if self.path != "/v1/secret/data/csva":
            return self.answer(404, {"errors": []})
        return self.answer(200, {"data": {"data": SECRETS, "metadata": {"version": 3}}})


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Vault).serve_forever()
