#!/usr/bin/env bash
# Makes the secret files that deploy/compose.yaml mounts, each for its one reader. What is there is never replaced.
#
#   sudo deploy/secrets.sh                       # what is missing in deploy/secrets
#   sudo deploy/secrets.sh --self-signed NAME    # and a certificate for NAME, to try it with
#
# SECRETS names another folder. Keep a copy of key_encryption_key and password_pepper as long as the database.
set -euo pipefail
umask 077

folder="${SECRETS:-$(dirname "$0")/secrets}"

# The users of the images: the binary's, PostgreSQL's and Redis' (Debian's images), nginx's.
atalaya=10001
postgres=999
redis=999
nginx=101

die() { echo "secrets.sh: $1" >&2; exit 1; }

self_signed=
case "${1:-}" in
    "") ;;
    --self-signed) self_signed="${2:?--self-signed needs a host name}" ;;
    *) die "unknown argument $1; see the head of this file" ;;
esac

# 32 bytes of the kernel's generator.
base64_secret() { head -c 32 /dev/urandom | base64 -w 0; }
hex_secret() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# keep NAME UID: what standard input says becomes the file, unless the file is there. A link is made of a whole file or
# not at all, and never over another one.
keep() {
    local file="$folder/$1" new
    if [ -e "$file" ]; then
        cat >/dev/null
    else
        new="$(mktemp "$folder/.new.XXXXXX")"
        cat >"$new"
        [ -s "$new" ] || { rm -f "$new"; die "nothing to write into $1"; }
        ln "$new" "$file"
        rm -f "$new"
        echo "made $1"
    fi
    give "$1" "$2"
}

give() {
    local file="$folder/$1"
    if [ ! -f "$file" ] || [ -L "$file" ]; then die "$file is no plain file"; fi
    chmod 0600 "$file"
    [ "$(id -u)" != 0 ] || chown "$2:$2" "$file"
}

# needs DERIVED SOURCE: a file that repeats another's password cannot be the older of the two.
needs() {
    [ ! -e "$folder/$1" ] || [ -e "$folder/$2" ] || die "$1 is there without $2: bring $2 back, or remove $1"
}

mkdir -p "$folder"
chmod 0700 "$folder"
needs database_migration_url postgres_owner_password
needs database_url postgres_app_password
needs redis_acl redis_url

base64_secret | keep key_encryption_key "$atalaya"
base64_secret | keep password_pepper "$atalaya"
hex_secret | keep postgres_password "$postgres"
hex_secret | keep postgres_owner_password "$postgres"
hex_secret | keep postgres_app_password "$postgres"
printf 'postgres://atalaya_owner:%s@database:5432/atalaya' "$(<"$folder/postgres_owner_password")" \
    | keep database_migration_url "$atalaya"
printf 'postgres://atalaya:%s@database:5432/atalaya' "$(<"$folder/postgres_app_password")" \
    | keep database_url "$atalaya"
printf 'redis://atalaya:%s@redis:6379/0' "$(hex_secret)" | keep redis_url "$atalaya"

# Redis is told the password's digest only, and the user may not administrate it.
redis_password="$(<"$folder/redis_url")"
redis_password="${redis_password#*://*:}"
redis_password="${redis_password%%@*}"
digest="$(printf '%s' "$redis_password" | sha256sum)"
printf 'user default off\nuser atalaya on #%s ~* &* +@all -@admin -@dangerous +info\n' "${digest%% *}" \
    | keep redis_acl "$redis"

if [ -n "$self_signed" ] && [ ! -e "$folder/tls_certificate" ] && [ ! -e "$folder/tls_key" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$self_signed" \
        -addext "subjectAltName=DNS:$self_signed" -keyout "$folder/tls_key" -out "$folder/tls_certificate" 2>/dev/null \
        || die "openssl made no certificate"
    echo "made tls_certificate and tls_key, signed by nobody, for 30 days"
fi
if [ -e "$folder/tls_certificate" ] && [ -e "$folder/tls_key" ]; then
    give tls_certificate "$nginx"
    give tls_key "$nginx"
else
    echo "missing: put the certificate's chain into $folder/tls_certificate and its key into $folder/tls_key,"
    echo "then run this again"
fi
if [ "$(id -u)" != 0 ]; then
    echo "not run as root: the containers can read these files only when each belongs to the user of its container"
fi
