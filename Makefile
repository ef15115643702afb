# rightswatch: everything a newcomer or the CI runs. `make` lists the targets.
# The environment is inside the checkout: .uv/ holds the pinned uv, .venv/ the packages. No root is needed, except
# that `make test` installs from Debian what it lacks of a browser, Java, Maven, PostgreSQL and Redis; Apache Kafka's jars
# go into .cache/.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .uv/bin/uv
RUN := .venv/bin/python
PYTEST_FLAGS ?=
# As many processes as cores; a file stays in one, since its tests may share servers.
IN_PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
DEMO_FLAGS ?=
BENCH ?=

# uv must use the interpreter chosen here, and never fetch one.
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
# Numba and Faust are a second of compiling in every process where Python may not write bytecode (PYTHONDONTWRITEBYTECODE).
export UV_COMPILE_BYTECODE := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env demo test test-long test-faults check bench peers clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

env: .venv/.tables ## make the environment: uv, packages, compiled kernels

demo: env ## the whole service on this machine, watch floor in the browser (DEMO_FLAGS="--rate 500 --port 8600")
	@$(RUN) -m streams demo $(DEMO_FLAGS)

test: env ## every test but the long ones (about 20 minutes on 2 cores)
	@tools/test_deps.sh
	$(RUN) -m pytest -m "not long" $(IN_PARALLEL) $(PYTEST_FLAGS)

test-long: env ## the long tests: a million listings and twenty kills of anything, a minute without ClickHouse ...
	@tools/test_deps.sh
	$(RUN) -m pytest -m long $(PYTEST_FLAGS)

test-faults: env ## the fault tests alone, the long ones too (FAULTS_SEED=N: the same faults again)
	@tools/test_deps.sh
	$(RUN) -m pytest tests/faults $(PYTEST_FLAGS)

check: env ## lint, format, types, layers
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: env ## the benchmarks (BENCH="pipeline --quick"; none: list them)
	$(RUN) -m benchmarks $(BENCH)

peers: env ## what `benchmarks peers` runs beside ours, in .cache/peers
	UV_PROJECT_ENVIRONMENT=.cache/peers $(UV) sync --frozen --only-group peers --python $(RUN)

clean: ## remove the environment and the caches; .rightswatch/ (your data) stays
	rm -rf .uv .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .cache

$(UV): Makefile
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "make: $(PYTHON) is not here. Install Python 3.11 (Debian: apt install python3 python3-venv) or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { echo "make: $(PYTHON) is $$($(PYTHON) -V 2>&1); rightswatch needs Python 3.11, 3.12 or 3.13. Say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) has no venv module. Debian: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.packages: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --python "$$(command -v $(PYTHON))"
	@touch $@

# Numba compiles once, here; the service only ever reads the cache.
.venv/.kernels: .venv/.packages $(wildcard detectors/kernels/*.py)
	$(RUN) -m detectors.warm_up
	@touch $@

# The tables made of data are saved by that step too; this is for data that changed since.
.venv/.tables: .venv/.kernels detectors/folding.py detectors/lexicon.py detectors/tables.py $(wildcard detectors/data/*.t[sx][vt] detectors/data/*.gz)
	$(RUN) -m detectors.warm_up tables
	@touch $@
