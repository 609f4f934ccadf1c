#!/usr/bin/env bash
# Types what a README says to type, and runs its page's code, against the server at ATALAYA_URL:
#   with_server.py PROGRAM readme.sh README.md
# What starts or builds the program itself is left out. `run.sh` runs it.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "$here/../.."
page="$1"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# The blocks of one language, with the server's address.
blocks() {
    awk -v fence="\`\`\`$1" '
        /^```/ { if (inside && block !~ /(^|\n)(make|cargo) /) printf "%s", block; inside = ($0 == fence); block = ""; next }
        inside { block = block $0 "\n" }
    ' "$page" | sed "s|http://localhost:8000|$ATALAYA_URL|"
}

fail() {
    printf '%s: %s\n' "$page" "$1" >&2
    cat "$work"/*.out >&2
    exit 1
}

blocks sh >"$work/tour.sh"
bash -euo pipefail "$work/tour.sh" >"$work/tour.out"
for told in '"empresa_nombre":"Interbank"' '"inserted":130' '"model_version":1' '"warning_texts":' '"horizon_days":3[0-3]' \
    '"extensions":{"cost":182}' '"lectura":"7"'; do
    grep -q "$told" "$work/tour.out" || fail "the tour did not answer $told"
done
# The other bank's question, and nothing else, is refused.
[ "$(grep -o '"error_code":"[A-Z_]*"' "$work/tour.out")" = '"error_code":"ACCOUNT_FORBIDDEN"' ] || fail 'something was refused'

blocks js >"$work/page.mjs"
node "$work/page.mjs" >"$work/page.out"
[ "$(grep -cE "'20[0-9]{2}-[0-9]{2}-[0-9]{2}'" "$work/page.out")" = 30 ] || fail 'the page did not show thirty days'
