"""Shows that the service speaks to nobody outside: quiet.py

In a network of its own, whose only way out is a line that ends nowhere and counts what goes into it, the service starts,
takes a file, cleans, trains, predicts, watches the model and answers its pages. Not one packet may have gone out. That the
device counts is shown first. Needs root.
"""
import os
import pathlib
import socket
import subprocess  # nosec B404
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from attack import Target  # noqa: E402
from support import training  # noqa: E402
from support.server import Server  # noqa: E402

INSIDE = "CSVA_QUIET_INSIDE"
PAGES = ["/", "/api/docs/", "/api/schema/", "/metrics", "/monitoring/", "/mlflow/", "/api/v1/datasets"]
ROWS = b"name,age,city\n" + b"".join(b"P%d,%d,%s\n" % (i, i % 40, (b"Rome", b"Paris")[i % 40 < 20]) for i in range(200))


def out():
    """Packets that left."""
    return int(pathlib.Path("/sys/class/net/out0/statistics/tx_packets").read_text())


def make_network():
    for words in ("link set lo up", "link add out0 type veth peer name out1", "link set out1 up",
                  "addr add 192.0.2.1/24 dev out0", "link set out0 up",
                  "neigh add 192.0.2.2 lladdr 02:00:00:00:00:01 dev out0", "route add default via 192.0.2.2"):
        subprocess.run(["ip", *words.split()], check=True)  # nosec B603 B607
    subprocess.run(["sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1"], check=True)  # nosec B603 B607
    time.sleep(0.2)


def inside():
    subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)  # nosec B603 B607
    make_network()
    before = out()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.sendto(b"x", ("198.51.100.1", 9))
    time.sleep(0.1)
    assert out() > before, "the device does not count"
    before = out()
    with Server("", {"CSVA_DATA_SAMPLE": "true", "CSVA_JOBS_POLL_MS": "50"}) as server:
        target = Target(server)
        training.clean(target, target.dataset, [{"step": "trim@1", "columns": ["name"], "options": {}}])
        found, _ = training.batch(target, target.model, ROWS)
        assert found["state"] == "succeeded", found
        for page in PAGES:
            for kind in ("text/html", "application/json"):
                target.headers["Accept"] = kind
                assert target.get(page).status_code < 500, page
        server.command("doctor")
        time.sleep(2)
    went = out() - before
    print(f"{went} packets went out\noutbound connections: 1 ran, {int(went > 0)} failed, 0 skipped", flush=True)
    return 1 if went else 0


def main():
    if os.environ.get(INSIDE):
        return inside()
    if os.getuid() != 0:
        print("a network of one's own needs root\noutbound connections: 1 ran, 0 failed, 1 skipped")
        return 0
    return subprocess.run(  # nosec B603 B607
        ["unshare", "--net", "--mount", sys.executable, __file__], env=dict(os.environ, **{INSIDE: "1"}), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
