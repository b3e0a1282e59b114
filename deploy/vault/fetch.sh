#!/bin/sh
# fetch.sh FOLDER [KEY]...: writes keys of a Vault KV-v2 secret as files, for `..._FILE` settings where no agent runs beside (Compose, systemd).
# VAULT_ADDR; VAULT_PATH (secret/data/csva); VAULT_TOKEN_FILE, or VAULT_ROLE_ID and VAULT_SECRET_ID_FILE to sign in by AppRole. No secret is
# in an argument: curl reads it from its standard input. Without a key: all there are.
set -eu
folder=$1
shift
umask 077
path=${VAULT_PATH:-secret/data/csva}
call() { # TOKEN METHOD PATH [BODY]
    {
        [ -z "$1" ] || printf 'header = "X-Vault-Token: %s"\n' "$1"
        [ -z "${4:-}" ] || printf 'data = "%s"\n' "$(printf '%s' "$4" | sed 's/["\\]/\\&/g')"
    } | curl --silent --show-error --fail --max-time 20 --config - --request "$2" "$VAULT_ADDR/v1/$3"
}
if [ -n "${VAULT_ROLE_ID:-}" ]; then
    body=$(jq -nc --arg role "$VAULT_ROLE_ID" --rawfile secret "$VAULT_SECRET_ID_FILE" '{role_id: $role, secret_id: ($secret | rtrimstr("\n"))}')
    token=$(call "" POST auth/approle/login "$body" | jq -er .auth.client_token)
else
    token=$(cat "$VAULT_TOKEN_FILE")
fi
secret=$(call "$token" GET "$path") || { echo "Vault gives no $path" >&2; exit 1; }
mkdir -p "$folder"
# shellcheck disable=SC2046 # keys hold no blanks
[ $# -gt 0 ] || set -- $(printf '%s' "$secret" | jq -r '.data.data | keys[]')
for key in "$@"; do
    # Whole or not at all: a reader never meets half a secret.
    printf '%s' "$secret" | jq -ejr --arg key "$key" '.data.data[$key]' >"$folder/.$key" || { rm -f "$folder/.$key"; echo "$path has no $key" >&2; exit 1; }
    mv "$folder/.$key" "$folder/$key"
done
