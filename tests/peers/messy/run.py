#!/usr/bin/env python3
"""Messy files with known tables, judged by the judge that comes with them: run.py CSVA [FLOOR_EXACT FLOOR_CELLS].

Reads CSVA_SHARED_DATA/csv-torture through `csva read FILE --text`. Fails (1) when fewer files are read exactly right, or
fewer cells found, than the floors say (means over the kinds of files); 77, which ctest takes for skipped, without files.
"""
import os
import pathlib
import subprocess  # nosec B404: starts the program and its judge
import sys

EXACT, CELLS = 0.93, 0.97


def means(table):
    """Exact and cell F1 of the line that holds the means over all kinds."""
    head, *lines = (line.split("\t") for line in table.splitlines())
    last = next(line for line in lines if "MACRO" in line)
    return float(last[head.index("exact")]), float(last[head.index("cellf1")])


def main():
    corpus = pathlib.Path(os.environ.get("CSVA_SHARED_DATA", "/nowhere")) / "csv-torture"
    if not (corpus / "robust.py").exists():
        print("skipped: CSVA_SHARED_DATA holds no csv-torture")
        return 77
    command = f"{sys.argv[1]} read {{in}} --text --output -"
    judge = [sys.executable, corpus / "robust.py", "--corpus", corpus, "--label", "csva", "--cmd", command,
             "--jobs", "2", "--fails", "30"]
    done = subprocess.run(judge, stdout=subprocess.PIPE, text=True, check=True)  # nosec B603
    print(done.stdout)
    floors = [float(word) for word in sys.argv[2:4]] or [EXACT, CELLS]
    for what, found, floor in zip(("files read exactly", "cells found"), means(done.stdout), floors):
        print(f"{what}: {found:.3f} (at least {floor})")
        if found < floor:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
