#!/usr/bin/env bash
# All suites; the reports, coverage among them, are in build/reports afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
git config --global --add safe.directory "$PWD"
CI=true ./dev test
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    { echo '```'; tail -n 20 build/reports/coverage.txt; echo '```'; } >>"$GITHUB_STEP_SUMMARY"
fi
