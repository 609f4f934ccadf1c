#!/usr/bin/env bash
# Clients that are generated from docs/openapi.json: they have to type-check, and to do the README's tour against the program.
# And the READMEs and docs/api.md themselves, typed as they are written.
# `make test-clients` runs it.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."

target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$target"
target="$(cd "$target" && pwd)"
python="$target/client-tools/python"
node="$target/client-tools/node"

step() { printf -- '-- %s\n' "$1"; }

# The list that was installed lies beside what it installed. A machine's next Python may not run what its last one did.
if ! cmp -s "$here/requirements.txt" "$python/requirements.txt" || ! "$python/bin/python" -c '' 2>/dev/null; then
    step "tools for Python"
    rm -rf "$python"
    python3 -m venv "$python"
    "$python/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$python/requirements.txt"
fi
if ! cmp -s "$here/package-lock.json" "$node/installed.json"; then
    step "tools for TypeScript"
    rm -rf "$node"
    mkdir -p "$node"
    cp "$here/package.json" "$here/package-lock.json" "$node/"
    npm ci --prefix "$node" --loglevel=error --no-audit --no-fund --ignore-scripts
    cp "$here/package-lock.json" "$node/installed.json"
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

step "TypeScript: openapi-typescript, tsc"
cp "$here/tour.ts" "$here/tsconfig.json" "$here/package.json" "$work/"
ln -s "$node/node_modules" "$work/node_modules"
"$node/node_modules/.bin/openapi-typescript" docs/openapi.json --output "$work/api.d.ts" >/dev/null
"$node/node_modules/.bin/tsc" --project "$work/tsconfig.json" --noEmit
"$node/node_modules/.bin/tsc" --project "$work/tsconfig.json"

step "Python: openapi-python-client, mypy"
cp "$here/tour.py" "$work/"
"$python/bin/openapi-python-client" generate --path docs/openapi.json --config "$here/generator.yaml" \
    --meta none --output-path "$work/atalaya_client" >"$work/generated" 2>&1 || { cat "$work/generated" >&2; exit 1; }
(cd "$work" && "$python/bin/mypy" --strict --cache-dir "$work/mypy" tour.py)

step "the tours"
cargo build --quiet -p atalaya-server
export ATALAYA_HISTORY="$PWD/tests/data/channel_tenko_shibuki.csv"
"$python/bin/python" "$here/with_server.py" "$target/debug/atalaya" \
    bash -euo pipefail -c "node '$work/built/tour.js' && PYTHONDONTWRITEBYTECODE=1 '$python/bin/python' '$work/tour.py'"

step "the READMEs as they are written"
for page in README.md README.es.md; do
    "$python/bin/python" "$here/with_server.py" "$target/debug/atalaya" "$here/readme.sh" "$page"
done

step "the API's page as it is written"
"$python/bin/python" "$here/with_server.py" "$target/debug/atalaya" "$python/bin/python" "$here/api_page.py" docs/api.md
