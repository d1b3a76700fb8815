# make run        sets everything up and serves on http://127.0.0.1:8000
# make test       sets everything up, a browser included, and runs the tests
# make test-large runs the same tests on larger inputs, which takes longer
# make lint       format, lint, types, layers, known vulnerabilities
# make catalogs   lists the faults in the texts of each language; see docs/translating.md
# make bench      measures feeds and pages over HTTP, libraries in one process, tables of residents
# make soak       runs feeds, pages and tables for ten minutes; fails on errors and growing memory
# make fuzz       runs the API fuzzer, then the parser fuzzers with a million inputs (Linux)
# make lock       updates the locked versions from pyproject.toml
# make sbom       writes the locked versions as a CycloneDX bill of materials, sbom.cdx.json
# make offline    writes calsvc-offline.tar.gz, which installs without any network
# make release    builds release/ (wheel, image context, bill of materials, checksums); publishes nothing
# make clean      deletes the output of the commands above
# make help       prints these lines
# More arguments: make run ARGS="--port 9000", make test ARGS="tests/rules -x"

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# More processes than cores, because tests wait for servers and browsers a third of their time.
PYTEST := $(BIN)/python -m pytest -n 3 --dist worksteal
ARGS ?=
SBOM ?= sbom.cdx.json
OFFLINE ?= calsvc-offline.tar.gz
RELEASE ?= release

.PHONY: run test test-large lint catalogs bench soak fuzz lock sbom offline release clean help

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

# The locks name every package, so pip resolves nothing (--no-deps). The project follows, in place.
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

# Fails on uncommitted changes, and if CHANGELOG.md has no dated section for the version.
release: $(VENV)/.run
	.ci/release $(RELEASE)

clean:
	rm -rf $(VENV) sbom.cdx.json calsvc-offline.tar.gz release .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

help:
	@sed -n '/^#/!q; s/^# //p' Makefile
