#!/usr/bin/env bash
# Two servers and three workers restarted one after the other under 200 requests a second and running trainings.
set -euo pipefail
exec "$API_PYTHON" tests/ops/rolling.py
