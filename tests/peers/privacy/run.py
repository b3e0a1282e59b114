"""Precision and recall per kind of personal data: `csva scan` beside Presidio's pattern recognisers.

Presidio's language models are not used: kinds that it finds with them alone (names, addresses) count as not found, and the
sums are printed a second time over the kinds that both know. For each kind, of all thresholds on its score and on the
share of cells, the pair best for Presidio is taken. Exit code 1 when csva is not ahead on both in French.
"""

import concurrent.futures
import csv
import importlib.metadata
import itertools
import json
import logging
import os
import pathlib
import subprocess  # nosec B404
import sys
import tempfile

from presidio_analyzer import predefined_recognizers as known

from columns import columns

SEEDS = (1, 2, 3)
SCORES = (0.05, 0.3, 0.5, 0.8)
SHARES = (0.005, 0.05, 0.3, 0.6)
FLOOR = 0.9  # of csva's precision and recall, in either language


def recognisers():
    """kind -> Presidio's recognisers of it."""
    return {
        "email": [known.EmailRecognizer()],
        "iban": [known.IbanRecognizer()],
        "card": [known.CreditCardRecognizer()],
        "phone": [known.PhoneRecognizer(supported_regions=("FR", "GB", "US"))],
        "ip_address": [known.IpRecognizer()],
        "birth_date": [known.DateRecognizer()],
        "national_id": [known.UkNinoRecognizer(), known.UsSsnRecognizer()],
        "postal_code": [known.UkPostcodeRecognizer()],
        "plate": [known.UkVehicleRegistrationRecognizer()],
    }


def presidio(values, tools):
    """kind -> score of each cell."""
    return {
        kind: [
            max((found.score for tool in those for found in tool.analyze(text, tool.supported_entities, None) or ()), default=0)
            for text in values
        ]
        for kind, those in tools.items()
    }


def csva(name, values):
    """The kinds that `csva scan` finds in a file with this column and a number."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("row", name))
        writer.writerows(enumerate(values, 1))
        file.flush()
        done = subprocess.run(
            [os.environ["CSVA_PROGRAM"], "scan", "--json", file.name], capture_output=True, text=True, check=True  # nosec B603
        )
    found = json.loads(done.stdout)["columns"]
    return {one["kind"] for column in found for one in column["findings"]}


class Tally:
    def __init__(self):
        self.right, self.said, self.true = 0, 0, 0

    def add(self, said, true):
        self.right += len(said & true)
        self.said += len(said)
        self.true += len(true)

    def precision(self):
        return self.right / self.said if self.said else 0.0

    def recall(self):
        return self.right / self.true if self.true else 0.0

    def f1(self):
        return 2 * self.right / (self.said + self.true) if self.said + self.true else 0.0

    def __str__(self):
        return f"{self.precision():9.3f} {self.recall():6.3f}"


def tally(rows, answers, kinds, language=None):
    out = Tally()
    for (_, spoken, true, _), said in zip(rows, answers):
        if language in (None, spoken):
            out.add(said & kinds, true & kinds)
    return out


def best_of_presidio(rows, scores, tools):
    """Its answers, each kind at the thresholds that serve it best."""
    out = [set() for _ in rows]
    for kind in tools:

        def answers(score, share):
            return [
                {kind} if cells[kind] and sum(s >= score for s in cells[kind]) >= share * len(cells[kind]) else set()
                for cells in scores
            ]

        best = max((answers(*pair) for pair in itertools.product(SCORES, SHARES)), key=lambda a: tally(rows, a, {kind}).f1())
        out = [said | more for said, more in zip(out, best)]
    return out


def main():
    logging.disable(logging.CRITICAL)
    seeds = [int(one) for one in sys.argv[1:]] or SEEDS
    rows = [row for seed in seeds for row in columns(seed)]
    kinds = {kind for row in rows for kind in row[2]}
    tools = recognisers()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ours = list(pool.map(lambda row: csva(row[0], row[3]), rows))
    scores = [presidio([cell for cell in row[3] if cell], tools) for row in rows]
    theirs = best_of_presidio(rows, scores, tools)
    print(
        f"{len(rows)} columns of {len(seeds)} seeds; presidio-analyzer {importlib.metadata.version('presidio-analyzer')}, "
        f"faker {importlib.metadata.version('faker')}"
    )
    print(f"{'':28}{'csva':>8} {'':>9}{'Presidio':>9}\n{'':24}precision recall  precision recall")
    for kind in sorted(kinds):
        print(
            f"{kind:24}{tally(rows, ours, {kind})}  "
            f"{tally(rows, theirs, {kind}) if kind in tools else '        - (language model)'}"
        )
    failed = 0
    for language, which in itertools.product(("fr", "en"), (kinds, set(tools))):
        label = f"{language}, {'all kinds' if which is kinds else 'kinds that both know'}"
        mine, peer = tally(rows, ours, which, language), tally(rows, theirs, which, language)
        print(f"{label:24}{mine}  {peer}")
        low = min(mine.precision(), mine.recall()) < FLOOR
        behind = language == "fr" and (mine.precision() <= peer.precision() or mine.recall() <= peer.recall())
        failed += low or behind
    if "-v" in os.environ.get("CSVA_SCAN_SHOW", ""):
        for row, said in zip(rows, ours):
            if said != row[2]:
                print(row[1], row[0], "wanted", sorted(row[2]), "said", sorted(said), row[3][:3])
    print(f"Scan beside Presidio: 4 ran, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    pathlib.Path(
        os.environ.setdefault("CSVA_PROGRAM", str(pathlib.Path(__file__).resolve().parents[3] / "build/dev/bin/csva"))
    ).resolve(strict=True)
    sys.exit(main())
