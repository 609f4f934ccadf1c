# Atalaya. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export CARGO_TERM_COLOR ?= auto

# What a build needs besides Rust: a C compiler for the bundled SQLite and the cryptography, and libpq's headers.
DEBIAN_PACKAGES := build-essential libpq-dev pkg-config
# What tests start on the loopback for as long as they run.
DEBIAN_SERVERS := nginx postgresql redis-server

# What lint-deploy needs besides: deploy/lint.sh.
DEPLOY_PACKAGES := nginx openssl python3-venv shellcheck systemd

# What lint, test-openapi and test-clients need besides: Python 3.11 and Node.js 18, or later.
CLIENT_PACKAGES := nodejs npm python3-venv

# What tests of the dashboard open it in. Node.js 20.19 is newer than what Debian 12 has: nodejs.org has it.
BROWSER_PACKAGES := chromium

FUZZ_TARGETS := artifact cookie csv device filter password picture records token workbook
FUZZ_SECONDS ?= 30

# What bench-forecast forecasts: a folder of <set>.train.csv and <set>.test.csv, and a Python that may have scikit-learn.
FORECAST_DATA ?= crates/prediction/benches/data
PYTHON ?= python3

# What train-digits learns from: a folder with MNIST's train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz.
DIGITS_DATA ?= data/digits
DIGITS := cargo run --release --quiet -p atalaya-digits-training --
DIGITS_WEIGHTS := crates/digits/src/weights.bin
DIGITS_ANSWERS := $(addprefix crates/digits/,training/fixtures/answers.json training/fixtures/pictures tests/pictures)

.PHONY: help deps deps-build deps-clients deps-dashboard deps-deploy deps-node run clean-data dashboard dashboard-dev dashboard-pictures test test-clients test-openapi cluster lint lint-dashboard lint-deploy fmt examples openapi schema pictures bench bench-dashboard bench-forecast bench-scale fuzz release train-digits digits-answers ci

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-18s %s\n", $$1, $$2 }'

deps: deps-build ## Install or name what is missing on this machine
	@if ! { { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } && command -v redis-server && \
			PATH="$$PATH:/usr/sbin" command -v nginx; } >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			if [ ! -e /usr/sbin/policy-rc.d ]; then \
				trap 'rm -f /usr/sbin/policy-rc.d' EXIT; \
				install /dev/stdin /usr/sbin/policy-rc.d <<< $$'#!/bin/sh\nexit 101'; \
			fi; \
			apt-get update -qq && apt-get install -y -qq $(DEBIAN_SERVERS); \
		else \
			echo "missing: PostgreSQL, Redis or nginx, which the tests start. On Debian and Ubuntu:" >&2; \
			echo "  sudo apt-get install $(DEBIAN_SERVERS)" >&2; exit 1; \
		fi; \
	fi

deps-build:
	@command -v cargo >/dev/null || { echo "Rust is missing: install it with rustup, then run make again" >&2; exit 1; }
	@if ! { command -v cc && command -v pkg-config && pkg-config --exists libpq; } >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq $(DEBIAN_PACKAGES); \
		else \
			echo "missing: a C compiler, pkg-config or libpq. On Debian and Ubuntu:" >&2; \
			echo "  sudo apt-get install $(DEBIAN_PACKAGES)" >&2; exit 1; \
		fi; \
	fi

deps-deploy: ## Install or name what lint-deploy needs
	@PATH="$$PATH:/usr/sbin"; if ! { command -v nginx && command -v openssl && command -v shellcheck \
		&& command -v systemd-analyze && python3 -c 'import ensurepip, venv'; } >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq $(DEPLOY_PACKAGES); \
		else \
			echo "missing: nginx, openssl, shellcheck, systemd-analyze or Python's venv. On Debian and Ubuntu:" >&2; \
			echo "  sudo apt-get install $(DEPLOY_PACKAGES)" >&2; exit 1; \
		fi; \
	fi

deps-clients: ## Install or name what lint, test-openapi and test-clients need
	@if ! { command -v npm && node -e 'process.exit(+(parseInt(process.versions.node) < 18))' \
		&& python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'; } >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq $(CLIENT_PACKAGES); \
		else \
			echo "missing: Node.js 18 or later, npm, or Python 3.11 or later with venv. On Debian and Ubuntu:" >&2; \
			echo "  sudo apt-get install $(CLIENT_PACKAGES)" >&2; exit 1; \
		fi; \
	fi

deps-node:
	@if ! { command -v npm && \
			node -e 'const [major, minor] = process.versions.node.split("."); process.exit(+(major < 20 || (major == 20 && minor < 19)))'; \
		} >/dev/null 2>&1; then \
		echo "missing: Node.js 20.19 or later with npm. Only whoever changes or tests the dashboard needs it" >&2; exit 1; \
	fi

deps-dashboard: deps-node ## Install or name what building and testing the dashboard needs
	@if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq $(BROWSER_PACKAGES); \
		else \
			echo "missing: Chromium, in which the tests open the dashboard. On Debian and Ubuntu:" >&2; \
			echo "  sudo apt-get install $(BROWSER_PACKAGES)" >&2; exit 1; \
		fi; \
	fi

dashboard: deps-node ## Build the dashboard into crates/dashboard/dist, which is committed
	crates/dashboard/build.sh crates/dashboard/dist

dashboard-dev: deps-node ## Serve the dashboard as it is written, for a server that `make run` started
	crates/dashboard/packages.sh
	npm run --prefix crates/dashboard/ui dev

dashboard-pictures: deps-build deps-dashboard ## Draw docs/pictures/dashboard anew, in English and in Spanish
	tests/browser/draw.sh

run: deps-build ## Serve on localhost:8000 with demonstration data in data/
	@# Not quiet: the first build takes minutes, and cargo tells how far it is and when another build holds the lock.
	cargo build -p atalaya-server --bin atalaya
	@ENVIRONMENT=$${ENVIRONMENT:-development} cargo run --quiet -p atalaya-server --bin atalaya -- serve

clean-data: ## Delete data/, so that the next `make run` makes the demonstration anew
	rm -rf data

test: deps deps-dashboard ## Run every test, suite by suite, those over HTTP once on SQLite and once on PostgreSQL
	tests/run.sh

test-openapi: deps-build deps-clients ## Hold the program against docs/openapi.json: OPENAPI_EXAMPLES (5) requests an operation
	tests/openapi/run.sh

test-clients: deps-build deps-clients ## Generate clients from docs/openapi.json, type-check them, and let them do the README's tour
	tests/clients/run.sh

cluster: deps ## Two replicas behind nginx, with PostgreSQL and Redis, on the loopback until Ctrl-C
	@# Not quiet, for the same reason as `make run`.
	cargo build -p atalaya-tests --bins
	@exec cargo run --quiet -p atalaya-tests --bin cluster

fmt: ## Format the code
	cargo fmt --all

lint: deps-build deps-clients ## Formatting, rules of architecture, clippy, rustdoc and docs/openapi.json, warnings denied
	cargo fmt --all -- --check
	@# First, because it needs none of the product's crates.
	cargo test --quiet -p atalaya-test-architecture
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet
	tests/openapi/lint.sh

lint-dashboard: deps-node ## Types, rules, units and size of the dashboard, and that dist/ is what its source is built into
	crates/dashboard/lint.sh

lint-deploy: deps-deploy ## Check deploy/: shell, Dockerfile, compose, nginx, systemd, Kubernetes
	deploy/lint.sh

examples: deps-build ## Ask the program what the document shows as examples, and write the document
	ATALAYA_WRITE_EXAMPLES=1 cargo test --quiet -p atalaya-tests --test api examples::the_document
	$(MAKE) openapi

openapi: deps-build ## Write docs/openapi.json from the routes
	cargo run --quiet -p atalaya-server --bin atalaya -- openapi > docs/openapi.json.new
	mv docs/openapi.json.new docs/openapi.json

schema: deps-build ## Write docs/schema.graphql from the types of the GraphQL wing
	cargo run --quiet -p atalaya-server --bin atalaya -- graphql > docs/schema.graphql.new
	mv docs/schema.graphql.new docs/schema.graphql

pictures: deps-build ## Draw docs/pictures anew, in English and in Spanish
	@cargo build --quiet -p atalaya-server --bin atalaya
	@# Undated: drawn on another day, nothing differs.
	@atalaya="$${CARGO_TARGET_DIR:-target}/debug/atalaya"; channel=tests/data/channel_tenko_shibuki.csv; \
		draw() { \
			mkdir -p "$$2"; \
			LC_ALL="$$1" "$$atalaya" forecast "$$channel" --horizon 28 --undated --svg "$$2" --output /dev/null; \
			mv "$$2/channel_tenko_shibuki.svg" "$$2/forecast.svg"; \
			LC_ALL="$$1" "$$atalaya" backtest "$$channel" --horizon 14 --origins 4 --undated --svg "$$2/backtest.svg" > /dev/null; \
		}; \
		draw C docs/pictures; draw es_PE.UTF-8 docs/pictures/es

bench: deps-build ## Measure; needs a quiet machine and some minutes
	@command -v wrk >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y -qq wrk; } || { echo "missing: wrk; sudo apt-get install wrk" >&2; exit 1; }
	cargo bench --quiet -p atalaya-prediction --bench training
	cargo bench --quiet -p atalaya-digits --bench reading
	cargo build --release --quiet -p atalaya-server
	cargo run --release --quiet -p atalaya-bench

bench-dashboard: deps-build deps-dashboard ## Weigh and time the dashboard in a browser; a quiet machine and ten minutes
	bench/dashboard/run.sh

bench-forecast: deps-build ## Forecasts against their goals; FORECAST_DATA is a folder of sets, PYTHON may have scikit-learn
	PYTHON="$(PYTHON)" cargo bench --quiet -p atalaya-prediction --bench goals -- "$(abspath $(FORECAST_DATA))"

bench-scale: deps ## Ten thousand accounts, and a table of a million records; a quiet machine, some minutes and 5 GB in /tmp
	cargo build --release --quiet -p atalaya-server
	cargo run --release --quiet -p atalaya-bench -- scale
	cargo run --release --quiet -p atalaya-bench -- tables

train-digits: deps-build ## Train the digit reader and measure it; DIGITS_DATA is a folder with MNIST, PYTHON may have jax
	$(DIGITS) train "$(DIGITS_DATA)" $(DIGITS_WEIGHTS)
	$(DIGITS) measure "$(DIGITS_DATA)" $(DIGITS_WEIGHTS)
	$(DIGITS) answers $(DIGITS_ANSWERS)
	@# The fixtures that tests hold the network against, by another library.
	cd crates/digits && "$(PYTHON)" training/peer.py src/weights.bin training/fixtures/training.json tests/logits.json

digits-answers: deps-build ## Write what a new version of the digit reader reads on the committed pictures
	$(DIGITS) answers $(DIGITS_ANSWERS)

fuzz: deps-build ## Random input for the parsers of what comes from outside, FUZZ_SECONDS (30) each
	@command -v cargo-fuzz >/dev/null || cargo install --quiet --locked cargo-fuzz
	@# The versions of the product; cargo adds what only fuzzing needs.
	cp Cargo.lock fuzz/Cargo.lock
	@# Coverage instrumentation is unstable in rustc, and all that is: the stable toolchain is told to allow it.
	@for target in $(FUZZ_TARGETS); do \
		mkdir -p "fuzz/corpus/$$target"; \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none "$$target" "fuzz/corpus/$$target" "fuzz/seeds/$$target" -- \
			-max_total_time="$(FUZZ_SECONDS)" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1; \
	done

release: deps-build ## Build what is deployed into target/dist: the program, and its debug symbols beside it
	cargo build --release --locked -p atalaya-server --bin atalaya
	@# Apart from what cargo wrote, which would otherwise count as built.
	@built="$${CARGO_TARGET_DIR:-target}"; mkdir -p "$$built/dist"; \
		objcopy --only-keep-debug "$$built/release/atalaya" "$$built/dist/atalaya.debug"; \
		objcopy --strip-debug --add-gnu-debuglink="$$built/dist/atalaya.debug" \
			"$$built/release/atalaya" "$$built/dist/atalaya"; \
		ls -lh "$$built/dist"

ci: ## What the gate runs, on what is built already
	CARGO_TARGET_DIR="$${CARGO_TARGET_DIR:-$(CURDIR)/target}" .ci/run
