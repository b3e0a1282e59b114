#!/usr/bin/env bash
# Format, house rules, static and security analysis; all that reads the sources without running them.
set -euo pipefail
cd "$(dirname "$0")/../.."
git config --global --add safe.directory "$PWD"
CI=true ./dev check
