# The two commands that matter: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
COOLDOWN ?= 1 week
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--exclude-newer "$(COOLDOWN)"
# semgrep pins versions that do not agree with ours, so it has a place of its own
SCAN_BIN := .venv-scan/bin
SCAN_STAMP := .venv-scan/.installed
SEMGREP := PATH="$(SCAN_BIN):$$PATH" $(SCAN_BIN)/semgrep --metrics off --disable-version-check --quiet --project-root . \
	-j 1 --no-git-ignore --strict --error --config scans/semgrep.yml

.PHONY: help run test test-browser test-partitioned test-serializable check scan bench manual pictures lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 20

run: $(STAMP)  ## the bot, with Slack tokens in .env; without, a local Slack to try it in
	@$(BIN)/python -m bot run --or-demo

test: $(STAMP) $(SCAN_STAMP)  ## the whole check: format, lint, types, scans, imports, tests
	@$(MAKE) --no-print-directory -j 2 check scan
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-browser: $(STAMP)  ## clicks through the playground in Chromium
	@$(BIN)/python -m pytest tests/browser -n 2

test-partitioned: $(STAMP)  ## what uses PostgreSQL, on tables in shards
	@WORTHWHILE_TEST_POSTGRESQL=partitioned $(BIN)/python -m pytest -n 2 --dist loadgroup

test-serializable: $(STAMP)  ## what uses PostgreSQL, with every transaction serializable
	@WORTHWHILE_TEST_POSTGRESQL=serializable $(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(STAMP)  ## the fast part: format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --num-workers 2

scan: $(STAMP) $(SCAN_STAMP)  ## known mistakes, and what our own rules in scans/ forbid
	@$(BIN)/bandit -q -c pyproject.toml -r bot handlers storage & known=$$!; \
	{ $(SEMGREP) --test scans/semgrep.py >/dev/null || $(SEMGREP) --test scans/semgrep.py; } && \
	$(SEMGREP) bot handlers storage && wait $$known

bench: $(STAMP)  ## the figures in the README
	@$(BIN)/python -m benchmarks

manual: $(STAMP)  ## the manual as a site, in site/; no network, and a dead link fails
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet

pictures: $(STAMP)  ## the pictures in the documents, from the playground
	@$(BIN)/python -m docs.make_pictures

lock: $(STAMP)  ## writes the pinned, hashed requirements anew, leaving out what is younger than a week
	@$(BIN)/python -m pip install --quiet "uv>=0.13"
	@$(LOCK) pyproject.toml -o requirements.lock
	@$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	@$(LOCK) --group scan -o requirements-scan.lock

$(STAMP): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

$(SCAN_STAMP): requirements-scan.lock
	@test -x $(SCAN_BIN)/python || $(PYTHON) -m venv .venv-scan
	@$(SCAN_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-scan.lock
	@touch $(SCAN_STAMP)

clean:  ## removes the virtual environments
	rm -rf $(VENV) .venv-scan
