#!/usr/bin/env bash
# Pushes build/image/csva.tar to $IMAGE:$TAG and says the digest. REGISTRY_USER and REGISTRY_PASSWORD sign in, where a registry asks.
set -euo pipefail
cd "$(dirname "$0")/../.."
tls=true
case $IMAGE in 127.0.0.1:* | localhost:*) tls=false ;; esac
if [ -n "${REGISTRY_PASSWORD:-}" ]; then
    printf '%s' "$REGISTRY_PASSWORD" | skopeo login --username "$REGISTRY_USER" --password-stdin "${IMAGE%%/*}" >/dev/null
fi
skopeo copy --quiet --dest-tls-verify=$tls docker-archive:build/image/csva.tar "docker://$IMAGE:$TAG"
digest=$(skopeo inspect --tls-verify=$tls --format '{{.Digest}}' "docker://$IMAGE:$TAG")
echo "pushed $IMAGE:$TAG as $digest"
[ -z "${GITHUB_OUTPUT:-}" ] || echo "digest=$digest" >>"$GITHUB_OUTPUT"
