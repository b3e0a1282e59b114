#!/usr/bin/env bash
# A lost database of 1 GB restored by pgBackRest, a lost bucket replaced by the second region's, a lost embedded store restored from last night.
set -euo pipefail
python=$API_PYTHON
for drill in "postgres --gb 1" bucket embedded; do
    echo "$drill"
    # shellcheck disable=SC2086
    "$python" tests/ops/drills.py $drill | sed 's/^/  /'
done
