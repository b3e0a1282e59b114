"""Asks src/engine/drift through the program drift_probe, a JSON object a line."""

import json
import subprocess  # nosec B404: starts the program

import numpy


class Probe:
    """One running drift_probe."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # nosec B603

    def ask(self, call, raw=(), **question):
        question["call"] = call
        line = json.dumps(question, default=lambda v: v.tolist(), allow_nan=False)
        self.process.stdin.write(line.encode() + b"\n")
        for column in raw:
            self.process.stdin.write(numpy.ascontiguousarray(column, dtype="<f8").tobytes())
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"drift_probe gave no answer to {call}")
        return json.loads(answer)

    def table(self, call, columns, **question):
        """`columns`: name, values (codes of categories as numbers, NaN: missing), whether a category, importance."""
        described = [{"name": n, "category": c, "importance": i} for n, _, c, i in columns]
        return self.ask(call, [v for _, v, _, _ in columns], columns=described, n=len(columns[0][1]), **question)
