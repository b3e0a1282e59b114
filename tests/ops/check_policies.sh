#!/usr/bin/env bash
# The policies' own tests, and what the chart would make asked of them: good values pass, bad ones are refused.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin
chart=deploy/kubernetes/csv-analyzer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$OPS_DIR/venv/bin/python" - "$work" <<'PY'
import pathlib, sys, yaml
for path in sorted(pathlib.Path("deploy/policies/templates").glob("*.yaml")):
    rego = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["targets"][0]["code"][0]["source"]["rego"]
    (pathlib.Path(sys.argv[1]) / f"{path.stem}.rego").write_text(rego, encoding="utf-8")
PY
opa check --strict "$work"/*.rego
echo "opa check --strict: clean"
opa test "$work"/*.rego deploy/policies/tests/*.rego
gator verify deploy/policies/tests/
# A policy that is broken must be noticed by those that test it.
cp -r deploy/policies "$work/broken"
sed -i '0,/runAsNonRoot/s//runAsNobody/' "$work/broken/templates/no-root.yaml"
if cmp -s deploy/policies/templates/no-root.yaml "$work/broken/templates/no-root.yaml"; then echo "nothing was broken" && exit 1; fi
if gator verify "$work/broken/tests/" >"$work/said" 2>&1; then echo "gator verify passed a policy that was broken" && exit 1; fi
grep -q -- '--- FAIL' "$work/said" || { cat "$work/said"; exit 1; }
mkdir "$work/brace"
sed '0,/}/s///' "$work/no-root.rego" >"$work/brace/no-root.rego"
if opa check --strict "$work/brace" >"$work/said" 2>&1; then echo "opa check passed a missing brace" && exit 1; fi
grep -q rego_parse_error "$work/said" || { cat "$work/said"; exit 1; }
echo "broken on purpose: a changed expression fails gator verify, a missing brace opa check"
rendered() { helm template csva "$chart" -n csva --kube-version 1.37.2 "$@" 2>/dev/null >"$work/objects.yaml"; }
asked() { gator test -f deploy/policies/templates -f deploy/policies/constraints -f "$work/objects.yaml" >"$work/said" 2>&1; }
for values in "$chart"/ci/*-values.yaml; do
    rendered -f "$values"
    asked || { cat "$work/said"; exit 1; }
    echo "allowed: $(basename "$values"), $(grep -c '^kind:' "$work/objects.yaml") objects"
done
refused() {
    local why=$1
    shift
    rendered "$@"
    if asked; then
        echo "not refused: $*" && exit 1
    fi
    grep -q "$why" "$work/said" || { cat "$work/said"; exit 1; }
    echo "refused: $* ($why)"
}
refused "no known registry" --set image.repository=registry.example.org:5000/csva
refused "limits.memory is missing" --set web.resources.limits.memory=null
refused "cost-center is missing" --set cost.center=
refused "no known registry" --set mlflow.enabled=true --set mlflow.image=example.org/mlflow:1
