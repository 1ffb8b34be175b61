# The two commands of the README, and the parts of the second one.
#   make race   finds the race in examples/bank.py and draws it
#   make test   everything that must hold: format, lint, types, layers, tests, other Pythons
#   make nova   two tests of OpenStack Nova for one bug, with the bug and without (Python 3.11+)
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

# Tests of what reads code and reviews; the others run programs.
READING := $(addprefix tests/,audit fixes language_model prove report review reviews)

.PHONY: race test check tests tests-reading tests-running smoke nova

race: .venv/installed
	@$(BIN)/racewright explore examples/bank.py; test $$? -eq 1

# Two halves of the tests, and the smoke, two at a time: that is, on two cores.
test: check
	@$(MAKE) --no-print-directory --jobs=2 tests-running tests-reading smoke

tests: tests-running tests-reading

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What runs beside them has its say when it is done, in one piece.
in-one-piece = @$(1) >.venv/$@.log 2>&1; status=$$?; cat .venv/$@.log; exit $$status

tests-reading: .venv/installed-dev
	$(call in-one-piece,$(BIN)/python -m pytest -q $(READING))

# The second run is of the functions that the compiled ones replace.
tests-running: .venv/installed-dev
	$(BIN)/python -m pytest -q $(addprefix --ignore=,$(READING))
	RACEWRIGHT_PURE=1 $(BIN)/python -m pytest -q tests/conformance tests/primitives tests/strategies

smoke: .venv/installed-dev
	$(call in-one-piece,PYTHON=$(BIN)/python sh .ci/smoke)

nova:
	$(PYTHON) examples/nova_1896463/scenario.py --folder .venv/nova-1896463 --mode control --tests order --quiet

.venv/installed: pyproject.toml setup.py $(wildcard src/racewright/*.c)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-dev: pyproject.toml .venv/installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@
