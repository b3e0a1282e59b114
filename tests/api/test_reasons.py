"""Looks back at the run: every error reason was provoked, in English and in French."""

import re

import pytest
import reasons
from conftest import BACK_END

# Reasons that only PostgreSQL has.
POSTGRES = {"app.migrate_first", "app.move_differs", "app.move_not_empty", "journal.migrate_first"}
# Reasons that no request and no command can provoke at will: the unit test that does.
UNIT_TESTS = {
    "store.conflict": (
        "src/foundation/store/database_test.cpp",
        "says_conflict_for_a_repeated_key_and_keeps_nothing_of_the_transaction"),
    "backup.differs": (
        "src/features/backup/backup_test.cpp", "refuses_a_store_with_other_rows_than_were_counted"),
    "backup.changing": (
        "src/features/backup/backup_test.cpp", "gives_up_when_files_go_faster_than_it_looks"),
    "duck.disk_full": ("src/engine/duck/session_test.cpp", "says_that_the_disk_is_full"),
}


@pytest.mark.last
@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_provoked_every_reason(spoken):
    missing = set(reasons.not_provoked(spoken)) - set(UNIT_TESTS)
    if BACK_END != "postgres":
        missing -= POSTGRES
    assert not sorted(missing)


@pytest.mark.last
def test_lists_no_reason_that_was_provoked():
    provoked = {reason for _, reason in reasons.SEEN}
    assert not sorted(set(UNIT_TESTS) & provoked)


@pytest.mark.parametrize("reason", UNIT_TESTS)
def test_has_the_unit_test_that_it_names(reason):
    path, name = UNIT_TESTS[reason]
    text = (reasons.ROOT / path).read_text(encoding="utf-8")
    found = re.search(r"^TEST(_F|_P)?\(\w+, " + name + r"\) \{\n(.*?)^\}", text, re.M | re.S)
    assert found, f"{path} has no test {name}"
    assert f'"{reason}"' in found.group(2)
    said = (reasons.ROOT / "src/foundation/i18n/catalogue_test.cpp").read_text(encoding="utf-8")
    assert f'"{reason}"' in said, "no test reads its sentences"
