#!/usr/bin/env bash
# A lost database of 1 GB restored by pgBackRest, a lost bucket replaced by the second region's, a lost embedded store restored from last night.
set -euo pipefail
python=$CACHE_DIR/api-venv/bin/python
"$python" tests/ops/drills.py postgres --gb 1
"$python" tests/ops/drills.py bucket
"$python" tests/ops/drills.py embedded
