#!/usr/bin/env bash
# Writes beside every requirements*.in of the repository the .txt that is installed: all packages it leads to, by version and
# SHA-256, for Debian 12's Python. To be run when an .in changed: tools/lock_python.sh [FILE.in]...
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
/usr/bin/python3 -m venv "$tool"
"$tool/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9
[ $# -gt 0 ] || mapfile -t files < <(git ls-files '*requirements*.in')
for list in "${@:-${files[@]}}"; do
    echo "$list"
    "$tool/bin/uv" pip compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
        --output-file "${list%.in}.txt" "$list"
done
