#!/usr/bin/env bash
# Installs into ui/node_modules what ui/package-lock.json names, where that is not installed already.
set -euo pipefail
cd "$(dirname "$0")/ui"

# The list that was installed lies beside what it installed.
if ! cmp -s package-lock.json node_modules/installed.json; then
    npm ci --loglevel=error --no-audit --no-fund --ignore-scripts
    cp package-lock.json node_modules/installed.json
fi
