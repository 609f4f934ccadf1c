#!/usr/bin/env bash
# Checks every file of deploy/ by the tools that exist for it; `make lint-deploy` runs it. An argument names another
# copy of the repository, to see that a broken one fails.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cd "${1:-$here/..}"

tools="${CARGO_TARGET_DIR:-target}/deploy-tools"
# In tenths: 0 is all shut, 100 is all open. What the unit has, and a little.
exposure=12
# The oldest that knows all that is used, and the newest that the tool has a schema of.
kubernetes=(1.30 1.37)

# Where Debian keeps nginx, which only root's PATH has.
PATH="$PATH:/usr/sbin"

step() { printf -- '-- %s\n' "$1"; }
die() { echo "lint-deploy: $1" >&2; exit 1; }
# Says what a command said only if it fails.
quietly() {
    "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
}

for command in nginx openssl python3 shellcheck systemd-analyze; do
    command -v "$command" >/dev/null || die "$command is missing: make deps"
done

# The list that was installed lies beside what it installed. A machine's next Python may not run what its last one did.
if ! cmp -s "$here/lint-requirements.txt" "$tools/requirements.txt" || ! "$tools/bin/python" -c '' 2>/dev/null; then
    step "tools"
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/lint-requirements.txt"
    cp "$here/lint-requirements.txt" "$tools/requirements.txt"
fi
tools="$(cd "$tools" && pwd)"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

step "shell scripts: shellcheck"
mapfile -d '' scripts < <(find .ci deploy -type f \( -name '*.sh' -o -path '.ci/*' \) -print0)
shellcheck "${scripts[@]}"

step "Dockerfile: hadolint"
"$tools/bin/hadolint" --config deploy/hadolint.yaml deploy/Dockerfile

step "compose.yaml: the Compose specification"
quietly "$tools/bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/compose.yaml

step "nginx: nginx -t"
cp -r deploy/nginx "$work/nginx"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost \
    -keyout "$work/tls_key" -out "$work/tls_certificate" 2>/dev/null
# Only places change: of the certificate, and of what nginx writes.
sed -i "s#/run/secrets/#$work/#" "$work/nginx/atalaya.conf"
sed -i "s# /tmp/# $work/#; s# /dev/stdout# $work/access.log#" "$work/nginx/nginx.conf"
nginx -t -q -c "$work/nginx/nginx.conf" -e stderr

step "systemd: systemd-analyze"
mkdir -p "$work/systemd/atalaya.service.d"
# The binary need not be installed here.
sed 's#^ExecStart=[^ ]*#ExecStart=/bin/true#' deploy/systemd/atalaya.service > "$work/systemd/atalaya.service"
verify() {
    quietly systemd-analyze verify --man=no "$work/systemd/atalaya.service"
    # A setting that it does not know is a warning to it.
    if [ -s "$work/said" ]; then
        cat "$work/said" >&2
        die "systemd does not take $1 as it is"
    fi
}
verify atalaya.service
systemd-analyze security --offline=true --threshold="$exposure" "$work/systemd/atalaya.service" >"$work/security" \
    || { grep -v '^✓' "$work/security" >&2; die "atalaya.service is exposed more than $exposure tenths"; }
tail -n 1 "$work/security"
cp deploy/systemd/postgresql.conf "$work/systemd/atalaya.service.d/"
verify postgresql.conf

step "Kubernetes: kustomize, the schemas"
mkdir "$work/kubernetes"
if command -v kustomize >/dev/null; then
    render() { kustomize build "$1"; }
elif kubectl version --client 2>/dev/null | grep -q '^Kustomize Version: v[5-9]'; then
    render() { kubectl kustomize "$1"; }
else
    # Debian's kubectl is too old. The inline changes of the kustomizations stay unchecked then.
    echo "neither kustomize nor a kubectl with kustomize 5: each file is checked by itself"
    render() { find deploy/kubernetes -name '*.yaml' ! -name kustomization.yaml -exec sed -s '1i ---' {} +; }
fi
for kustomization in deploy/kubernetes/base deploy/kubernetes/overlays/*; do
    rendered="$work/kubernetes/$(basename "$kustomization").yaml"
    render "$kustomization" >"$rendered"
    for version in "${kubernetes[@]}"; do
        # A kind that it has no schema for is a warning to it.
        quietly "$tools/bin/kubernetes-validate" --strict --quiet --kubernetes-version "$version" "$rendered"
        if [ -s "$work/said" ]; then
            cat "$work/said" >&2
            die "$kustomization does not fit Kubernetes $version"
        fi
    done
done

step "what the files say of one another"
"$tools/bin/python" "$here/lint_references.py" "$work"/kubernetes/*.yaml
