"""House rules that no packaged linter knows: tidy.py [--list-functions]

Each finding says where, what and what to do instead. Files are read as git knows them, so that build folders and other
people's scratch files do not count.
"""

import json
import re
import subprocess  # nosec B404
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 600
KINDS = ("cpp", "hpp", "sql", "py")

# Who may include whom; what is reached through another is reached too.
DEPENDS = {
    "base": "",
    "i18n": "base",
    "store": "base",
    "client": "base",
    "blob": "client",
    "stats": "base",
    "table": "base",
    "meaning": "base",
    "http": "i18n",
    "jobs": "store blob",
    "journal": "store blob",
    "duck": "table",
    "reading": "duck meaning i18n",
    "recipe": "duck stats reading meaning",
    "profile": "duck stats meaning",
    "learn": "table stats",
    "drift": "table stats",
    "bundle": "recipe learn drift",
    "exchange": "bundle i18n",
}
FOUNDATION = "base i18n http client store blob journal jobs"
ENGINE = "table duck reading meaning profile recipe stats drift learn bundle exchange"
FEATURES = {
    "accounts": "",
    "projects": "accounts",
    "notices": "accounts",
    "datasets": "projects",
    "models": "projects",
    "cleaning": "datasets privacy",
    "exploring": "datasets cleaning",
    "tracking": "models",
    "training": "datasets privacy cleaning tracking models notices",
    "predictions": "datasets models privacy",
    "serving": "predictions models",
    "sharing": "datasets training",
    "monitoring": "datasets models predictions training notices",
    "privacy": "accounts projects datasets notices",
    "erasure": "projects datasets models predictions training",
    "backup": "",
    "ops": "",
    "audit": "",
}
for _name, _uses in FEATURES.items():
    DEPENDS[_name] = f"{FOUNDATION} {ENGINE} {_uses}"

# (what, where it counts, what to do instead)
BANNED = [
    (r"\bstd::sto(i|l|ll|ul|ull|f|d|ld)\b|\bato[ilf]\(", r"^src/",
     "std::from_chars: it does not throw and ignores the locale"),
    (r"SELECT \*", r"^src/(?!engine/|.*_test\.cpp$).*\.(cpp|hpp|sql)$", "name the columns: a migration may add one"),
    (r"\bFIXME\b", r".", "finish it, or write an issue and name its number in a TODO"),

    (r"using namespace std;", r"^src/", "write std::"),
    (r"\bsystem\(|\bpopen\(", r"^src/", "posix_spawn with a list of arguments"),
    (r"::access\(", r"^src/", "open the file and see: it may change after the question"),
    (r"\bstrcpy\(|\bsprintf\(|\bstrcat\(", r"^src/", "fmt or std::string"),
    (r"co_spawn\([^;]*\[[&=]\]", r"^src/", "capture by name: the coroutine outlives this frame"),
]
# Kept out of every header of ours, so that a file that needs none of them compiles in a second.
HEAVY = re.compile(r'#include <(boost/(json|beast|asio)|soci/|duckdb|LightGBM/|unicode/|Eigen/)')
# The adapters' own rooms: nobody outside includes these.
HEAVY_ALLOWED = re.compile(
    r"_(internal|detail)\.hpp$|^src/engine/duck/(api|state)\.hpp$"
    r"|^src/foundation/http/connection\.hpp$"
)
# Longer than the limits when they were written; a number here only goes down.
KNOWN_FUNCTIONS = {
    "src/foundation/base/described.cpp": 78,
    "src/foundation/base/described.hpp": 74,
}
KNOWN_FILES = {}


def tracked(*patterns):
    out = subprocess.run(  # nosec B603 B607
        ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")
    return sorted(name for name in set(out) if name and (ROOT / name).is_file())


def reachable(folder):
    seen, todo = set(), [folder]
    while todo:
        for name in DEPENDS.get(todo.pop(), "").split():
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def check_includes(name, lines):
    """The include table, and heavy headers kept out of ours."""
    parts = name.split("/")
    if parts[0] != "src" or parts[1] == "app" or len(parts) < 4:
        return
    folder = parts[2]
    allowed = reachable(folder) | {folder}
    for number, line in enumerate(lines, 1):
        if name.endswith(".hpp") and HEAVY.match(line) and not HEAVY_ALLOWED.search(name):
            yield number, "a heavy header in one of ours", "include it in the .cpp and hide it behind a pointer"
        found = re.match(r'#include "(foundation|engine|features|app)/(\w+)/?', line)
        if not found:
            continue
        target = found.group(2) if found.group(1) != "app" else "app"
        if target not in allowed:
            remedy = "see the table in tools/tidy.py; turn the dependency round"
            yield number, f"{folder} may not include {target}", remedy
        header = line.split('"')[1].split("/")[-1]
        if parts[1] == "features" and found.group(1) == "features" and target != folder:
            if header not in ("service.hpp", "types.hpp", "access.hpp", "jobs.hpp", "rows.hpp"):
                yield number, f"{target} is used past its door", "include its service.hpp or types.hpp"


def check_banned(name, text):
    if name == "tools/tidy.py":
        return
    for pattern, where, remedy in BANNED:
        if re.search(where, name):
            for found in re.finditer(pattern, text):
                yield text.count("\n", 0, found.start()) + 1, f"'{found.group(0)[:40]}'", remedy


def functions(lines):
    """(first line, length) of every function body, by clang-format's layout: it opens with a line that ends in '{' and
    closes with '}' in the same column."""
    for start, line in enumerate(lines):
        if not re.match(r"^(    )?([A-Za-z_~].*)?\)[^;]*\{$", line):
            continue
        if re.match(r"^\s*(if|for|while|switch|namespace|struct|class|enum|TEST|} else)", line):
            continue
        closing = " " * (len(line) - len(line.lstrip())) + "}"
        for end in range(start + 1, len(lines)):
            if lines[end].startswith(closing) and lines[end].rstrip(";) ") == closing:
                yield start + 1, end - start + 1
                break


def check_size(name, lines):
    if not name.endswith("_test.cpp") and len(lines) > max(MAX_FILE_LINES, KNOWN_FILES.get(name, 0)):
        yield 1, f"{len(lines)} lines", f"split it: {MAX_FILE_LINES} is the limit"
    for number, length in functions(lines):
        if length > max(MAX_FUNCTION_LINES, KNOWN_FUNCTIONS.get(name, 0)) and not name.endswith("_test.cpp"):
            yield number, f"a function of {length} lines", f"split it: {MAX_FUNCTION_LINES} is the limit"


# Servers of the version before run on the database of the next one meanwhile: what they name must stay as it was.
UNSAFE_SQL = [
    (r"\bDROP\s+(TABLE|COLUMN)\b", "remove it a release after the last one that names it"),
    (r"\bRENAME\b", "add the new name beside the old one"),
    (r"\bADD\s+(COLUMN\s+)?(?!CONSTRAINT)\w+\s(?![^;]*\bDEFAULT\b)[^;]*\bNOT\s+NULL\b",
     "give it a default: the version before does not fill it"),
    (r"\bALTER\s+(COLUMN\s+)?\w+\s+(TYPE|SET\s+(NOT\s+NULL|DATA))\b",
     "add a column beside it: the version before writes as it always did"),
]
# The order in which paths are sorted; written before there was a version to run beside it.
KNOWN_UNSAFE_SQL = {"src/features/tracking/migrations/202611240230_tracking_paths.postgres.sql"}


def check_migration(name, text):
    """Migrations that a running server of the version before would not survive."""
    if "/migrations/" not in name or not name.endswith(".sql") or name in KNOWN_UNSAFE_SQL:
        return
    text = re.sub(r"--[^\n]*", lambda found: " " * len(found.group(0)), text)
    for pattern, remedy in UNSAFE_SQL:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            what = " ".join(found.group(0).split())[:60]
            yield text.count("\n", 0, found.start()) + 1, f"'{what}' breaks servers of the version before", remedy


def check_catalogues():
    """Both languages have the same keys, and every error reason in the sources has its sentence and its hint."""
    texts = {}
    for name in tracked("locales/*.json"):
        keys = json.loads((ROOT / name).read_text())
        feature, language, _ = Path(name).name.split(".")
        texts.setdefault(feature, {})[language] = keys
    for feature, languages in texts.items():
        english, french = languages.get("en", {}), languages.get("fr", {})
        for key in sorted(english.keys() ^ french.keys()):
            lacking = "fr" if key in english else "en"
            yield f"locales/{feature}.{lacking}.json", 1, f"'{key}' is missing", "write it in both languages"
        for language, keys in languages.items():
            for key, value in keys.items():
                if not str(value).strip():
                    yield f"locales/{feature}.{language}.json", 1, f"'{key}' is empty", "write the sentence"
    for name in tracked("src/*.hpp", "src/*.cpp"):
        text = (ROOT / name).read_text()
        for found in re.finditer(r'\bk\w+\s*(?:=|\{)\s*"([a-z_]+)\.([a-z_0-9]+)"', text):
            feature, reason = found.groups()
            if not re.search(r"reason|error", text[max(0, found.start() - 200):found.start()], re.I):
                continue
            for part in ("message", "hint"):
                if f"errors.{reason}.{part}" not in texts.get(feature, {}).get("en", {}):
                    line = text.count("\n", 0, found.start()) + 1
                    yield name, line, f"reason {feature}.{reason} has no {part}", f"add it to locales/{feature}.*.json"


def findings():
    for name in tracked(*(f"{folder}/*.{kind}" for folder in ("src", "tests", "tools") for kind in KINDS)):
        text = (ROOT / name).read_text(errors="replace")
        lines = text.split("\n")
        checks = [check_banned(name, text), check_migration(name, text)]
        if name.endswith((".cpp", ".hpp")):
            checks += [check_includes(name, lines), check_size(name, lines)]
            if name.endswith(".hpp") and "#pragma once" not in text:
                yield name, 1, "no #pragma once", "add it"
        for check in checks:
            for number, what, remedy in check:
                yield name, number, what, remedy
    yield from check_catalogues()


def main():
    found = list(findings())
    for name, number, what, remedy in found:
        print(f"{name}:{number}: {what}. {remedy}")
    print(f"tidy: {len(found)} finding{'' if len(found) == 1 else 's'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
