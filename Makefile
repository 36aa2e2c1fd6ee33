# Everything a developer runs. The text after ## is what `make help` prints.

VENV ?= .venv
BIN := $(VENV)/bin

# The newest Python that petc is tested on and that can make an environment; any other that is new enough
# comes last, so that the recipe below can say what is missing. Each is run, because a version manager's
# shim exists also for what is not installed.
PYTHON ?= $(shell \
	for modules in 'sys, ensurepip, venv' 'sys'; do \
		for python in python3.13 python3.12 python3.11 python3; do \
			if $$python -c "import $$modules; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then \
				echo $$python; exit; \
			fi; \
		done; \
	done)

# Two stamps: a change of the lock makes a new environment, a change of the packaging only installs petc again.
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format bench walks kills golden lock install print-python clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Compile the reference spec, deploy it to an AWS on this machine, change it, ask what stands
	@$(BIN)/python -m demo $(if $(KEEP),--keep)

test: $(INSTALLED) ## Style, types and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto -rs

lint: $(INSTALLED) ## Style and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED) ## Rewrite the sources in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED) ## Print times and memory as ratios of one run
	$(BIN)/python -m bench

walks: $(INSTALLED) ## Random edits of a deployed stage; SEEDS=0-299 JOBS=2, goes on where it was stopped
	$(BIN)/python -m tests.campaigns walks --seeds $(or $(SEEDS),0-299) --jobs $(or $(JOBS),2) --results .petc-walks.jsonl

kills: $(INSTALLED) ## Deployments whose process is killed at random moments; SEEDS=0-199 JOBS=2, likewise
	$(BIN)/python -m tests.campaigns kills --seeds $(or $(SEEDS),0-199) --jobs $(or $(JOBS),2) --results .petc-kills.jsonl

golden: $(INSTALLED) ## Rewrite golden files, generated pages and the published schema; README=1 runs its console blocks too
	$(BIN)/python -m tests.golden --write $(if $(README),--consoles)

# The public index alone decides what the lock holds, whatever this machine's pip is configured to use.
# The oldest supported Python resolves, because some packages are needed there only.
lock: $(INSTALLED) ## Rewrite requirements/dev.txt; UPGRADE=1 takes the newest of everything
	@$(BIN)/python -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" || \
		{ echo "make lock needs an environment of Python 3.11: make clean install PYTHON=python3.11" >&2; exit 1; }
	env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL PIP_CONFIG_FILE=/dev/null \
		CUSTOM_COMPILE_COMMAND="make lock" \
		$(BIN)/python -m piptools compile --quiet $(if $(UPGRADE),--upgrade) --generate-hashes --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements/dev.txt setup.cfg requirements/dev.in
	$(MAKE) --no-print-directory install
	$(BIN)/python -m tests.golden.runtime_lock > requirements/run.txt

install: $(INSTALLED) ## Make the environment in .venv

$(LOCKED): requirements/dev.txt
	@test -n "$(PYTHON)" || \
		{ echo "petc needs Python 3.11 or newer and found none; name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		{ echo "petc needs Python 3.11 or newer, and $(PYTHON) is older or cannot run" >&2; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || \
		{ echo "$(PYTHON) cannot make an environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# setuptools warns at each editable install that a folder of the package's name could hide it; none does.
$(INSTALLED): $(LOCKED) setup.cfg pyproject.toml
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# For scripts: which Python the environment would be made with.
print-python:
	@echo $(PYTHON)

clean: ## Remove the environment and everything that tools leave behind
	rm -rf $(VENV) build dist compiler/petc.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find bench compiler demo lambda_src schemas spec tests -type d -name __pycache__ -prune -exec rm -rf {} +
