"""Schemathesis against a real server: no 5xx, no answer outside the document."""

import os
import pathlib
import subprocess  # nosec B404
import sys

import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from support.server import PASSWORD, Server  # noqa: E402

CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,"
          "response_headers_conformance,response_schema_conformance")
CSV = b"name,age,city\n" + b"".join(b"P%d,%d,Paris\n" % (i, 20 + i % 50) for i in range(60))

# These may end the run's own access, after which all else would only test 401: they come last.
LAST = ("POST /logout/", "DELETE /api/v1/tokens/{token_id}", "PATCH /api/v1/users/{user_id}",
        "DELETE /api/gdpr/delete/{user_id}", "POST /api/gdpr/delete/{user_id}")


def prepare(server):
    """A token of an administrator and one of an ordinary user, each with a data set."""
    command = server.command
    tokens = {}
    for name, extra in (("root", ["--admin"]), ("ada", [])):
        command("user", "add", name, *extra, "--password-stdin", stdin=PASSWORD)
        tokens[name] = command("token", "add", name, "--scope", "admin").stdout.strip()
        requests.post(server.url + "/api/upload-csv/", files={"file": ("people.csv", CSV)},
                      headers={"Authorization": "Bearer " + tokens[name]}, timeout=30)
    return tokens


def run(server, token, examples, choice):
    """True when schemathesis found nothing in the operations that `choice` leaves."""
    schemathesis = pathlib.Path(sys.executable).parent / "schemathesis"
    names = [word for operation in LAST for word in (f"--{choice}-name", operation)]
    done = subprocess.run(  # nosec B603
        [schemathesis, "run", server.url + "/api/schema/", "--phases",
         "examples,coverage,fuzzing,stateful", "--max-examples", str(examples), "--checks", CHECKS,
         "-H", "Authorization: Bearer " + token, "--request-timeout", "30", "--no-color",
         "--seed", os.environ.get("CSVA_SEED", "1"), *names], check=False)
    return done.returncode == 0


def main():
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    settings = {"CSVA_ACCOUNTS_TOKENS_PER_USER": "1000000",
                "CSVA_ACCOUNTS_ATTEMPTS_PER_ADDRESS": "1000000",
                "CSVA_ACCOUNTS_ATTEMPTS_PER_ACCOUNT": "1000000"}
    with Server(os.environ.get("CSVA_TEST_DATABASE_URL", ""), settings) as server:
        tokens = prepare(server)
        results = []
        for choice in ("exclude", "include"):
            for name, token in reversed(tokens.items()):
                print(f"schemathesis as {name}, {choice}: {len(LAST)} operations", flush=True)
                results.append(run(server, token, examples, choice))
        if server.process.poll() is not None:
            print("the server ended:\n" + server.log())
            return 1
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
