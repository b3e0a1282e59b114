"""What the program needs of Debian, and a bill of materials: closure.py OUT LOCK NPM_LOCK

Copies the libraries that the program and the libraries it opens at run time load, the certificates and the time zones from this
system into OUT/system, with the package records in /var/lib/dpkg/status.d, so that scanners know what the image holds. The bill
of materials (CycloneDX 1.5) comes to OUT/program/usr/share/doc/csva/sbom.cdx.json. Nothing in it depends on when or where it
was made.
"""
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess  # nosec B404
import sys

OURS = "usr/lib/csva"
OPENED = ["libcurl.so.4"]  # by dlopen, beside those in OURS
FILES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/os-release", "/usr/lib/os-release"]
FOLDERS = ["/usr/share/zoneinfo"]
USER = 65532


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # nosec B603


def libraries(files):
    """Absolute paths of all shared objects that these load, the loader included."""
    found = set()
    for file in files:
        for line in said("ldd", file).splitlines():
            match = re.search(r"(?:=> )?(/\S+) \(0x", line)
            if match:
                found.add(match.group(1))
            if "not found" in line:
                raise SystemExit(f"{file}: {line.strip()}")
    return found


def opened():
    cache = said("/sbin/ldconfig", "-p")
    return [re.search(rf"{re.escape(name)} .*=> (\S+)", cache).group(1) for name in OPENED]


def take(path, root):
    """One file under the name it is asked for; a link becomes the file."""
    target = root / path.lstrip("/")
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o755 if os.access(path, os.X_OK) else 0o644)


def package_of(path):
    """The Debian package of a file, by its real place too (/lib is a link to /usr/lib)."""
    for name in (path, os.path.realpath(path), path.removeprefix("/usr"), os.path.realpath(path).removeprefix("/usr")):
        done = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)  # nosec B603 B607
        if done.returncode == 0:
            return done.stdout.split(": ")[0].split(",")[0]
    return None


def record(package, root):
    """Its entry and licence in the image; what the bill says of it."""
    status = said("dpkg-query", "-s", package)
    field = dict(re.findall(r"^(Package|Version|Source|Architecture): (.*)$", status, re.M))
    folder = root / "var/lib/dpkg/status.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / field["Package"]).write_text(status, encoding="utf-8")
    licence = f"/usr/share/doc/{field['Package']}/copyright"
    if os.path.exists(licence):
        take(licence, root)
    name, version = field["Package"], field["Version"]
    return {"type": "library", "name": name, "version": version,
            "purl": f"pkg:deb/debian/{name}@{version}?arch={field['Architecture']}&distro=debian-12"}


def fetched(lock):
    """What third_party.lock names and the package carries."""
    parts = {}
    for entry in lock.read_text(encoding="utf-8").split("[[archive]]")[1:]:
        value = dict(re.findall(r'^(\w+) = "(.*)"$', entry, re.M))
        if ".so" in entry.split("take =")[1] and value.get("machine", platform.machine()) == platform.machine():
            kind = {"pypi": "pypi", "npm": "npm"}[value["kind"]]
            parts[value["name"]] = {
                "type": "library", "name": value["name"], "version": value["version"],
                "licenses": [{"license": {"id": value["licence"]}}],
                "hashes": [{"alg": "SHA-256", "content": value["sha256"]}],
                "purl": f"pkg:{kind}/{value['package'].replace('@', '%40')}@{value['package_version']}"}
    return list(parts.values())


def web(lock):
    """The parts of the page: everything that is not for development."""
    for path, entry in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        if path and not entry.get("dev") and "version" in entry:
            name = path.split("node_modules/")[-1]
            yield {"type": "library", "name": name, "version": entry["version"],
                   "purl": f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"}


def make_account(root):
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "etc/passwd").write_text(f"root:x:0:0::/:/nonexistent\ncsva:x:{USER}:{USER}::/data:/nonexistent\n", encoding="utf-8")
    (root / "etc/group").write_text(f"root:x:0:\ncsva:x:{USER}:\n", encoding="utf-8")
    for name, owner, mode in (("data", USER, 0o750), ("tmp", 0, 0o1777)):
        (root / name).mkdir()
        os.chown(root / name, owner, owner)
        (root / name).chmod(mode)


def main():
    out, lock, npm = map(pathlib.Path, sys.argv[1:])
    program, system = out / "program", out / "system"
    own = program / OURS
    binary = str(own / "bin/csva")
    start = [binary, *map(str, sorted((own / "lib").glob("*.so"))), *opened()]
    needed = sorted(libraries(start) | set(opened()))
    for path in needed + FILES:
        take(path, system)
    for folder in FOLDERS:
        shutil.copytree(folder, system / folder.lstrip("/"), symlinks=True, ignore=shutil.ignore_patterns("posix", "right"))
    packages = sorted({p for p in map(package_of, needed + FILES + FOLDERS) if p})
    parts = [record(name, system) for name in packages] + fetched(lock) + sorted(web(npm), key=lambda p: (p["name"], p["version"]))
    make_account(system)
    version = said(binary, "--version").strip()
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {"type": "application", "name": "csva", "version": version,
                                       "licenses": [{"license": {"id": "Apache-2.0"}}]}},
            "components": parts}
    path = program / "usr/share/doc/csva/sbom.cdx.json"
    path.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    print(f"{len(needed)} libraries of {len(packages)} Debian packages; {len(parts)} parts in the bill of materials")


if __name__ == "__main__":
    main()
