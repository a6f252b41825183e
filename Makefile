# Every target works on a machine with Python >= 3.11, pip and make, and leaves all it needs in .venv.
PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MODEL := smollm2-135m
PINNED := requirements/uv.txt requirements/dev.txt
COVERAGE := $(BIN)/coverage

.PHONY: help install model demo test check gates format lint types imports coverage docs docs-reference news bench chaos lock

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

install: $(STAMP) ## leave a ready .venv

$(STAMP): $(PINNED) pyproject.toml library/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "flowdsl needs Python 3.11 or newer; set PYTHON=python3.12 or the like"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e . -e library
	@touch $@

model: install ## fetch the small local model, once
	$(BIN)/flowdsl models pull $(MODEL)

demo: model ## two real pipelines on a real local model
	$(BIN)/python docs/tutorials/demo/demo.py

test: install ## run every test, with coverage measured
	$(COVERAGE) erase
	$(COVERAGE) run -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)
	@$(COVERAGE) combine --quiet

check: format lint types imports test coverage docs news ## the one gate: all that CI runs

gates: format lint types imports coverage docs news ## `check` after a `make test`, which is not run again

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/pyright
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports --no-cache

coverage: install
	$(COVERAGE) report
	$(COVERAGE) report --fail-under=100 --include='flowdsl/ir/*,flowdsl/expressions/*'

docs-reference: install ## write the generated pages of docs/reference anew
	$(BIN)/python -m docs.generator

docs: install ## build the site into docs/_build/html; a warning is an error
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env -b html docs docs/_build/html

news: install
	@$(BIN)/towncrier build --draft --version next > /dev/null

bench: install ## one table of ratios; JSON under benchmarks/results
	$(BIN)/python -m benchmarks

chaos: install ## a thousand calls for each fault and provider; one table, JSON under benchmarks/results
	$(BIN)/python -m benchmarks.chaos

lock: install ## resolve the pinned requirements anew (a week behind, see pyproject.toml)
	$(BIN)/python requirements/compile.py
