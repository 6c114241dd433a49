# The commands of the project. CONTRIBUTING.md tells what each is for.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON := .venv/bin/python
PORT ?= 8000
# Examples of `make audit`.
N ?= 2000

.PHONY: help run test test-quick test-django audit mutants lint serve bench lighthouse wordbook lock packages dev-packages \
	free-port

help:
	@echo "make run     the site with demo content on http://127.0.0.1:$(PORT)"
	@echo "make test    every test, on SQLite and on PostgreSQL (T='tests/test_x.py -k word' for some)"
	@echo "make test-quick  the quick tests alone, on SQLite: under a minute"
	@echo "make audit   a model of the whole site played against it for hours, on both databases (N=2000 examples)"
	@echo "make mutants whether the tests notice small changes to the core (M='publishing/workflow --each 20')"
	@echo "make lint    style, templates, migrations, catalogues, deployment checks"
	@echo "make serve   the production server and one background worker"
	@echo "make bench   how fast, as ratios (B=name for one)"
	@echo "make lighthouse  what Lighthouse says of the demonstration site (fetches it from npm)"
	@echo "make wordbook  every public page and mail in every language, for native readers, in var/wordbook"
	@echo "make lock    writes requirements*.txt anew from requirements*.in"

packages:
	@.ci/packages requirements.txt

dev-packages:
	@.ci/packages requirements-dev.txt

# Before anything is installed or written.
free-port:
	@"$$(.ci/find-python)" .ci/start-once 127.0.0.1 $(PORT)

run: export DEBUG := 1
run: export PORT := $(PORT)
run: free-port packages
	@test ! -e ohrm.env || { echo "There is an ohrm.env here: this is a site in use. make serve runs it."; exit 1; }
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py demo
	@echo "The site: http://127.0.0.1:$(PORT)/   the desk: http://127.0.0.1:$(PORT)/admin/   (Ctrl-C ends it)"
	@exec $(PYTHON) .ci/start-once 127.0.0.1 $(PORT) "$(or $(DATA_DIR),var)" .ci/together \
		"$(PYTHON) manage.py runserver 127.0.0.1:$(PORT)" \
		"$(PYTHON) manage.py db_worker --verbosity 0"

serve: packages
	@exec $(PYTHON) -m ohrm.environment.env_file .ci/serve

test: dev-packages
	@$(PYTHON) -m tests.run $(T)

# What of it a change can be tried with again and again.
test-quick: dev-packages
	@env -u PYTHONDONTWRITEBYTECODE DATABASE_URL= $(PYTHON) -m pytest -n auto --dist worksteal --no-migrations -m "not browser and not server and not slow" $(T)

# Django's newest release, before its next long-term one: allowed to fail.
test-django: dev-packages
	@.ci/other-versions django

# The same as in `make test`, but long: N examples of what may be done to the site, each a surprise.
audit: dev-packages
	@AUDIT_EXAMPLES=$(N) $(PYTHON) -m tests.run tests/model -o faulthandler_timeout=0

mutants: dev-packages
	@$(PYTHON) -m tests.mutants $(M)

# Settings like those of a real site, so that `check --deploy` means something. The keys open nothing.
lint: export DEBUG := off
lint: export OHRM_ENV :=
lint: export SITE_URL := https://example.org
lint: export SECRET_KEY := only-make-lint-uses-this-0123456789-abcdefghijklmnopqrstuvwxyz
lint: export SUBSCRIBER_KEYS := b25seS1tYWtlLWxpbnQtdXNlcy10aGlzLWtleS0tLTE=
lint: export MIRROR_KEY := b25seS1tYWtlLWxpbnQtdXNlcy10aGlzLWtleS0tLTI=
lint: export DATA_DIR := .venv/lint
lint: dev-packages
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) -m tests.layout
	@$(PYTHON) -m tests.catalogues
	@$(PYTHON) manage.py check --deploy --fail-level WARNING

bench: dev-packages
	@$(PYTHON) -m benchmarks $(B)

lighthouse: dev-packages
	@$(PYTHON) -m benchmarks.lighthouse

wordbook: export DEBUG := 1
wordbook: packages
	@$(PYTHON) manage.py wordbook $(DIR) $(addprefix --language=,$(L))

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS)

# LOCK_OPTIONS=--upgrade takes the newest releases; without it only what requirements*.in changed is changed.
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	@$(LOCK) requirements.in --output-file requirements.txt
	@$(LOCK) --constraints requirements.txt requirements-scale.in --output-file requirements-scale.txt
	@$(LOCK) --constraints requirements-scale.txt requirements-dev.in --output-file requirements-dev.txt
