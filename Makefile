# `make demo` and `make test` are all that is needed; everything else is for developers.
# Each target sets up what it needs first; that takes a moment when it's done already.

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
# Where this is set, every start of a program compiles every library anew: seconds each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:  ## Show this
	@echo "Voxdesk. Begin with: make demo"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

.PHONY: setup
setup:  ## Install what Voxdesk needs, into .venv
	@scripts/setup.sh base

.PHONY: demo
demo:  ## Set up, then see and hear a whole call; keeps running to be dialled
	@scripts/setup.sh base
	@scripts/console.sh || echo "Going on without the console's pages."
	@$(BIN)/voxdesk demo

.PHONY: console
console: setup  ## Build the console's pages, which `voxdesk console` serves
	@scripts/console.sh

.PHONY: test
test:  ## Set up, then run every test; at the end it lists what was skipped, and why
	@scripts/test.sh

.PHONY: dev
dev:  ## Install what tests and checks need, into .venv
	@scripts/setup.sh dev

.PHONY: lint
lint: dev  ## Check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: format
format: dev  ## Fix style and formatting
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: types
types: dev  ## Check types
	@$(BIN)/mypy

.PHONY: layers
layers: dev  ## Check that imports point down only
	@$(BIN)/lint-imports

.PHONY: check
check: lint types layers  ## Check style, types and imports

.PHONY: bench
bench: dev  ## Measure latency, load and recognition over real SIP calls (an hour and more)
	@$(BIN)/python -m tests.bench $(or $(ARGS),all)
	@$(BIN)/python -m tests.bench.turns
	@$(BIN)/python tests/bench/recognition.py

MINUTES ?= 60
.PHONY: soak
soak: dev  ## Place calls of every kind for MINUTES=60 and account for all (SHORT=1000: short ones)
	@$(BIN)/python -m tests.soak $(if $(SHORT),--short-calls $(SHORT),--minutes $(MINUTES)) $(ARGS)

.PHONY: chaos
chaos: dev  ## Attack a line and a system with broken SIP, floods and strangers, and kill engines
	@$(BIN)/python -m tests.chaos $(ARGS)
	@$(BIN)/python -m tests.bench.killed

.PHONY: docs
docs: dev  ## Build the documentation into site/
	@$(BIN)/mkdocs build --strict --quiet --site-dir site
	@echo "Open site/index.html"

.PHONY: lock
lock:  ## Renew requirements/*.lock from pyproject.toml (needs uv)
	@scripts/lock.sh

.PHONY: clean
clean:  ## Remove what was built; recordings and the database in var/ stay
	rm -rf .venv .venv-other build dist site bench-results *.egg-info console/node_modules console/dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
