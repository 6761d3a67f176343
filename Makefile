# Everything runs in .venv, which the targets make and renew by themselves; PYTHON=... chooses another interpreter.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c 'import venv' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# Most tests wait for programs that they start, so more of them than there are cores run at once.
TEST_JOBS ?= 3
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := check
.PHONY: help setup check lint fix types bounds test test-all clients model-servers orchestrators bare docs frontend site pictures demo bench wheel clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/dev.stamp  ## make .venv with leeboard, its extras and the tools, and the git hook

check: lint types bounds test  ## what CI runs, in this order (default)

lint: .venv/dev.stamp  ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fix: .venv/dev.stamp  ## mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/dev.stamp  ## mypy
	$(BIN)/mypy

bounds: .venv/dev.stamp  ## which room may import which
	$(BIN)/lint-imports

test: .venv/dev.stamp  ## the quick tests
	$(BIN)/python -m pytest -m "not slow" --numprocesses $(TEST_JOBS) --dist loadfile

test-all: .venv/dev.stamp clients model-servers orchestrators  ## all tests, in half an hour or more
	$(BIN)/python -m pytest

clients: .venv/dev.stamp  ## environments with the SageMaker SDKs and the AWS CLI, for the tests with real clients
	$(BIN)/python tools/make_venvs.py sdk2 sdk3 awscli

model-servers: .venv/dev.stamp  ## environments with real model servers, for the tests with them
	$(BIN)/python tools/make_venvs.py mlserver mlflow bentoml

orchestrators: .venv/dev.stamp  ## environments with Airflow, Prefect and Dagster, for the tests of the examples
	$(BIN)/python tools/make_venvs.py airflow prefect dagster

bare:  ## leeboard as a user installs it, without extras, in a fresh venv
	rm -rf .venv-bare
	$(PYTHON) -m venv .venv-bare
	.venv-bare/bin/python $(PIP_INSTALL) .
	.venv-bare/bin/python tools/try_bare.py

docs: .venv/dev.stamp  ## write docs/cli.md and docs/api.md anew and run every example of the documents
	$(BIN)/python tools/write_cli_page.py
	$(BIN)/python tools/write_api_page.py
	$(BIN)/python -m pytest tests/docs

frontend:  ## build what the pages of the dashboard load, which is kept in the repository (needs Node.js)
	cd frontend && npm ci --no-audit --no-fund && npm run build

site: .venv/dev.stamp  ## the documents as a site, in build/site
	$(BIN)/python tools/build_site.py

pictures: .venv/dev.stamp  ## the pictures of the documents, from a fresh demo
	$(BIN)/leeboard demo --dir build/demo
	$(BIN)/python tools/make_pictures.py build/demo/home

demo: .venv/demo.stamp  ## flight delays, hour by hour: baseline, capture, damage, violations, report
	$(BIN)/leeboard demo

bench: .venv/demo.stamp .venv-bench/stamp  ## times against the peers; writes the pages docs/benchmarks*.md
	$(BIN)/python -m bench

wheel: .venv/dev.stamp  ## build the wheel and the source archive into dist/
	$(BIN)/python -m build --quiet

clean:  ## remove all that the targets made
	rm -rf .venv .venv-* build dist leeboard-demo bench-data frontend/node_modules
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +

.venv/demo.stamp: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "no Python found: install Python 3.11 or later, or say make PYTHON=/path/to/python"; exit 1; }
	@echo "making .venv with $(PYTHON): about a minute, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP_INSTALL) --editable '.[demo]'
	@touch $@

.venv/dev.stamp: .venv/demo.stamp requirements-dev.txt
	@echo "adding the extras and the tools of requirements-dev.txt"
	@$(BIN)/python $(PIP_INSTALL) --editable '.[demo,notify,otel,pandas,postgres]' --requirement requirements-dev.txt
	@! git rev-parse --git-dir >/dev/null 2>&1 || git config core.hooksPath .githooks
	@touch $@

.venv-bench/stamp: bench/requirements.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --requirement bench/requirements.txt
	@touch $@
