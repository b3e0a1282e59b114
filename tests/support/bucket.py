"""An S3-compatible store for tests: a real MinIO on loopback, where tests/ops/tools.sh could build one."""

import contextlib
import os
import pathlib
import shutil
import ssl
import subprocess  # nosec B404
import tempfile
import time
import urllib.error
import urllib.request

from support import postgres

KEY, SECRET, REGION = "csva-test-key", "csva-test-secret", "us-east-1"  # nosec B105


def program():
    """The program, or nothing."""
    if os.environ.get("CSVA_MINIO"):
        return pathlib.Path(os.environ["CSVA_MINIO"])
    cache = os.environ.get("CSVA_CACHE_DIR") or pathlib.Path(
        os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "csva"
    found = pathlib.Path(cache) / "ops" / "bin" / "minio"
    return found if found.is_file() else None


class Store:
    """Use as a context. `url` is its address; it may be stopped and started again in between."""

    def __init__(self, certificates=None):
        """`certificates`: a folder with public.crt and private.key for localhost; TLS then."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="csva-minio-"))
        self.port = postgres.free_port()
        self.certificates = certificates
        self.url = f"https://localhost:{self.port}" if certificates else f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "MINIO_ROOT_USER": KEY,
            "MINIO_ROOT_PASSWORD": SECRET, "MINIO_BROWSER": "off", "MINIO_UPDATE": "off",
            "MINIO_CALLHOME_ENABLE": "off",
        }
        self.process = subprocess.Popen(  # nosec B603
            [program(), "server", "--quiet", "--address", f"127.0.0.1:{self.port}",
             *(["--certs-dir", str(self.certificates)] if self.certificates else []),
             str(self.folder / "data")],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                trust = ssl.create_default_context(cafile=self.certificates and self.certificates / "public.crt")
                with urllib.request.urlopen(self.url + "/minio/health/live", timeout=2,  # nosec B310
                                            context=trust if self.certificates else None):
                    return self
            time.sleep(0.05)
        raise RuntimeError("MinIO did not answer")

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def call(self, *arguments):
        """curl with signed requests; what it printed. A server that has just begun may be alive and not ready yet."""
        trust = ["--cacert", str(self.certificates / "public.crt")] if self.certificates else []
        return subprocess.run(  # nosec B603 B607
            ["curl", "-sS", "-f", "--retry", "20", "--retry-delay", "1", *trust, "--aws-sigv4", f"aws:amz:{REGION}:s3",
             "--user", f"{KEY}:{SECRET}", *arguments], check=True, capture_output=True, text=True).stdout

    def make_bucket(self, name, versions=False):
        empty = self.folder / "empty"
        empty.write_text("")
        self.call("-T", str(empty), f"{self.url}/{name}")
        if versions:
            wish = self.folder / "versioning.xml"
            wish.write_text("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
            self.call("-T", str(wish), f"{self.url}/{name}?versioning=")

    def settings(self, bucket="csva"):
        """Environment of a `csva` that keeps its files here."""
        return {
            "CSVA_STORAGE_S3_ENDPOINT": self.url, "CSVA_STORAGE_S3_BUCKET": bucket,
            "CSVA_STORAGE_S3_ACCESS_KEY": KEY, "CSVA_STORAGE_S3_SECRET_KEY": SECRET,
        }

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
