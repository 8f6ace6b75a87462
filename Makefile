# Everything here needs Python 3.11 or newer, make and a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= auto
ARGS ?=

.PHONY: help guide test check bench calibrate torture docs schema clean

help:  ## show this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

guide: $(VENV)/installed  ## set up and run the guide: make guide DATA=HIGGS.csv.gz ARGS="--repeats 5"
	$(BIN)/fitscope guide --data "$(DATA)" $(ARGS)

test: $(VENV)/developed  ## set up and run all tests, files side by side
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder --max-worker-restart 1 $(ARGS)

check: $(VENV)/developed  ## lint, format, types and floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(VENV)/installed  ## time fitscope beside TensorFlow, Keras on JAX and PyTorch
	$(PYTHON) benchmarks/run.py $(ARGS)
	$(PYTHON) benchmarks/log_peers.py

calibrate: $(VENV)/developed  ## run the simulations behind docs/how-verdicts-work.md (an hour or two)
	$(BIN)/python -m calibration $(ARGS)

torture: $(VENV)/developed  ## damage, kill and lie to fitscope; figures go to docs/reliability.md (some hours)
	$(BIN)/python -m torture $(ARGS)

docs: $(VENV)/developed  ## build the documentation as a site in build/site
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs build/site
	@echo build/site/index.html

schema: $(VENV)/developed  ## write the JSON schemas in docs anew
	$(BIN)/python -m fitscope.study.schema > docs/results.schema.json
	$(BIN)/python -m fitscope.api.schema > docs/diagnose.schema.json

clean:  ## remove the environments
	rm -rf $(VENV) .bench .browser build

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("fitscope needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; name another with make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/developed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/installed
