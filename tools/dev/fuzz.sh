# ./dev fuzz [SECONDS]: every target of tests/fuzz that long. What it finds new stays in build/fuzz/corpus; what breaks
# a target stays in build/fuzz/found and belongs into tests/fuzz/corpus/<target> with the repair.
# shellcheck shell=bash
source tools/dev/build.sh

dev_fuzz() {
    local seconds=${1:-60} program name
    dev_setup build test
    build_preset fuzz
    mkdir -p build/fuzz/found
    for program in build/fuzz/bin/*_fuzz; do
        [ -x "$program" ] || die "there is no target in tests/fuzz"
        name=$(basename "$program")
        mkdir -p "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name"
        say "$name for $seconds s"
        "$program" -max_total_time="$seconds" -artifact_prefix="build/fuzz/found/$name-" -print_final_stats=1 \
            "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name"
    done
}
