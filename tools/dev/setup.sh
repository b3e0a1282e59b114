# ./dev setup [build|test|bench]...: installs what is missing, and only that. Without a word: build and test.
# shellcheck shell=bash

packages_of() {
    awk -v need="$1" '/^#/ {next} /^\[/ {on = ($0 == "[" need "]"); next} on && NF' tools/dev/packages.txt
}

missing_packages() {
    local need package
    for need in "$@"; do
        for package in $(packages_of "$need"); do
            [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
        done
    done | sort -u
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }

install_packages() {
    local missing
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    say "Debian packages to install: $missing"
    if [ -t 0 ] && [ -z "${CI:-}" ]; then
        read -r -p "Install them now? [Y/n] " answer
        case $answer in [nN]*) die "nothing installed" ;; esac
    fi
    local attempt words
    read -r -a words <<<"$missing"
    for attempt in 1 2 3; do
        if apt update && apt install -y --no-install-recommends "${words[@]}" >build/apt.log 2>&1; then
            return 0
        fi
        echo "attempt $attempt did not succeed; its last lines:" >&2
        tail -n 5 build/apt.log >&2 || true
        sleep 5
    done
    die "apt-get could not install the packages; see build/apt.log"
}

# A virtual environment for what PyPI carries and Debian does not, made again when its list changes.
make_venv() {
    local list=tools/requirements.txt
    if ! cmp -s "$list" "$VENV_DIR/installed.txt"; then
        say "Python tools into $VENV_DIR"
        mkdir -p "$CACHE_DIR"
        [ -x "$VENV_DIR/bin/python" ] || "$SYSTEM_PYTHON" -m venv "$VENV_DIR"
        "$VENV_DIR/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$list"
        cp "$list" "$VENV_DIR/installed.txt"
    fi
    if ! node_is_new_enough; then
        say "Node.js into $VENV_DIR"
        "$VENV_DIR/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r tools/requirements-node.txt
        "$VENV_DIR/bin/python" tools/link_node.py
        export PATH=$VENV_DIR/bin:$PATH
    fi
}

dev_setup() {
    local needs=("$@")
    [ ${#needs[@]} -gt 0 ] || needs=(build test)
    mkdir -p build
    (
        # Several worktrees or runs may share one machine.
        mkdir -p "$CACHE_DIR"
        exec 9>"$CACHE_DIR/setup.lock"
        flock 9
        install_packages "${needs[@]}"
        make_venv
        "$VENV_DIR/bin/python" tools/fetch_third_party.py third_party.lock "$THIRD_PARTY_DIR"
    )
    if ! node_is_new_enough; then export PATH=$VENV_DIR/bin:$PATH; fi
}
