# Everything needed is set up on first use and again only when pyproject.toml or constraints.txt change.
#   make lab [ARGS="--no-browser --port=8890"]   open the course in JupyterLab
#   make test                                    unit tests, then every cell of every notebook
#   make notebooks                               re-execute all notebooks and store their outputs
#   make check                                   format, lint, fast tests (before every commit)
# CONTRIBUTING.md lists the others: what each one proves or measures, and how long it takes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# One process a core; each file, and so each notebook, stays in one. ARGS="-n0" runs all in turn.
PARALLEL := -n auto --dist loadfile
# Jupyter refuses to run as root unless told; in containers there is often no one else.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab test notebooks check setup formulas test-torch browser explorers mutants hostile \
	oldest newest experiments bench latency waiting pictures

lab: $(READY)
	$(BIN)/jupyter lab notebooks/00_start_here.ipynb $(AS_ROOT) $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

notebooks: $(READY)
	$(BIN)/python tools/notebooks.py $(ARGS)

check: $(READY)
	$(INSTALL) --editable ".[dev]"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest $(PARALLEL) tests $(ARGS)

# What is proved

formulas: $(READY)
	$(BIN)/python tools/formulas.py $(ARGS)

test-torch: $(READY)
	$(INSTALL) --editable ".[torch]"
	$(BIN)/python -m pytest tests/torch $(ARGS)

browser: $(READY)
	$(INSTALL) --editable ".[browser]"
	$(BIN)/python -m pytest tests/browser $(ARGS)

explorers: $(READY)
	$(BIN)/python -m pytest tests/test_live.py --settings 1000 $(ARGS)

mutants: $(READY)
	$(BIN)/python tools/mutate.py $(ARGS)

hostile: $(READY)
	$(BIN)/python tools/hostile.py $(ARGS)

oldest newest: $(READY)
	$(BIN)/python tools/versions.py $@ $(ARGS)

# What is measured

experiments: $(READY)
	$(BIN)/python -m experiments $(ARGS)

bench: $(READY)
	$(INSTALL) --editable ".[torch]"
	$(BIN)/python benchmarks/training.py $(ARGS)

latency: $(READY)
	$(INSTALL) --editable ".[browser]"
	$(BIN)/python benchmarks/latency.py $(ARGS)

waiting: $(READY)
	$(INSTALL) --editable ".[browser]"
	$(BIN)/python benchmarks/waiting.py $(ARGS)

pictures: $(READY)
	$(INSTALL) --editable ".[browser]"
	$(BIN)/python tools/pictures.py $(ARGS)

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "This course needs Python 3.11 or newer, but $(PYTHON) is %d.%d. Name another with: make lab PYTHON=/path/to/python3.12" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable ".[test]"
	@touch $(READY)
