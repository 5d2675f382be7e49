# make run: try it.  make test, make check: prove it.  make bench: measure it.
.PHONY: run test check bench setup setup-dev
PYTHON ?=
export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK = 1
WORKERS ?= 4
# The tests of one file share their Asterisk: one worker takes them all, and the long ones (flows) begin first.
SPREAD = -n $(WORKERS) --dist loadfile --no-loadscope-reorder

run: setup
	@.venv/bin/dutyline --home var up

setup:
	@.ci/setup

setup-dev:
	@.ci/setup dev

test: setup-dev
	@.venv/bin/python -m pytest $(SPREAD) --ignore tests/bench

check: setup-dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python -m pytest -q $(SPREAD) tests/unit tests/contract

bench: setup-dev
	@.venv/bin/python -m pytest -q -s -p no:xdist -o addopts= --import-mode=importlib tests/bench
