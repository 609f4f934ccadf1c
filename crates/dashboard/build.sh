#!/usr/bin/env bash
# Builds the dashboard into a folder, which is emptied before, and GraphiQL into a folder in it. Further arguments are
# Vite's, for the dashboard:
#   crates/dashboard/build.sh FOLDER [--manifest]
set -euo pipefail

mkdir -p "${1:?a folder}"
folder="$(cd "$1" && pwd)"
cd "$(dirname "$0")"

./packages.sh
npm run --silent --prefix ui build -- --outDir "$folder" --emptyOutDir --logLevel warn "${@:2}"
npm run --silent --prefix ui build:graphiql -- --outDir "$folder/graphiql" --emptyOutDir --logLevel warn
