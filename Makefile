# The two commands that matter: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
COOLDOWN ?= 1 week
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--exclude-newer "$(COOLDOWN)" pyproject.toml

.PHONY: help run test test-browser check bench pictures lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 16

run: $(STAMP)  ## the bot, with Slack tokens in .env; without, a local Slack to try it in
	@$(BIN)/python -m bot run --or-demo

test: check  ## the whole check: format, lint, types, imports, tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-browser: $(STAMP)  ## clicks through the playground in Chromium
	@$(BIN)/python -m pytest tests/browser -n 2

check: $(STAMP)  ## the fast part: format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(STAMP)  ## the figures in the README
	@$(BIN)/python -m benchmarks

pictures: $(STAMP)  ## the pictures in the documents, from the playground
	@$(BIN)/python -m docs.make_pictures

lock: $(STAMP)  ## writes the pinned, hashed requirements anew, leaving out what is younger than a week
	@$(BIN)/python -m pip install --quiet "uv>=0.13"
	@$(LOCK) -o requirements.lock
	@$(LOCK) --group dev -o requirements-dev.lock

$(STAMP): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

clean:  ## removes the virtual environment
	rm -rf $(VENV)
