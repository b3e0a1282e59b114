# ./dev bench http|data|train|quality|drift|tracking|journal
# shellcheck shell=bash
source tools/dev/build.sh

dev_bench() {
    local name=${1:-}
    [ -x "tests/bench/$name/run" ] || die "there is no tests/bench/$name/run"
    shift
    dev_setup build bench
    build_web
    build_preset release csva
    [ "$name" != drift ] || build_preset dev drift_probe
    [ "$name" != journal ] || build_preset dev journal_probe
    exec "tests/bench/$name/run" "$@"
}
