#!/usr/bin/env bash
# The release of $TAG with its packages, and what CHANGELOG.md says of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
awk -v version="${TAG#v}" '/^## /{on = ($2 == version)} on' CHANGELOG.md >build/notes.md
[ -s build/notes.md ] || { echo "CHANGELOG.md has no part ## ${TAG#v}" >&2; exit 1; }
gh release create "$TAG" --verify-tag --notes-file build/notes.md build/packages/*.deb build/packages/*.tar.gz \
    build/packages/SHA256SUMS build/image/sbom.cdx.json
