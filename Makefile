# make run        sets everything up and serves on http://127.0.0.1:8000
# make test       sets everything up, a browser included, and runs the tests
# make test-large runs the same tests on larger inputs, which takes longer
# make lint       format, lint, types, layers, known vulnerabilities
# make catalogs   tells what is wrong with the texts of each language; see docs/translating.md
# make bench      measures feeds and pages over HTTP, libraries in one process, tables of residents
# make soak       ten minutes of feeds, pages and tables at once: no fault, no growth of memory
# make fuzz       sends what malice might: all of openapi.json and more, then a million inputs (Linux)
# make lock       renews the locked versions from pyproject.toml
# make sbom       writes what is locked as a CycloneDX bill of materials, sbom.cdx.json
# make offline    writes calsvc-offline.tar.gz, which installs without any network
# make clean      removes what the above have made
# make help       prints these lines
# More arguments: make run ARGS="--port 9000", make test ARGS="tests/rules -x"

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# More processes than cores: a third of the time of a test is spent waiting for servers and browsers.
PYTEST := $(BIN)/python -m pytest -n 3 --dist worksteal
ARGS ?=
SBOM ?= sbom.cdx.json
OFFLINE ?= calsvc-offline.tar.gz

.PHONY: run test test-large lint catalogs bench soak fuzz lock sbom offline clean help

run: $(VENV)/.run
	$(BIN)/calsvc serve $(ARGS)

test: $(VENV)/.dev
	.ci/test-tools
	$(PYTEST) -m "not large" $(ARGS)

test-large: $(VENV)/.dev
	.ci/test-tools
	$(PYTEST) -m large $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	.ci/audit

catalogs: $(VENV)/.dev
	$(BIN)/python -m tests.catalogs $(ARGS)

bench: $(VENV)/.dev
	.ci/bench-tools
	$(BIN)/python bench/libraries.py
	$(BIN)/python bench/feeds.py $(ARGS)
	$(BIN)/python bench/pages.py $(ARGS)
	$(BIN)/python bench/bulk.py
	$(BIN)/python bench/letters.py

fuzz: $(VENV)/.dev
	$(PIP) install --require-hashes --no-deps -r .ci/requirements-fuzz.txt
	$(BIN)/python -m tests.fuzz.api
	$(BIN)/python -m tests.fuzz.connections
	$(BIN)/python -m tests.fuzz.workbooks
	$(BIN)/python -m tests.fuzz.parsers $(ARGS)

soak: $(VENV)/.dev
	.ci/bench-tools
	$(BIN)/python bench/soak.py $(ARGS)

# The locks name all there is, so nothing else is looked for; then the project alone, in place.
$(VENV)/.run: .ci/requirements-run.txt pyproject.toml
	test -x $(BIN)/python || .ci/venv $(VENV)
	$(PIP) install --require-hashes --no-deps -r $<
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: .ci/requirements-dev.txt $(VENV)/.run
	$(PIP) install --require-hashes --no-deps -r $<
	touch $@

$(VENV)/.sbom: .ci/requirements-sbom.txt
	.ci/venv $(VENV)/sbom
	$(VENV)/sbom/bin/python -m pip --quiet --disable-pip-version-check \
		install --require-hashes --no-deps -r $<
	touch $@

lock:
	test -x $(BIN)/python || .ci/venv $(VENV)
	$(PIP) install 'uv>=0.9'
	.ci/lock $(BIN)/uv

sbom: $(VENV)/.sbom
	$(VENV)/sbom/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml \
		--output-reproducible --output-file $(SBOM) .ci/requirements-run.txt

# Wheels, an installer and the documents for a machine without a network.
offline: $(VENV)/.run
	.ci/offline $(OFFLINE)

clean:
	rm -rf $(VENV) sbom.cdx.json calsvc-offline.tar.gz .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

help:
	@sed -n '/^#/!q; s/^# //p' Makefile
