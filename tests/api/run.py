"""Runs the API suite on each back end at the same time, each in parts, and counts: a back end that is skipped is a failure."""

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
PARTS = 2
LAST = "test_reasons.py"  # looks back at the whole run


def run(name, url, arguments, seen=None, last=False):
    """(name, what pytest printed, tests, failures, skips, seconds) of one pytest.

    `seen` is the folder in which the parts of a run tell one another which reasons they provoked; the `last` one looks back.
    """
    start = time.monotonic()
    environment = dict(os.environ, CSVA_TEST_DATABASE_URL=url, COLUMNS="250")  # whole messages
    if seen:
        environment |= {"CSVA_TEST_SEEN": seen, "CSVA_TEST_LAST": "1" if last else ""}
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        done = subprocess.run(  # nosec B603
            [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments], cwd=HERE,
            env=environment, check=False, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        suite = xml.parse(report).getroot().find("testsuite")  # nosec B314
    ran, failed, skipped = (
        int(suite.get("tests")), int(suite.get("failures")) + int(suite.get("errors")),
        int(suite.get("skipped")))
    print(f"{done.stdout}API tests on {name}: {ran} ran, {failed} failed, {skipped} skipped, "
          f"{time.monotonic() - start:.0f} s", flush=True)
    return ran > 0 and failed + skipped == 0


def shares():
    """The test files in PARTS lists of about the same length: most of the time a test waits for a job."""
    files = sorted(HERE.glob("test_*.py"), key=lambda path: -path.stat().st_size)
    lists = [[] for _ in range(PARTS)]
    for path in files:
        if path.name != LAST:
            min(lists, key=lambda names: sum((HERE / name).stat().st_size for name in names)).append(path.name)
    return lists


def whole(pool, name, url, folder):
    """The suite in parts beside one another, and then what looks back at all of them."""
    seen = pathlib.Path(folder) / name
    seen.mkdir()
    parts = [pool.submit(run, f"{name}, part {number}", url, files, str(seen)) for number, files in enumerate(shares(), 1)]
    good = all([part.result() for part in parts])
    return run(f"{name}, looking back", url, [LAST], str(seen), last=True) and good


def main():
    chosen = [name for name in sys.argv[1:] if name in KNOWN] or list(KNOWN)
    arguments = [name for name in sys.argv[1:] if name not in KNOWN]
    with contextlib.ExitStack() as stack:
        urls = dict.fromkeys(chosen, "")
        if "postgres" in urls:
            urls["postgres"] = os.environ.get("CSVA_TEST_DATABASE_URL") or \
                stack.enter_context(postgres.cluster())
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(8) as pool:
            if arguments:
                jobs = [pool.submit(run, name, url, arguments) for name, url in urls.items()]
            else:
                jobs = [pool.submit(whole, pool, name, url, folder) for name, url in urls.items()]
            good = all([job.result() for job in jobs])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
