#!/usr/bin/env bash
# The image's last stage with a tree that is already built: tests/ops/image_tree.sh BUILD (default build/release)
# What `cmake --install` leaves and the libraries it needs of this Debian become an image twice; it must be the same one, and run
# without root on a read-only root, answer, be healthy, and stop in time. The whole build is `./dev check-ops image`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=${1:-build/release}
CACHE_DIR=${CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/csva}
work=$(mktemp -d /var/tmp/csva-tree.XXXXXX)
export CSVA_OPS_LAB=$work/lab
# shellcheck source=tests/ops/docker.sh
source tests/ops/docker.sh
ran=0 name=csva-tree-$$ image=localhost/csva:tree
ok() { ran=$((ran + 1)) && echo "ok: $*"; }
ended() {
    local code=$?
    [ "$code" = 0 ] || docker logs "$name" 2>&1 | grep -v ^profiling: | tail -n 20 || true
    docker rm -f "$name" >/dev/null 2>&1 || true
    docker_down
    for _ in $(seq 50); do [ -e "$LAB/pid" ] || break; sleep 0.1; done
    findmnt -rno TARGET | grep "^$work/" | sort -r | xargs -r umount -l || true
    rm -rf "$work"
    [ "$code" = 0 ] || echo "PROBLEM: after the last ok above; image: $((ran + 1)) ran, 1 failed, 0 skipped"
    exit "$code"
}
trap ended EXIT

# An engine that starts may still be unable to unpack a layer, as in a chroot whose root is no mount.
if ! { docker_up && tar -c -T /dev/null | docker import - localhost/empty:tree; } >/dev/null 2>"$work/refused"; then
    tail -n 3 "$work/refused"
    echo "no Docker engine works here; image: 1 ran, 0 failed, 1 skipped"
    exit 0
fi

# The shipped Dockerfile's last stage; in place of the stage that builds stands what is built.
DESTDIR=$work/out/program cmake --install "$build" --prefix /usr --strip >/dev/null
rm -rf "$work/out/program/usr/lib/systemd" "$work/out/program/usr/share/csva"
mkdir "$work/out/system" "$work/context"
python3 tools/package/closure.py "$work/out" third_party.lock web/package-lock.json
epoch=$(git log -1 --format=%ct)
find "$work/out" -exec touch -hd "@$epoch" {} +
tar -C "$work" -c out | docker import - localhost/built:tree >/dev/null
{ echo "FROM localhost/built:tree AS package" && sed -n '/^FROM scratch/,$p' deploy/container/Dockerfile; } >"$work/context/Dockerfile"
digests=()
for round in 1 2; do
    docker build --quiet --no-cache --build-arg "REVISION=$(git rev-parse HEAD)" --build-arg "VERSION=$(tools/package/version.sh)" \
        -t "$image" -f "$work/context/Dockerfile" "$work/context" >/dev/null 2>"$work/log" ||
        { tail -n 20 "$work/log" && exit 1; }
    docker save -o "$work/saved.tar" "$image"
    digests+=("$(python3 tools/package/same_image.py "$work/saved.tar" "$work/image.tar" "$epoch")")
    docker load --quiet -i "$work/image.tar" >/dev/null
    echo "build $round: ${digests[-1]}"
done
[ "${digests[0]}" = "${digests[1]}" ]
ok "two builds, one digest, $(($(docker image inspect "$image" --format '{{.Size}}') / 1000000)) MB"
[ "$(docker image inspect "$image" --format '{{.Config.User}}')" = 65532:65532 ]
ok "it does not run as root"

docker run -d --name "$name" --read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp --memory 1g \
    -p 127.0.0.1::8000 -v /data "$image" >/dev/null
port=$(docker port "$name" 8000/tcp | sed 's/.*://')
curl -fs --retry 20 --retry-all-errors --retry-delay 1 -o /dev/null "http://127.0.0.1:$port/health/ready"
for _ in $(seq 60); do
    [ "$(docker inspect "$name" --format '{{.State.Health.Status}}')" != healthy ] || break
    sleep 0.5
done
# In a chroot an engine starts containers, but no command in one that runs, neither health checks nor `docker exec`: it looks
# for the folder that the container itself was started in on the wrong root.
if ! said=$(docker exec "$name" csva --version 2>&1) && [[ $said == *'chdir to cwd ("/data") set in config.json failed'* ]]; then
    echo "$said"
    echo "this engine starts no command in a container that runs; image: $((ran + 1)) ran, 0 failed, 1 skipped"
    exit 0
fi
[ "$(docker inspect "$name" --format '{{.State.Health.Status}}')" = healthy ]
ok "healthy on a read-only root"
if docker exec "$name" sh -c true >/dev/null 2>&1; then exit 1; fi
ok "no shell in it"
printf 'correct horse battery\n' | docker exec -i "$name" csva user add ann --admin --password-stdin >/dev/null
token=$(docker exec "$name" csva token add ann | awk '{print $NF}')
said=$(curl -fsS -H "Authorization: Bearer $token" -F file=@tests/data/titanic.csv "http://127.0.0.1:$port/api/upload-csv/")
[ "$said" = '{"file":"titanic.csv","message":"Upload OK"}' ]
for _ in $(seq 60); do
    state=$(curl -fsS -H "Authorization: Bearer $token" "http://127.0.0.1:$port/api/v1/datasets/1" | python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])')
    [ "$state" != ready ] || break
    sleep 0.5
done
[ "$state" = ready ]
ok "a file is stored and read in it"
began=$(date +%s%N)
docker stop "$name" >/dev/null
took=$((($(date +%s%N) - began) / 1000000))
[ "$took" -lt 10000 ] && [ "$(docker inspect "$name" --format '{{.State.ExitCode}}')" = 0 ]
ok "docker stop: $took ms, exit code 0"
echo "image: $ran ran, 0 failed, 0 skipped"
