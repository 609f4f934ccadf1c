#!/usr/bin/env bash
# docs/openapi.json by the rules of Redocly and Spectral: a warning of either fails. `make lint` runs it.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."

tools="${CARGO_TARGET_DIR:-target}/openapi-lint-tools"
# The list that was installed lies beside what it installed.
if ! cmp -s "$here/lint/package-lock.json" "$tools/installed.json"; then
    rm -rf "$tools"
    mkdir -p "$tools"
    cp "$here/lint/package.json" "$here/lint/package-lock.json" "$tools/"
    npm ci --prefix "$tools" --loglevel=error --no-audit --no-fund --ignore-scripts
    cp "$here/lint/package-lock.json" "$tools/installed.json"
fi

# Neither tool asks anything of other hosts: no telemetry, no look for a newer version.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
"$tools/node_modules/.bin/redocly" lint --config "$here/lint/redocly.yaml" docs/openapi.json 2>"$tools/said" \
    || { cat "$tools/said" >&2; exit 1; }
"$tools/node_modules/.bin/spectral" lint --ruleset "$here/lint/spectral.yaml" --fail-severity warn --quiet docs/openapi.json
