#!/usr/bin/env bash
# What the dashboard weighs and how fast it is, in a browser on demonstration data, as docs/performance.md lists it:
# `make bench-dashboard` runs it. It takes about ten minutes after the build, and needs a quiet machine. Arguments are
# the parts to measure instead of all:
#   bench/dashboard/run.sh sizes charts lighthouse
# ATALAYA_PROGRAM may name a program that is built already.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."

. tests/browser/support/prepare.sh release

tools="$target/bench-dashboard-tools"
# The list that was installed lies beside what it installed.
if ! cmp -s "$here/package-lock.json" "$tools/installed.json"; then
    rm -rf "$tools"
    mkdir -p "$tools"
    cp "$here/package.json" "$here/package-lock.json" "$tools/"
    npm ci --prefix "$tools" --loglevel=error --no-audit --no-fund --ignore-scripts
    cp "$here/package-lock.json" "$tools/installed.json"
fi

work="$(mktemp -d -t atalaya-bench-dashboard-XXXXXX)"
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work" ATALAYA_BENCH_TOOLS="$tools"

node "$here/measure.mjs" "$@"
