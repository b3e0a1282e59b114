#!/usr/bin/env bash
# A database away for 10 seconds and for 10 minutes with the settings as shipped, a full disk, a worker that dies ten times; 12 minutes.
set -euo pipefail
exec "$API_PYTHON" tests/ops/weather.py --full
