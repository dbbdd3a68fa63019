# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
SOURCE ?= sample
STAMP := .venv/.installed
FAST := -m "not slow and not browser"

.DEFAULT_GOAL := help
# Compiled modules are kept: every refresh, server and job is a process that imports them anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test check fix lint bench lock docs

help: ## what can be done here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(STAMP): requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements-dev.txt
	touch $@

run: $(STAMP) ## data, first admin and server on http://127.0.0.1:8050; SOURCE=cdnow for real purchases
	$(BIN)/python app.py --source $(SOURCE)

test: $(STAMP) lint ## format, lint, types, import contracts and every test, browser included
	$(BIN)/python -m pytest -n 2

check: $(STAMP) lint ## the fast inner loop
	$(BIN)/python -m pytest -n 2 --dist loadfile -q $(FAST)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(STAMP) ## format and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## every promise of speed, as ratios in one run
	$(BIN)/python -m benchmarks

lock: $(STAMP) ## pin the direct dependencies of pyproject.toml into requirements*.txt
	$(BIN)/uv pip compile --quiet --no-annotate --universal pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --no-annotate --universal --extra dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --no-annotate --universal --extra postgres pyproject.toml -o requirements-postgres.txt

docs: $(STAMP) ## write docs/reference.md from the code
	$(BIN)/python -m tests.house.reference
