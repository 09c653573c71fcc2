# `make demo` solves the Charlotte scenario and writes its report; `make test` passes every check. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test test-deep docs bench lock format clean

help:
	@sed -n 's/^# //p' Makefile

$(VENV)/run.stamp: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . $(PIP_QUIET)
	@touch $@

$(VENV)/test.stamp: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,docs,completion]'
	@touch $@ $(VENV)/run.stamp

demo: $(VENV)/run.stamp
	@mkdir -p out
	@$(BIN)/python -m budgetopt solve scenarios/charlotte --report out/charlotte.html

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n 2 -q
	$(BIN)/mkdocs build --strict --quiet --site-dir out/site
