"""Counts what a test run did: summary.py FOLDER REQUIRED...

Reads the reports in FOLDER (JUnit files, and logs with lines such as "API tests on sqlite: 40 ran, 0 failed, 0
skipped", or pytest's own) and prints which tests failed, one table and, last, the plain line that a reader or a machine
looks for: the sum of the reports that are REQUIRED. The others are shown and fail nothing yet.
"""

import re
import sys
import xml.etree.ElementTree as xml  # nosec B405
from pathlib import Path

# Report -> the kind of test it counts as.
KINDS = {"unit": "unit (C++)", "sanitized": "unit (C++, sanitizers)", "kill": "integration (kill)",
         "web": "unit (web)", "api": "integration (API)", "replay": "integration (corpora)",
         "peers": "integration (peers)", "onnx": "integration (peers)", "drift": "integration (peers)",
         "scan": "integration (peers)", "mlflow": "integration (peers)", "profile": "integration (peers)",
         "alerting": "functional (alerting)", "security": "functional (attacks)", "image": "functional (image)",
         "e2e": "functional (browser)", "cli": "functional (command line)"}
MOST, WIDEST = 40, 300  # Lines of failures a report, characters a line.


def of_junit(path):
    cases = list(xml.parse(path).getroot().iter("testcase"))  # nosec B314
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None or case.get("status") == "disabled")
    return len(cases), failed, skipped


def of_log(path):
    total = [0, 0, 0]
    text = path.read_text(errors="replace")
    for found in re.findall(r": (\d+) ran, (\d+) failed, (\d+) skipped", text):
        total = [a + int(b) for a, b in zip(total, found)]
    if any(total):
        return tuple(total)
    for word, place in (("passed", 0), ("failed", 1), ("skipped", 2)):  # pytest's last lines
        last = rf"^(?:=+ )?(?:.*, )?(\d+) {word}\b.* in [\d.]+s(?: \(\d+:\d\d:\d\d\))?\b"
        count = sum(int(number) for number in re.findall(last, text, re.M))
        total[place] += count
        total[0] += count if place else 0
    return tuple(total)


def failures(path):
    """A line for each failed test of a report, so that the end of a long run says what to look at."""
    if path.suffix == ".log":
        said = re.findall(r"^(?:FAILED|ERROR|PROBLEM:|E  ) .*", path.read_text(errors="replace"), re.M)
        lines = dict.fromkeys(line[:WIDEST] for line in said)
        return sorted(lines, key=lambda line: line.startswith("E "))  # names first, then what was said
    out = []
    for case in xml.parse(path).getroot().iter("testcase"):  # nosec B314
        for bad in case.findall("failure") + case.findall("error"):
            why = (bad.get("message") or bad.text or "").strip().splitlines() or [""]
            out.append(f"FAILED {case.get('classname')} {case.get('name')}: {why[0]}"[:WIDEST])
    return out


def main(folder, required):
    rows = []
    for name, kind in KINDS.items():
        for path, read in ((folder / f"{name}.xml", of_junit), (folder / f"{name}.log", of_log)):
            if path.exists():
                rows.append((name, kind, *read(path)))
                print("".join(f"{name}: {line}\n" for line in failures(path)[:MOST]), end="")
                break
    print(f"\n{'kind':36}{'ran':>8}{'failed':>8}{'skipped':>8}")
    for name, kind, ran, failed, skipped in rows:
        kind += "" if name in required else ", reported"
        print(f"{kind:36}{ran:8}{failed:8}{skipped:8}")
    ran, failed, skipped = (sum(row[i] for row in rows if row[0] in required) for i in (2, 3, 4))
    print(f"\n{ran - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or ran == skipped else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
