# Everything a person types; .ci/run types `make test` too.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"
# Half of what is installed is needed by tests only, but one environment is what people understand.
STAMP := .venv/.installed
# Programs of others ask for other versions of the same libraries.
CALENDARS := tests/web/calendars
PROGRAMS := .venv/programs/.installed
TIMEFOLD := .venv/timefold/.installed

.PHONY: help setup programs demo test test-long lint lock bench bench-large bench-calendars translations \
	migrations clean

help:
	@echo "make demo        a demonstration office on http://localhost:8000"
	@echo "make test        every test but the long ones (make test-long runs those)"
	@echo "make lint        ruff and mypy"
	@echo "make bench       solving, changing, explaining, and calendars over HTTP, measured beside what one would use"
	@echo "                 instead: 50 minutes (bench-large: more clients, bench-calendars: calendars alone)"
	@echo "make lock        choose newer dependencies and write their hashes"
	@echo "make translations  collect the texts to translate and compile the translations"

setup: $(STAMP)

$(STAMP): requirements-dev.txt $(wildcard web/translations/*/LC_MESSAGES/*.po)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m web.translations compile
	@# Where Python may not write what it compiles (PYTHONDONTWRITEBYTECODE, or another user), each process would again.
	$(BIN)/python -m compileall -q matcher web
	@# The first rounds that are solved would compile the search; nobody should wait for that in front of a screen.
	$(BIN)/python -m matcher.beforehand
	touch $@

programs: $(PROGRAMS)

$(PROGRAMS): $(STAMP) $(CALENDARS)/requirements.txt
	$(BIN)/python -m venv .venv/programs
	.venv/programs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r $(CALENDARS)/requirements.txt
	touch $@

demo: setup
	sh tests/system-packages.sh fonts
	$(BIN)/python -m web.demo

test: setup
	sh tests/system-packages.sh chromium fonts dovecot libical node
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not long" -n 2 --dist worksteal

test-long: setup programs
	sh tests/system-packages.sh chromium fonts dovecot libical node
	$(BIN)/python -m pytest -m long -n 2 --dist worksteal

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy

$(TIMEFOLD): $(STAMP) benchmarks/requirements.txt
	sh tests/system-packages.sh java
	$(BIN)/python -m venv .venv/timefold
	.venv/timefold/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r benchmarks/requirements.txt
	touch $@

bench: setup programs $(TIMEFOLD)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.changes
	$(BIN)/python -m benchmarks.explanation --seeds 0 1
	$(BIN)/python -m benchmarks.feeds --seconds 1

bench-large: setup
	$(BIN)/python -m benchmarks --large
	$(BIN)/python -m benchmarks.curve --full --seconds 200

bench-calendars: setup programs
	$(BIN)/python -m benchmarks.feeds

lock: setup
	$(LOCK) --upgrade requirements.in -o requirements.txt
	$(LOCK) --upgrade requirements-dev.in -o requirements-dev.txt
	$(LOCK) --upgrade $(CALENDARS)/requirements.in -o $(CALENDARS)/requirements.txt
	$(LOCK) --upgrade benchmarks/requirements.in -o benchmarks/requirements.txt
	@# What npm adds of its registry's addresses is left out: whoever installs may have another.
	! command -v npm >/dev/null || npm update --prefix $(CALENDARS) --package-lock-only \
		--omit-lockfile-registry-resolved --no-audit --no-fund

translations: setup
	$(BIN)/python -m web.translations update
	touch $(STAMP)

clean:
	rm -rf .venv instance .pytest_cache .mypy_cache .ruff_cache .hypothesis
