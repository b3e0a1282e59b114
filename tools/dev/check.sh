# ./dev check [--all]: everything that reads the sources without running them. --all adds the slow ones (the whole of
# clang-tidy instead of the changed files, and g++).
# shellcheck shell=bash
source tools/dev/build.sh
source tools/dev/stages.sh

our_files() { git ls-files -co --exclude-standard -- "$@"; }

check_format() { our_files '*.cpp' '*.hpp' | xargs -r clang-format-19 --dry-run --Werror; }
check_rules() { "$SYSTEM_PYTHON" tools/tidy.py && "$SYSTEM_PYTHON" tools/tidy_test.py; }
check_shell() { { our_files "*.sh" && echo dev .ci/run; our_files "tests/**/run" "tests/run"; } | xargs grep -lE "^#!.*(ba)?sh$|shellcheck shell" | xargs shellcheck -x -e SC1091,SC2119,SC2120; }
check_python() {
    our_files '*.py' | xargs "$VENV_DIR/bin/flake8" --max-line-length 132 &&
        our_files '*.py' | xargs "$VENV_DIR/bin/bandit" -q -ll -s B101,B404,B603,B607
}
check_cppcheck() {
    cppcheck --quiet --std=c++20 --language=c++ --inline-suppr --error-exitcode=1 -j "$JOBS" -I src \
        --enable=warning,performance,portability --suppressions-list=tools/cppcheck.txt \
        --cppcheck-build-dir="$(mkdir -p build/cppcheck && echo build/cppcheck)" -i build src
}
# `access` is a word of ours (the right that a route asks for); the call of that name is refused by tools/tidy.py.
check_flawfinder() {
    local found
    found=$(flawfinder --quiet --dataonly --csv --minlevel=4 src | sed 1d | grep -v ',race,access,' || true)
    [ -z "$found" ] || { printf '%s\n' "$found" && return 1; }
}
check_clang_tidy() { "$SYSTEM_PYTHON" tools/each_source.py clang-tidy "$@"; }
check_gcc() { "$SYSTEM_PYTHON" tools/each_source.py g++; }
check_web() { npm --prefix web run --silent check; }
check_actionlint() {
    local program=$CACHE_DIR/ops/bin/actionlint
    if [ -x "$program" ]; then "$program"; else echo "actionlint is not here: left out (tests/ops/tools.sh actionlint builds it)"; fi
}
# What runs the service: the checkers of PyPI, and those of Go when ./dev check-ops has built them.
check_deploy() {
    local bin=$VENV_DIR/bin go=$CACHE_DIR/ops/bin chart=deploy/kubernetes/csv-analyzer
    "$bin/hadolint" deploy/container/Dockerfile &&
        "$bin/check-jsonschema" --quiet --builtin-schema vendor.compose-spec deploy/compose/compose.yaml &&
        "$bin/check-jsonschema" --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml &&
        "$bin/zizmor" --offline --no-progress --quiet .github/workflows &&
        "$bin/python" tools/operations.py || return 1
    check_actionlint || return 1
    if [ ! -x "$go/helm" ]; then
        echo "helm is not here: left out (./dev check-ops builds it)"
    else
        "$go/helm" lint --quiet --strict --kube-version 1.37.2 "$chart" -f "$chart/ci/everything-values.yaml" 2>&1 | { ! grep -v 'symbolic link'; }
    fi
}

dev_check() {
    local all=
    [ "${1:-}" != --all ] || all=1
    dev_setup build test
    stage "clang-format" check_format
    stage "house rules and catalogues" check_rules
    stage "shellcheck" check_shell
    stage "flake8 and bandit" check_python
    stage "cppcheck" check_cppcheck
    stage "flawfinder" check_flawfinder
    [ ! -f web/package-lock.json ] || { install_web && stage "tsc, eslint, prettier" check_web; }
    stage "notices" "$SYSTEM_PYTHON" tools/notices.py
    stage "deploy and workflows" check_deploy
    if [ -n "$all" ]; then
        report "clang-tidy" check_clang_tidy --all
        report "g++ 12" check_gcc
    else
        report "clang-tidy on changed files" check_clang_tidy
    fi
    [ -n "${IN_TEST:-}" ] || stages_end
}
