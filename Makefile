# Every target makes the environment it needs: Python 3.11+, git and make are enough.
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then command -v $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
SEED ?= 1

.PHONY: chat demo run test check fix bench docs clean

chat: $(VENV)/.installed
	@$(BIN)/reelbank chat

demo: $(VENV)/.installed
	@$(BIN)/reelbank demo

run: $(VENV)/.installed
	@$(BIN)/reelbank run

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

fix: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

docs: $(VENV)/.installed-dev
	$(BIN)/reelbank docs
	$(BIN)/python -m bot.adapters.slack_app.manifest > slack-manifest.yaml

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "Reelbank needs Python 3.11 or newer, and found none. Install it, then run make again."; exit 1; fi
	@if ! $(PYTHON) -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$(PYTHON) cannot make virtual environments here."; \
	  echo "On Debian or Ubuntu: sudo apt install python3-venv   Then run make again."; exit 1; fi
	@echo "Making the environment in $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing Reelbank into $(VENV) (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[charts]'
	@# Compiles the knowledge once, so that the first answer does not wait for it.
	@$(BIN)/reelbank ask --no-llm hello >/dev/null 2>&1 || true
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing Reelbank and its test tools into $(VENV) (once, a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(VENV)/.installed $@
