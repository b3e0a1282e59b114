"""The rule about migrations in tidy.py finds what it is there for, and nothing else: tidy_test.py"""
import unittest

import tidy

NAME = "src/features/x/migrations/202701010000_x_change.sql"


def found(sql, name=NAME):
    return [line for line, _, _ in tidy.check_migration(name, sql)]


class Migrations(unittest.TestCase):
    def test_what_a_server_of_the_version_before_does_not_survive(self):
        for sql in ("DROP TABLE a;", "ALTER TABLE a DROP COLUMN b;", "alter table a rename column b to c;",
                    "ALTER TABLE a RENAME TO b;", "ALTER TABLE a ADD COLUMN b TEXT NOT NULL;",
                    "ALTER TABLE a\n    ADD b BIGINT NOT NULL;",
                    "ALTER TABLE a ADD COLUMN b TEXT NOT NULL; ALTER TABLE a ADD COLUMN c TEXT DEFAULT '';",
                    "ALTER TABLE a ALTER COLUMN b TYPE BIGINT;", "ALTER TABLE a ALTER COLUMN b SET NOT NULL;"):
            self.assertEqual(len(found(sql)), 1, sql)

    def test_what_it_survives(self):
        for sql in ("CREATE TABLE a (b TEXT NOT NULL);", "ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT '';",
                    "ALTER TABLE a ADD COLUMN b TEXT;", "DROP INDEX a;", "-- DROP TABLE a\nCREATE INDEX a ON b (c);",
                    "ALTER TABLE a ADD COLUMN b BIGINT DEFAULT 0 NOT NULL;"):
            self.assertEqual(found(sql), [], sql)

    def test_says_where_and_looks_at_migrations_only(self):
        self.assertEqual(found("CREATE TABLE a (b TEXT);\nDROP TABLE c;"), [2])
        self.assertEqual(found("DROP TABLE a;", "src/features/x/drop_test.sql"), [])


if __name__ == "__main__":
    unittest.main()
