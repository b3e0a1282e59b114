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
refused --set copyFiles.enabled=true
refused --set alertmanager.mail.smarthost=mail.example.org
refused --set 'prometheus.targets[0].job=node'
refused --set 'networkPolicy.egress[0].form=any'
refused --set 'networkPolicy.egress[0].ports[0].port=443'
# What Alertmanager, Prometheus and the policies are given, by the programs that read it.
config() { "$OPS_DIR/venv/bin/python" -c 'import sys, yaml
for it in yaml.safe_load_all(open(sys.argv[1])):
    if it and it["kind"] == "ConfigMap" and it["metadata"]["name"] == "csva-" + sys.argv[2]: print(it["data"][sys.argv[2] + ".yml"])' "$work/everything.yaml" "$1"; }
config alertmanager >"$work/alertmanager.yml"
config prometheus | sed '/^rule_files:/,+1d' >"$work/prometheus.yml"
amtool check-config "$work/alertmanager.yml" | head -n 1 | sed "s|$work/||"
promtool check config "$work/prometheus.yml" | grep SUCCESS | sed "s|$work/||"
for said in 'smtp_smarthost: "mail.internal:465"' 'to: "people@example.org"' 'channel: "#csv"'; do grep -qF "$said" "$work/alertmanager.yml" || { echo "missing: $said" && exit 1; }; done
for said in kube-state-metrics.monitoring.svc:8080 opencost.opencost.svc:9003; do grep -qF "$said" "$work/prometheus.yml" || { echo "missing: $said" && exit 1; }; done
for said in 10.0.0.25/32 203.0.113.7/32; do grep -qF "cidr: $said" "$work/everything.yaml" || { echo "no rule for $said" && exit 1; }; done
echo "addresses of mail, channel, targets and further rules reach Alertmanager, Prometheus and the policies"
render "$CHART/ci/aws-values.yaml" "$work/x.yaml" --set copyFiles.endpoint=http://10.1.2.3:9000,copyFiles.cidr=10.1.2.3/32
grep -A1 -F 'cidr: 10.1.2.3/32' "$work/x.yaml" | grep -qF 'port: 9000' || { echo "no way to the second bucket" && exit 1; }
