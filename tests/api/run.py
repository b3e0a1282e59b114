"""Runs the API suite on each back end at the same time and counts: a back end that is skipped is a
failure, and so is every test that is, but for the shared data sets where there are none."""

import concurrent.futures
import contextlib
import os
import pathlib
import subprocess  # nosec B404
import sys
import tempfile
import time
import xml.etree.ElementTree as xml  # nosec B405

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support import postgres  # noqa: E402

KNOWN = ("sqlite", "postgres")


def run(back_end, url, arguments):
    """(back end, what pytest printed, tests, failures, skips, those of them for want of a shared data set, seconds)."""
    start = time.monotonic()
    environment = dict(os.environ, CSVA_TEST_DATABASE_URL=url, COLUMNS="250")  # whole messages
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        done = subprocess.run(  # nosec B603
            [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments], cwd=HERE,
            env=environment, check=False, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        suite = xml.parse(report).getroot().find("testsuite")  # nosec B314
    away = sum(1 for case in suite.iter("skipped") if "not at hand: " in case.get("message", ""))
    ran, failed, skipped = (
        int(suite.get("tests")), int(suite.get("failures")) + int(suite.get("errors")),
        int(suite.get("skipped")))
    return back_end, done.stdout, ran, failed, skipped, away, time.monotonic() - start


def main():
    chosen = [name for name in sys.argv[1:] if name in KNOWN] or list(KNOWN)
    arguments = [name for name in sys.argv[1:] if name not in KNOWN]
    good = True
    with contextlib.ExitStack() as stack:
        urls = dict.fromkeys(chosen, "")
        if "postgres" in urls:
            urls["postgres"] = os.environ.get("CSVA_TEST_DATABASE_URL") or \
                stack.enter_context(postgres.cluster())
        with concurrent.futures.ThreadPoolExecutor(len(urls)) as pool:
            jobs = [pool.submit(run, name, url, arguments) for name, url in urls.items()]
            for job in concurrent.futures.as_completed(jobs):
                back_end, printed, ran, failed, skipped, away, seconds = job.result()
                print(f"{printed}API tests on {back_end}: {ran} ran, {failed} failed, {skipped} "
                      f"skipped, {seconds:.0f} s", flush=True)
                pardoned = 0 if os.environ.get("CSVA_SHARED_DATA") else away
                good = good and ran > 0 and failed == 0 and skipped == pardoned
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
