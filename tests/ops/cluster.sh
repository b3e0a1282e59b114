# Definitions of kinds and schemas for the chart's checks. source it.
# shellcheck shell=bash
CHART=deploy/kubernetes/csv-analyzer
SCHEMAS=$OPS_DIR/schemas
KUBERNETES=1.37.2

# Folder of a Go module in the module cache; fetched when it is not there.
module() { GOFLAGS=-mod=mod go mod download -json "$1" | jq -r .Dir; }

# Files that define custom kinds, of the very projects where they can be had.
crds() {
    local operator sealed
    operator=$(module github.com/prometheus-operator/prometheus-operator@v0.85.0)
    sealed=$(module github.com/bitnami-labs/sealed-secrets@v0.30.0)
    find "$operator/example/prometheus-operator-crd" -name '*servicemonitors.yaml' -o -name '*prometheusrules.yaml' | grep prometheus-operator-crd/
    find "$sealed/helm" -name '*sealedsecrets*.yaml' | head -n 1
    ls tests/ops/crds/*.yaml
}

make_schemas() {
    [ -s "$SCHEMAS/_definitions.json" ] && return 0
    local files
    mapfile -t files < <(crds)
    "$OPS_DIR/venv/bin/python" tests/ops/schemas.py "$(module "k8s.io/kubernetes@v$KUBERNETES")/api/openapi-spec/swagger.json" "$SCHEMAS" "${files[@]}"
}

# render VALUES OUT [OPTION]...
render() {
    local values=$1 out=$2
    shift 2
    helm template csva "$CHART" --namespace csva --kube-version "$KUBERNETES" -f "$values" "$@" >"$out" 2>"$out.log" ||
        { grep -v 'symbolic link' "$out.log"; return 1; }
}
