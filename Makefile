# The two commands of the README, and the parts of the second one.
#   make race   finds the race in examples/bank.py and draws it
#   make test   everything that must hold: format, lint, types, layers, tests, other Pythons
#   make nova   two tests of OpenStack Nova for one bug, with the bug and without (Python 3.11+)
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: race test check tests smoke nova

race: .venv/installed
	@$(BIN)/racewright explore examples/bank.py; test $$? -eq 1

# The tests take one core, the smoke runs another.
test: check
	@$(MAKE) --no-print-directory --jobs=2 tests smoke

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The second run is of the functions that the compiled ones replace.
tests: .venv/installed-dev
	$(BIN)/python -m pytest -q
	RACEWRIGHT_PURE=1 $(BIN)/python -m pytest -q tests/conformance tests/primitives tests/strategies

# What it has to say comes when it is done, in one piece.
smoke: .venv/installed-dev
	@PYTHON=$(BIN)/python sh .ci/smoke >.venv/smoke.log 2>&1; \
	status=$$?; cat .venv/smoke.log; exit $$status

nova:
	$(PYTHON) examples/nova_1896463/scenario.py --folder .venv/nova-1896463 --mode control --tests order --quiet

.venv/installed: pyproject.toml setup.py $(wildcard src/racewright/*.c)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-dev: pyproject.toml .venv/installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@
