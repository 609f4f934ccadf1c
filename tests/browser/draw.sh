#!/usr/bin/env bash
# Draws docs/pictures/dashboard anew, in English and in Spanish: `make dashboard-pictures` runs it. Arguments are pictures
# to draw instead of all of them:
#   tests/browser/draw.sh account
# Days are counted back from today, so that on another day the pictures differ. ATALAYA_PROGRAM may name a program that is
# built already.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."

. tests/browser/support/prepare.sh debug

work="$(mktemp -d -t atalaya-draw-XXXXXX)"
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work"

node "$here/draw.mjs" "$@"
