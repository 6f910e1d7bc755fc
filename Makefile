# The two commands that matter: `make run` and `make test`. The rest is `make help`.
SHELL := /bin/bash
PORT ?= 8000
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help env lock

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

env: ## Python environment in .venv and system libraries, only what is missing
	@tools/system.sh run
	@tools/env.sh

lock: ## new hashed locks from requirements/*.in (UPGRADE=1 takes newer versions)
	@tools/lock.sh
