"""with_postgres.py COMMAND...: runs a command with CSVA_TEST_DATABASE_URL set to an empty PostgreSQL database."""

import os
import pathlib
import subprocess  # nosec B404
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import postgres  # noqa: E402


def main():
    with postgres.cluster() as server, postgres.database(server) as url:
        environment = dict(os.environ, CSVA_TEST_DATABASE_URL=url)
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode  # nosec B603


if __name__ == "__main__":
    sys.exit(main())
