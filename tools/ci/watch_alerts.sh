#!/usr/bin/env bash
# Asks Alertmanager for WATCH_S seconds (600) whether an alert of the service fires; ends with 1 as soon as one does. An Alertmanager that
# does not answer is a reason not to go on, too.
set -euo pipefail
until=$((SECONDS + ${WATCH_S:-600}))
while :; do
    found=$(curl -fsS --get "$ALERTMANAGER_URL/api/v2/alerts" --data-urlencode 'active=true' --data-urlencode 'silenced=false' \
        --data-urlencode 'inhibited=false' --data-urlencode 'filter=alertname=~"Csva(Down|ServerErrors|Slow|DatabaseDown|WorkerDeaths)"' |
        jq -r '.[].labels.alertname' | sort -u) || { echo "Alertmanager does not answer" >&2; exit 1; }
    if [ -n "$found" ]; then
        echo "firing: $found" >&2
        exit 1
    fi
    [ $SECONDS -lt "$until" ] || break
    sleep "${WATCH_EVERY_S:-15}"
done
echo "no alert within ${WATCH_S:-600} s"
