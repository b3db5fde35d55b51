# What a person types here. `make` alone lists it.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PIP    := $(BIN)/python -m pip --disable-pip-version-check

# A file stays on one worker, so that what its tests share is set up once; the long ones come first.
# `make test TESTS=tests/unit/query` narrows it; `PYTEST=-x` adds options.
TESTS  ?= tests
PYTEST ?=
LOCK   := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet

.DEFAULT_GOAL := help
.PHONY: help install run demo test coverage check format bench lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY) ## set up .venv with the command `aggregator` and all it can use
$(READY): requirements-dev.txt requirements-build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "aggregator needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python has no venv module here. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PIP) install --quiet --require-hashes -r requirements-build.txt
	$(PIP) install --quiet --require-hashes --no-build-isolation --use-pep517 -r requirements-dev.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

run: $(READY) ## run the service on http://localhost:8000 with config/ and an embedded database
	@$(BIN)/aggregator run

demo: $(READY) ## run it against made-up news of its own, without a network
	@$(BIN)/aggregator demo

test: $(READY) ## run all tests
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder $(PYTEST) $(TESTS)

coverage: $(READY) ## run all tests and show the lines they miss
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(PYTEST) $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(READY) ## format, lint, types, layers, spelling, container files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	@if docker compose version >/dev/null 2>&1; then set -x; docker compose --profile cron --profile postgres config -q; \
	  else echo "docker compose is not installed: docker-compose.yml unchecked"; fi
	@if command -v hadolint >/dev/null; then set -x; hadolint Dockerfile; \
	  else echo "hadolint is not installed: Dockerfile unchecked"; fi

format: $(READY) ## rewrite the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## measure ingesting, serving and querying (python -m bench lists more)
	$(BIN)/python -m bench all

lock: ## choose the newest versions again and lock them by hash (needs uv)
	$(LOCK) --upgrade pyproject.toml --all-extras -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --all-extras --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --upgrade --group pyproject.toml:build -c requirements-dev.txt -o requirements-build.txt

clean: ## forget .venv and every cache (your data/ and config/ stay)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage* dist build
