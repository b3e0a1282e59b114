"""Runs the API suite on each back end and counts: a back end that is skipped is a failure."""

import contextlib
import os
import pathlib
import subprocess  # nosec B404
import sys
import tempfile
import xml.etree.ElementTree as xml  # nosec B405

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support import postgres  # noqa: E402


def run(back_end, url, arguments):
    """Number of tests and of those that did not pass."""
    environment = dict(os.environ, CSVA_TEST_DATABASE_URL=url)
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        subprocess.run(  # nosec B603
            [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments], cwd=HERE,
            env=environment, check=False)
        suite = xml.parse(report).getroot().find("testsuite")  # nosec B314
    ran, failed, skipped = (
        int(suite.get("tests")), int(suite.get("failures")) + int(suite.get("errors")),
        int(suite.get("skipped")))
    print(f"API tests on {back_end}: {ran} ran, {failed} failed, {skipped} skipped", flush=True)
    return ran, failed + skipped


def main():
    known = ("sqlite", "postgres")
    chosen = [name for name in sys.argv[1:] if name in known] or list(known)
    arguments = [name for name in sys.argv[1:] if name not in known]
    good = True
    for back_end in chosen:
        with contextlib.ExitStack() as stack:
            url = ""
            if back_end == "postgres":
                url = os.environ.get("CSVA_TEST_DATABASE_URL") or \
                    stack.enter_context(postgres.cluster())
            ran, bad = run(back_end, url, arguments)
            good = good and ran > 0 and bad == 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
