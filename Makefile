# Partagée. `make` lists what can be made; it needs Python 3.11 or later and nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-data serve test screenshots check lint bench bench-quick measure messages law-page vat-page mutants vendor clean tools libraries browser database
.NOTPARALLEL:

VAR := $(or $(PARTAGEE_VAR),var)
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PORT ?= 8000
REFERENCE_DAY ?=
# More of pytest's options, for example: make test ARGS="-k invoice -x"
ARGS ?=
# How many tests run at a time, each with a database and a broker of its own; 0 runs them in this process
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || echo 1); echo $$((cores > 4 ? 4 : cores)))

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

setup: tools libraries database ## set up everything: tools, servers, database, translations, static files

tools:
	@scripts/python-environment.sh

libraries: tools
	@scripts/system-libraries.sh

browser: tools
	@scripts/system-libraries.sh browser

database: tools
	@$(MANAGE) prepare_database
	@$(MANAGE) compile_translations --verbosity 0
	@$(MANAGE) collectstatic --no-input --verbosity 0

demo: setup ## load the demonstration and serve it (PORT=8000)
	@DEMO=1 $(MANAGE) seed_demo $(if $(REFERENCE_DAY),--reference-day $(REFERENCE_DAY))
	@DEMO=1 $(MANAGE) serve --port $(PORT)

demo-data: setup ## load the demonstration, wait for its last document, and end
	@DEMO=1 $(MANAGE) seed_demo --wait $(if $(REFERENCE_DAY),--reference-day $(REFERENCE_DAY))

serve: setup ## serve the site with a worker and beat (PORT=8000)
	@$(MANAGE) serve --port $(PORT)

test: browser setup ## set up and run all tests, those in a browser included
	@$(PYTHON) -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

screenshots: browser setup ## take the pictures of docs/images anew, from the worked example of a month
	@PARTAGEE_SCREENSHOTS=docs/images $(PYTHON) -m pytest -q tests/journeys/test_screenshots.py

check: lint ## what must hold before a change is offered: lint and no missing migration
	@PARTAGEE_DATABASE_ROLE=owner $(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) check

lint: tools ## ruff, mypy, import contracts
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy .
	@.venv/bin/lint-imports

bench-quick: setup ## measure what a change can slow down, each ratio beside its goal
	@$(PYTHON) -m tests.bench --quick $(if $(ONLY),--only $(ONLY))

bench: setup ## measure everything (ONLY=name,name for some)
	@$(PYTHON) -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(STRICT),--strict)

measure: tools ## sizes of the code: lines, functions, tests
	@$(PYTHON) -P scripts/measure.py

mutants: tools ## change the engine one thing at a time, and print what no test notices (ONLY="rules/net inverse")
	@nice $(PYTHON) scripts/mutants.py $(ONLY) $(ARGS)

messages: tools ## collect the sentences to translate into locale/ (maintainers)
	@$(MANAGE) collect_messages

law-page: tools ## write docs/law.md from the parameters of the law (maintainers)
	@$(PYTHON) -m payroll.engine law-page > docs/law.md

vat-page: tools ## write docs/vat.md from the table of operations (maintainers)
	@$(PYTHON) manage.py vat_page > docs/vat.md

vendor: tools ## fetch the vendored files of static/vendor anew (maintainers; needs npm)
	@scripts/vendor.sh

clean: ## remove what was set up: environment, data of trials, caches
	rm -rf .venv $(VAR) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
