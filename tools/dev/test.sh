# ./dev test [FILE|FOLDER]: everything that CI runs; with a path only that folder's tests.
# shellcheck shell=bash
source tools/dev/build.sh

# The test program of a folder of src/ is named after it: src/engine/table -> table_test.
test_folder() {
    local folder=$1
    [ -d "$folder" ] || folder=$(dirname "$folder")
    local target
    target=$(basename "$folder")_test
    build_preset dev "$target"
    "build/dev/bin/$target"
}

dev_test() {
    dev_setup build test
    if [ $# -gt 0 ]; then
        test_folder "$1"
        return
    fi
    build_preset asan
    say "Tests"
    ctest --test-dir build/asan --output-on-failure -j "$JOBS"
}
