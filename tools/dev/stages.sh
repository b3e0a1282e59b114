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

POOL=()
POOL_ASIDE=0

# pooled NAME FUNCTION: a stage for the next pool.
pooled() { POOL+=("$1|$2"); }

# aside NAME FUNCTION: a stage that begins with the next pool, before all that is pooled, and takes nobody's place in it.
aside() {
    POOL=("$1|$2" "${POOL[@]}")
    POOL_ASIDE=$((POOL_ASIDE + 1))
}

# pool WIDTH: runs what was pooled, WIDTH stages at a time in their order; each one's output is shown whole when it ended.
pool() {
    local width=$(($1 + POOL_ASIDE)) next=0 ended code
    local -A names=() starts=()
    local folder
    folder=$(mktemp -d)
    while [ "$next" -lt ${#POOL[@]} ] || [ ${#names[@]} -gt 0 ]; do
        while [ "$next" -lt ${#POOL[@]} ] && [ ${#names[@]} -lt "$width" ]; do
            (${POOL[$next]#*|}) >"$folder/$next" 2>&1 </dev/null &
            names[$!]="$next" starts[$!]=$SECONDS
            next=$((next + 1))
        done
        code=0
        wait -n -p ended "${!names[@]}" || code=$?
        local number=${names[$ended]} name
        [ "$number" -ge "$POOL_ASIDE" ] || width=$((width - 1))
        name=${POOL[$number]%%|*}
        say "$name"
        cat "$folder/$number"
        if [ "$code" != 0 ]; then
            STAGES_FAILED+=("$name")
            printf '## failed: %s\n' "$name" >&2
        fi
        STAGES_TIMES+=("$(printf '%5d s  %s (beside others)' $((SECONDS - starts[$ended])) "$name")")
        unset "names[$ended]"
    done
    rm -rf "$folder"
    POOL=()
    POOL_ASIDE=0
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
