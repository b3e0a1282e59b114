#!/usr/bin/env bash
# The image on a real Docker engine: built twice to one digest, small, without root, on a read-only root, stopped in time.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin:$OPS_DIR/venv/bin
# shellcheck source=tests/ops/docker.sh
source tests/ops/docker.sh
work=$(mktemp -d)
trap 'docker rm -f csva-check >/dev/null 2>&1; rm -rf "$work"' EXIT
hadolint deploy/container/Dockerfile
echo "hadolint: clean"
hadolint --ignore DL3006 --ignore DL3008 --ignore DL3009 --ignore DL3013 --ignore DL3042 --ignore DL3066 tests/ops/standins/*.Dockerfile
echo "hadolint, stand-ins: clean"
# CKV_DOCKER_7 does not look into the argument that holds the base's tag.
checkov --quiet --compact --skip-download --skip-check CKV_DOCKER_7 --framework dockerfile -d deploy/container >"$work/checkov" || { cat "$work/checkov"; exit 1; }
grep -E 'Passed checks: [1-9]' "$work/checkov"

docker_up
docker_base
export CSVA_IMAGE_BASE=$BASE_IMAGE CSVA_IMAGE_NETWORK=host IMAGE=localhost/csva TAG=test
# Whole, as whoever has only the sources builds it; then twice from the package that is already there.
began=$SECONDS
CSVA_IMAGE_FROM_SOURCE=1 TAG=source tools/ci/image.sh >"$work/built" 2>"$work/log" || { tail -n 20 "$work/log"; exit 1; }
echo "built from the sources: $(head -n 1 "$work/built") after $((SECONDS - began)) s"
docker rmi -f localhost/csva:source >/dev/null 2>&1 || true
digests=()
for round in 1 2; do
    began=$SECONDS
    docker rmi -f localhost/csva:test >/dev/null 2>&1 || true
    docker image prune -f >/dev/null
    tools/ci/image.sh >"$work/built" 2>"$work/log" || { tail -n 20 "$work/log"; exit 1; }
    digests+=("$(head -n 1 "$work/built")")
    echo "build $round: ${digests[-1]} after $((SECONDS - began)) s"
done
[ "${digests[0]}" = "${digests[1]}" ]
echo "two builds, one digest"
size=$(docker image inspect localhost/csva:test --format '{{.Size}}')
zstd --quiet -19 -T0 --force build/image/csva.tar -o "$work/csva.zst"
echo "size $((size / 1000000)) MB, as zstd $(($(stat -c %s "$work/csva.zst") / 1000000)) MB"
[ "$size" -lt 200000000 ]
[ "$(stat -c %s "$work/csva.zst")" -lt 80000000 ]
"$OPS_DIR/venv/bin/python" - <<'PY'
import json
bill = json.load(open("build/image/sbom.cdx.json", encoding="utf-8"))
kinds = {}
for part in bill["components"]:
    kind = part["purl"].split(":")[1].split("/")[0]
    kinds[kind] = kinds.get(kind, 0) + 1
print("bill of materials:", ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
PY

began=$(date +%s%N)
docker run -d --name csva-check --read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp --memory 1g \
    -e CSVA_HTTP_PUBLIC_URL=https://csv.example.org -p 127.0.0.1:18001:8000 -v /data localhost/csva:test >/dev/null
until curl -fs http://127.0.0.1:18001/health/ready >/dev/null; do sleep 0.1; done
echo "ready $((($(date +%s%N) - began) / 1000000)) ms after docker run"
docker logs csva-check 2>&1 | grep -o 'Make the first account: https://csv.example.org/setup/'
until [ "$(docker inspect csva-check --format '{{.State.Health.Status}}')" = healthy ]; do sleep 0.5; done
echo "health: $(docker inspect csva-check --format '{{.State.Health.Status}}')"
docker top csva-check -eo pid,uid,args | sed 's/^/  /'
docker exec csva-check csva doctor | grep -c '^ok' | sed 's/$/ checks of csva doctor are ok/'
printf 'correct horse battery\n' | docker exec -i csva-check csva user add ann --admin --password-stdin
token=$(docker exec csva-check csva token add ann | awk '{print $NF}')
curl -fsS -H "Authorization: Bearer $token" -F file=@tests/data/titanic.csv http://127.0.0.1:18001/api/upload-csv/
echo
if docker exec csva-check sh -c true >/dev/null 2>&1; then echo "there is a shell" && exit 1; fi
echo "no shell in the image"
refused=$(curl -s -o /dev/null -w '%{http_code}' -F file=@tests/data/titanic.csv http://127.0.0.1:18001/api/upload-csv/)
echo "anonymous upload: $refused"
[ "$refused" = 401 ]
began=$(date +%s%N)
docker stop csva-check >/dev/null
took=$((($(date +%s%N) - began) / 1000000))
code=$(docker inspect csva-check --format '{{.State.ExitCode}}')
echo "docker stop: $took ms, exit code $code"
[ "$took" -lt 10000 ]
[ "$code" = 0 ]
