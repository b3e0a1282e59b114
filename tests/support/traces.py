"""Looks for what is left of somebody: every row of every table, every byte of every file."""

import contextlib
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
    for (schema, table) in postgres.query(
            url, "SELECT table_schema, table_name FROM information_schema.tables "
                 "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"):
        columns = [column for (column,) in postgres.query(
            url, "SELECT column_name FROM information_schema.columns WHERE table_schema = "
                 f"'{schema}' AND table_name = '{table}' ORDER BY ordinal_position")]  # nosec B608
        rows = postgres.query(url, f'SELECT * FROM {schema}."{table}"')  # nosec B608
        yield table, columns, rows


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
