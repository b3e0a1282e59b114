"""with_postgres.py COMMAND...: runs a command with CSVA_TEST_DATABASE_URL set to an empty PostgreSQL database, and with
CSVA_TEST_S3 set to an empty bucket where there is a MinIO."""

import contextlib
import os
import pathlib
import subprocess  # nosec B404
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import bucket, postgres  # noqa: E402


def main():
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres.database(stack.enter_context(postgres.cluster())))
        environment = dict(os.environ, CSVA_TEST_DATABASE_URL=url)
        if bucket.program():
            store = stack.enter_context(bucket.Store())
            store.make_bucket("csva", versions=True)
            environment["CSVA_TEST_S3"] = f"http://{bucket.KEY}:{bucket.SECRET}@127.0.0.1:{store.port}/csva"
        else:
            print("skipped: tests against a real bucket, for there is no MinIO (tests/ops/tools.sh minio builds it)", flush=True)
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode  # nosec B603


if __name__ == "__main__":
    sys.exit(main())
