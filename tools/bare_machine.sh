#!/usr/bin/env bash
# Proves the README on a bare Debian 12: tools/bare_machine.sh [FOLDER] (root, debootstrap)
# Makes a minbase system with git and a clone of what is committed here, runs the README's two commands in it and says how
# long they took. How this machine reaches its packages (apt, pip, npm, certificates) is copied in at run time. The folder that
# CSVA_SHARED_DATA names, with more data sets for the tests, is seen there too.
set -euo pipefail
source=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
root=${1:-$(mktemp -d /tmp/csva-bare.XXXXXX)}
[ "$(id -u)" = 0 ] || { echo "run this as root" >&2; exit 1; }
mkdir -p "$root"
chmod 755 "$root" # it is the root of a machine, where others than root must get in (postgres, _apt)

inside() {
    # The environment of a new machine, but for how packages are reached.
    local keep=()
    mapfile -t keep < <(env | grep -iE '^(pip_|npm_config_|https?_proxy|no_proxy|node_extra_ca|ssl_cert|requests_ca|uv_)' || true)
    chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${keep[@]}" "$@"
}

unmount() { umount -l "$root/root/shared" "$root/proc" "$root/sys" "$root/dev" "$root" 2>/dev/null || true; }
trap unmount EXIT

mirror=$(sed -n 's/^URIs: *//p; s/^deb [^h]*\(http[^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1 || true)
if [ ! -x "$root/usr/bin/git" ]; then
    debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root" "${mirror%% *}" >"$root.debootstrap.log" 2>&1 ||
        { tail -5 "$root.debootstrap.log" >&2; exit 1; }
fi
mount --bind "$root" "$root" # a root that is a mount, as that of a machine: a Docker engine remounts it
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
for path in /etc/apt /etc/ssl/certs /usr/local/share/ca-certificates /usr/share/ca-certificates /etc/pip.conf /root/.npmrc \
    /root/.config/pip /etc/resolv.conf /etc/hosts /opt/wheels; do
    [ -e "$path" ] || continue
    mkdir -p "$root$(dirname "$path")"
    rm -rf "${root:?}$path"
    cp -aL "$path" "$root$path"
done
if [ -d "${CSVA_SHARED_DATA:-}" ]; then
    mkdir -p "$root/root/shared"
    mount --bind -o ro "$CSVA_SHARED_DATA" "$root/root/shared"
fi

rm -rf "$root/root/csva"
git clone -q "$source" "$root/root/csva"
began=$SECONDS
set -m # a process group of its own, so that the server ends with the command
inside bash -c 'cd /root/csva && CI=true ./dev run </dev/null >/root/run.log 2>&1' &
serving=$!
set +m
until inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/8000 && printf "GET /login/ HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3 && grep -q "200 OK" <&3' 2>/dev/null; do
    kill -0 "$serving" 2>/dev/null || { tail -n 30 "$root/root/run.log"; echo "./dev run ended without a page" >&2; exit 1; }
    [ $((SECONDS - began)) -lt 3600 ] || { echo "no page after an hour" >&2; exit 1; }
    sleep 1
done
echo "clone to page: $((SECONDS - began)) s, of which: $(grep -o 'built release in .*' "$root/root/run.log")"
kill -- "-$serving" || true
wait "$serving" || true
began=$SECONDS
inside bash -c 'cd /root/csva && CI=true ./dev test </dev/null >/root/test.log 2>&1' ||
    { tail -n 40 "$root/root/test.log"; echo "./dev test failed after $((SECONDS - began)) s" >&2; exit 1; }
tail -n 12 "$root/root/test.log"
echo "clone to green: $((SECONDS - began)) s"
