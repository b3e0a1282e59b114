#!/usr/bin/env bash
# The chart without a cluster: lint, schemas made offline, kube-score, checkov; and values that must be refused.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin:$OPS_DIR/venv/bin
# shellcheck source=tests/ops/cluster.sh
source tests/ops/cluster.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make_schemas
for values in "$CHART"/ci/*-values.yaml; do
    name=$(basename "$values" -values.yaml)
    helm lint --strict --quiet "$CHART" -f "$values" --kube-version "$KUBERNETES" >"$work/lint" 2>&1 || { cat "$work/lint"; exit 1; }
    render "$values" "$work/$name.yaml"
    said=$(kubeconform -strict -summary -schema-location "$SCHEMAS/{{.ResourceKind}}{{.KindSuffix}}.json" "$work/$name.yaml") || { echo "$said"; exit 1; }
    # Left out: always pulling (tags are fixed or digests), user numbers below 10000 (those of published images), one replica and
    # Recreate for what has one volume, and one worker as the least. It ends with 1 when it found something; more is its own failure.
    code=0
    kube-score score --output-format ci --ignore-container-cpu-limit --kubernetes-version v1.29 \
        --ignore-test container-image-pull-policy,container-security-context-user-group-id,deployment-replicas \
        --ignore-test deployment-strategy,horizontalpodautoscaler-replicas \
        "$work/$name.yaml" >"$work/score" 2>&1 || code=$?
    if [ "$code" -gt 1 ] || ! grep -q '^\[OK\]' "$work/score" || grep -qE '^\[(CRITICAL|WARNING)\]' "$work/score"; then
        grep -vE '^\[(OK|SKIPPED)\]' "$work/score" || true
        exit 1
    fi
    echo "$name: lint, kube-score clean; kubeconform: ${said#*Summary: }"
done
mkdir "$work/all" && cp "$work"/*.yaml "$work/all/"
# CKV_K8S_35: secrets are files already, except where Vault's injector writes them; CKV_K8S_43: digests are a value; CKV_K8S_15:
# tags are fixed; CKV_K8S_38 asks against the service account token that Vault needs; CKV_K8S_40: user numbers of published images.
checkov --quiet --compact --skip-download --framework kubernetes --skip-check CKV_K8S_35,CKV_K8S_43,CKV_K8S_15,CKV_K8S_38,CKV_K8S_40,CKV_K8S_8 \
    -d "$work/all" >"$work/checkov" || { cat "$work/checkov"; exit 1; }
grep -E 'Passed checks: [1-9]' "$work/checkov"

refused() {
    if render "$CHART/ci/minimal-values.yaml" "$work/x.yaml" "$@" >"$work/said"; then echo "not refused: $*" && exit 1; fi
    echo "refused: $*: $(grep -m1 -E "^- at|additional|must|not allowed" "$work/said" | cut -c1-160)"
}
refused --set web.replica=3
refused --set image.tag=latest
refused --set canary.weight=200
refused --set service.type=Loadbalancer
refused --set settings.csva_http_idle_s=1
refused --set web.resources.limits.memory=lots
refused --set ingress.class=haproxy
refused --set storage.ephemeral=true
