# A MinIO for tests, built from Go's module proxy at the version that tests/support/bucket.py names, and kept in the cache.
# shellcheck shell=bash

minio_version() { sed -n 's/^VERSION = "\([^"]*\)".*/\1/p' tests/support/bucket.py; }

# Builds it unless it is there; quiet and last in the queue for the processor, since tests that need it may be skipped.
build_minio() {
    local folder
    folder=$CACHE_DIR/tools/minio-$(minio_version)
    [ -x "$folder/minio" ] && return 0
    have go || { echo "there is no Go: tests against a real bucket are skipped" >&2; return 0; }
    mkdir -p "$CACHE_DIR/tools"
    (
        flock -n 8 || exit 0
        export GOBIN=$folder.new CGO_ENABLED=0 GOFLAGS="-buildvcs=false -p=1"
        nice -n 19 go install "github.com/minio/minio@$(minio_version)" >build/minio.log 2>&1 &&
            mkdir -p "$folder" && mv "$folder.new/minio" "$folder/minio" && rm -rf "$folder.new"
    ) 8>"$CACHE_DIR/tools/minio.lock"
}
