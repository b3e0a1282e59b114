# ./dev check-ops [PART]...: the slow checks of deploy/, on real servers of this machine; without a word all that OPS_PARTS lists, in an
# order in which each finds what it needs. A part is tests/ops/check_PART.sh; what it says is kept in docs/operations/evidence.
# shellcheck shell=bash
source tools/dev/build.sh
source tools/dev/stages.sh

readonly OPS_PARTS=(rules policies chart secrets package image layers pipeline dumps compose cluster rolling drills weather attack)
readonly OPS_DIR=$CACHE_DIR/ops
export CACHE_DIR OPS_DIR

# Paths of this machine and hosts of registries are nobody's business.
as_evidence() { sed -e "s|$PWD/||g; s|$PWD|.|g; s|$CACHE_DIR|CACHE|g; s|/\(var/\)\?tmp/[A-Za-z0-9._/-]*|TMP|g; s|$HOME|HOME|g"; }

ops_part() {
    local part=$1 out=docs/operations/evidence/$1.txt
    local start=$SECONDS
    mkdir -p "$(dirname "$out")"
    NO_COLOR=1 tests/ops/"check_$part.sh" 2>"build/ops-$part.log" | tee "build/ops-$part.txt" || {
        tail -n 30 "build/ops-$part.log" >&2
        return 1
    }
    {
        echo "./dev check-ops $part, $(date -u +%F), $(nproc) cores, $((SECONDS - start)) s"
        echo
        cat "build/ops-$part.txt"
    } | as_evidence >"$out"
}

dev_check_ops() {
    local parts=("$@") part
    [ ${#parts[@]} -gt 0 ] || parts=("${OPS_PARTS[@]}")
    dev_setup build test ops
    tests/ops/tools.sh
    API_PYTHON=$(tests/api/venv)/bin/python
    export API_PYTHON
    for part in "${parts[@]}"; do
        [ -x "tests/ops/check_$part.sh" ] || die "there is no part '$part'; there are: ${OPS_PARTS[*]}"
        stage "$part" ops_part "$part"
    done
    stages_end
}
