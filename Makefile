# Needs Python 3.11 or newer, make, and PyPI. Everything goes into .venv and .cache here.
PYTHON ?= python3
TOOLS  := .cache/tools
READY  := .venv/.ready
RUN    := .venv/bin

export UV_PYTHON_DOWNLOADS := never
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
unexport VIRTUAL_ENV
# Every process would compile Django anew: more than a second each, and the tests start some fifty.
unexport PYTHONDONTWRITEBYTECODE

# A browser is needed for the journeys alone; without one they are left out and this line says so.
BROWSER := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
ifeq ($(BROWSER),)
ABLE := not journey and not bench and not crawl
else
ABLE := not bench and not crawl
endif

# PostgreSQL of the distribution, beside the one that comes from PyPI.
OTHERS  := $(notdir $(patsubst %/bin/initdb,%,$(wildcard /usr/lib/postgresql/*/bin/initdb)))
TESTS   := $(RUN)/pytest -q -n 2 --dist worksteal
FOLDERS := $(patsubst %/,%,$(filter-out tests/bench/ tests/house/ tests/__pycache__/,$(wildcard tests/*/)))

.PHONY: demo test long crawl check format bench clean help

help:
	@echo "make demo    a made-up city in your browser"
	@echo "make test    the tests of every part, in a few minutes"
	@echo "make long    the tests that take long: every role, every kill, every journey, areas beyond their stories, every law on many examples"
	@echo "make crawl   every page that anybody can reach, through a real browser, and the story in English"
	@echo "make check   format, lint, types, import contracts, the house's rules for code"
	@echo "make format  write the one format"
	@echo "make bench   measurements, with the machine's figures"
	@echo "make clean   remove what was made here"

demo: $(READY)
	$(RUN)/songhe demo $(ARGS)

test: $(READY)
ifeq ($(BROWSER),)
	@echo "No Chromium here: the journeys through a real browser are left out (apt-get install chromium)."
endif
	@$(RUN)/python -m songhe.site.kernels .cache/kernels & \
	  $(TESTS) -m "$(ABLE) and not long" $(or $(ARGS),$(FOLDERS))

long: $(READY)
	$(TESTS) -m "$(ABLE) and long" $(or $(ARGS),$(FOLDERS))
	SONGHE_EXAMPLES=150 $(TESTS) -m "$(ABLE) and hypothesis and not long" $(or $(ARGS),$(FOLDERS))
	$(foreach major,$(OTHERS),SONGHE_TEST_POSTGRES=$(major) $(TESTS) -m "$(ABLE) and not long" $(or $(ARGS),tests/engines) && )true

crawl: $(READY)
ifeq ($(BROWSER),)
	@echo "No Chromium here: nothing is looked at (apt-get install chromium)."
else
	$(RUN)/pytest -q -m crawl tests/journeys $(ARGS)
endif

check: $(READY)
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/songhe messages --check
	$(RUN)/pytest -q tests/house

format: $(READY)
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

bench: $(READY)
	$(RUN)/pytest -q -s -m bench $(if $(findstring tests/,$(ARGS)),,tests) $(ARGS)

clean:
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): uv.lock pyproject.toml $(TOOLS)/.ready
	$(TOOLS)/bin/uv sync --frozen --quiet --python $(TOOLS)/bin/python
	@touch $@

$(TOOLS)/.ready: tools/uv-requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv is missing (Debian and Ubuntu: apt-get install python3-venv)."; exit 1; }
	rm -rf $(TOOLS)
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --require-hashes -r tools/uv-requirements.txt
	@touch $@
