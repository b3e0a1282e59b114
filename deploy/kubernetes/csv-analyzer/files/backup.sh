#!/bin/sh
# One backup of the database into /backup with the number of rows of each table beside it. DATABASE_URL_FILE names its address.
set -eu
url=$(cat "$DATABASE_URL_FILE")
name=csva-$(date -u +%Y%m%dT%H%M%SZ)
# shellcheck disable=SC2016 # $q$ is PostgreSQL's quote
counts='SELECT c.oid::regclass || chr(32) || (xpath($q$/row/n/text()$q$, query_to_xml(format($q$SELECT count(*) AS n FROM %s$q$, c.oid::regclass), false, true, $q$$q$)))[1]
    FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE c.relkind = $q$r$q$ AND s.nspname IN ($q$public$q$, $q$csva_journal$q$) ORDER BY c.oid::regclass::text COLLATE "C"'
# Rows are counted in the very state that is dumped.
psql -X -q -v ON_ERROR_STOP=1 -d "$url" <<SQL
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\pset tuples_only on
\pset format unaligned
\o /backup/$name.rows
$counts;
\o
\! pg_dump --format=custom --snapshot="\$SNAPSHOT" --dbname="\$(cat "\$DATABASE_URL_FILE")" --file=/backup/$name.part && mv /backup/$name.part /backup/$name.dump
COMMIT;
SQL
[ -s "/backup/$name.dump" ]
(cd /backup && sha256sum "$name.dump" "$name.rows" >"$name.sha256")
echo "kept $name.dump: $(wc -c <"/backup/$name.dump") bytes, $(wc -l <"/backup/$name.rows") tables"
