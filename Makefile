# `make` lists the targets. `make run` and `make test` are all that a newcomer needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV ?= .venv
PY := $(VENV)/bin/python
PORT ?= 8000
export PORT
COMPILE = uv pip compile -q --universal --python-version 3.11.2 --generate-hashes --no-emit-index-url --no-header

.PHONY: help install setup setup-dev system system-dev run test durations test-postgres check audit fuzz fuzz-pages fuzz-api slips simulate shape decisions bench load cluster cluster-test demo-reset messages requirements

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

system: ## Debian packages (as root; otherwise says what is missing)
	@deploy/system-packages

$(VENV)/.run: requirements.txt
	@deploy/install-python $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt
	@deploy/install-python $(VENV) requirements-dev.txt
	@touch $@ $(VENV)/.run

$(VENV)/.css: package-lock.json $(VENV)/.dev
	@deploy/css-linter $(VENV) install
	@touch $@

setup: system $(VENV)/.run messages ## everything that running needs

system-dev: # what the tests need besides
	@deploy/system-packages tests

setup-dev: system-dev $(VENV)/.dev $(VENV)/.css messages ## everything that developing and testing needs

messages: ## compile the translations
	@for po in $$(find site portal cms_pages -name '*.po'); do \
	  [ "$${po%.po}.mo" -nt "$$po" ] || msgfmt -o "$${po%.po}.mo" "$$po" || exit 1; done

install: ## (as root) make a bare Debian 12 the portal's server: make install HOST=portal.example
	@deploy/install-server "$(HOST)"

run: setup ## set up, load the demo once, serve http://127.0.0.1:8000 with a worker
	@exec $(PY) manage.py run_portal

# One more than the cores of a small machine: a fifth of the time tests wait for a browser, a server or a lock.
TEST_WORKERS ?= 3
PYTEST_IN_PARALLEL = $(PY) -m pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

test: setup-dev ## set up and run all tests
	@$(PYTEST_IN_PARALLEL)

durations: setup-dev ## measure how long each file of tests takes (the order of make test)
	@$(PYTEST_IN_PARALLEL) --store-durations

check: setup-dev ## format, lint, types, imports, missing migrations, translations
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(VENV)/bin/djlint templates --check --lint --quiet
	deploy/css-linter $(VENV) check
	PYTHONPATH=.:site $(VENV)/bin/lint-imports
	$(PY) -m mypy
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py check
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py check_translations

audit: setup-dev ## secrets in the repository, bill of materials, known vulnerabilities of the pinned packages
	@$(PY) deploy/scan-secrets
	@$(PY) deploy/audit-packages

fuzz: setup-dev ## two minutes of hostile requests to every page, form and URL, and to the API (FUZZ_SECONDS, FUZZ_SEED)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target fuzz-pages fuzz-api

fuzz-pages: # the half of make fuzz that opens pages and forms
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-120} $(PY) -m pytest -q tests/security/test_no_server_errors.py

fuzz-api: # the half of make fuzz that asks the API
	@API_FUZZ_SECONDS=$${API_FUZZ_SECONDS:-90} API_FUZZ_EXAMPLES=100 $(PY) -m pytest -q tests/portal/api/test_schemathesis.py

slips: setup-dev ## 10,000 slips of the finger over forms and imports (SLIPS, SLIPS_SEED)
	@SLIPS=$${SLIPS:-10000} $(PY) -m pytest -q tests/portal/exchange/test_drawn_slips.py tests/portal/exchange/test_drawn_slips_of_numbers.py

simulate: setup-dev ## a company lives months in minutes, with kills and doubled jobs (SEED=7 or 1-20, MONTHS)
	@SIMULATION_SEEDS=$${SEED:-1-20} SIMULATION_MONTHS=$${MONTHS:-1} $(PY) -m pytest -q -n 2 tests/simulation

shape: ## figures of the code's shape, printed and written to docs/architecture.md
	@$(PY) tools/shape.py docs/architecture.md

decisions: ## the index of docs/decisions, from the titles of the records
	@$(PY) tools/decisions.py

bench: setup-dev ## benchmarks, as a table of ratios
	@$(PY) -m tests.benchmarks

load: setup-dev ## the last hour of the 20th, as tables and HTML (LOAD_ON="sqlite postgresql cluster", LOAD_USERS, LOAD_SECONDS)
	@$(PY) -m tests.load $(LOAD_ON)

cluster: setup-dev ## (as root) the portal on several machines, each a network namespace of this one, until Ctrl-C
	@$(PY) -m tests.cluster

cluster-test: setup-dev ## (as root) kill hosts of such a cluster, upgrade it, fail over to its replica
	@CLUSTER_TESTS=1 $(PY) -m pytest -q tests/cluster

demo-reset: setup ## throw the demo's data away and load it anew
	@rm -rf var/portal.sqlite3* media/private media/images media/original_images media/documents var/mail var/cache
	@$(PY) manage.py migrate --verbosity 0 && $(PY) manage.py load_demo

requirements: ## compile requirements*.txt from requirements*.in (one file for Python 3.11.2 and newer, with hashes)
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
