# A Docker engine of our own on this machine (Debian's docker.io), for the checks that start containers.
# shellcheck shell=bash
# source it; docker_up starts the engine unless it runs, docker_down ends it, docker_base makes the base image.
LAB=${CSVA_OPS_LAB:-/var/tmp/csva-ops}
BASE_IMAGE=localhost/base:bookworm
export DOCKER_HOST=unix://$LAB/docker.sock DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0

docker_up() {
    docker info >/dev/null 2>&1 && return 0
    mkdir -p "$LAB"
    dockerd --data-root "$LAB/data" --exec-root "$LAB/exec" --pidfile "$LAB/pid" -H "$DOCKER_HOST" >"$LAB/dockerd.log" 2>&1 &
    for _ in $(seq 100); do
        docker info >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    tail -n 20 "$LAB/dockerd.log" >&2
    return 1
}

docker_down() { [ ! -e "$LAB/pid" ] || kill "$(cat "$LAB/pid")"; }

# A minimal Debian 12 made by debootstrap stands in for the published base image; how this machine reaches its packages is
# copied in when it is made, and stays in this local image.
docker_base() {
    docker image inspect "$BASE_IMAGE" >/dev/null 2>&1 && return 0
    local root=$CACHE_DIR/ops/bookworm
    [ -x "$root/bin/sh" ] || debootstrap --variant=minbase --include=ca-certificates,curl bookworm "$root" >"$LAB/debootstrap.log" 2>&1
    tar -C "$root" -c . | docker import - localhost/bare:bookworm >/dev/null
    local context
    context=$(mktemp -d)
    mkdir "$context/here"
    local path
    for path in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d /etc/pip.conf /root/.npmrc /usr/local/share/ca-certificates \
        /etc/ssl/certs/ca-certificates.crt; do
        [ ! -e "$path" ] || { mkdir -p "$context/here$(dirname "$path")" && cp -aL "$path" "$context/here$path"; }
    done
    {
        echo "FROM localhost/bare:bookworm"
        echo "COPY here/ /"
        env | grep -iE '^(pip_|npm_config_|https?_proxy|no_proxy|node_extra_ca|ssl_cert|requests_ca)[a-z_]*=' | sed 's/^\([^=]*\)=\(.*\)$/ENV \1="\2"/' || true
    } >"$context/Dockerfile"
    docker build -q -t "$BASE_IMAGE" "$context" >/dev/null
    rm -rf "$context"
}
