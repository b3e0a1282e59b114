#!/bin/sh
# Starts everything and prints the link of the first account: ./up.sh [option of `up`]...
# CSVA_HOST: the name that people type (localhost); CSVA_PUBLIC_URL: the whole address, when the port is another one than 443.
set -eu
cd "$(dirname "$0")"
CSVA_HOST=${CSVA_HOST:-localhost}
CSVA_PUBLIC_URL=${CSVA_PUBLIC_URL:-https://$CSVA_HOST}
export CSVA_HOST CSVA_PUBLIC_URL
./prepare.sh
if docker compose version >/dev/null 2>&1; then
    compose() { docker compose "$@"; }
else
    compose() { docker-compose "$@"; }
fi
export COMPOSE_PROFILES="${COMPOSE_PROFILES-grafana}"
compose up --detach "$@"
compose logs --no-color web | sed -n 's/.*\(Make the first account: .*\)/\1/p' | tail -n 1
echo "CSV Analyzer answers on $CSVA_PUBLIC_URL/"
