"""The reference of operations: operations.py [--write]

docs/operations/reference.md is made from what the program and deploy/ say themselves: settings, routes, series, alerts and
the Compose file. Without --write this only says whether the committed page is that of today. Also holds each page of
docs/operations against the tree: what it names must exist.
"""
import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/operations"
PAGE = FOLDER / "reference.md"
PURPOSE = {
    "proxy": "TLS for people", "web": "the service", "worker": "jobs", "migrate": "brings the database forward, then ends",
    "db": "PostgreSQL", "mlflow": "MLflow, for its own page and clients", "mlflow-folder": "prepares MLflow's volume, then ends",
    "prometheus": "series and rules", "alertmanager": "mail and Slack", "grafana": "dashboards",
    "node-exporter": "the machine's series", "postgres-exporter": "PostgreSQL's series"}
SECRETS = {
    "database_url": "address of the database with its password", "postgres_password": "PostgreSQL's own account",
    "csva_password": "the program's account, as in database_url",
    "monitor_password": "the exporter's account, may look at statistics",
    "grafana_password": "Grafana's admin",
    "smtp_password": "mail account of Alertmanager", "slack_url": "Slack address of Alertmanager",
    "tls_certificate": "the proxy's certificate with its chain", "tls_key": "its key"}
FILES = [
    ("/usr/bin/csva", "link to /usr/lib/csva/bin/csva; its libraries are in /usr/lib/csva/lib", ".deb, image"),
    ("/etc/csva/csva.toml", "settings; made once, never touched by an upgrade; no secret", ".deb"),
    ("/etc/csva/csva.env", "settings as variables, `..._FILE` for secrets; may be missing", ".deb"),
    ("/etc/csva/secrets", "secrets as files, named in csva.env; your own, not in the package", ".deb"),
    ("/usr/lib/systemd/system/csva.service, csva-worker@.service, csva-copy-files.*, csva-pgbackrest*", "the units", ".deb"),
    ("/var/lib/csva", "the data: csva.sqlite, blobs, staging, kept predictions; stays at a purge", ".deb"),
    ("journal.key", "in the data folder: signs the journal, unless `journal.key` is set; back it up apart", ".deb, image"),
    ("journal/journal.sqlite", "in the data folder: the journal, unless it is in PostgreSQL", ".deb, image"),
    ("erasure/ledger.jsonl", "in the data folder: who was erased, for a restore; copy it apart", ".deb, image"),
    ("cache", "in the data folder: copies of what is in the bucket; may be deleted", ".deb, image"),
    ("/data", "the same in a container: a volume", "image"),
    ("/tmp", "scratch; in a container a tmpfs", ".deb, image"),  # nosec B108
    ("/run/secrets", "secrets as files", "Compose, chart"),
    ("/vault/secrets", "the same, written by Vault's agent (`secrets.source: agent`)", "chart"),
    ("/backup", "the nightly dumps, a volume of the CronJob's", "chart"),
    ("/etc/pgbackrest/pgbackrest.conf", "backups of a PostgreSQL of one's own, from `deploy/backup/pgbackrest.conf`", "PostgreSQL"),
    ("/usr/share/doc/csva/sbom.cdx.json", "bill of materials, CycloneDX", "image"),
    ("/var/lib/dpkg/status.d", "Debian's packages in the image, for scanners", "image")]


OTHER_SECRETS = [
    ("`PGBACKREST_REPO1_S3_KEY`, `PGBACKREST_REPO1_S3_KEY_SECRET`", "the bucket of the backups", "pgBackRest"),
    ("`PGBACKREST_REPO1_CIPHER_PASS`", "what the backups are encrypted with; without it they are lost", "pgBackRest"),
    ("the file of `csva backup --key-file`", "what a backup of the embedded store is encrypted with; kept apart from it",
     "`csva backup`, `csva restore`")]
DRILLS = "tests/ops/drills.py"
DRILL_SAYS = {
    "success": "1 when everything came back at the last drill", "ended_seconds": "when the last drill ended, Unix time",
    "restore_seconds": "how long its restore took", "lost_seconds": "how many seconds of commits did not come back"}


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows])


def services():
    compose = yaml.safe_load(read("deploy/compose/compose.yaml"))
    for name, service in compose["services"].items():
        ports = ", ".join(re.sub(r"\$\{\w+:-(.*?)\}", r"\1", port) for port in service.get("ports", [])) or "none"
        volumes = ", ".join(v.split(":")[1] for v in service.get("volumes", []) if v[0] not in "./") or "none"
        networks = ", ".join(service.get("networks", ["none"]))
        yield name, PURPOSE[name], ports, networks, volumes


def secret_rows():
    compose = yaml.safe_load(read("deploy/compose/compose.yaml"))
    for name in compose["secrets"]:
        users = ", ".join(n for n, s in compose["services"].items() if name in s.get("secrets", []))
        yield f"`{name}`", SECRETS[name], users


def helps():
    """What the sources say of each series."""
    found = {}
    for path in sorted([*(ROOT / "src").rglob("*.cpp"), *(ROOT / "src").rglob("*.hpp")]):
        text = path.read_text(encoding="utf-8")
        for name, help_text in re.findall(r'"((?:csva|http_server|process)_[a-z_0-9]+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', text):
            found.setdefault(name, "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', help_text)).rstrip("."))
    return found


def series():
    known = helps()
    names = dict(line.split() for line in read("tests/golden/metrics.txt").splitlines())
    names |= {name: "gauge" for name in known if name.startswith("csva_") and name not in names}
    for name in sorted(names):
        if name not in known:
            raise SystemExit(f"no sentence found for the series {name}")
        yield f"`{name}`", names[name], known[name]


def alerts():
    for group in yaml.safe_load(read("deploy/prometheus/rules/alerts.yml"))["groups"]:
        for rule in group["rules"]:
            yield (f"[{rule['alert']}](../runbooks/{rule['alert']}.md)", rule["labels"]["severity"], rule["for"],
                   "`" + " ".join(rule["expr"].split()) + "`")


def recorded():
    for path in sorted((ROOT / "deploy/prometheus/rules").glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    yield f"`{rule['record']}`", "`" + " ".join(rule["expr"].split()) + "`"


def drills():
    for name in re.findall(r"'csva_drill_(\w+)\{\{", read(DRILLS)):
        yield f"`csva_drill_{name}`", "gauge", DRILL_SAYS[name]


def routes():
    for path, methods in json.loads(read("tests/golden/openapi.json"))["paths"].items():
        for method, what in methods.items():
            if isinstance(what, dict) and "summary" in what:
                yield f"`{method.upper()} {path}`", what["summary"]


def settings():
    for line in read("docs/settings.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and re.search(r"(password|token|secret|key|database\.url)`", cells[0]):
            yield cells[1].replace("`", "") + "_FILE", cells[-1]


def page():
    return "\n".join([
        "# Reference\n\nMade by `tools/operations.py`; `./dev check` fails when it is not of today. "
        "All settings: [settings.md](../settings.md).\n",
        "## Services and ports of the Compose file\n\n`back` has no way out. On Kubernetes: the chart's Services, all ClusterIP "
        "unless `service.type` says otherwise; web 8000, PostgreSQL 5432, MLflow 5000, Prometheus 9090, Alertmanager 9093, "
        "Grafana 3000. Inside only: node exporter 9100, PostgreSQL's exporter 9187; Vault, where there is one, 8200.\n",
        table(["service", "for", "published", "networks", "volumes"], services()),
        "\n## Paths and files\n", table(["path", "what", "where"], FILES),
        "\n## Secrets\n\nEach is a file: in `deploy/compose/secrets`, or a key of the Secret that `secrets.name` names.\n",
        table(["secret", "what", "read by"], secret_rows()),
        "\nOf backups, from files of your own:\n", table(["secret", "what", "read by"], OTHER_SECRETS),
        "\nSettings of the program that are secrets, by the variable that names their file:\n",
        table(["variable", "what"], ((f"`{name}`", text) for name, text in settings())),
        "\n## Series\n\nAt `/metrics` of each server (`access.metrics`).\n", table(["series", "kind", "what"], series()),
        "\nOf the drills, where their `--metrics FILE` is in the node exporter's folder, with the label `drill`:\n",
        table(["series", "kind", "what"], drills()),
        "\nRecorded by Prometheus' rules in `deploy/prometheus/rules`:\n", table(["series", "from"], recorded()),
        "\n## Alerts\n", table(["alert", "severity", "after", "when"], alerts()),
        "\n## Addresses\n\nThe whole description: `/api/docs/`.\n", table(["address", "what"], routes()), ""])


def missing_of(path):
    """What a page names in the tree and is not there."""
    text = path.read_text(encoding="utf-8")
    named = {m for m in re.findall(r"`((?:deploy|tools|tests|docs)/[\w./-]+)", text)}
    named |= {str((path.parent / link).resolve().relative_to(ROOT)) for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text)}
    named.discard("deploy/compose/secrets")  # made by prepare.sh
    known = set(re.findall(r"`(CSVA_[A-Z_0-9]+)`", read("docs/settings.md")))
    used = set(re.findall(r"CSVA_[A-Z]+_[A-Z_0-9]+[A-Z]", text))
    files = [p for folder in ("deploy", "tools") for p in (ROOT / folder).rglob("*") if p.is_file()]
    scripts = "".join(p.read_text(encoding="utf-8", errors="replace") for p in files)
    unknown = [v for v in sorted(used) if not {v, v.removesuffix("_FILE")} & known and v not in scripts]
    return [n for n in sorted(named) if not (ROOT / n).exists()] + unknown


def main():
    made = page()
    if "--write" in sys.argv:
        PAGE.write_text(made, encoding="utf-8")
    bad = 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
        print("docs/operations/reference.md is not of today: run tools/operations.py --write")
        bad = 1
    for path in sorted(FOLDER.glob("*.md")):
        for name in missing_of(path):
            print(f"{path.relative_to(ROOT)} names {name}, which there is not")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
