#!/usr/bin/env bash
# Signs $IMAGE@$DIGEST with the identity of this run, and attaches the bill of materials.
set -euo pipefail
cd "$(dirname "$0")/../.."
cosign sign --yes "$IMAGE@$DIGEST"
cosign attest --yes --type cyclonedx --predicate build/image/sbom.cdx.json "$IMAGE@$DIGEST"
