# The two commands that matter are `make run` and `make test`; `make` alone lists the rest.
SHELL := /bin/bash
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help env run test check fmt lock bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

env: ## Python environment in .venv and system libraries, only what is missing
	@tools/system.sh run
	@tools/env.sh

run: env ## the product on http://127.0.0.1:8000 with demo people (PORT=8001 for another port)
	@tools/run.sh

test: ## everything: checks, the suite on SQLite and on PostgreSQL, browser tests
	@tools/system.sh test
	@tools/env.sh
	@tools/test.sh

check: env ## linters, types, layers, locks, migrations, settings for production
	@.venv/bin/python tools/check.py

fmt: env ## formats Python code, repairs what can be repaired, notes which tests prove which clause
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format .
	@DEBUG=1 .venv/bin/python manage.py collect_proofs

lock: env ## new hashed locks from requirements/*.in (UPGRADE=1 takes newer versions)
	@tools/lock.sh

bench: env ## speed, as ratios measured in the same run
	@.venv/bin/python tools/bench.py $(ONLY)

clean: ## removes environment, caches and collected files; never the database, uploads or .env
	@rm -rf .venv .venv-lock .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov var/static
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
