# make demo        solve the Charlotte scenario, print the plan and write its report to out/charlotte.html
# make test        pass every check: style, types, imports between packages, tests, the docs and their examples
# make test-deep   the tests with many more examples, every Python and version of a dependency, and whether they notice changes
# make bench       time budgetopt beside other ways to solve the same problem
# make docs        write the documentation site to out/site
# make format      put the source in the one style
# make lock        work out constraints.txt anew, from the ranges in pyproject.toml, and check the hashes of the files
# make licences    list the licences of what budgetopt needs, and refuse those that are not on the list
# make sbom        write the software bill of materials to out/budgetopt.cdx.json
# make clean       take away everything that make made
#
# Python 3.11 or newer and make are all that must be there; `make demo PYTHON=python3.13` chooses another Python.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-compile --constraint constraints.txt
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)

.PHONY: help demo test read-source run-tests test-deep docs bench lock licences sbom format clean
.DELETE_ON_ERROR:

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

# The environment is made anew only where there is none that works; each set of packages has a stamp, so that nothing is
# installed twice. The package itself is installed in place, by the locked build tools rather than by freshly fetched ones.
$(VENV)/made.stamp:
	@test -n "$(PYTHON)" || { echo "budgetopt needs Python 3.11 or newer; name it with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "Setting up $(VENV) (once, about a minute)" >&2; \
		$(PYTHON) -m venv --clear $(VENV); } || { \
		echo "python3 cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/run.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable '.[test,docs,completion,fit,charts]'
	@touch $@ $(VENV)/run.stamp

demo: $(VENV)/run.stamp
	@mkdir -p out
	@$(BIN)/python -m budgetopt solve scenarios/charlotte --report out/charlotte.html

# The checks that read the source run beside the tests. The tests build the site too (mkdocs build --strict) and run every
# example of the docs.
test: $(VENV)/test.stamp
	@$(MAKE) --no-print-directory -j 2 read-source run-tests

read-source:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

run-tests:
	$(BIN)/pytest -n 2 --dist worksteal -q -m 'not deep'

test-deep: $(VENV)/test.stamp
	$(BIN)/python tools/deep.py

docs: $(VENV)/test.stamp
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "open out/site/index.html"

bench: $(VENV)/test.stamp
	$(BIN)/python -m benchmarks

lock:
	$(PYTHON) tools/lock.py

licences: $(VENV)/test.stamp
	$(BIN)/python tools/licences.py

sbom: $(VENV)/test.stamp
	$(BIN)/python tools/sbom.py

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) out build dist .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
