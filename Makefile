# Everything needed is set up on first use and again only when pyproject.toml or constraints.txt change.
#   make lab [ARGS="--no-browser --port=8890"]   open the course in JupyterLab
#   make test                                    unit tests, then every cell of every notebook
#   make notebooks                               re-execute all notebooks and store their outputs
#   make check                                   format, lint, fast tests (before every commit)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Jupyter refuses to run as root unless told; in containers there is often no one else.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab test notebooks check setup

lab: $(READY)
	$(BIN)/jupyter lab notebooks/00_start_here.ipynb $(AS_ROOT) $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest $(ARGS)

notebooks: $(READY)
	$(BIN)/python tools/notebooks.py $(ARGS)

check: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest tests $(ARGS)

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "This course needs Python 3.11 or newer, but $(PYTHON) is %d.%d. Name another with: make lab PYTHON=/path/to/python3.12" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $(READY)
