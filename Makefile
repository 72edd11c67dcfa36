# The commands of the project. `make run` and `make test` need nothing but Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCALE ?= 0.02
YEARS ?= 2020-2025
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-fast check format bench ui lock clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.ready: requirements.lock pyproject.toml
	@echo "== Setting up Python packages in $(VENV) (once; a minute or two)"
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/create-environment
	@touch $@

setup: $(VENV)/.ready ## Install everything the project needs into .venv

demo: $(VENV)/.ready ## Write the demo city's extracts into data/raw
	@echo "== Writing the demo city (scale $(SCALE), years $(YEARS)) into data/raw"
	@$(BIN)/eduplan demo --scale $(SCALE) --years $(YEARS) --seed $(SEED)

run: $(VENV)/.ready ## Make the demo city, load it, and show the scorecard
	@$(BIN)/eduplan key create --if-missing
	@$(MAKE) --no-print-directory demo
	@echo "== Running the night: land, stage, build, judge, check, release"
	@$(BIN)/eduplan run
	@echo "== The scorecard"
	@$(BIN)/eduplan status
	@echo "Look next: eduplan serve | eduplan explain HLT-01 | eduplan quarantine | eduplan sql \"from plan.status limit 5\" | make ui"
	@echo "(the program is $(BIN)/eduplan)"

test: $(VENV)/.ready ## Run every test, fast ones first
	@echo "== Tests"
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: $(VENV)/.ready ## Run the tests that take seconds
	@$(BIN)/python -m pytest -q tests/unit tests/declarations tests/sql

check: $(VENV)/.ready ## Formatter, linters, type checker, SQL linter and declarations; changes nothing
	@echo "== ruff" && $(BIN)/ruff format --check . && $(BIN)/ruff check .
	@echo "== mypy" && $(BIN)/mypy
	@echo "== sqlfluff" && $(BIN)/sqlfluff lint --disable-progress-bar -p 2 sql expectations examples
	@echo "== declarations" && $(BIN)/eduplan check

format: $(VENV)/.ready ## Format Python and SQL
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/sqlfluff fix --disable-progress-bar sql expectations examples

bench: $(VENV)/.ready ## Measure a night against the time DuckDB needs to parse the same files
	@$(BIN)/python -m benchmarks.night --scale $(SCALE)

ui: $(VENV)/.ready ## Start the asset graph on http://127.0.0.1:3000
	@$(BIN)/eduplan ui

lock: $(VENV)/.ready ## Write requirements.lock anew from pyproject.toml
	@$(BIN)/python -m piptools compile --quiet --extra dev --generate-hashes --no-strip-extras --allow-unsafe \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
		--output-file requirements.lock pyproject.toml

clean: ## Remove the environment and caches (data stays)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
