"""Runs a checker on sources, without those that passed before with the same content.

each_source.py clang-tidy [--all]   clang-tidy 19, on the files that differ from main, or on all
each_source.py g++                  g++ 12, syntax and warnings only, on all

What passed is remembered by a hash of the file, of all our headers that it includes, and of the checker's settings.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess  # nosec B404
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("CSVA_CACHE_DIR", Path.home() / ".cache/csva")) / "checked"
PRESET = {"clang-tidy": "dev", "g++": "gcc"}


def run(*command, **more):
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, **more)  # nosec B603


def commands(tool):
    """The compile command of every source of ours, from a build folder that only is configured."""
    folder = ROOT / "build" / f"each-{PRESET[tool]}"
    done = run("cmake", "--preset", PRESET[tool], "-B", str(folder), "-DCSVA_PCH=OFF", "-DCSVA_TESTS=ON")
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    entries = json.loads((folder / "compile_commands.json").read_text())
    ours = re.compile(re.escape(str(ROOT / "src")) + r"/.*\.cpp$")
    return folder, {e["file"]: e for e in entries if ours.match(e["file"])}


def closure(path, seen):
    """All files of ours that `path` reads."""
    if path in seen or not path.is_file():
        return
    seen.add(path)
    for name in re.findall(r'#include "([^"]+)"', path.read_text(errors="replace")):
        closure(ROOT / "src" / name, seen)


def fingerprint(tool, path, arguments):
    seen = set()
    closure(Path(path), seen)
    digest = hashlib.sha256(f"{tool} {' '.join(arguments)}".encode())
    for name in [ROOT / ".clang-tidy", *sorted(seen)]:
        digest.update(str(name.relative_to(ROOT)).encode() + name.read_bytes())
    return digest.hexdigest()


def arguments_of(tool, folder, entry):
    if tool == "clang-tidy":
        return ["clang-tidy-19", "--quiet", "-p", str(folder), entry["file"]]
    words = shlex.split(entry["command"])
    words = words[1:] if words[0].endswith("ccache") else words
    return [*words[:words.index("-o")], "-fsyntax-only", entry["file"]]


def check(tool, folder, entry):
    arguments = arguments_of(tool, folder, entry)
    plain = [word.replace(str(ROOT), "") for word in shlex.split(entry["command"])]
    stamp = CACHE / fingerprint(tool, entry["file"], plain)
    if stamp.exists():
        return True, ""
    done = run(*arguments)
    if done.returncode == 0:
        stamp.touch()
    return done.returncode == 0, done.stdout + (done.stderr if tool == "g++" else "")


def changed():
    base = run("git", "merge-base", "HEAD", "main").stdout.strip() or "HEAD"
    names = run("git", "diff", "--name-only", base).stdout + run("git", "ls-files", "-o", "--exclude-standard").stdout
    return {str(ROOT / name) for name in names.split()}


def main(tool, *options):
    CACHE.mkdir(parents=True, exist_ok=True)
    folder, entries = commands(tool)
    if tool == "clang-tidy" and "--all" not in options:
        wanted = changed()
        entries = {name: entry for name, entry in entries.items() if name in wanted}
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for good, text in pool.map(lambda entry: check(tool, folder, entry), entries.values()):
            if not good:
                bad += 1
                print(text, flush=True)
    print(f"{tool}: {len(entries)} files, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
