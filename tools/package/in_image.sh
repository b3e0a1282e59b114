#!/bin/sh
# Runs in the first stage of deploy/container/Dockerfile: in_image.sh OUT
# Leaves OUT/system (libraries, certificates, time zones of Debian) and OUT/program (ours), all files of one date.
set -eu
out=$1
here=$(dirname "$0")
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
deb=$(ls packages/csva_*.deb 2>/dev/null || true)
if [ -z "$deb" ]; then
    apt-get -qq install -y --no-install-recommends bash git ca-certificates dpkg-dev file >/dev/null
    git init -q . # which files there are is asked of git
    CI=true ./dev package
    deb=$(ls build/packages/csva_*.deb)
fi
apt-get -qq install -y --no-install-recommends "./$deb" python3-minimal libpython3-stdlib >/dev/null
rm -rf "$out"
mkdir -p "$out/program" "$out/system"
dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$out/program"
rm -rf "$out/program/usr/lib/systemd" "$out/program/usr/share/csva"
python3 "$here/closure.py" "$out" third_party.lock web/package-lock.json
find "$out" -exec touch -hd "@${SOURCE_DATE_EPOCH:-0}" {} +
