# Stages of a long run: each is timed, a failed one is remembered and the others still run.
# shellcheck shell=bash
STAGES_FAILED=()
STAGES_TIMES=()

# metered FILE COMMAND...: the last command of a subshell; leaves in FILE what its processes took of a processor.
metered() {
    # shellcheck disable=SC2064
    trap "times >'$1'" EXIT
    shift
    "$@"
}

# timed START FILE NAME: one line about a stage that has ended.
timed() {
    local used
    used=$(awk '{ for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += 60 * t[1] + t[2] } } END { printf "%d", sum }' "$2" 2>/dev/null) || true # one that was killed left none
    STAGES_TIMES+=("$(printf '%5d s, %5d s of a processor  %s' $((SECONDS - $1)) "$used" "$3")")
}

# stage NAME COMMAND...
stage() {
    local name=$1 start=$SECONDS meter
    shift
    say "$name"
    meter=$(mktemp)
    if ! (metered "$meter" "$@"); then
        STAGES_FAILED+=("$name")
        printf '## failed: %s\n' "$name" >&2
    fi
    timed "$start" "$meter" "$name"
    rm -f "$meter"
}

POOL=()

# pooled NAME FUNCTION: a stage for the next pool.
pooled() { POOL+=("$1|$2"); }

# pool WIDTH: runs what was pooled, WIDTH stages at a time in their order; each one's output is shown whole when it ended.
pool() {
    local width=$1 next=0 ended code
    local -A names=() starts=()
    local folder
    folder=$(mktemp -d)
    while [ "$next" -lt ${#POOL[@]} ] || [ ${#names[@]} -gt 0 ]; do
        while [ "$next" -lt ${#POOL[@]} ] && [ ${#names[@]} -lt "$width" ]; do
            (metered "$folder/$next.cpu" "${POOL[$next]#*|}") >"$folder/$next" 2>&1 </dev/null &
            names[$!]="$next" starts[$!]=$SECONDS
            next=$((next + 1))
        done
        code=0
        wait -n -p ended "${!names[@]}" || code=$?
        local number=${names[$ended]} name
        name=${POOL[$number]%%|*}
        say "$name"
        cat "$folder/$number"
        if [ "$code" != 0 ]; then
            STAGES_FAILED+=("$name")
            printf '## failed: %s\n' "$name" >&2
        fi
        timed "${starts[$ended]}" "$folder/$number.cpu" "$name (beside others)"
        unset "names[$ended]"
    done
    rm -rf "$folder"
    POOL=()
}

# report NAME COMMAND...: a stage on its way to become one: it says what it found and fails nothing yet.
report() {
    local name=$1 start=$SECONDS meter
    shift
    say "$name (does not fail the run yet)"
    meter=$(mktemp)
    (metered "$meter" "$@") || printf '## has findings: %s\n' "$name" >&2
    timed "$start" "$meter" "$name (reported)"
    rm -f "$meter"
}

stages_end() {
    [ ${#STAGES_TIMES[@]} = 0 ] || printf '%s\n' "${STAGES_TIMES[@]}"
    [ ${#STAGES_FAILED[@]} = 0 ] && return 0
    printf 'Failed: %s\n' "${STAGES_FAILED[@]}"
    return 1
}
