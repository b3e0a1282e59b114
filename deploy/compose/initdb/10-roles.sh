#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: the program's account owns its database and nothing else; the exporter's
# may look at statistics.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set csva="$(cat /run/secrets/csva_password)" --set monitor="$(cat /run/secrets/monitor_password)" <<'SQL'
CREATE ROLE csva LOGIN PASSWORD :'csva';
CREATE ROLE monitor LOGIN PASSWORD :'monitor' IN ROLE pg_monitor;
CREATE DATABASE csva OWNER csva;
REVOKE CONNECT ON DATABASE csva FROM PUBLIC;
GRANT CONNECT ON DATABASE csva TO monitor;
SQL
