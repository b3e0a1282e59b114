"""Fetches the archives of third_party.lock into a folder: fetch_third_party.py LOCK TARGET

Every archive comes through the machine's own npm or pip client, so that whatever registry, proxy or certificate is
configured there is used, and is refused when its SHA-256 is not the one in the lock file.
"""

import hashlib
import platform
import shutil
import subprocess  # nosec B404
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path


def download_from_npm(archive, folder):
    """Returns the packed package of the npm registry."""
    spec = f"{archive['package']}@{archive['package_version']}"
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing: run ./dev setup")
    subprocess.run(  # nosec B603
        [npm, "pack", "--silent", "--pack-destination", str(folder), spec],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    return next(folder.glob("*.tgz"))


def download_from_pypi(archive, folder):
    """Returns one file of a project on PyPI as it is.

    `pip download` of a source archive would run its build system only to read metadata, which here means compiling
    tools for minutes; so this asks pip's own finder for the link and reads it through pip's own session.
    """
    from pip._internal.commands import create_command

    command = create_command("download")
    options, _ = command.parse_args([])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)
        candidates = finder.find_all_candidates(archive["package"])
        links = [c.link for c in candidates if c.link.filename == archive["file"]]
        if not links:
            raise SystemExit(f"{archive['file']} is not offered by the configured Python index")
        path = folder / archive["file"]
        response = session.get(links[0].url_without_fragment, stream=True, headers={"Accept-Encoding": "identity"})
        response.raise_for_status()
        with path.open("wb") as out:
            shutil.copyfileobj(response.raw, out)
    return path


def sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def members(path):
    """Yields (name, open function) of every regular file in an archive."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield name, lambda name=name: packed.open(name)
    else:
        with tarfile.open(path) as packed:
            for member in packed:
                if member.isfile():
                    yield member.name, lambda member=member: packed.extractfile(member)


def wanted(take, name):
    """Where below the target the member goes, or None."""
    for source, target in take.items():
        if name == source:
            return target
        if source.endswith("/") and name.startswith(source) and ".." not in name:
            return target + name[len(source):]
    return None


def unpack(path, take, folder):
    found = 0
    for name, read in members(path):
        target = wanted(take, name)
        if target is None:
            continue
        found += 1
        out = folder / target
        out.parent.mkdir(parents=True, exist_ok=True)
        with read() as source, out.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    if found < len(take):
        raise SystemExit(f"{path.name} holds {found} of the {len(take)} things to take from it")


def fetch(archive, target):
    """Fetches one archive unless a stamp says that it is there already."""
    folder = target / f"{archive['name']}-{archive['version']}"
    stamp = folder / f".{archive['sha256'][:16]}"
    if stamp.exists():
        return
    print(f"fetching {archive['package']} {archive['package_version']}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        download = {"npm": download_from_npm, "pypi": download_from_pypi}[archive["kind"]]
        path = download(archive, Path(name))
        if sha256(path) != archive["sha256"]:
            raise SystemExit(f"{path.name}: SHA-256 is {sha256(path)}, not the one in the lock file")
        unpack(path, archive["take"], folder)
    stamp.touch()


def main(lock, target):
    archives = tomllib.loads(Path(lock).read_text())["archive"]
    for archive in archives:
        if archive.get("machine", platform.machine()) == platform.machine():
            fetch(archive, Path(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
