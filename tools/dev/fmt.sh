# ./dev fmt
# shellcheck shell=bash

cpp_files() { git ls-files -co --exclude-standard -- '*.cpp' '*.hpp'; }

dev_fmt() {
    dev_setup test
    cpp_files | xargs -r clang-format-19 -i
    [ ! -f web/package.json ] || { source tools/dev/build.sh && install_web && npm --prefix web run --silent format; }
}
