#!/usr/bin/env bash
# The chart's backup, retention and restore scripts against a real PostgreSQL that holds a store of ours; what must fail, fails.
set -euo pipefail
# shellcheck source=tests/ops/docker.sh
source tests/ops/docker.sh
docker_up
docker_base
work=$(mktemp -d /var/tmp/csva-dumps.XXXXXX)
trap 'docker rm -fv csva-dumps-db >/dev/null 2>&1; docker network rm csva-dumps >/dev/null 2>&1; rm -rf "$work"' EXIT
chmod 755 "$work"
CSVA_DB_HOST=csva-dumps-db
export CSVA_DB_HOST
cp -r deploy/compose "$work/compose" && rm -rf "$work/compose/secrets" && "$work/compose/prepare.sh"
chmod 755 "$work/compose/secrets"
cp -rL deploy/kubernetes/csv-analyzer/files "$work/scripts" && chmod -R a+rX "$work/scripts"
mkdir "$work/backup" "$work/restore" && chown 999:999 "$work/backup" "$work/restore"
docker network create csva-dumps >/dev/null
docker run -d --name csva-dumps-db --network csva-dumps -e POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password -e PGDATA=/var/lib/postgresql/data/pgdata \
    -v "$work/compose/secrets:/run/secrets:ro" -v "$work/compose/initdb:/docker-entrypoint-initdb.d:ro" localhost/postgres:test >/dev/null
for _ in $(seq 120); do
    docker exec csva-dumps-db pg_isready -q -h 127.0.0.1 -U csva -d csva 2>/dev/null && break
    sleep 0.5
done
ours() { docker run --rm -i --network csva-dumps -v "$work/compose/secrets:/run/secrets:ro" -e CSVA_DATABASE_URL_FILE=/run/secrets/database_url localhost/csva:test "$@"; }
script() {
    docker run --rm --network csva-dumps --read-only --cap-drop ALL --tmpfs /tmp --entrypoint sh -e DATABASE_URL_FILE=/run/secrets/database_url \
        -v "$work/compose/secrets:/run/secrets:ro" -v "$work/scripts:/scripts:ro" -v "$work/backup:/backup" -v "$work/restore:/restore" \
        localhost/postgres:test "/scripts/$1"
}
ours migrate
printf 'correct horse battery\n' | ours user add ann --admin --password-stdin
began=$SECONDS
script backup.sh
script restore_test.sh
rows=$(find "$work/backup" -name "*.rows")
grep '^csva_journal\.' "$rows" | tr '\n' ';' | sed 's/^/of them the journal: /; s/$/\n/'
grep -q '^csva_journal\.journal_entries [1-9]' "$rows"
echo "dumped, restored and compared in $((SECONDS - began)) s"
dump=$(ls "$work"/backup/*.dump)
printf 'x' | dd of="$dump" bs=1 seek=2000 conv=notrunc status=none
if script restore_test.sh >/dev/null 2>&1; then echo "a flipped byte was not found" && exit 1; fi
echo "a flipped byte is found"
script backup.sh >/dev/null
rows=$(find "$work/backup" -name "*.rows" | sort | tail -n 1)
sed -i 's/^users 1$/users 2/' "$rows" && (cd "$work/backup" && sha256sum "$(basename "${rows%.rows}.dump")" "$(basename "$rows")" >"$(basename "${rows%.rows}.sha256")")
if script restore_test.sh >"$work/said" 2>&1; then echo "a missing row was not found" && exit 1; fi
named() {
    grep -E "^[<>] $1" "$work/said" >"$work/named"
    echo "$(tr '\n' ' ' <"$work/named")is found"
}
named users
sed -i 's/^users 2$/users 1/; s/^\(csva_journal\.journal_entries\) .*/\1 1000/' "$rows"
(cd "$work/backup" && sha256sum "$(basename "${rows%.rows}.dump")" "$(basename "$rows")" >"$(basename "${rows%.rows}.sha256")")
if script restore_test.sh >"$work/said" 2>&1; then echo "a missing entry of the journal was not found" && exit 1; fi
named csva_journal
for day in 40 41 42 43 44; do
    touch -d "$day days ago" "$work/backup/csva-201$((day - 40))0101T000000Z".{dump,rows,sha256}
done
script retention.sh
echo "$(find "$work/backup" -name "*.dump" | wc -l) backups are left, the newest three among them"
touch -d '2 days ago' "$work"/backup/*.dump
if script restore_test.sh >/dev/null 2>&1; then echo "an old backup was taken" && exit 1; fi
echo "a newest backup of two days ago is refused"
