# Everything that is done with Cohort from a checkout; `make` alone lists it.

VENV := .venv
BIN := $(VENV)/bin

# The first of these that is Python 3.11 or newer is used; `make PYTHON=... test` names another.
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)
UV := $(shell command -v uv 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo pictures run test soak check audit bench format lock clean

help:
	@echo 'make demo     try Cohort in a browser: no token, no network (PEOPLE=500, ARGS="--script FILE")'
	@echo 'make pictures  take the pictures of the documents anew, in the demo (needs Chromium)'
	@echo 'make run      run the bot against Discord, with COHORT_TOKEN from the environment or .env'
	@echo 'make test     run the tests (ARGS="-k digest"; DATABASE=postgresql runs what has one on that)'
	@echo 'make soak     a quarter of an hour of crashes, faults, load and hostile people: a table, and soak.json'
	@echo 'make check    lint, and check the format, the types, which way imports point, and make audit'
	@echo 'make audit    ask whether a dependency has a known vulnerability; says so when it cannot'
	@echo 'make bench    measure it: a table here, and a JSON file'
	@echo 'make format   put the code into its format, and mend what can be mended'
	@echo 'make lock     compile requirements/ anew; needs uv (ARGS=--upgrade for newer versions)'
	@echo 'make clean    remove the virtual environment and every cache'
	@echo
	@echo 'Each sets up $(VENV) first where that is needed; "make setup" does only that.'

demo: setup
	@$(BIN)/python -m bot demo $(if $(PEOPLE),--people $(PEOPLE)) $(ARGS)

pictures: setup
	@$(BIN)/python -m bot demo --script docs/pictures.txt --screenshot .pictures
	@mv .pictures/[a-z]*.png docs/ && rm -r .pictures

run: setup
	@$(BIN)/python -m bot run $(ARGS)

# What opens a database that the tests made; the rest has its own, or none.
ON_BOTH := tests/data tests/e2e tests/security

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal $(if $(DATABASE),--database $(DATABASE) $(if $(ARGS),,$(ON_BOTH))) $(ARGS)

soak: setup
	@$(BIN)/python -m tests.soak $(ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/pyright --project tests
	$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.repo.audit

audit: setup
	@$(BIN)/python -m tests.repo.audit

bench: setup
	@$(BIN)/python -m tests.benchmarks $(ARGS)

format: setup
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .

# Run once, and again when the pins or pyproject.toml have changed since.
setup: $(VENV)/.set-up

$(VENV)/.set-up: requirements/dev.txt pyproject.toml
	@set -eu; \
	echo 'Setting up $(VENV) ...' >&2; \
	modern='import sys; sys.exit(sys.version_info < (3, 11))'; \
	python=; \
	for candidate in $(PYTHONS); do \
		if "$$candidate" -c "$$modern" >/dev/null 2>&1; then \
			python=$$("$$candidate" -c 'import sys; print(sys._base_executable)'); \
			break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo 'Cohort needs Python 3.11 or newer, and none of these is: $(PYTHONS).' >&2; \
		echo 'Install one, or name it: make PYTHON=/path/to/python3.' >&2; \
		exit 1; \
	fi; \
	if [ -n '$(UV)' ]; then \
		"$(BIN)/python" -c "$$modern" >/dev/null 2>&1 \
			|| '$(UV)' venv --quiet --clear --python "$$python" $(VENV); \
		'$(UV)' pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt; \
		'$(UV)' pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		if ! { "$(BIN)/python" -c "$$modern" && "$(BIN)/python" -m pip --version; } >/dev/null 2>&1; then \
			if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
				echo "$$python has no venv module: install it (Debian: apt install python3-venv), or uv." >&2; \
				exit 1; \
			fi; \
			"$$python" -m venv --clear $(VENV); \
		fi; \
		$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt; \
		$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi; \
	touch $@

COMPILE := UV_CUSTOM_COMPILE_COMMAND='make lock' $(UV) pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	pyproject.toml requirements/build.in

lock:
	@if [ -z '$(UV)' ]; then echo 'make lock needs uv on the PATH.' >&2; exit 1; fi
	$(COMPILE) --all-extras --output-file requirements/dev.txt $(ARGS)
	$(COMPILE) --constraints requirements/dev.txt --output-file requirements/run.txt
	$(COMPILE) --constraints requirements/dev.txt --extra postgresql \
		--output-file requirements/postgresql.txt

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find bot cogs data tests -name __pycache__ -prune -exec rm -rf {} +
