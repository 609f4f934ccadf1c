#!/bin/bash
# The roles and the database of Atalaya, made by a superuser. PostgreSQL's image runs it once, on an empty data folder;
# anywhere else run it by hand, with psql's PG* variables and SECRETS (a folder) set.
#
#   atalaya_owner  owns the database and its tables, and migrates them
#   atalaya        what the replicas log in as: owns nothing, so row-level security holds for it
#   atalaya_app    the group that migrations grant the rights on tables to; nobody logs in as it
set -euo pipefail

secrets="${SECRETS:-/run/secrets}"
for password in postgres_owner_password postgres_app_password; do
    [ -s "$secrets/$password" ] || { echo "no $password in $secrets: make it with deploy/secrets.sh" >&2; exit 1; }
done

# psql reads the passwords itself, so that they are on no command line.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set "secrets=$secrets" \
    --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
\set owner_file :secrets '/postgres_owner_password'
\set app_file :secrets '/postgres_app_password'
\set owner_password `cat :'owner_file'`
\set app_password `cat :'app_file'`

CREATE ROLE atalaya_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
CREATE ROLE atalaya_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE atalaya LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
GRANT atalaya_app TO atalaya_owner, atalaya;

CREATE DATABASE atalaya OWNER atalaya_owner;
REVOKE ALL ON DATABASE atalaya FROM PUBLIC;
GRANT CONNECT ON DATABASE atalaya TO atalaya_app;
SQL
