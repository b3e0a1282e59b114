#!/usr/bin/env bash
# deploy.sh canary|all: brings $IMAGE@$DIGEST to the cluster that kubectl speaks to. `canary` sends a tenth of the requests to it,
# `all` makes it the version. Both watch the alerts for WATCH_S seconds (600) and go back when one fires.
# RELEASE (csva), NAMESPACE (csva), VALUES: file of values, ALERTMANAGER_URL.
set -euo pipefail
cd "$(dirname "$0")/../.."
step=$1
release=${RELEASE:-csva} namespace=${NAMESPACE:-csva}
case $DIGEST in sha256:*) ;; *) echo "DIGEST is sha256:..., not '$DIGEST'" >&2 && exit 2 ;; esac
options=(--namespace "$namespace" --wait --timeout "${TIMEOUT:-10m}" --set "image.repository=$IMAGE")
[ -z "${VALUES:-}" ] || options+=(--values "$VALUES")
case $step in
    canary) options+=(--reset-then-reuse-values --set "canary.enabled=true,canary.digest=$DIGEST") ;;
    all) options+=(--reset-then-reuse-values --set "canary.enabled=false,canary.digest=,image.digest=$DIGEST") ;;
    *) echo "say canary or all" >&2 && exit 2 ;;
esac
# The last revision without a canary: before the step "all" a tenth of the requests went to the very version that may be bad.
former() {
    local revision
    for revision in $(helm history "$release" --namespace "$namespace" --output json 2>/dev/null |
        jq '[.[] | select(.status == "deployed" or .status == "superseded") | .revision] | reverse[]'); do
        [ "$(helm get values "$release" --namespace "$namespace" --all --revision "$revision" --output json | jq .canary.enabled)" = true ] ||
            { echo "$revision" && return; }
    done
}
before=$(former)
[ -n "$before" ] || { echo "release '$release' has no revision without a canary to go back to: install it first, see docs/operations/install.md" >&2; exit 1; }

back() {
    echo "going back to revision $before: $1" >&2
    helm rollback "$release" "$before" --namespace "$namespace" --wait --timeout "${TIMEOUT:-10m}" || {
        echo "not all of revision $before is ready within ${TIMEOUT:-10m}" >&2
        # Kept as what is deployed, so that nobody goes back to the bad version afterwards.
        helm rollback "$release" "$before" --namespace "$namespace"
    }
    exit 1
}
helm upgrade "$release" deploy/kubernetes/csv-analyzer "${options[@]}" || back "the new version did not become ready"
tools/ci/watch_alerts.sh || back "an alert fires"
echo "$step: done"
