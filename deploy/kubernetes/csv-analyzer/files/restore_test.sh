#!/bin/sh
# Restores the newest backup of /backup into a PostgreSQL of its own in /restore, and compares every table's rows with what was counted when
# it was made. Fails when there is none younger than MAX_AGE_H (26) hours, one is damaged, or a number differs.
set -eu
newest=$(find /backup -name "csva-*.dump" | sort | tail -n 1)
[ -n "$(find "$newest" -mmin "-$((${MAX_AGE_H:-26} * 60))")" ] || { echo "the newest backup is too old: $newest" >&2; exit 1; }
(cd /backup && sha256sum -c "$(basename "${newest%.dump}").sha256")
export PGDATA=/restore/data PGHOST=/restore PGUSER=postgres PGDATABASE=csva
rm -rf "$PGDATA"
initdb --username=postgres --auth=trust >/dev/null
pg_ctl -w -o "-c listen_addresses='' -c unix_socket_directories=/restore -c fsync=off" start >/dev/null
trap 'pg_ctl -w -m immediate stop >/dev/null; rm -rf "$PGDATA"' EXIT
createdb -T template0 csva
pg_restore --no-owner --no-privileges --exit-on-error --dbname=csva "$newest"
# shellcheck disable=SC2016 # $q$ is PostgreSQL's quote
psql -X -At -c 'SELECT c.oid::regclass || chr(32) || (xpath($q$/row/n/text()$q$, query_to_xml(format($q$SELECT count(*) AS n FROM %s$q$, c.oid::regclass), false, true, $q$$q$)))[1]
    FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE c.relkind = $q$r$q$ AND s.nspname IN ($q$public$q$, $q$csva_journal$q$) ORDER BY c.oid::regclass::text COLLATE "C"' >/restore/rows
diff "${newest%.dump}.rows" /restore/rows
echo "restored $(basename "$newest"): $(wc -l </restore/rows) tables with the same numbers of rows"
