# Everything needed is set up on first use and again only when pyproject.toml or constraints.txt change.
#   make lab [ARGS="--no-browser --port=8890"]   open the course in JupyterLab
#   make test                                    unit tests, then every cell of every notebook
#   make notebooks                               re-execute all notebooks and store their outputs
#   make site                                    the course as static pages, in build/site
#   make check                                   format, lint, fast tests (before every commit)
# CONTRIBUTING.md lists the others: what each one tests or measures, and how long it takes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
# uv installs in seconds what takes pip a minute; where it finds no packages, as with a mirror that
# only pip's configuration names, pip does it.
PIP := $(RUN) pip install --quiet --disable-pip-version-check --constraint constraints.txt
UV := $(RUN) uv pip install --quiet --python $(BIN)/python --constraint constraints.txt
INSTALL = $(UV) $(1) || $(PIP) $(1)
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
ifdef PIP_FIND_LINKS
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
endif
# One process a core; each file, and so each notebook, stays in one. ARGS="-n0" runs all in turn.
PARALLEL := -n auto --dist loadfile
# Jupyter refuses to run as root unless told; in containers there is often no one else.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
# What is installed: the course, and each extra of pyproject.toml where it is first needed.
READY := $(VENV)/.ready
WITH := $(VENV)/.with

SITE := build/site

.PHONY: lab test notebooks site check lint setup formulas pages test-torch browser explorers hostile \
	oldest newest experiments bench latency waiting pictures release lite site-test

lab: $(READY)
	$(BIN)/jupyter lab notebooks/00_start_here.ipynb $(AS_ROOT) $(ARGS)

test: $(READY)
	$(RUN) pytest $(PARALLEL) $(ARGS)

notebooks: $(READY)
	$(RUN) tools.notebooks $(ARGS)

# Sphinx reads one folder, so what becomes pages is gathered there first. What is to run in the
# browser, $(SITE)/lite, is built before: then the pages link to it.
site: $(WITH)-site
	@rm -rf build/pages && mkdir -p build/pages
	@cp -Rp notebooks images README.md site/*.md build/pages
	$(RUN) sphinx --quiet --fail-on-warning --fresh-env --jobs auto --conf-dir site \
	  --doctree-dir build/doctrees $$(test -f $(SITE)/lite/lab/index.html && echo --tag live) build/pages $(SITE)
	@echo "Open $(SITE)/index.html, or serve $(SITE) with: python3 -m http.server --directory $(SITE)"

check: lint
	$(RUN) pytest $(PARALLEL) tests $(ARGS)

lint: $(WITH)-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

# Slides of the main pages, to be shown without a kernel. npm has what shows them; it is asked once.
SLIDES := build/slides
FROM_NPM = mkdir -p $(SLIDES)/$(1) && cd $(SLIDES) && tar -xzf $$(npm pack --silent $(2)) -C $(1)

.PHONY: slides
slides: $(READY)
	@test -f $(SLIDES)/reveal/dist/reveal.js || ($(call FROM_NPM,reveal,reveal.js@4.6.1) --strip-components=1 package/dist package/plugin/notes)
	@test -f $(SLIDES)/mathjax/tex-svg-full.js || ($(call FROM_NPM,mathjax,mathjax@3.2.2) --strip-components=2 package/es5/tex-svg-full.js)
	@rm -f $(SLIDES)/*.tgz
	$(BIN)/jupyter nbconvert --config slides/config.py --log-level ERROR --output-dir $(SLIDES) \
	  notebooks/0?_*.ipynb notebooks/10_*.ipynb notebooks/11_*.ipynb
	@echo "Open $(SLIDES)/00_start_here.slides.html; S shows the speaker's notes, ?print-pdf prints."

# What is tested

formulas pages: $(READY)
	$(RUN) tools.$@ $(ARGS)

test-torch: $(WITH)-torch
	$(RUN) pytest tests/torch $(ARGS)

browser: $(WITH)-browser site
	@$(MAKE) slides || echo "The slides are left out: they need npm."
	$(RUN) pytest tests/browser -n 2 $(ARGS)

explorers: $(READY)
	$(RUN) pytest tests/test_pictures.py --settings 1000 $(ARGS)

hostile: $(READY)
	$(RUN) tools.hostile $(ARGS)

# In an environment made for it and thrown away; PYTHON=/path/to/python3.13 tries another Python.
oldest newest: $(READY)
	$(RUN) uv run --quiet --isolated --no-project --python $(PYTHON) --with-editable ".[test]" \
	  --resolution $(if $(filter oldest,$@),lowest-direct,highest) python -m pytest $(ARGS)

# What is measured

experiments: $(READY)
	$(RUN) experiments $(ARGS)

bench: $(WITH)-torch
	$(RUN) benchmarks.training $(ARGS)

latency waiting: $(WITH)-browser
	$(RUN) benchmarks.$@ $(ARGS)

pictures: $(WITH)-browser
	$(RUN) tools.pictures $(ARGS)

release: $(READY)
	$(RUN) tools.release $(OUT)

# The course in a browser that has no Python

lite: $(READY) .venv-lite/.ready
	$(RUN) tools.lite $(SITE)/lite

site-test: $(WITH)-browser .venv-lite/.ready
	$(RUN) benchmarks.lite $(ARGS)

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "This course needs Python 3.11 or newer, but $(PYTHON) is %d.%d. Name another with: make lab PYTHON=/path/to/python3.12" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(PIP) uv
	$(call INSTALL,--editable ".[test]")
	@# An editable install leaves out what lets a saved explorer show its picture when opened again.
	@mkdir -p $(VENV)/etc/jupyter && cp -r etc/jupyter/jupyter_server_config.d $(VENV)/etc/jupyter
	@touch $@

# An environment of its own: its kernel is an extension that an ordinary JupyterLab would load too.
.venv-lite/.ready: site/lite/requirements.txt | $(READY)
	$(PYTHON) -m venv .venv-lite
	$(RUN) pip --python .venv-lite/bin/python install --quiet --disable-pip-version-check -r $<
	@touch $@

$(WITH)-%: $(READY)
	$(call INSTALL,--editable ".[$*]")
	@touch $@
