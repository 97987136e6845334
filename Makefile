# Two commands do everything: `make demo` and `make test`. The rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCALE ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint format bench evaluate calibrate trust-report clean

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev,yolo]'
	touch $@

demo: $(VENV)/.run ## Run a whole night on the sample clips (sets up .venv first)
	$(BIN)/doorstep demo

test: $(VENV)/.dev ## Run the tests
	$(BIN)/python -m pytest

test-all: $(VENV)/.dev ## Run the slow suites as well
	$(BIN)/python -m pytest -m ''

lint: $(VENV)/.dev ## Check format, style, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure speed beside peers; writes docs/benchmarks.md
	$(BIN)/python -m bench

evaluate: $(VENV)/.dev ## Score recognition beside plainer ways; writes docs/recognition.md
	$(BIN)/python -m bench.recognition

calibrate: $(VENV)/.dev ## Fit what the scores of events are worth; writes models/event-scores
	$(BIN)/python -m bench.recognition.calibrate --remember build/remembered

trust-report: $(VENV)/.dev ## Run the long suites of trust; writes docs/trust.md (SCALE=0.05 for a quick look)
	$(BIN)/python -m bench.trust --scale $(SCALE)

clean: ## Remove what can be made again
	rm -rf $(VENV) build *.egg-info
