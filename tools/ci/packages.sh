#!/usr/bin/env bash
# .deb and .tar.gz in build/packages with their checksums. TAG, when given, must be the version in CMakeLists.txt.
set -euo pipefail
cd "$(dirname "$0")/../.."
git config --global --add safe.directory "$PWD"
version=$(tools/package/version.sh)
if [ "${TAG:-v$version}" != "v$version" ]; then
    echo "the tag is $TAG, but CMakeLists.txt says $version" >&2
    exit 1
fi
CI=true ./dev package
(cd build/packages && sha256sum -- *.deb *.tar.gz >SHA256SUMS && cat SHA256SUMS)
