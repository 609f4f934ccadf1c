#!/usr/bin/env bash
# The dashboard in a real browser, as the program serves it: every screen in both languages, both themes and two widths,
# and journeys through them. `make test` runs it. Arguments are tests to run instead of all of them:
#   tests/browser/run.sh journeys/tabs
# Pictures of the screens are kept in target/browser.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."

. tests/browser/support/prepare.sh debug

work="$(mktemp -d -t atalaya-browser-XXXXXX)"
trap 'rm -rf "$work"' EXIT
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
