#!/usr/bin/env bash
# The workflows by four checkers, and the steps of theirs: the push into a real registry on loopback, the watch over alerts that
# decides about going back with a real Alertmanager; and those whose other end cannot be had here (cosign's signature, a release, the
# clouds' sign-in, Snyk) with stand-ins on the PATH that write down how they were called.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin:$OPS_DIR/venv/bin
work=$(mktemp -d)
running=()
trap 'kill "${running[@]}" 2>/dev/null; rm -rf "$work"' EXIT
until_answers() { for _ in $(seq 50); do curl -fs "$1" >/dev/null && return 0; sleep 0.2; done; return 1; }

actionlint
echo "actionlint: clean"
zizmor --offline --no-progress --quiet .github/workflows
echo "zizmor: clean"
# CKV_GHA_7: who deploys by hand says what and where to.
checkov --quiet --compact --skip-download --skip-check CKV_GHA_7 --framework github_actions -d .github/workflows >"$work/checkov" || { cat "$work/checkov"; exit 1; }
grep -E 'Passed checks: [1-9]' "$work/checkov"
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
    [ "$first" = "$(tail -n 1 "$work/output")" ]
    echo "pushed twice in $((SECONDS - began)) s, the same digest"
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

mkdir "$work/bin"
stub() { # NAME [ANSWER]: writes down its words, and answers
    printf '#!/bin/sh\necho "%s $*" >>"%s"\nprintf "%%s" %s\n' "$1" "$work/calls" "'${2:-}'" >"$work/bin/$1" && chmod +x "$work/bin/$1"
}
for name in cosign gh aws gcloud az npx; do stub "$name"; done
stub curl '{"value": "an identity"}'
step() { # SCRIPT: with the stand-ins first on the PATH
    : >"$work/calls"
    PATH=$work/bin:$PATH "tools/ci/$1.sh" >"$work/said" 2>&1 || { cat "$work/said"; return 1; }
}
called() { # WORDS: one call was exactly this
    grep -qxF -e "$1" "$work/calls" || { echo "not called: $1; but:" && cat "$work/calls" && exit 1; }
}
export IMAGE=registry.example.org/csva DIGEST=sha256:abc
step sign
called "cosign sign --yes $IMAGE@$DIGEST"
called "cosign attest --yes --type cyclonedx --predicate build/image/sbom.cdx.json $IMAGE@$DIGEST"
# A tree whose changelog has the version: ours may have none yet.
mkdir -p "$work/tree/tools/ci" "$work/tree/build/packages"
cp tools/ci/release.sh "$work/tree/tools/ci/"
sed 's/^## Unreleased$/## 1.2.3 (2026-01-02)/' CHANGELOG.md >"$work/tree/CHANGELOG.md"
touch "$work/tree/build/packages/"{csva_1.2.3_amd64.deb,csva-1.2.3-Linux.tar.gz,SHA256SUMS}
: >"$work/calls"
PATH=$work/bin:$PATH TAG=v1.2.3 "$work/tree/tools/ci/release.sh"
called "gh release create v1.2.3 --verify-tag --notes-file build/notes.md build/packages/csva_1.2.3_amd64.deb build/packages/csva-1.2.3-Linux.tar.gz build/packages/SHA256SUMS build/image/sbom.cdx.json"
[ "$(wc -l <"$work/tree/build/notes.md")" -gt 1 ]
head -n 1 "$work/tree/build/notes.md" | grep -q '^## 1.2.3'
if PATH=$work/bin:$PATH TAG=v9.9.9 "$work/tree/tools/ci/release.sh" 2>"$work/said"; then echo "released without notes" && exit 1; fi
[ "$(wc -l <"$work/calls")" = 1 ]
export ACTIONS_ID_TOKEN_REQUEST_TOKEN=request ACTIONS_ID_TOKEN_REQUEST_URL='https://id.example.org/?a=b' RUNNER_TEMP=$work GITHUB_ENV=$work/env
export CLUSTER=prod REGION=eu-west-3 AWS_ROLE=arn:role GCP_PROVIDER=projects/1/providers/gh GCP_ACCOUNT=me@example.org GCP_PROJECT=p \
    AZURE_CLIENT=client AZURE_TENANT=tenant AZURE_GROUP=group
CLOUD=aws step cloud_login
called "curl -fsS -H Authorization: Bearer request https://id.example.org/?a=b&audience=sts.amazonaws.com"
called "aws eks update-kubeconfig --name prod --region eu-west-3"
[ "$(cat "$work/identity")" = "an identity" ]
[ "$(stat -c %a "$work/identity")" = 600 ]
grep -qx "AWS_ROLE_ARN=arn:role" "$work/env"
CLOUD=gcp step cloud_login
called "curl -fsS -H Authorization: Bearer request https://id.example.org/?a=b&audience=//iam.googleapis.com/projects/1/providers/gh"
called "gcloud auth login --quiet --cred-file=$work/identity.json"
called "gcloud container clusters get-credentials prod --region eu-west-3 --project p"
CLOUD=azure step cloud_login
called "az login --service-principal --username client --tenant tenant --federated-token an identity --output none"
called "az aks get-credentials --resource-group group --name prod"
if CLOUD=other step cloud_login >/dev/null; then echo "signed in to a cloud that there is not" && exit 1; fi
SNYK_TOKEN='' step scan_snyk
[ ! -s "$work/calls" ]
SNYK_TOKEN=token step scan_snyk
called "npx --yes snyk@1.1297.0 container test docker-archive:build/image/csva.tar --severity-threshold=high"
echo "signing, a release and one without notes, sign-in to three clouds, Snyk: called as they should be (stand-ins)"
