# ./dev gen [--update]: the OpenAPI document, the metric names and the help texts as the program gives them, beside the
# golden files in tests/golden.
# shellcheck shell=bash
source tools/dev/build.sh

dev_gen() {
    dev_setup build
    build_preset dev csva
    local new=build/golden bad=0
    rm -rf "$new"
    CSVA_PROGRAM=build/dev/bin/csva "$SYSTEM_PYTHON" tests/golden/make.py "$new"
    for file in "$new"/*; do
        local golden
        golden=tests/golden/$(basename "$file")
        if [ "${1:-}" = --update ]; then
            cp "$file" "$golden"
        else
            diff -u "$golden" "$file" || bad=1
        fi
    done
    if [ "${1:-}" = --update ]; then
        "$VENV_DIR/bin/python" tools/operations.py --write
    else
        "$VENV_DIR/bin/python" tools/operations.py || bad=1
    fi
    [ "$bad" = 0 ] || die "the golden files differ: look at the difference, then ./dev gen --update"
}
