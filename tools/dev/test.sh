# ./dev test [FILE|FOLDER]: everything that CI runs; with a path only that folder's tests.
# shellcheck shell=bash
source tools/dev/check.sh

REPORTS=build/reports

# The test program of a folder of src/ is named after it: src/engine/table -> table_test. A feature without one is tested by the
# calls of its name: src/features/datasets -> tests/api/test_datasets.py, on SQLite.
test_folder() {
    local folder=$1 name
    [ -d "$folder" ] || folder=$(dirname "$folder")
    name=$(basename "$folder")
    [ -f build/dev/build.ninja ] || { dev_setup build test && configure dev; }
    if compgen -G "$folder/*_test.cpp" >/dev/null; then
        cmake --build build/dev -j "$JOBS" --target "${name}_test"
        ctest --test-dir build/dev -R "^unit\.$name\." --no-tests=error --output-on-failure --progress -j "$JOBS" | tail -n 40
    elif [ -f "tests/api/test_$name.py" ]; then
        cmake --build build/dev -j "$JOBS" --target csva
        CSVA_PROGRAM=$PWD/build/dev/bin/csva tests/api/run sqlite "test_$name.py"
    else
        die "there is no test program of $folder, and no tests/api/test_$name.py"
    fi
}

# Children are killed by some tests, and a killed one can say nothing of its leaks.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

# The test programs of src/, PostgreSQL beside them, and the fuzzers' corpora.
test_unit() {
    "$SYSTEM_PYTHON" tests/support/with_postgres.py \
        ctest --test-dir build/coverage --output-on-failure -j "$JOBS" --output-junit "$PWD/$REPORTS/unit.xml"
}

# The whole service killed at random moments and at each named place, on SQLite and on PostgreSQL.
test_kill() {
    local backend mode failed=
    : >"$REPORTS/kill.log"
    for backend in sqlite postgres; do
        for mode in "--rounds=${CSVA_KILL_ROUNDS:-15}" --crash-points; do
            CSVA_PROGRAM=$PWD/build/release/bin/csva "$API_PYTHON" tests/kill/run.py \
                --backend "$backend" "$mode" 2>&1 | tee -a "$REPORTS/kill.log" || failed=1
        done
    done
    [ -z "$failed" ]
}

coverage_minimum() { awk -v part="$1" '$1 == part {print $2}' tools/dev/coverage_minimum.txt; }

test_web() {
    npm --prefix web test --silent -- --reporter=default --reporter=junit --outputFile.junit="$PWD/$REPORTS/web.xml" \
        --coverage.thresholds.lines="$(coverage_minimum web)"
}

# The real server on SQLite and on PostgreSQL.
test_api() {
    CSVA_PROGRAM=$PWD/build/coverage/bin/csva timeout 2400 tests/api/run 2>&1 | tee "$REPORTS/api.log"
}

# The document against the server, as schemathesis understands it: all phases, 50 examples an operation.
test_peers() {
    CSVA_PROGRAM=$PWD/build/coverage/bin/csva timeout 1500 tests/peers/schemathesis/run 2>&1 | tee "$REPORTS/peers.log"
}

# Beside other stages: the promised 30 s are for a machine of its own.
test_e2e() {
    CSVA_E2E_PROMISE_S=120 CSVA_PROGRAM=$PWD/build/release/bin/csva timeout 2000 npm --prefix web run --silent e2e 2>&1 | tee "$REPORTS/e2e.log"
}

# Scores that a training shows, computed again by scikit-learn from what it stores.
test_scores() {
    CSVA_PROGRAM=$PWD/build/release/bin/csva timeout 600 tests/peers/scores/run
}

# The shipped rules in a real Prometheus and Alertmanager, down to the mail box.
test_alerting() {
    CSVA_PROGRAM=$PWD/build/coverage/bin/csva timeout 300 "$API_PYTHON" tests/ops/alerting.py 2>&1 |
        tee "$REPORTS/alerting.log"
}

# What attackers try, that nothing of the service speaks to anybody outside, and what it does in bad weather.
test_security() {
    local script code=0
    : >"$REPORTS/security.log"
    for script in attack quiet weather; do
        CSVA_PROGRAM=$PWD/build/coverage/bin/csva timeout 300 "$API_PYTHON" "tests/ops/$script.py" 2>&1 |
            tee -a "$REPORTS/security.log" || code=1
    done
    return "$code"
}

# The image's last stage on a Docker engine, of the release tree that was built here; skipped where no engine starts.
test_image() {
    CACHE_DIR=$CACHE_DIR timeout 300 tests/ops/image_tree.sh build/release 2>&1 | tee "$REPORTS/image.log"
}

# MLflow's own clients against us and against MLflow's own server, the same test.
test_mlflow() {
    CSVA_PROGRAM=$PWD/build/coverage/bin/csva timeout 800 tests/peers/mlflow/run 2>&1 | tee "$REPORTS/mlflow.log"
}

# Model folders in MLflow and onnxruntime.
test_onnx() {
    timeout 600 tests/peers/onnx/run "$PWD/build/release/bin/csva" 2>&1 | tee "$REPORTS/onnx.log"
}

# Statistics, detectors and estimates of drift beside SciPy, Evidently, River and NannyML.
test_drift() {
    CSVA_SEED=1 timeout 800 tests/peers/drift/run build/coverage/bin/drift_probe 2>&1 | tee "$REPORTS/drift.log"
}

# Figures of `csva profile` beside numpy and pandas.
test_profile() {
    timeout 400 tests/peers/profile/run "$PWD/build/release/bin/csva" 2>&1 | tee "$REPORTS/profile.log"
}

# What `csva scan` finds in labelled columns, beside Presidio's recognisers.
test_scan() {
    CSVA_PROGRAM=$PWD/build/release/bin/csva timeout 600 tests/peers/privacy/run 1 2>&1 | tee "$REPORTS/scan.log"
}

# k, l and rows lost beside brute force, on some of the random tables; all with 1000 in place of 100.
test_anonymity() {
    CSVA_PROGRAM=$PWD/build/release/bin/csva timeout 400 "$SYSTEM_PYTHON" tests/peers/privacy/anonymity.py tables 100
}

# Lines of src/ that the stages on the coverage build ran; the others run what is shipped.
report_coverage() {
    gcovr --root . --filter src/ --exclude '.*_test\.cpp' --gcov-executable "llvm-cov-19 gcov" -j "$JOBS" \
        --gcov-ignore-parse-errors --object-directory build/coverage build/coverage \
        --xml "$REPORTS/coverage.xml" --txt "$REPORTS/coverage.txt" --fail-under-line "$(coverage_minimum src)" || return 1
    tail -n 4 "$REPORTS/coverage.txt"
}

dev_test() {
    if [ $# -gt 0 ]; then
        test_folder "$1"
        return
    fi
    IN_TEST=1
    if [ -z "${CSVA_SHARED_DATA:-}" ] && [ -d ../shared/data ]; then
        CSVA_SHARED_DATA=$(readlink -f ../shared)
        export CSVA_SHARED_DATA
    fi
    # What needs these runs where they are built in time, and is skipped where they are not.
    mkdir -p build
    (tests/ops/tools.sh actionlint minio >build/tools.log 2>&1 &)
    rm -rf "$REPORTS" && mkdir -p "$REPORTS"
    dev_check
    API_PYTHON=$(tests/api/venv)/bin/python
    stage "Web UI" build_web
    stage "Web unit tests" test_web
    find build/coverage -name '*.gcda' -delete 2>/dev/null || true
    stage "Build with coverage" build_preset coverage
    stage "Build for release" build_preset release
    stage "Alerting" test_alerting
    stage "Attacks, silence, bad weather" test_security
    # Most of the time these wait for one another's servers and browsers: three at a time, the longest first, fill the cores.
    pooled "API tests on both back ends" test_api
    pooled "Browser tests" test_e2e
    pooled "Schemathesis" test_peers
    pooled "MLflow's clients" test_mlflow
    pooled "Drift beside its peers" test_drift
    pooled "Kill tests on both back ends" test_kill
    pooled "Models in MLflow and onnxruntime" test_onnx
    pooled "Image of the release tree" test_image
    pooled "Scan beside Presidio" test_scan
    pooled "Scores beside scikit-learn" test_scores
    pooled "Profile beside pandas" test_profile
    pooled "Anonymity beside brute force" test_anonymity
    pooled "Unit tests" test_unit
    pooled "actionlint" check_actionlint
    pool 3
    stage "Coverage of src/" report_coverage
    stages_end || STAGES_BAD=1
    "$SYSTEM_PYTHON" tools/summary.py "$REPORTS" unit web api peers alerting security mlflow onnx drift profile scan kill image e2e || STAGES_BAD=1
    [ -z "${STAGES_BAD:-}" ]
}
