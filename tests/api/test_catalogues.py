"""Every error reason of the source has its sentences, and every sentence its reason."""

import json
import re

import pytest
import reasons

SOURCE = reasons.LOCALES.parent / "src"
LITERAL = re.compile(r'"([a-z_]+\.[a-z_0-9]+)"')
# A reason is a named constant or stands beside an error kind; a setting's name does neither.
NAMED = re.compile(r'string_view k[A-Z]\w*(?<!File)\s*=\s*"([a-z_]+\.[a-z_0-9]+)"')
# Said between two places of the store and never to a caller: the transaction is run again.
INWARD = {"store.try_again", "app.move_done"}
# Names of other systems that look like a reason.
OTHERS = {"mlflow.user"}
RAISED = re.compile(r'ErrorKind::\w+\s*,\s*"([a-z_]+\.[a-z_0-9]+)"')


def sources():
    for path in sorted(SOURCE.rglob("*.?pp")):
        if not path.name.endswith("_test.cpp"):
            yield path.read_text(encoding="utf-8")


def test_has_a_sentence_and_a_hint_for_every_reason():
    raised = {reason for text in sources() for pattern in (NAMED, RAISED)
              for reason in pattern.findall(text)}
    assert len(raised) > 40
    for language in ("en", "fr"):
        assert not sorted(raised - INWARD - OTHERS - set(reasons.SENTENCES[language])), language


def test_has_no_sentence_without_a_reason():
    written = {literal for text in sources() for literal in LITERAL.findall(text)}
    assert not sorted(set(reasons.SENTENCES["en"]) - written)


def test_describes_every_kind_of_personal_data():
    source = (SOURCE / "engine/meaning/scan.hpp").read_text("utf-8")
    kinds = re.findall(r"\w+", re.search(r"enum class Kind[^{]*\{([^}]*)\}", source).group(1))
    page = (SOURCE.parent / "docs/privacy.md").read_text("utf-8")
    assert len(kinds) > 10 and re.findall(r"^\| `(\w+)` \|", page, re.M) == kinds
    texts = json.loads((reasons.LOCALES / "meaning.en.json").read_text("utf-8"))
    assert [key.split(".")[1] for key in texts if key.startswith("kinds.")] == kinds


@pytest.mark.parametrize("path", sorted(reasons.LOCALES.glob("*.en.json")), ids=lambda p: p.name)
def test_says_the_same_things_in_both_languages(path):
    english = json.loads(path.read_text(encoding="utf-8"))
    french = json.loads(path.with_name(path.name.replace(".en.", ".fr.")).read_text("utf-8"))
    assert english.keys() == french.keys()
    for key, text in english.items():
        names = [set(re.findall(r"\{(\w+)\s*[,}]", t)) for t in (text, french[key])]
        assert names[0] == names[1] or "plural" in text + french[key], key
