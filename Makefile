# Every target sets up what it needs in .venv and is quick when that is done. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A stamp says which lock the environment was last filled from.
VENV_MADE := $(VENV)/.stamp-venv
RUNTIME := $(VENV)/.stamp-runtime
DEV := $(VENV)/.stamp-dev
# uv takes a sixth of pip's time. Where it cannot be got or finds no packages (it knows pip's index, no
# other setting of pip's), pip installs the same lock. Each lock is its own constraint then: Debian
# 12's pip otherwise meets a package by its extra first (coverage[toml], of pytest-cov) and takes a
# release newer than the lock's for unpinned.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes
UV_OF_THE_LOCK := awk '/^uv==/ { uv = 1; print; next } /^[^ ]/ { uv = 0 } uv' requirements-dev.txt
INDEX := $${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || echo https://pypi.org/simple)}
UV_INSTALL := UV_DEFAULT_INDEX="$(INDEX)" $(VENV)/uv/bin/uv pip install --quiet --python $(BIN)/python --require-hashes
INSTALLED_FROM = $(UV_INSTALL) -r $(1) 2>/dev/null || $(PIP_INSTALL) -c $(1) -r $(1)
# Compiled afterwards, on every core: a process must not compile pandas each time that it starts, as
# it would where bytecode is not written (a read-only folder, PYTHONDONTWRITEBYTECODE). Two thirds of
# all are tests, and parts that nothing here imports.
NEVER_IMPORTED := /(tests?|graph_objs/[a-z0-9]+|lexers|devtools|mypyc?|pip|setuptools|virtualenv)/
COMPILED := $(BIN)/python -m compileall -q -j 0 -x '$(NEVER_IMPORTED)' $(VENV)/lib >/dev/null || true

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(RUNTIME) ## A fictional reseller: its files loaded and billed, then the page on 127.0.0.1:8050
	@$(BIN)/python -m ingest demo
	@$(BIN)/python -m ingest demo --keep-arriving & arriving=$$!; \
	trap 'kill $$arriving 2>/dev/null || true' EXIT; $(BIN)/python app.py

.PHONY: run
run: $(RUNTIME) ## Serve the page on the store that the settings name
	@exec $(BIN)/python app.py

# Python's packages beside Debian's, then all at once: the checks and the tests on PostgreSQL, which
# are one process each, and every test in three processes, each taking the next one that is left. A
# test often waits for its browser or its server; so two cores are busy all the time.
.PHONY: test
test: ## Every check and every test, in a real browser and on PostgreSQL too
	@$(TOGETHER) --jobs=2 collected browser postgresql
	@$(TOGETHER) --jobs=3 check also-on-postgresql every-test

# What a target says comes in one piece when it is done, but for the long one (+).
TOGETHER := $(MAKE) --no-print-directory --output-sync=target
IN_THREE := -n 3 --dist worksteal

# The first to collect compiles every test; once, beside Debian's packages, rather than three times.
.PHONY: collected
collected: $(DEV)
	@[ -d tests/__pycache__ ] || $(BIN)/pytest -q --collect-only >/dev/null 2>&1 || true

.PHONY: every-test
every-test: $(DEV) browser postgresql
	+@$(BIN)/pytest -q $(IN_THREE)

# Without a server of PostgreSQL on this machine these are skipped, and `make` says so.
ON_POSTGRESQL := TOLLBOARD_TEST_STORE=postgresql $(BIN)/pytest -q -m "not browser"
# Some of each kind: the store's promises, loads and their duplicates, money, backups.
ALSO_ON_POSTGRESQL := tests/data/store/test_connect.py tests/data/test_books_machine.py \
	tests/data/test_store_on_server.py $(addprefix tests/ingest/test_,run.py repeats.py report.py)

.PHONY: test-postgresql
test-postgresql: $(DEV) postgresql ## The tests of store, ingest and page with every store on a PostgreSQL server
	@$(ON_POSTGRESQL) $(IN_THREE) tests/data tests/ingest tests/callbacks tests/app

.PHONY: also-on-postgresql
also-on-postgresql: $(DEV) postgresql
	@$(ON_POSTGRESQL) $(ALSO_ON_POSTGRESQL)

.PHONY: check
check: $(DEV) ## Formatting, lint, types and the layers, without tests
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

# urllib3 1.26 is in the tools only, for the selenium of the browser tests, which talks to a
# driver on this machine; the product has urllib3 2 (tests/test_locks.py).
AUDIT_TEST_ONLY := $(addprefix --ignore-vuln ,CVE-2025-50181 CVE-2025-66418 CVE-2025-66471 \
	CVE-2026-21441 CVE-2026-44431 CVE-2026-44432)
# Strict: a package that could not be looked up is a failure, not a pass.
PIP_AUDIT := $(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off

.PHONY: audit
audit: $(DEV) ## Look up known vulnerabilities of every locked package; needs the network
	@{ $(PIP_AUDIT) -r requirements.txt && $(PIP_AUDIT) $(AUDIT_TEST_ONLY) -r requirements-dev.txt; } || \
		{ echo "The audit failed: a package is vulnerable, or could not be looked up on PyPI (see above)." >&2; exit 1; }

.PHONY: format
format: $(DEV) ## Rewrite the code in the house's form
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

# --- locks ------------------------------------------------------------------------------------

# From PyPI alone: this machine's own pip settings must not get into the locks. The two are made
# apart, because the browser tests' selenium 4.2 needs urllib3 1.26 and the product does not.
COMPILE := env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

.PHONY: lock
lock: $(DEV) ## Make both locks again from pyproject.toml (LOCK_ARGS=--upgrade for newer releases)
	$(COMPILE) $(LOCK_ARGS) --output-file requirements.txt pyproject.toml
	$(COMPILE) $(LOCK_ARGS) --extra dev --output-file requirements-dev.txt pyproject.toml

# --- set-up -----------------------------------------------------------------------------------

ALONE := flock --close .cache/installing
# As root, or with a sudo that asks nothing, Debian's packages may be installed, one set at a time.
define MAY_INSTALL
become=""; [ "$$(id -u)" = 0 ] || become="sudo -n"; may_install() { \
	command -v apt-get >/dev/null && $$become true 2>/dev/null && \
	mkdir -p .cache && $(ALONE) $$become apt-get update -qq && \
	$(ALONE) $$become env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$$@" \
		>/dev/null </dev/null; }
endef

$(VENV_MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tollboard needs Python 3.11 or newer; name one: make PYTHON=python3.11 ..." >&2; exit 2; }
	@$(MAY_INSTALL); $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || may_install python3-venv || \
		{ echo "Python's venv module is missing: sudo apt-get install python3-venv" >&2; exit 2; }
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --target $(VENV)/uv -r <($(UV_OF_THE_LOCK)) || echo "Going on without uv." >&2
	@touch $@

$(RUNTIME): requirements.txt | $(VENV_MADE)
	@echo "Setting up .venv (once; less than a minute) ..."
	@$(call INSTALLED_FROM,requirements.txt)
	@$(COMPILED)
	@rm -f $(DEV)
	@touch $@

$(DEV): requirements-dev.txt requirements.txt | $(VENV_MADE)
	@echo "Setting up .venv with the tools (once; about a minute) ..."
	@$(call INSTALLED_FROM,requirements-dev.txt)
	@$(COMPILED)
	@touch $(RUNTIME) $@

# --- measured, and tortured -----------------------------------------------------------------------

.PHONY: bench
bench: $(DEV) browser ## Speed and memory beside yardsticks in the same run (ingest, auth codes, bill run, panels, page)
	@$(BIN)/python -m bench.ingest
	@$(BIN)/python -m bench.billing
	@$(BIN)/python -m bench.codes
	@$(BIN)/python -m bench.rows
	@$(BIN)/python -m bench.page
	@$(BIN)/python -m bench.beside

.PHONY: faults
faults: $(DEV) ## Every fault of the catalogue: kills, bad disks, clocks, restores; a table of what held
	@$(BIN)/python -m bench.faults

.PHONY: mutants
mutants: $(DEV) ## Break the code of money and of access in every way; the tests must notice (half an hour)
	@$(BIN)/python -m bench.mutants

.PHONY: fuzz
fuzz: $(DEV) ## Ten minutes of files of every format damaged at random; each line must be accounted for
	@$(BIN)/python -m bench.fuzz

.PHONY: accessibility
accessibility: $(DEV) browser ## Every state and panel against WCAG 2.2 A and AA, in both themes; every link
	@TOLLBOARD_EVERY_STATE=1 $(BIN)/pytest -q $(addprefix tests/browser/test_,gallery.py accessibility.py every_number.py)

.PHONY: gallery
gallery: $(DEV) ## Every state of the page, made up, on http://127.0.0.1:8051
	@$(BIN)/python -m bench.gallery

.PHONY: attack
attack: $(DEV) browser ## What an attacker would try, at full length; prints what was tried and what got through
	@$(BIN)/pytest -q --full tests/attack

.PHONY: scan
scan: $(DEV) ## What wapiti and sqlmap (Debian's) find on a demo, logged in; twenty minutes
	@$(BIN)/python -m bench.scan

.PHONY: screenshots
screenshots: $(DEV) browser ## Pictures of the page for docs/, made from the demo
	@$(BIN)/python -m bench.screenshots

.PHONY: postgresql
postgresql:
	@if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi; \
	echo "Installing PostgreSQL from Debian's packages, for the tests' own servers ..."; \
	$(MAY_INSTALL); may_install postgresql && exit 0; \
	echo "The tests on PostgreSQL are left out: sudo apt-get install postgresql" >&2; \
	[ "$${CI:-}" != true ]

.PHONY: browser
browser:
	@if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then exit 0; fi; \
	echo "Installing Chromium and its driver from Debian's packages ..."; \
	$(MAY_INSTALL); may_install chromium chromium-driver fonts-dejavu-core && exit 0; \
	echo "The browser tests need a browser: sudo apt-get install chromium chromium-driver" >&2; \
	[ "$${CI:-}" != true ]
