#!/usr/bin/env bash
# Secrets: sealed and opened without a cluster by kubeseal; read from Vault's protocol into files; every secret setting from a file.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin
program=${CSVA_PROGRAM:-build/dev/bin/csva}
work=$(mktemp -d)
running=()
trap 'kill "${running[@]}" 2>/dev/null; rm -rf "$work"' EXIT

if command -v kubeseal >/dev/null; then
    openssl req -x509 -newkey rsa:3072 -nodes -days 2 -subj /CN=sealed -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
    cp -r deploy/compose "$work/compose" && rm -rf "$work/compose/secrets" && "$work/compose/prepare.sh"
    kubectl create secret generic csva --namespace csva --dry-run=client --output yaml --from-file="$work/compose/secrets" >"$work/secret.yaml"
    kubeseal --cert "$work/cert.pem" --format yaml <"$work/secret.yaml" >"$work/sealed.yaml"
    for secret in "$work"/compose/secrets/*_password; do
        if [ -s "$secret" ] && grep -q -e "$(base64 -w0 <"$secret")" -e "$(cat "$secret")" "$work/sealed.yaml"; then
            echo "$(basename "$secret") can be read in the sealed file" && exit 1
        fi
    done
    kubeseal --recovery-unseal --recovery-private-key "$work/key.pem" <"$work/sealed.yaml" >"$work/opened.json"
    for name in database_url csva_password tls_key; do
        cmp <(jq -r ".data.$name" "$work/opened.json" | base64 -d) "$work/compose/secrets/$name"
    done
    echo "kubeseal: $(jq '.data | length' "$work/opened.json") secrets sealed, none readable, opened to the same bytes"
    sed 's/namespace: csva/namespace: other/' "$work/sealed.yaml" >"$work/moved.yaml"
    if kubeseal --recovery-unseal --recovery-private-key "$work/key.pem" <"$work/moved.yaml" >/dev/null 2>&1; then
        echo "opened in another namespace" && exit 1
    fi
    echo "kubeseal: moved to another namespace it does not open"
    if [ -s "$OPS_DIR/schemas/_definitions.json" ]; then
        kubeconform -strict -summary -schema-location "$OPS_DIR/schemas/{{.ResourceKind}}{{.KindSuffix}}.json" "$work/sealed.yaml"
    fi
else
    echo "kubeseal is not here: left out"
fi

/usr/bin/python3 tests/ops/fake_vault.py 15820 &
running+=($!)
export VAULT_ADDR=http://127.0.0.1:15820
for _ in $(seq 50); do curl -s $VAULT_ADDR >/dev/null && break; sleep 0.1; done
printf 't-file\n' >"$work/token"
printf 'let "me" in\n' >"$work/secret-id"
VAULT_TOKEN_FILE=$work/token deploy/vault/fetch.sh "$work/by-token"
VAULT_ROLE_ID=role VAULT_SECRET_ID_FILE=$work/secret-id deploy/vault/fetch.sh "$work/by-role" database_url
cmp "$work/by-token/database_url" "$work/by-role/database_url"
[ "$(cat "$work/by-token/csva_password")" = 'sword"fish\x' ]
[ "$(stat -c %a "$work/by-token/csva_password")" = 600 ]
echo "Vault (a small stand-in for KV-v2, not the real server): by token and by AppRole, the same secret, mode 600"
refused() {
    if "$@" >/dev/null 2>"$work/said"; then echo "not refused: $*" && exit 1; fi
}
printf 'wrong' >"$work/wrong"
VAULT_TOKEN_FILE=$work/wrong refused deploy/vault/fetch.sh "$work/none"
VAULT_TOKEN_FILE=$work/token VAULT_PATH=secret/data/other refused deploy/vault/fetch.sh "$work/none"
VAULT_TOKEN_FILE=$work/token refused deploy/vault/fetch.sh "$work/none" no_such_key
[ -z "$(ls -A "$work/none" 2>/dev/null)" ]
echo "Vault: a wrong token, another path and a missing key are refused, and no file is left"

# Every setting that is a secret, from a file; none is printed.
# shellcheck disable=SC2016 # backticks of the table
"$program" doctor --settings | sed -n 's/^| `\([a-z_0-9.]*\(url\|password\|token\|secret\|secret_key\|access_key\|key\|key_former\)\)` | `\(CSVA_[A-Z_0-9]*\)` .*/\3/p' |
    grep -v PUBLIC_URL >"$work/names"
while read -r name; do
    if env "${name}_FILE=$work/nobody" "$program" user list --data-dir "$work/data" >/dev/null 2>"$work/said"; then
        echo "${name}_FILE was not read" && exit 1
    fi
    grep -qi 'nobody\|not found\|no file\|cannot be' "$work/said" || { cat "$work/said"; exit 1; }
    echo "read from a file: ${name}_FILE"
done <"$work/names"
[ -s "$work/names" ]
if CSVA_DATABASE_URL_FILE=$work/by-token/database_url "$program" health --database >"$work/said" 2>&1; then
    echo "a database that is not there was found healthy" && exit 1
fi
if grep -q sword "$work/said"; then echo "a secret is in a message" && exit 1; fi
echo "a secret is in no message: $(head -n 1 "$work/said")"
