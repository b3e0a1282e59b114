# ./dev build [PRESET] [--times]
# shellcheck shell=bash

# The web UI is a part of the program: its files are embedded when it is built.
build_web() {
    [ -f web/package-lock.json ] || return 0
    local stamp=build/web.stamp sum
    sum=$(git ls-files -co --exclude-standard -- web locales | LC_ALL=C sort | xargs -d '\n' sha256sum 2>/dev/null | sha256sum)
    [ "$sum" = "$(cat "$stamp" 2>/dev/null)" ] && [ -d web/dist ] && return 0
    say "Web UI"
    install_web
    npm --prefix web run --silent build >build/web.log 2>&1 || {
        tail -n 60 build/web.log >&2
        die "the web UI did not build"
    }
    echo "$sum" >"$stamp"
}

# npm ci only when the lock file is another one than last time.
install_web() {
    if ! cmp -s web/package-lock.json web/node_modules/.csva-lock; then
        npm --prefix web ci --silent --no-audit --no-fund
        cp web/package-lock.json web/node_modules/.csva-lock
    fi
}

# build_preset PRESET [TARGET]...: quiet when all goes well.
build_preset() {
    local preset=$1 start=$SECONDS
    shift
    say "Build: $preset"
    configure "$preset"
    cmake --build "build/$preset" -j "$JOBS" ${1:+--target "$@"} || return 1
    echo "built $preset in $((SECONDS - start)) s" >&2
}

slowest_files() {
    echo "The slowest of the last build, in seconds:"
    awk '!/^#/ {print ($2 - $1) / 1000, $4}' "build/$1/.ninja_log" | sort -rn | head -20
}

dev_build() {
    local preset=dev times=
    for argument in "$@"; do
        case $argument in
            --times) times=1 ;;
            -*) die "unknown option $argument" ;;
            *) preset=$argument ;;
        esac
    done
    dev_setup build
    [ "$preset" != release ] || build_web
    build_preset "$preset"
    [ -z "$times" ] || slowest_files "$preset"
}
