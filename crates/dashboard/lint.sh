#!/usr/bin/env bash
# The dashboard's source: types, rules, units; and that dist/, which is committed, is what it is built into.
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
./build.sh "$built"
diff -r "$built" dist || { echo "dist/ is not what ui/ is built into: run make dashboard and commit it" >&2; exit 1; }
