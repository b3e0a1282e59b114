# ./dev run [ARGUMENT]...: from a clone to a page; arguments go to `csva serve`.
# shellcheck shell=bash
source tools/dev/build.sh

dev_run() {
    dev_setup build
    build_web
    build_preset release csva
    say "Starting on http://127.0.0.1:8000/ (stop with Ctrl-C)"
    exec build/release/bin/csva serve --listen 127.0.0.1:8000 "$@"
}
