#!/usr/bin/env bash
# Nothing secret in the image: the texts of every layer and the words of our program, with the same rules as the sources; a key planted there
# must be found. Libraries of others are left out: some carry the well-known keys of their own tests. Part `image` makes build/image/csva.tar.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -e build/image/csva.tar ] || { echo "no image: ./dev check-ops image first" >&2; exit 1; }
mkdir "$work/image" "$work/layers"
tar -x -C "$work/image" -f build/image/csva.tar
jq -r '.[0].Layers[]' "$work/image/manifest.json" >"$work/names"
[ -s "$work/names" ]
while read -r layer; do tar -x --no-same-owner -C "$work/layers" -f "$work/image/$layer"; done <"$work/names"
strings -n 12 "$work/layers/usr/lib/csva/bin/csva" >"$work/layers/usr/lib/csva/bin/csva.words"
leaks() { gitleaks dir --no-banner --redact --config tools/ci/gitleaks.toml --max-target-megabytes 300 "$work/layers" >"$work/gitleaks" 2>&1; }
leaks || { cat "$work/gitleaks"; exit 1; }
texts=$(find "$work/layers" -type f -size +0 -print0 | xargs -0 grep -lI . | wc -l)
echo "gitleaks: no secret in $texts files of text in $(wc -l <"$work/names") layers, the words of the program among them"
printf 'aws_key = "AKIA%s"\n' QYLPMN5HHHFPZAM2 >"$work/layers/usr/planted.ini"
if leaks; then echo "a key planted in a layer was not found" && exit 1; fi
echo "gitleaks: a key planted in a layer is found"
