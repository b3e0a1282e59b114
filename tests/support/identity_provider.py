"""An OpenID Connect provider on this machine, with keys of its own."""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.parse

from support import jose

CLIENT, SECRET = "csva", "a secret & more"  # nosec B105


class IdentityProvider(http.server.ThreadingHTTPServer):
    """Use as a context. `keys` are those it publishes; what a code is worth is made by `grant`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.keys, self.codes, self.asked = [jose.RsaKey("one")], {}, []
        self.away = False

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def grant(self, query, subject="ada", key=None, header=None, **claims):
        """A code for the request of an authorization; `claims` in place of the usual ones, None leaves one out."""
        now = int(time.time())
        usual = {"iss": self.issuer, "sub": subject, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": query["nonce"]}
        key = key or self.keys[0]
        code = secrets.token_urlsafe(16)
        self.codes[code] = (query, jose.token(usual | claims, key, **(header or {})))
        return code

    def redeem(self, form, authorization):
        query, token = self.codes.pop(form.get("code"), (None, None))
        if query is None:
            return 400, {"error": "invalid_grant"}
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        expected = ":".join(urllib.parse.quote(text, safe="-._~") for text in (CLIENT, SECRET))
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        good = (given == expected and form["grant_type"] == "authorization_code"
                and form["redirect_uri"] == query["redirect_uri"] and jose.b64(verifier) == query["code_challenge"])
        if not good:
            return 401, {"error": "invalid_client"}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": token}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        provider = self.server
        provider.asked.append(self.path)
        if provider.away:
            return self.reply(503, {})
        if self.path == "/.well-known/openid-configuration":
            return self.reply(200, {
                "issuer": provider.issuer, "authorization_endpoint": provider.issuer + "/authorize",
                "token_endpoint": provider.issuer + "/token", "jwks_uri": provider.issuer + "/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"]})
        if self.path == "/keys":
            return self.reply(200, {"keys": [{"kty": "oct", "kid": "odd"}, *(key.jwk() for key in provider.keys)]})
        return self.reply(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.server.away:
            return self.reply(503, {})
        form = {name: values[0] for name, values in urllib.parse.parse_qs(body).items()}
        return self.reply(*self.server.redeem(form, self.headers.get("Authorization", "")))
