# Shared by ./dev and its subcommands: where things are, what they say, how root is asked for.
# shellcheck shell=bash disable=SC2034
# The Python of Debian, not one that a version manager put first on the path: its venv package is what setup installs.
readonly SYSTEM_PYTHON=/usr/bin/python3
CACHE_DIR=${CSVA_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/csva}
THIRD_PARTY_DIR=${CSVA_THIRD_PARTY_DIR:-$CACHE_DIR/third_party}
VENV_DIR=$CACHE_DIR/venv
export CSVA_THIRD_PARTY_DIR=$THIRD_PARTY_DIR
export PATH=$PATH:$VENV_DIR/bin
# Without it ccache keeps nothing that is compiled with a precompiled header.
export CCACHE_SLOPPINESS=pch_defines,time_macros
export CCACHE_DEPEND=1  # The compiler lists what it read; the preprocessor need not run beside it.
JOBS=${CSVA_JOBS:-$(nproc)}

say() { printf '\n== %s\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "this step needs root and there is no sudo: $*"
    fi
}

# Debian's node is 18; React Router, i18next and Vitest need 22.22 or newer.
node_is_new_enough() {
    have node && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 22) ? 0 : 1)'
}

configure() {
    local preset=$1
    shift
    # What the web UI's build left is embedded; configuring again notices that it appeared or went away.
    cmake --preset "$preset" "$@" >"build/configure-$preset.log" 2>&1 || {
        cat "build/configure-$preset.log" >&2
        die "configuring the preset $preset failed"
    }
}
