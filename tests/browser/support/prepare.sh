# What whoever opens the dashboard in a browser needs. It is sourced, with the repository as the current folder:
#   . tests/browser/support/prepare.sh debug|release
# Sets CHROMIUM and ATALAYA_PROGRAM, and `target`, the folder of what is built. A program that ATALAYA_PROGRAM names
# already is taken as it is.
profile="${1:?debug or release}"

node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null ||
    { echo "Node.js 20.19 or later is missing: make deps-dashboard" >&2; exit 1; }
CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
[ -n "$CHROMIUM" ] || { echo "Chromium is missing: make deps-dashboard" >&2; exit 1; }

target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$target"
target="$(cd "$target" && pwd)"
if [ -z "${ATALAYA_PROGRAM:-}" ]; then
    # Always: what a cached build directory has may be an earlier program.
    case "$profile" in
        debug) cargo build --quiet -p atalaya-server --bin atalaya ;;
        release) cargo build --quiet --release -p atalaya-server --bin atalaya ;;
    esac
    ATALAYA_PROGRAM="$target/$profile/atalaya"
fi
crates/dashboard/packages.sh
export CHROMIUM ATALAYA_PROGRAM
