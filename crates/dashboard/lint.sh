#!/usr/bin/env bash
# The dashboard's source: types, rules, units; that dist/, which is committed, is what it is built into; and that the
# first screen is small enough.
set -euo pipefail
cd "$(dirname "$0")"

# The lock file says what is installed, not from where.
if grep -n '"resolved"' ui/package-lock.json; then
    echo "ui/package-lock.json names a registry: ui/.npmrc has omit-lockfile-registry-resolved=true" >&2
    exit 1
fi

./packages.sh
npm run --silent --prefix ui typecheck
npm run --silent --prefix ui lint --if-present
npm run --silent --prefix ui test

built="$(mktemp -d)"
trap 'rm -rf "$built"' EXIT
./build.sh "$built" --manifest
diff -r --exclude=.vite "$built" dist || { echo "dist/ is not what ui/ is built into: run make dashboard and commit it" >&2; exit 1; }

# What Vite tells of each file, which is not served.
node sizes.mjs "$built" "$built/.vite/manifest.json"
