"""Makes an image depend on its content alone: same_image.py SAVED OUT EPOCH

SAVED is what `docker save IMAGE` wrote. In OUT, which `docker load` and skopeo (docker-archive) read, the entries of each layer
are sorted and dated EPOCH, and the configuration has lost when, where and by which engine it was made. Two builds of the
same sources then have one digest. Prints it.
"""
import datetime
import hashlib
import io
import json
import sys
import tarfile


def plain(entry, epoch):
    entry.mtime = epoch
    entry.uname = entry.gname = ""
    entry.pax_headers = {}
    return entry


def same_layer(saved, name, epoch):
    """The layer with its entries in order."""
    with tarfile.open(fileobj=io.BytesIO(saved.extractfile(name).read())) as old:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as new:
            for entry in sorted(old.getmembers(), key=lambda e: e.name):
                content = old.extractfile(entry) if entry.isreg() else None
                new.addfile(plain(entry, epoch), content)
    return out.getvalue()


def same_config(config, digests, moment):
    """Only what decides how the image runs."""
    kept = {key: config[key] for key in ("architecture", "os", "variant") if key in config}
    how = {key: value for key, value in config["config"].items() if value and key not in ("Hostname", "Domainname", "Image")}
    history = [{"created": moment, "created_by": h.get("created_by", ""), **({"empty_layer": True} if h.get("empty_layer") else {})}
               for h in config["history"]]
    return {**kept, "created": moment, "config": how, "rootfs": {"type": "layers", "diff_ids": digests}, "history": history}


def add(archive, name, content, epoch):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), epoch, 0o644
    archive.addfile(entry, io.BytesIO(content))


def main():
    source, target, epoch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    with tarfile.open(source) as saved, tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as out:
        manifest = json.load(saved.extractfile("manifest.json"))[0]
        digests, names = [], []
        for name in manifest["Layers"]:
            layer = same_layer(saved, name, epoch)
            digest = hashlib.sha256(layer).hexdigest()
            digests.append("sha256:" + digest)
            names.append(digest + ".tar")
            add(out, names[-1], layer, epoch)
        config = json.dumps(same_config(json.load(saved.extractfile(manifest["Config"])), digests, moment),
                            sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(config).hexdigest()
        add(out, digest + ".json", config, epoch)
        listed = [{"Config": digest + ".json", "RepoTags": manifest["RepoTags"], "Layers": names}]
        add(out, "manifest.json", json.dumps(listed).encode(), epoch)
    print("sha256:" + digest)


if __name__ == "__main__":
    main()
