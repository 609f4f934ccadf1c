#!/usr/bin/env bash
# Asks the program what its OpenAPI document allows and what it forbids, and compares each answer with it: Schemathesis, all
# its checks. `make test-openapi` runs it. OPENAPI_EXAMPLES is how many requests are made up for each operation.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."

target="${CARGO_TARGET_DIR:-target}"
tools="$target/openapi-tools"
# Chosen by chance in each run otherwise: then a gate would fail for what it did not change.
seed="${OPENAPI_SEED:-1}"
examples="${OPENAPI_EXAMPLES:-5}"

# The list that was installed lies beside what it installed. A machine's next Python may not run what its last one did.
if ! cmp -s "$here/requirements.txt" "$tools/requirements.txt" || ! "$tools/bin/python" -c '' 2>/dev/null; then
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$tools/requirements.txt"
fi
tools="$(cd "$tools" && pwd)"

cargo build --quiet -p atalaya-server
program="$(cd "$target" && pwd)/debug/atalaya"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# It keeps what it learnt in the folder that it is started in.
cp docs/openapi.json "$work/"

python3 tests/clients/with_server.py "$program" env --chdir="$work" SCHEMATHESIS_HOOKS=hooks PYTHONPATH="$here" \
    PYTHONDONTWRITEBYTECODE=1 bash -c "exec '$tools/bin/schemathesis' --config-file '$here/schemathesis.toml' \
    run openapi.json --url \"\$ATALAYA_URL\" --seed $seed --max-examples $examples --workers 1 \"\$@\"" schemathesis "$@"
