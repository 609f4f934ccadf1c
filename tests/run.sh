#!/usr/bin/env bash
# Every test, suite by suite: `make test` runs it. Everything is compiled first, so that a suite's time is its own.
set -euo pipefail
cd "$(dirname "$0")/.."

suites=8
number=0

# Most tests wait for a server or a database more than they compute.
many_at_once=$(($(nproc) * 4))
many_at_once=${RUST_TEST_THREADS:-$((many_at_once < 16 ? many_at_once : 16))}

# timed TITLE COMMAND...: runs a command, and says how long it took.
timed() {
    number=$((number + 1))
    local begun=$SECONDS
    printf '\n== %s of %s: %s\n' "$number" "$suites" "$1"
    "${@:2}"
    printf -- '-- %s s\n' "$((SECONDS - begun))"
}

# suite TITLE ARGUMENTS...: runs the tests that cargo finds by the arguments.
suite() {
    # With the whole workspace, so that features and with them compiled dependencies are the same for every suite.
    timed "$1" cargo test --workspace --quiet "${@:2}"
}

printf '== the program before the newest migrations\n'
skipped=()
if previous="$(tests/build_previous)"; then
    export ATALAYA_PREVIOUS_PROGRAM="$previous"
elif [ $? = 3 ]; then
    echo "the upgrade test is left out: it needs that program"
    skipped=(-- --skip upgrade::the_program_before_the_migrations)
else
    exit 1
fi

printf '== compiling the tests\n'
cargo test --workspace --no-run

suite "rules, parsers, settings: the units of every crate" --lib --bins
suite "models, backtests, intervals, digits" --test suite --test reading
RUST_TEST_THREADS=$many_at_once suite "both databases, row security, outages, Redis" \
    --test repository_contract --test row_security --test long_work --test outages --test failover --test redis
suite "PostgreSQL, Redis and nginx as tests start them" --test servers
RUST_TEST_THREADS=$many_at_once suite "the product over HTTP, on SQLite" --test api
suite "two replicas behind nginx, and the upgrade" --test cluster ${skipped[@]+"${skipped[@]}"}
RUST_TEST_THREADS=$many_at_once ATALAYA_TEST_DATABASE=postgres suite "the product over HTTP, on PostgreSQL" --test api
timed "the dashboard in a browser" tests/browser/run.sh
