"""Which error reasons were provoked in which language, and whether the sentence was right."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"
SEEN = set()


def _pattern(text):
    """A message pattern (ICU MessageFormat) as a regular expression: arguments match anything."""
    out, depth, literal = [], 0, ""
    for character in text.replace("''", "'"):
        if character == "{":
            if depth == 0:
                out.append(re.escape(literal))
                literal = ""
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                out.append(".*")
        elif depth == 0:
            literal += character
    return re.compile("".join(out) + re.escape(literal) + r"\Z", re.DOTALL)


def _load(language):
    found = {}
    for path in sorted(LOCALES.glob(f"*.{language}.json")):
        feature = path.name.split(".")[0]
        for key, text in json.loads(path.read_text(encoding="utf-8")).items():
            match = re.fullmatch(r"errors\.(.+)\.message", key)
            if match:
                found[f"{feature}.{match.group(1)}"] = _pattern(text)
    return found


SENTENCES = {language: _load(language) for language in ("en", "fr")}


def note(language, error):
    """Asserts that the sentence is the catalogue's in this language, and remembers the reason."""
    pattern = SENTENCES[language].get(error["reason"])
    assert pattern, f"{error['reason']} has no sentence in locales/*.{language}.json"
    assert pattern.match(error["message"]), (language, error)
    SEEN.add((language, error["reason"]))


def note_problems(language, node):
    """The same for every reason of a job that failed, wherever it stands in an answer."""
    if isinstance(node, dict):
        if {"reason", "message", "hint", "details"} == set(node):
            note(language, node)
        for value in node.values():
            note_problems(language, value)
    elif isinstance(node, list):
        for value in node:
            note_problems(language, value)


def not_provoked(language):
    return sorted(set(SENTENCES[language]) - {reason for seen, reason in SEEN if seen == language})
