"""Falco rules without Falco: falco.py RULES...

Expands lists and macros, has Debian's sysdig compile each condition (it holds the same filter compiler), and looks up the fields of
each output line. A rule broken on purpose must be found, or the check itself is broken.
"""
import pathlib
import re
import subprocess  # nosec B404
import sys

import yaml

PRIORITIES = {"EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "INFORMATIONAL", "DEBUG"}
NEEDED = {"rule", "desc", "condition", "output", "priority"}
BROKEN = {
    "an unknown field": {"condition": "proc.nonsense = x"},
    "a missing parenthesis": {"condition": "(proc.name = sh and evt.type = execve"},
    "an unknown operator": {"condition": "proc.name resembles sh"},
    "an unknown field of the output": {"output": "hello %proc.nonsense"},
    "an unknown priority": {"priority": "LOUD"},
    "an unknown macro": {"condition": "spawned_by_nobody and proc.name = sh"},
}


def said(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # nosec B603
    return done.stdout + done.stderr


class Rules:
    def __init__(self, documents):
        self.rules = [d for d in documents if "rule" in d]
        self.words = {d["macro"]: f"({d['condition']})" for d in documents if "macro" in d}
        self.words |= {d["list"]: ", ".join(map(str, d["items"])) for d in documents if "list" in d}

    def expanded(self, condition):
        for _ in range(20):
            new = re.sub(r'"[^"]*"|[A-Za-z_][\w.-]*', lambda m: self.words.get(m[0], m[0]), condition)
            if new == condition:
                return new
            condition = new
        raise SystemExit("macros go in a circle")

    def problems(self, rule, fields):
        found = [f"{key} is missing" for key in NEEDED - rule.keys()]
        if str(rule.get("priority")).upper() not in PRIORITIES:
            found.append(f"priority {rule.get('priority')} is unknown")
        answer = said("sysdig", "-r", "/dev/null", self.expanded(str(rule.get("condition"))))
        if "reader" not in answer:  # a good condition only fails later, on the empty capture
            found.append(answer.strip().splitlines()[0])
        used = re.findall(r"%([a-z0-9_]+\.[a-z0-9_.]*[a-z0-9_])", str(rule.get("output")))
        return found + [f"the output's field {name} is unknown" for name in used if name not in fields]


def main():
    documents = [d for path in sys.argv[1:] for d in yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8"))]
    rules = Rules(documents)
    fields = set(re.findall(r"^([a-z0-9_]+\.[a-z0-9_.]+)", said("sysdig", "-l"), re.M))
    bad = 0
    for rule in rules.rules:
        found = rules.problems(rule, fields)
        bad += bool(found)
        print("BAD" if found else "ok ", rule["rule"], *found, sep=" | ")
    good = rules.rules[0]
    for what, change in BROKEN.items():
        found = rules.problems(good | change, fields)
        bad += not found
        print("ok " if found else "BAD", f"{what} is found", sep=" | ")
    print(f"Falco: {len(rules.rules)} rules compiled by sysdig's filter compiler, {len(fields)} fields known, {bad} wrong")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
