"""Third-party notices: notices.py [--write]

THIRD_PARTY_NOTICES.md is made from third_party.lock, the list of Debian packages and the web UI's lock file. Without
--write this only says whether the committed page is that of today.
"""

import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "THIRD_PARTY_NOTICES.md"
# Linked into the program, from Debian: package, what it is, licence.
LINKED = [
    ("libarchive-dev", "libarchive", "BSD-2-Clause"),
    ("libboost1.81-dev", "Boost (Asio, Beast, Describe, JSON, URL)", "BSL-1.0"),
    ("libbrotli-dev", "Brotli", "MIT"),
    ("libcli11-dev", "CLI11", "BSD-3-Clause"),
    ("libcurl4-openssl-dev", "libcurl", "curl"),
    ("libeigen3-dev", "Eigen", "MPL-2.0"),
    ("libexpat1-dev", "Expat", "MIT"),
    ("libfmt-dev", "{fmt}", "MIT"),
    ("libgomp1", "GNU OpenMP runtime", "GPL-3.0 with the GCC runtime exception"),
    ("libhowardhinnant-date-dev", "date", "MIT"),
    ("libicu-dev", "ICU", "Unicode-3.0"),
    ("liblbfgs-dev", "liblbfgs", "MIT"),
    ("libpq-dev", "libpq", "PostgreSQL"),
    ("libsodium-dev", "libsodium", "ISC"),
    ("libsoci-dev", "SOCI", "BSL-1.0"),
    ("libspdlog-dev", "spdlog", "MIT"),
    ("libsqlite3-dev", "SQLite", "public domain"),
    ("libssl-dev", "OpenSSL", "Apache-2.0"),
    ("libtomlplusplus-dev", "toml++", "MIT"),
    ("prometheus-cpp-dev", "prometheus-cpp", "MIT"),
    ("zlib1g-dev", "zlib", "Zlib"),
]


def fetched():
    rows = {}
    for archive in tomllib.loads((ROOT / "third_party.lock").read_text())["archive"]:
        rows[archive["name"]] = (archive["home"], archive["version"], archive["licence"])
    return [f"| {home} | {version} | {licence} |" for home, version, licence in rows.values()]


def linked():
    asked = set((ROOT / "tools/dev/packages.txt").read_text().split())
    rows = [row for row in LINKED if row[0] in asked]
    return [f"| {what} | Debian package `{package}` | {licence} |" for package, what, licence in rows]


def web():
    lock = ROOT / "web/package-lock.json"
    if not lock.exists():
        return []
    rows = []
    for path, package in sorted(json.loads(lock.read_text())["packages"].items()):
        if path and not package.get("dev") and not package.get("optional"):
            name = path.split("node_modules/")[-1]
            rows.append(f"| {name} | {package.get('version', '')} | {package.get('license', 'see the package')} |")
    return sorted(set(rows))


def page():
    table = ["| part | version or source | licence |", "|---|---|---|"]
    return "\n".join([
        "# Third-party notices", "",
        "Made by `tools/notices.py`; `./dev check` fails when it is not of today. CSV Analyzer itself: see `LICENSE`.",
        "",
        "## Fetched by version and hash (`third_party.lock`)", "", *table, *fetched(), "",
        "## Linked, from Debian 12", "",
        "The texts are in `/usr/share/doc/<package>/copyright`.", "", *table, *linked(), "",
        "## In the web UI", "", *table, *web(), "",
    ])


def main():
    if "--write" in sys.argv:
        PAGE.write_text(page())
        return 0
    if not PAGE.exists() or PAGE.read_text() != page():
        print("THIRD_PARTY_NOTICES.md is not of today: run tools/notices.py --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
