# `make demo` shows it, `make test` proves it. Everything stays in this folder; `make clean` takes it away again.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench soak messages lock clean

PY := .venv/bin/python
CODE := setup.py core connectors analysis notifier app sandbox dags tests

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: ## Make .venv and install what Sunwai needs
	@PYTHON='$(PYTHON)' scripts/setup

demo: setup ## Airflow, stand-in platforms, a stand-in Slack and the dashboard; no credentials needed
	@.venv/bin/sunwai demo

dev:
	@PYTHON='$(PYTHON)' scripts/setup dev

test: dev ## Every test: both databases, Airflow, a real browser (one file: make test ARGS=tests/core)
	@scripts/chromium
	@$(PY) -m pytest -n 2 $(ARGS)

check: dev ## Lint, format, types, import rules, migrations, docs and requirements against the code
	@.venv/bin/ruff check $(CODE)
	@.venv/bin/ruff format --check $(CODE)
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) -m pytest tests/repository

bench: dev ## Mentions per second, and seconds from a post to its card
	@$(PY) -m tests.bench $(ARGS)

soak: dev ## Kill it at every step, hundreds of times, and compare Slack with the truth
	@$(PY) -m tests.soak $(ARGS)

messages: dev ## Bring the dashboard's catalogs up to date with its texts, and say what waits to be translated
	@$(PY) -m tests.repository.messages

lock: dev ## Choose versions anew (asks the package index) and write the hashed requirements
	@.venv/bin/uv lock --quiet $(ARGS)
	@.venv/bin/uv export --quiet --no-emit-project --no-header --no-dev --format requirements.txt -o requirements.txt >/dev/null
	@.venv/bin/uv export --quiet --no-emit-project --no-header --format requirements.txt -o requirements-dev.txt >/dev/null

clean: ## Remove the virtual environment, caches and the demo's data (never a team's: .sunwai/up stays)
	@rm -rf .venv .sunwai/demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -f analysis/*.so analysis/lexicons/*.so
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
