# Everything that a developer and CI run. `make` alone says what there is.
# All that these targets make stands in .venv, .tools and .cache.

PYTHON ?= python3
VENV := .venv/bin
# The pinned Kustomize first; programs such as haproxy stand where only root's PATH looks; Go's wheel, if any, last.
export PATH := $(CURDIR)/.tools/bin:$(PATH):/usr/sbin:/sbin:$(CURDIR)/.tools/go-venv/bin
export GOCACHE ?= $(CURDIR)/.cache/go-build
# uv and pip keep what they fetched here, so that `make clean` leaves nothing behind.
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv

.DEFAULT_GOAL := help
.PHONY: help setup check test demo bench lock clean

help: ## say what there is
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## make this machine ready: Debian packages (as root), .venv, the pinned Kustomize
	@$(PYTHON) -m tools.setup

check: setup ## lint, format, types, layers, spelling, links between pages
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/codespell
	$(VENV)/python -m tools.links

# What starts pods or kills processes measures the machine too, so it has the machine to itself; the rest is
# run two files at a time.
ALONE := tests/acceptance/real tests/integration/podman tests/integration/demo tests/contract/engine

test: setup ## every test, against real tools
	$(VENV)/python -m pytest --numprocesses 2 --dist loadfile $(addprefix --ignore=,$(ALONE))
	$(VENV)/python -m pytest $(ALONE)

demo: setup ## a small world, from image to two regions and back (KEEP=1 leaves it running)
	@KEEP=$(KEEP) $(VENV)/python -m demo.run

bench: setup ## our times, each beside its floor
	@test -f bench/run.py || { echo "make bench: bench/run.py is not written yet, so there is nothing to measure"; exit 1; }
	@$(VENV)/python -m bench.run

lock: setup ## resolve requirements.lock anew, with nothing younger than a week
	.tools/uv/bin/uv pip compile --quiet --universal --generate-hashes --group dev \
		--exclude-newer "7 days" --custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean: ## remove all that these targets made
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
