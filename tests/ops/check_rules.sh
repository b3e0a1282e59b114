#!/usr/bin/env bash
# Prometheus, Alertmanager and Falco rules, by promtool, amtool and sysdig's filter compiler.
set -euo pipefail
python=$OPS_DIR/venv/bin/python
(cd deploy/prometheus && promtool check config prometheus.yml && promtool test rules tests/*.yml)
amtool check-config deploy/alertmanager/alertmanager.yml
"$python" tests/ops/falco.py deploy/falco/*.yaml
