# Two commands do everything: `make demo` and `make test`. Both install what they need into .venv first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Test processes: one for each core, as the suites talk to a real PostgreSQL.
JOBS   ?= 2

.PHONY: help setup setup-dev demo test check format bench bench-quick screenshots messages lock clean

help: ## show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.setup ## make .venv with the command `evidence` in it
setup-dev: $(VENV)/.setup-dev ## the same with the tools for tests and checks

demo: setup ## enter the 2019 case on an embedded PostgreSQL, show it, serve it on 127.0.0.1 (PORT=8000, DATA=folder)
	@$(BIN)/evidence demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA))

test: setup-dev ## run every test
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

check: setup-dev ## lint, types and the arrows between packages
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: setup-dev ## format the code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench-quick: setup-dev ## measure against a stock application, a few minutes
	@$(BIN)/python -m tests.benchmarks --quick

bench: setup-dev ## the same, longer
	@$(BIN)/python -m tests.benchmarks

screenshots: setup-dev ## make the README's pictures anew, in the system's Chromium
	@$(BIN)/python -m tests.browser.screenshots

messages: setup-dev ## bring the catalogues of the pages up to date with code and templates
	@$(BIN)/python -m api.web.catalogues

lock: setup-dev ## compile the lock files anew (needs `uv` on the path)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-find-links --no-emit-index-url --no-header -q --extra setup pyproject.toml -o requirements.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-find-links --no-emit-index-url --no-header -q --all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove .venv and what the tools left behind
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Evidence Ledger needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.setup: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Evidence Ledger into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.setup-dev: requirements-dev.lock $(VENV)/.setup
	@echo "Installing the tools for tests and checks ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
