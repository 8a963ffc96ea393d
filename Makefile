# The portal's commands. `make help` lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run fresh messages test test-sqlite test-postgresql simulate mutants check install sample bench screenshots lock sbom audit

# Paths stay relative throughout: the folder's own path may hold a space.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PY := .venv/bin/python
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run node_modules/.installed $(TRANSLATIONS) ## Start the portal with the simulator, demo people and everything it needs
	@exec $(PY) -m rewards_portal.supervisor

fresh: .venv/.run node_modules/.installed $(TRANSLATIONS) ## Forget the demo's data and start over
	@exec $(PY) -m rewards_portal.supervisor --fresh

install: .venv/.dev node_modules/.installed $(TRANSLATIONS) ## Install what testing and checking need

check: .venv/.dev ## Run every static check and show every failure
	@.ci/check

test: .venv/.dev node_modules/.installed $(TRANSLATIONS) ## Run all tests on SQLite and PostgreSQL, with real Redis, workers and browser
	@$(PY) -m tests.services_up sqlite postgresql

test-sqlite: .venv/.dev node_modules/.installed $(TRANSLATIONS) ## Run tests on SQLite only: ARGS="tests/services -k lease"
test-postgresql: .venv/.dev node_modules/.installed $(TRANSLATIONS) ## Run tests on PostgreSQL only
test-sqlite test-postgresql:
	@$(PY) -m tests.services_up $(@:test-%=%) -- $(ARGS)

simulate: .venv/.dev ## Play bad days of the real services: SEEDS=2000 SEED=7 DB=postgresql PROCESSES=2
	@$(PY) -m tests.simulation $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) $(if $(DB),--db $(DB)) \
	  $(if $(PROCESSES),--processes $(PROCESSES))

mutants: .venv/.dev ## Check that the simulation notices wrong protocols
	@$(PY) -m tests.simulation --mutants $(if $(PROCESSES),--processes $(PROCESSES))

sample: .venv/.run ## Write a sample list: ROWS=5000 FLAWS=1 SEED=1
	@$(PY) manage.py make_sample --rows $(or $(ROWS),5000) $(if $(filter-out 0,$(FLAWS)),--flaws) --seed $(or $(SEED),1) --out samples/

bench: .venv/.dev node_modules/.installed $(TRANSLATIONS) ## Measure: ONLY=import,run ROWS=100000 DB=postgresql
	@$(PY) -m bench $(if $(ONLY),--only $(ONLY)) $(if $(ROWS),--rows $(ROWS)) $(if $(DB),--db $(DB))

screenshots: .venv/.dev node_modules/.installed $(TRANSLATIONS) ## Take pictures of every page
	@$(PY) -m tests.e2e.screenshots

messages: .venv/.dev ## Write new texts of the code into the catalogues of locale/ (needs GNU gettext)
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py make_messages

lock: ## Compile the lock files again (needs uv and npm)
	@for name in runtime build run dev audit; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	    --output-file requirements/$$name.txt requirements/$$name.in $(UPGRADE) || exit 1; done
	@npm install --package-lock-only

sbom: .venv-audit/.installed node_modules/.installed ## List what the portal is made of, as CycloneDX: sbom/
	@mkdir -p sbom
	@.venv-audit/bin/cyclonedx-py requirements --output-reproducible -o sbom/python.cdx.json requirements/runtime.txt
	@$(PY) .ci/npm.py sbom --omit dev --package-lock-only --sbom-format cyclonedx --sbom-type application > sbom/npm.cdx.json
	@ls sbom/*.cdx.json

audit: .venv-audit/.installed node_modules/.installed ## Ask the vulnerability services about both lock files (needs the internet)
	@failed=0; .venv-audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/runtime.txt || failed=1; \
	  $(PY) .ci/npm.py audit --omit dev || failed=1; exit $$failed

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or run: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@echo "Creating .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is incomplete. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

.venv/.run: requirements/run.txt | .venv/bin/python
	@echo "Installing Python packages"
	@$(PIP) -r requirements/run.txt
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/bin/python
	@echo "Installing Python packages for tests and checks"
	@$(PIP) -r requirements/dev.txt
	@touch $@ .venv/.run

.venv-audit/.installed: requirements/audit.txt | .venv/.run
	@echo "Installing what make sbom and make audit need"
	@test -d .venv-audit || .venv/bin/python -m venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r requirements/audit.txt
	@touch $@

# Compiled, and not committed: they follow from what is.
%.mo: %.po | .venv/.run
	@$(PY) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))

node_modules/.installed: package-lock.json package.json .npmrc | .venv/.run
	@echo "Installing front-end packages"
	@$(PY) .ci/npm.py ci --silent
	@touch $@
