#!/usr/bin/env bash
# The workflows by three checkers, and the steps of theirs that can run here: the push into a real registry on loopback, and the watch
# over alerts that decides about going back, with a real Alertmanager. Trivy's and Snyk's data, cosign's and the clouds' sign-in
# cannot be had here.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin:$OPS_DIR/venv/bin
work=$(mktemp -d)
running=()
trap 'kill "${running[@]}" 2>/dev/null; rm -rf "$work"' EXIT
until_answers() { for _ in $(seq 50); do curl -fs "$1" >/dev/null && return 0; sleep 0.2; done; return 1; }

actionlint && echo "actionlint: clean"
zizmor --offline --no-progress --quiet .github/workflows && echo "zizmor: clean"
check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
gitleaks git --no-banner --redact --config tools/ci/gitleaks.toml . 2>"$work/gitleaks" || { cat "$work/gitleaks"; exit 1; }
sed 's/\x1b\[[0-9;]*m//g' "$work/gitleaks" | grep -E 'commits scanned|no leaks'
# Built from parts, so that this file holds nothing that looks like a key.
mkdir "$work/leak" && printf 'aws_key = "AKIA%s"\n' QYLPMN5HHHFPZAM2 >"$work/leak/settings.ini"
if gitleaks dir --no-banner --config tools/ci/gitleaks.toml "$work/leak" 2>/dev/null; then echo "a planted key was not found" && exit 1; fi
echo "gitleaks: a planted key is found"

if [ -e build/image/csva.tar ]; then
    cat >"$work/registry.yml" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: 127.0.0.1:15055}
YAML
    docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
    running+=($!)
    until_answers http://127.0.0.1:15055/v2/
    began=$SECONDS
    GITHUB_OUTPUT=$work/output IMAGE=127.0.0.1:15055/csva TAG=test tools/ci/push.sh | sed 's/127.0.0.1:15055/REGISTRY/'
    first=$(cat "$work/output")
    IMAGE=127.0.0.1:15055/csva TAG=again GITHUB_OUTPUT=$work/output tools/ci/push.sh >/dev/null
    [ "$first" = "$(tail -n 1 "$work/output")" ] && echo "pushed twice in $((SECONDS - began)) s, the same digest"
    curl -fsS http://127.0.0.1:15055/v2/csva/tags/list
else
    echo "nothing to push: ./dev check-ops image makes build/image/csva.tar" >&2
    exit 1
fi

printf 'route: {receiver: none}\nreceivers: [{name: none}]\n' >"$work/alertmanager.yml"
prometheus-alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/am" --cluster.listen-address= \
    --web.listen-address=127.0.0.1:15093 >"$work/am.log" 2>&1 &
running+=($!)
export ALERTMANAGER_URL=http://127.0.0.1:15093 WATCH_S=3 WATCH_EVERY_S=1
until_answers $ALERTMANAGER_URL/-/ready
amtool --alertmanager.url=$ALERTMANAGER_URL alert add CsvaModelDrifted severity=warning job=csva
tools/ci/watch_alerts.sh
amtool --alertmanager.url=$ALERTMANAGER_URL alert add CsvaServerErrors severity=critical job=csva
if tools/ci/watch_alerts.sh 2>"$work/said"; then echo "an alert was not seen" && exit 1; fi
echo "watch over a deployment: $(cat "$work/said"), so it goes back"
if ALERTMANAGER_URL=http://127.0.0.1:9 tools/ci/watch_alerts.sh 2>/dev/null; then echo "silence was taken for health" && exit 1; fi
echo "watch over a deployment: without an Alertmanager that answers it goes back too"
