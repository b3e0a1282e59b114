#!/usr/bin/env bash
# What attackers try, on a running server.
set -euo pipefail
exec "$CACHE_DIR/api-venv/bin/python" tests/ops/attack.py --full
