#!/usr/bin/env bash
# The Compose file by two checkers, then all of it on a real Docker engine (tests/ops/compose.py).
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin:$OPS_DIR/venv/bin
# shellcheck source=tests/ops/docker.sh
source tests/ops/docker.sh
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
docker-compose -f deploy/compose/compose.yaml config --quiet
echo "docker-compose $(docker-compose version --short): the file parses"
check-jsonschema --builtin-schema vendor.compose-spec deploy/compose/compose.yaml
docker_up
docker_base
docker image inspect localhost/csva:test >/dev/null || { echo "no image: ./dev check-ops image first" >&2; exit 1; }
build() { docker build -q --network host --build-arg "BASE=$BASE_IMAGE" "$@" tests/ops/standins >/dev/null; }
for name in proxy postgres mlflow; do build -t "localhost/$name:test" -f "tests/ops/standins/$name.Dockerfile"; done
for name in prometheus alertmanager node-exporter postgres-exporter; do
    build -t "localhost/$name:test" --target "$name" -f tests/ops/standins/monitoring.Dockerfile
done
"$API_PYTHON" tests/ops/compose.py "$work"
