#!/bin/sh
# Makes what is missing in secrets/: passwords, and a certificate for the name in CSVA_HOST (localhost) that signs itself.
# Put your own tls_certificate and tls_key there before, or in place of it. Needs openssl.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets
make_password() { [ -s "$1" ] || openssl rand -hex 24 | tr -d '\n' >"$1"; }
for name in postgres_password csva_password monitor_password grafana_password; do make_password "$name"; done
[ -s database_url ] || printf "postgresql://csva:%s@%s:5432/csva" "$(cat csva_password)" "${CSVA_DB_HOST:-db}" >database_url
# To have alerts sent, write the real ones and set the addresses in ../../alertmanager/alertmanager.yml.
[ -e smtp_password ] || printf 'not set' >smtp_password
[ -e slack_url ] || printf 'http://localhost/not-set' >slack_url
if [ ! -s tls_certificate ]; then
    host=${CSVA_HOST:-localhost}
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 397 -subj "/CN=$host" \
        -addext "subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1" -keyout tls_key -out tls_certificate 2>/dev/null
fi
# Each container reads its own as another account; on this machine the folder keeps others out.
chmod 644 ./*
