# A fresh machine needs only Python 3.11 or later, make and git: every target sets itself up in .venv, from pinned packages.
#   make test             all tests                       make demo [SERVE=0]   the demonstration, served on port 8000
#   make lint             ruff, mypy and the workflows    make bench            speed figures
#   make install          the program alone               make site             the public site, into build/site
#   make screenshots     the pictures of the pages in docs/images, after make demo SERVE=0 (needs chromium)
#   make corpus N=100000  a synthetic instance of that size, with its own repository, into build/corpus/<N>
#   make bench-privacy    how much personal data is found, and how often wrongly
#   make bench-scale      what Git costs at 100,000 and 1,000,000 cases: half an hour, and 6 GB of disk
#   make lock             renew the locks                 make clean            remove what was built, and .venv

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
SERVE ?= 1

# The first that really runs and is new enough: a version manager may leave names on PATH that do not run.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python3.14 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)

export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: install test demo lint site screenshots bench bench-privacy bench-scale corpus lock clean
.DEFAULT_GOAL := test

# The build tools come first and pinned, so that no build fetches anything that is not in a lock.
$(STAMP): requirements.lock requirements-build.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "错误:没有找到Python 3.11或更高版本。请先安装,或用“make PYTHON=/路径/python3.11”指明。" >&2; \
		echo "Error: no Python 3.11 or later was found. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
		exit 2; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "错误:$(PYTHON)不能运行,或低于3.11。请用“make PYTHON=/路径/python3.11”另指一个。" >&2; \
		echo "Error: $(PYTHON) does not run or is older than 3.11. Name another: make PYTHON=/path/to/python3.11" >&2; \
		exit 2; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "错误:不能建立虚拟环境。Debian/Ubuntu请先安装python3-venv。" >&2; \
		echo "Error: the virtual environment could not be made. On Debian/Ubuntu install python3-venv first." >&2; \
		exit 2; }
	$(PY) -m pip install --quiet --require-hashes -r requirements-build.lock
	$(PY) -m pip install --quiet --require-hashes --no-build-isolation -r requirements.lock
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

install: $(STAMP)

test: $(STAMP)
	$(PY) -m pytest -n auto $(ARGS)

demo: $(STAMP)
	SERVE=$(SERVE) $(PY) -m huiyin.demo

lint: $(STAMP)
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(VENV)/bin/zizmor --quiet --offline --no-progress --persona=pedantic .github/workflows

site: $(STAMP)
	$(PY) -m mkdocs build --quiet --strict

screenshots: $(STAMP)
	$(PY) docs/images/make_screenshots.py

bench: $(STAMP)
	$(PY) -m bench.run $(ARGS)

N ?= 100000
corpus: $(STAMP)
	$(PY) -m bench.corpus $(N)

bench-privacy: $(STAMP)
	$(PY) -m bench.privacy

bench-scale: $(STAMP)
	$(PY) -m bench.scale $(ARGS)

# uv only resolves; it is no part of the environment. Its own copy is kept under build/.
UV = build/uv/bin/uv
COMPILE = $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-config --custom-compile-command "make lock"
lock:
	@[ -n "$(PYTHON)" ] || { echo "错误:没有找到Python 3.11或更高版本。 No Python 3.11 or later was found." >&2; exit 2; }
	[ -x $(UV) ] || { $(PYTHON) -m venv build/uv && build/uv/bin/python -m pip install --quiet uv; }
	$(COMPILE) --group dev --group build pyproject.toml -o requirements.lock
	$(COMPILE) --group build -c requirements.lock -o requirements-build.lock

clean:
	rm -rf build dist $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
