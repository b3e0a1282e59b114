#!/usr/bin/env bash
# The .deb in a debootstrap folder: installed, examined, upgraded with its data kept, removed; and the units by systemd's own checks.
# CSVA_FORMER_DEB names a package of an earlier version to upgrade from; without it the same content stands in as 0.0.9.
set -euo pipefail
work=$(mktemp -d /var/tmp/csva-deb.XXXXXX)
serving=
trap '[ -z "$serving" ] || kill $serving; umount -l "$work/root/proc" 2>/dev/null; rm -rf "$work"' EXIT
deb=$(ls build/packages/csva_*.deb)
former=$work/csva_0.0.9_amd64.deb
former_is="the same content"
[ -z "${CSVA_FORMER_DEB:-}" ] || former_is="an earlier build"
dpkg-deb -R "${CSVA_FORMER_DEB:-$deb}" "$work/former"
sed -i 's/^Version: .*/Version: 0.0.9/' "$work/former/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/former" "$former" >/dev/null
dpkg-deb -f "$deb" Package Version Architecture Depends
echo "$(basename "$deb"): $(($(stat -c %s "$deb") / 1000000)) MB; upgraded from $former_is, named 0.0.9"
[ -x "$OPS_DIR/bookworm/bin/sh" ] || debootstrap --variant=minbase --include=ca-certificates,curl bookworm "$OPS_DIR/bookworm" >/dev/null
cp -a "$OPS_DIR/bookworm" "$work/root"
for path in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d /usr/local/share/ca-certificates /etc/ssl/certs/ca-certificates.crt \
    /etc/resolv.conf /etc/hosts; do
    [ ! -e "$path" ] || { mkdir -p "$work/root$(dirname "$path")" && rm -rf "$work/root${path:?}" && cp -aL "$path" "$work/root$path"; }
done
mount -t proc proc "$work/root/proc"
inside() { chroot "$work/root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CSVA_DATA_DIR=/var/lib/csva "$@"; }
as_csva() { inside setpriv --reuid=csva --regid=csva --clear-groups env CSVA_DATA_DIR=/var/lib/csva "$@"; }
# What a server on the data folder holds, made at the first call and compared at the others.
holds() {
    (exec chroot "$work/root" /usr/bin/setpriv --reuid=csva --regid=csva --clear-groups /usr/bin/env -i PATH=/usr/bin:/bin LANG=C.UTF-8 \
        CSVA_DATA_SAMPLE=false CSVA_DATA_DIR=/var/lib/csva csva serve --listen 127.0.0.1:15810 --config /etc/csva/csva.toml >"$work/serve.log" 2>&1) &
    serving=$!
    for _ in $(seq 300); do curl -fs http://127.0.0.1:15810/health/ready >/dev/null && break; sleep 0.1; done
    "$API_PYTHON" tests/ops/upgrade.py http://127.0.0.1:15810 "$token" "$work/root/var/lib/csva/csva.sqlite" "$work/held.json" ||
        { tail -n 20 "$work/serve.log"; exit 1; }
    kill $serving
    wait $serving || echo "the server ended with code $?"
    serving=
}
cp "$former" "$work/root/tmp/former.deb"
cp "$deb" "$work/root/tmp/new.deb"
inside apt-get -qq update >/dev/null 2>&1
inside apt-get -qq install -y --no-install-recommends /tmp/former.deb >/dev/null 2>"$work/apt.log" || { tail "$work/apt.log"; exit 1; }
echo "installed: $(inside csva --version), account $(inside id -un csva), $(inside stat -c '%a %U' /var/lib/csva /etc/csva/csva.toml | tr '\n' ' ')"
as_csva csva doctor --config /etc/csva/csva.toml | sed 's/^/  /'
printf 'correct horse battery\n' | as_csva csva user add ann --admin --password-stdin
token=$(as_csva csva token add ann | awk '{print $NF}')
holds
echo "# mine" | inside tee -a /etc/csva/csva.toml >/dev/null
inside dpkg -i /tmp/new.deb >/dev/null
# shellcheck disable=SC2016
echo "upgraded to $(inside dpkg-query -W -f '${Version}' csva)"
as_csva csva user list | grep ann
holds
inside grep -c '# mine' /etc/csva/csva.toml | sed 's/$/ line of mine is kept in csva.toml/'
as_csva csva doctor --config /etc/csva/csva.toml | grep -c '^ok' | sed 's/$/ checks of csva doctor are ok after the upgrade/'
inside dpkg --purge csva | grep stays
[ -e "$work/root/var/lib/csva/csva.sqlite" ]
echo "purged; the data is still there"
inside apt-get -qq install -y --no-install-recommends /tmp/new.deb >/dev/null 2>&1
as_csva csva user list | grep -c ann | sed 's/$/ account after installing again/'

tarball=$(ls build/packages/csva-*.tar.gz)
mkdir "$work/tar" && tar -x -C "$work/tar" -f "$tarball"
csva=$(find "$work/tar" -path "*/lib/csva/bin/csva")
echo "$(basename "$tarball"): $("$csva" --version), $("$csva" doctor --data-dir "$work/data" | grep -c '^ok') checks ok"

# The units where systemd looks for them, with the program that they start.
cp deploy/systemd/*.timer deploy/systemd/csva-pgbackrest@.service "$work/"
for unit in csva.service csva-worker@1.service csva-copy-files.service csva-copy-files.timer csva-pgbackrest@full.service \
    csva-pgbackrest-full.timer csva-pgbackrest-incr.timer; do
    [ -e "$work/$unit" ] || cp "deploy/systemd/${unit/@*./@.}" "$work/$unit"
    sed -i "s|/usr/bin/csva|$work/root/usr/lib/csva/bin/csva|" "$work/$unit"
    systemd-analyze verify "$work/$unit" 2>&1 | { grep -F "$unit" || true; } >"$work/verify"
    [ ! -s "$work/verify" ] || { cat "$work/verify"; exit 1; }
    echo "systemd-analyze verify $unit: clean"
    case $unit in *.timer | *pgbackrest*) continue ;; esac
    systemd-analyze security --offline=true --no-pager "$work/$unit" 2>/dev/null | grep 'Overall exposure' | sed "s|^[^O]*|$unit: |"
    systemd-analyze security --offline=true --no-pager --threshold=20 "$work/$unit" >/dev/null
done
