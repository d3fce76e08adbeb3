# Two commands do all: `make run` and `make test`. Everything else is a part of them.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: run install test lint bench lock clean

run: install
	@exec $(BIN)/pdplanner run

install: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; give its name with PYTHON=python3.12."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: install the package python3-venv."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing the locked dependencies …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m courses.documents
	@touch $(STAMP)

# Lint, types and contracts first (seconds), then the suite on SQLite and on PostgreSQL.
test: install
	@tests/services
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -n 2 -m "not postgres"
	@tests/with-postgres $(BIN)/pytest -n 2 -m "not sqlite and not browser"

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy pdplanner courses profiles benchmarks
	@DJANGO_SETTINGS_MODULE=pdplanner.settings.test $(BIN)/python -m django makemigrations --check --dry-run

# Long; each part also runs alone as `python -m benchmarks.NAME`.
bench: install
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@for name in needs paths scale whatif rebuild pages seats tickets sync reading; do \
	  echo; echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

# Locks hold hashes for every platform and no addresses. Needs uv, which the dev lock brings.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml
lock:
	@$(LOCK) -o requirements/product.txt
	@$(LOCK) --extra dev -o requirements/dev.txt
	@$(LOCK) --extra bench -c requirements/dev.txt -o requirements/bench.txt

clean:
	rm -rf .venv build *.egg-info
