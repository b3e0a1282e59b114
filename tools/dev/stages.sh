# Stages of a long run: each is timed, a failed one is remembered and the others still run.
# shellcheck shell=bash
STAGES_FAILED=()
STAGES_TIMES=()

# stage NAME COMMAND...
stage() {
    local name=$1 start=$SECONDS
    shift
    say "$name"
    if ! ("$@"); then
        STAGES_FAILED+=("$name")
        printf '## failed: %s\n' "$name" >&2
    fi
    STAGES_TIMES+=("$(printf '%5d s  %s' $((SECONDS - start)) "$name")")
}

# report NAME COMMAND...: a stage on its way to become one: it says what it found and fails nothing yet.
report() {
    local name=$1 start=$SECONDS
    shift
    say "$name (does not fail the run yet)"
    ("$@") || printf '## has findings: %s\n' "$name" >&2
    STAGES_TIMES+=("$(printf '%5d s  %s (reported)' $((SECONDS - start)) "$name")")
}

stages_end() {
    [ ${#STAGES_TIMES[@]} = 0 ] || printf '%s\n' "${STAGES_TIMES[@]}"
    [ ${#STAGES_FAILED[@]} = 0 ] && return 0
    printf 'Failed: %s\n' "${STAGES_FAILED[@]}"
    return 1
}
