"""`./dev bench journal [--entries 1000000] [--requests 3000]`: what the journal costs, and how fast it is proven.

Fills a journal (groups of 1 to 12 entries, each sealed) and verifies it with `csva journal verify`, in its store and as an
exported file, with the hashes of the file looked at by Python's own hashlib beside. Then two real servers, one that writes its
requests into the journal and one that does not, answer the same small unsafe request in turns of 50 by one client; the difference
at the middle and at the 95th percentile is the journal's price. Exit status 1 when a verification fails or takes 10 s, or the
difference at the 95th percentile reaches 1 ms.
"""
import argparse
import hashlib
import json
import pathlib
import statistics
import subprocess  # nosec B404: starts the programs to be measured
import sys
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from support.server import PASSWORD, Server, program  # noqa: E402

TURN = 50


def timed(command, **more):
    begin = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)  # nosec B603
    return time.monotonic() - begin, done


def link_after(link, line):
    return hashlib.sha256(f"{link}\n{line}".encode()).hexdigest()


def hashes_hold(path):
    """The chain of an exported file, by nothing but hashlib."""
    link, entries = "0" * 64, 0
    with open(path, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith('{"seq"'):
                body, _, tail = line.rpartition(',"hash":"')
                link, entries = link_after(link, body + "}"), entries + 1
                if link != tail[:64]:
                    return False, entries
            elif line.startswith('{"seal"'):
                seal = json.loads(line)["seal"]
                link = link_after(link, "seal {seq} {key_id} {hashes} {signature}".format(**seal))
            elif json.loads(line)["head"]["link"] != link:
                return False, entries
    return True, entries


def verify_many(entries):
    with tempfile.TemporaryDirectory(prefix="csva-journal-") as name:
        folder = pathlib.Path(name)
        probe = max(ROOT.glob("build/*/bin/journal_probe"), key=lambda path: path.stat().st_mtime)
        took, filled = timed([probe, str(folder), str(entries)])
        if filled.returncode:
            raise RuntimeError(filled.stderr)
        print(f"{entries:,} entries written in {took:.1f} s")
        exported = folder / "journal.jsonl"
        here = ["--data-dir", str(folder)]
        own, verdict = timed([program(), "journal", "verify", "--json", *here])
        print(f"verified in the store: {own:.2f} s  {verdict.stdout.strip()}")
        took, _ = timed([program(), "journal", "export", "--output", str(exported), *here])
        key = folder / "key"
        key.write_text(timed([program(), "journal", "key", *here])[1].stdout)
        print(f"exported: {took:.2f} s, {exported.stat().st_size / 1e6:.0f} MB")
        away, given = timed([program(), "journal", "verify", str(exported), "--key", str(key), "--json"], cwd=folder)
        print(f"verified as a file, with the public key alone: {away:.2f} s  {given.stdout.strip()}")
        begin = time.monotonic()
        held, counted = hashes_hold(exported)
        print(f"hashes by Python's hashlib: {'hold' if held else 'DO NOT HOLD'}, {counted:,} entries,"
              f" {time.monotonic() - begin:.2f} s")
        good = all(json.loads(one.stdout)["good"] for one in (verdict, given)) and held and counted == entries
        return good and own < 10 and away < 10


class Client:
    def __init__(self, server):
        self.session, self.url, self.times = requests.Session(), server.url, []
        server.command("user", "add", "ada", "--admin", "--password-stdin", stdin=PASSWORD + "\n")
        signed = self.session.post(self.url + "/login/", json={"name": "ada", "password": PASSWORD}, timeout=30)
        signed.raise_for_status()
        self.session.headers["X-CSRFToken"] = signed.json()["csrf_token"]
        self.project = self.session.post(self.url + "/api/v1/projects", json={"name": "bench"}, timeout=30).json()["id"]

    def turn(self, keep):
        for i in range(TURN):
            begin = time.perf_counter()
            # Refused by the handler: no other write than the journal's, whose noise would hide it.
            answer = self.session.patch(f"{self.url}/api/v1/projects/{self.project}", json={"name": ""}, timeout=30)
            taken = time.perf_counter() - begin
            if answer.status_code != 400:
                raise RuntimeError(answer.text)
            if keep:
                self.times.append(taken * 1000)


def percentile(values, share):
    return statistics.quantiles(values, n=100)[share - 1]


def price(count):
    quiet = {"CSVA_JOBS_LOCAL_WORKERS": "0", "CSVA_DATA_SAMPLE": "false", "CSVA_HTTP_ACCESS_LOG": "false"}
    with Server(settings=quiet) as with_it, \
            Server(settings=quiet | {"CSVA_JOURNAL_REQUESTS": "false"}) as without_it:
        clients = [Client(with_it), Client(without_it)]
        for turn in range(count // TURN + 2):
            for client in clients if turn % 2 else reversed(clients):
                client.turn(turn >= 2)
        ours, bare = (client.times for client in clients)
        entries = json.loads(with_it.command("journal", "verify", "--json").stdout)["entries"]
    difference = percentile(ours, 95) - percentile(bare, 95)
    print(f"{len(ours):,} requests each, in turns of {TURN}; journal of the first: {entries:,} entries")
    for name, times in (("with the journal", ours), ("without", bare)):
        middle, near, far = (percentile(times, share) for share in (50, 95, 99))
        print(f"  {name:17} p50 {middle:.3f} ms  p95 {near:.3f} ms  p99 {far:.3f} ms")
    print(f"  difference at p50 {percentile(ours, 50) - percentile(bare, 50):+.3f} ms, at p95 {difference:+.3f} ms (limit 1 ms)")
    return difference < 1 and entries >= len(ours)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=3000)
    options = parser.parse_args()
    good = verify_many(options.entries)
    good = price(options.requests) and good
    print("good" if good else "NOT GOOD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
