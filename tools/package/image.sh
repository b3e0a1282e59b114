#!/usr/bin/env bash
# image.sh TAG OUT.tar: builds the image and makes it reproducible. Needs docker and python3.
# CSVA_IMAGE_BASE: image to start from (default: the Dockerfile's); CSVA_IMAGE_DEB: a package that is already built.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
tag=$1 out=$2
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The context is what git knows, nothing that lies about.
git ls-files -z | tar -c --null -T - | { mkdir "$work/context" && tar -x -C "$work/context"; }
if [ -n "${CSVA_IMAGE_DEB:-}" ]; then
    mkdir -p "$work/context/packages"
    cp "$CSVA_IMAGE_DEB" "$work/context/packages/"
fi
options=()
[ -z "${CSVA_IMAGE_BASE:-}" ] || options+=(--build-arg "BASE=$CSVA_IMAGE_BASE")
[ -z "${CSVA_IMAGE_NETWORK:-}" ] || options+=(--network "$CSVA_IMAGE_NETWORK")
docker build --quiet "${options[@]}" --build-arg "SOURCE_DATE_EPOCH=$epoch" --build-arg "REVISION=$(git rev-parse HEAD)" \
    --build-arg "VERSION=$(tools/package/version.sh)" -f "$work/context/deploy/container/Dockerfile" -t "$tag" "$work/context" >/dev/null
docker save -o "$work/saved.tar" "$tag"
mkdir -p "$(dirname "$out")"
python3 tools/package/same_image.py "$work/saved.tar" "$out" "$epoch"
docker load --quiet -i "$out" >/dev/null
