#!/usr/bin/env bash
# A lost database of 1 GB restored by pgBackRest, and a lost bucket replaced by the second region's.
set -euo pipefail
python=$CACHE_DIR/api-venv/bin/python
"$python" tests/ops/drills.py postgres --gb 1
"$python" tests/ops/drills.py bucket
