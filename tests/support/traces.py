"""Looks for what is left of somebody: every row of every table, every byte of every file."""

import contextlib
import json
import pathlib
import sqlite3

from support import postgres

ID_COLUMNS = ("user_id", "created_by", "personal_of")


def _tables_of(path):
    """(table, column names, rows) of an SQLite file."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as store:
        for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            found = store.execute(f'SELECT * FROM "{table}"')  # nosec B608
            yield table, [column[0] for column in found.description], found.fetchall()


def _tables_of_postgres(url):
    """The same of a PostgreSQL database; two statements in all, since each starts a psql."""
    names = postgres.query(
        url, "SELECT table_schema, table_name FROM information_schema.tables "
             "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")
    rows = {name: [] for name in names}
    every = " UNION ALL ".join(
        f"SELECT '{schema}', '{table}', row_to_json(t)::text FROM {schema}.\"{table}\" t"  # nosec B608
        for schema, table in names)
    for schema, table, row in postgres.query(url, every) if names else ():
        rows[schema, table].append(json.loads(row))
    for (_, table), found in rows.items():
        yield table, list(found[0]) if found else [], [list(row.values()) for row in found]


def tables(server, data):
    url = server.environment.get("CSVA_DATABASE_URL")
    if url:
        yield from _tables_of_postgres(url)
    for path in sorted(pathlib.Path(data).rglob("*.sqlite")):
        yield from _tables_of(path)


def found(server, needles, user_id=None, data=None):
    """Where a needle stands: names of tables and files. `user_id`: also rows that name this user."""
    data = pathlib.Path(data or server.data)
    places = set()
    for table, columns, rows in tables(server, data):
        for row in rows:
            text = "\x1f".join(str(cell) for cell in row)
            places |= {f"table {table}: {needle}" for needle in needles if needle in text}
            for column, cell in zip(columns, row):
                if user_id is not None and column in ID_COLUMNS and str(cell) == str(user_id):
                    places.add(f"table {table}.{column}")
            if user_id is not None and table == "users" and str(row[0]) == str(user_id):
                places.add("table users.id")
    for path in sorted(data.rglob("*")):
        name = str(path.relative_to(data))
        places |= {f"name {name}" for needle in needles if needle in name}
        if path.is_file():
            with contextlib.suppress(FileNotFoundError):
                content = path.read_bytes()
                places |= {f"file {name}: {needle}" for needle in needles if needle.encode() in content}
    return places
