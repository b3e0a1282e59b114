#!/usr/bin/env bash
# The checkers that Debian does not carry, at fixed versions: Python's into a virtual environment, Go's built one at a time. With a
# name only that one: tools.sh [NAME]... What cannot be had is said, and the checks that need it leave it out.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
CACHE_DIR=${CACHE_DIR:-${CSVA_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/csva}}
OPS_DIR=$CACHE_DIR/ops
BIN=$OPS_DIR/bin
mkdir -p "$BIN"
readonly KUBERNETES=1.37.2
readonly GO_TOOLS="
actionlint github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
minio github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
kubeconform github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
gitleaks github.com/zricethezav/gitleaks/v8@v8.30.1
helm helm.sh/helm/v3/cmd/helm@v3.22.0
kube-score github.com/zegl/kube-score/cmd/kube-score@v1.20.0
opa github.com/open-policy-agent/opa@v1.22.4
gator github.com/open-policy-agent/gatekeeper/v3/cmd/gator@v3.23.1
kubeseal github.com/bitnami-labs/sealed-secrets/cmd/kubeseal@v0.30.0
kwok sigs.k8s.io/kwok/cmd/kwok@v0.8.0
"

say() { printf '%s\n' "$*" >&2; }

python_tools() { CSVA_CACHE_DIR=$CACHE_DIR "$HERE/../support/venv" ops/venv "$HERE/requirements.txt" >/dev/null; }

go_tool() {
    local name=$1 module=$2
    [ ! -x "$BIN/$name" ] || return 0
    command -v go >/dev/null || { say "$name: there is no Go; what needs it is left out"; return 0; }
    say "building $name"
    GOBIN=$BIN CGO_ENABLED=0 GOFLAGS="-p=1 -buildvcs=false" nice -n 19 go install "$module" || say "$name could not be built; what needs it is left out"
}

# k8s.io/kubernetes replaces its own parts by folders, which `go install` refuses: a module of ours names their versions.
kubernetes() {
    local missing=() name
    for name in kube-apiserver kube-controller-manager kube-scheduler; do [ -x "$BIN/$name" ] || missing+=("$name"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v go >/dev/null || { say "kube-apiserver: there is no Go"; return 0; }
    local work=$OPS_DIR/kubernetes source staging=v0.${KUBERNETES#1.}
    mkdir -p "$work"
    source=$(GOFLAGS=-mod=mod go mod download -json "k8s.io/kubernetes@v$KUBERNETES" | jq -r .Dir)
    (
        cd "$work"
        {
            echo "module check"
            grep -E '^(go|godebug) ' "$source/go.mod"
            echo "require k8s.io/kubernetes v$KUBERNETES"
            awk '/^require \(/{on=1;next} /^\)/{on=0} on{print "require " $1 " " $2}' "$source/go.mod" | grep -v '^require k8s.io/.* v0.0.0'
            awk -v v="$staging" '/^replace \(/{on=1;next} /^\)/{on=0} on{print "replace " $1 " => " $1 " " v}' "$source/go.mod"
        } >go.mod
        printf 'package main\nimport _ "k8s.io/kubernetes/cmd/kube-apiserver/app"\nfunc main() {}\n' >main.go
        for name in "${missing[@]}"; do
            say "building $name"
            CGO_ENABLED=0 GOFLAGS="-mod=mod -p=1 -buildvcs=false" nice -n 19 go build -o "$BIN/$name" \
                -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$KUBERNETES -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=37" \
                "k8s.io/kubernetes/cmd/$name" || say "$name could not be built; what needs it is left out"
        done
    )
}

wanted=("$@")
is_wanted() {
    [ ${#wanted[@]} -gt 0 ] || return 0
    local name
    for name in "${wanted[@]}"; do [ "$name" != "$1" ] || return 0; done
    return 1
}
if is_wanted python; then python_tools; fi
while read -r name module; do
    [ -n "$name" ] || continue
    if is_wanted "$name"; then go_tool "$name" "$module"; fi
done <<<"$GO_TOOLS"
if is_wanted kubernetes; then kubernetes; fi
