# Two commands for a newcomer: make demo, make test. Each sets up what it needs.

SHELL := /bin/bash
CARGO ?= cargo
TARGET := wasm32-wasip2
DENY_VERSION := 0.20.2
TOOLS := target/tools
PEERS := target/peers/python

.PHONY: demo test bench lint guests setup

demo: setup
	@$(CARGO) build --quiet --package weft-demo
	@exec target/debug/weft-demo

test: setup
	@if $(CARGO) nextest --version >/dev/null 2>&1; then $(CARGO) nextest run --workspace --locked; else $(CARGO) test --workspace --locked; fi

bench: setup $(PEERS)/stamp
	@$(CARGO) run --release --package weft-bench --locked

lint: setup $(TOOLS)/bin/cargo-deny
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- --deny warnings
	$(TOOLS)/bin/cargo-deny --offline check bans licenses sources

# Rebuilds the JavaScript and Python twins of the test guest; needs node, npm and python3.
guests: setup
	@tests/guests/build.sh

setup:
	@rustup target list --installed 2>/dev/null | grep -qx $(TARGET) || rustup target add $(TARGET) || { \
	  echo "The Rust target $(TARGET) is missing and could not be added. Integrations are compiled to it, so nothing was built." >&2; \
	  echo "Install rustup, go online once, run: rustup target add $(TARGET)" >&2; exit 1; }

# What is measured beside ours. Without it the benchmarks run all the same, and say what was not measured.
$(PEERS)/stamp: tests/bench/duckdb/requirements.txt
	@python3 -m venv $(PEERS) && $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $< && touch $@ \
	  || echo "DuckDB could not be installed: the board part will be measured without it." >&2

$(TOOLS)/bin/cargo-deny:
	$(CARGO) install cargo-deny --locked --version $(DENY_VERSION) --root $(TOOLS)
