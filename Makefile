# make run: try it.  make test, make check: prove it.  make bench: measure it.
.PHONY: run test check bench soak setup setup-dev
PYTHON ?=
export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK = 1
WORKERS ?= 4

run: setup
	@.venv/bin/dutyline up --home var

setup:
	@.ci/setup

setup-dev:
	@.ci/setup dev

test: setup-dev
	@.venv/bin/python -m pytest -n $(WORKERS) --dist loadgroup

check: setup-dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python -m pytest -q -n $(WORKERS) tests/unit tests/contract

bench: setup-dev
	@.venv/bin/python -m pytest -q -s -p no:xdist -o addopts= --import-mode=importlib tests/bench

soak: setup-dev
	@.venv/bin/python -m pytest -q -n $(WORKERS) -m soak
