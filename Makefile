# Two commands do everything: `make demo` and `make test`. The rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCALE ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint format bench evaluate calibrate trust-report search-bench clean

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

# What the tests call besides Python: a browser, and a stranger's tools for papers.
PROGRAMS := chromium pdfinfo
PACKAGES := chromium poppler-utils

$(VENV)/.programs: $(VENV)/.dev
	@command -v $(PROGRAMS) >/dev/null && test "$$(command -v $(PROGRAMS) | wc -l)" = $(words $(PROGRAMS)) \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; } \
		|| { echo "the tests need $(PACKAGES): sudo apt-get install $(PACKAGES)"; exit 1; }
	touch $@

# By folder, in the order in which tests/conftest.py has them, on as many cores as there are, up to four. One worker more
# than cores was tried: browsers and nights fill the cores already.
WORKERS := --numprocesses auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

test: $(VENV)/.programs ## Run the tests; pictures of the pages go to build/screens
	$(BIN)/python -m pytest $(WORKERS) --screens build/screens

test-all: $(VENV)/.programs ## Run the slow suites as well
	$(BIN)/python -m pytest $(WORKERS) --screens build/screens -m ''

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

search-bench: $(VENV)/.dev ## Measure searching ten million events; writes docs/search-benchmark.md (SCALE=0.05 for a quick look)
	$(BIN)/python -m bench.search --scale $(SCALE)

clean: ## Remove what can be made again
	rm -rf $(VENV) build *.egg-info
