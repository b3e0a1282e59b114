#!/usr/bin/env bash
# The image as build/image/csva.tar with its bill of materials beside it; a package in build/packages is used, otherwise, or with
# CSVA_IMAGE_FROM_SOURCE=1, the image builds the program. IMAGE and TAG name it.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=${IMAGE:-localhost/csva}:${TAG:-test}
deb=$(find build/packages -name 'csva_*.deb' 2>/dev/null | head -n 1 || true)
[ -z "$deb" ] || [ -n "${CSVA_IMAGE_FROM_SOURCE:-}" ] || export CSVA_IMAGE_DEB=$deb
tools/package/image.sh "$name" build/image/csva.tar
container=$(docker create "$name")
docker cp "$container:/usr/share/doc/csva/sbom.cdx.json" build/image/sbom.cdx.json >/dev/null
docker rm "$container" >/dev/null
docker image inspect "$name" --format 'size {{.Size}}, user {{.Config.User}}'
