#!/usr/bin/env bash
# The dashboard in a real browser, as the program serves it: every screen in both languages, both themes and two widths,
# and journeys through them. `make test` runs it. Arguments are tests to run instead of all of them:
#   tests/browser/run.sh journeys/tabs
# Pictures of the screens are kept in target/browser.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."

node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null ||
    { echo "Node.js 20.19 or later is missing: make deps-dashboard" >&2; exit 1; }
CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
[ -n "$CHROMIUM" ] || { echo "Chromium is missing: make deps-dashboard" >&2; exit 1; }

target="${CARGO_TARGET_DIR:-target}"
# Always: what a cached build directory has may be an earlier program.
cargo build --quiet -p atalaya-server --bin atalaya
target="$(cd "$target" && pwd)"
crates/dashboard/packages.sh

work="$(mktemp -d -t atalaya-browser-XXXXXX)"
trap 'rm -rf "$work"' EXIT
export CHROMIUM
export ATALAYA_PROGRAM="$target/debug/atalaya"
export ATALAYA_PICTURES="${ATALAYA_PICTURES:-$target/browser}"
# Made once; each test file gives its own server a copy of it.
export ATALAYA_SEED="$work/seed"
export TMPDIR="$work"

if [ $# -gt 0 ]; then
    tests=("${@/#/$here/}")
    tests=("${tests[@]/%/.test.mjs}")
else
    tests=("$here"/*.test.mjs "$here"/journeys/*.test.mjs)
fi
node "$here/support/seed.mjs"
node --test --test-concurrency=2 --test-reporter=spec "${tests[@]}"
