#!/usr/bin/env bash
# What attackers try, on a running server.
set -euo pipefail
exec "$API_PYTHON" tests/ops/attack.py --full
