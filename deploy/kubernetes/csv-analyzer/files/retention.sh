#!/bin/sh
# Deletes backups in /backup that are older than KEEP_DAYS (30), but never the last three, and what a broken one left.
set -eu
cd /backup
find . -maxdepth 1 -name '*.part' -mtime +1 -delete
# Names hold their time, so that the order of names is the order of times.
find . -name "csva-*.dump" | sort -r | tail -n +4 | while read -r dump; do
    if [ -n "$(find "$dump" -mtime "+${KEEP_DAYS:-30}")" ]; then
        rm -f "${dump%.dump}.rows" "${dump%.dump}.sha256" "$dump"
        echo "deleted $dump"
    fi
done
