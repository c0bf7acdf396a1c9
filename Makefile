# Everything that a developer and CI run. `make` alone says what there is.
# All that these targets make stands in .venv, .tools and .cache.

PYTHON ?= python3
VENV := .venv/bin
# The pinned Kustomize first; programs such as haproxy stand where only root's PATH looks; Go's wheel, if any, last.
export PATH := $(CURDIR)/.tools/bin:$(PATH):/usr/sbin:/sbin:$(CURDIR)/.tools/go-venv/bin
export GOCACHE ?= $(CURDIR)/.cache/go-build
# uv and pip keep what they fetched here, so that `make clean` leaves nothing behind.
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
# Tests start hundreds of Pythons: without bytecode each compiles the same hundred thousand lines anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/bytecode

.DEFAULT_GOAL := help
.PHONY: help setup check test test-cluster test-deep demo bench image lock clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: ## make this machine ready: Debian packages (as root), .venv, the pinned Kustomize
	@$(PYTHON) -m tools.setup

check: setup ## lint, format, types, layers, spelling, links between pages
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/codespell
	$(VENV)/python -m tools.links

# Two files at a time: tests wait more than they work. What starts pods comes after the rest, which would hold it
# up, and in the order of names, in which what takes longest comes early.
TWO_FILES := --numprocesses 2 --dist loadfile
PODS := tests/acceptance/real tests/integration/podman tests/integration/demo tests/contract/engine
# These have the machine to themselves: requests are counted that fail at a rate, whole stories are told within
# the time of one test, and the demo's tests name bridges in a podman store of their own.
ALONE := tests/integration/podman/test_steady_traffic.py tests/acceptance/real/test_first_steps.py \
	tests/integration/demo/test_story_ends.py tests/integration/demo/test_world_runs.py \
	tests/integration/demo/test_world_manifests.py

test: setup ## every test but the cluster's, against real tools
	$(VENV)/python -m pytest $(TWO_FILES) $(addprefix --ignore=,$(PODS) tests/cluster)
	$(VENV)/python -m pytest $(TWO_FILES) --no-loadscope-reorder -m "not cluster" $(PODS) $(addprefix --ignore=,$(ALONE))
	$(VENV)/python -m pytest $(ALONE)

test-cluster: setup ## tests on a real Kubernetes with real Argo CDs (as root; built once, ten minutes)
	@$(VENV)/python -m tools.cluster build
	$(VENV)/python -m pytest $(TWO_FILES) --timeout 600 --no-loadscope-reorder tests/cluster tests/contract/engine -m cluster

test-deep: setup ## a thousand random stories, a hundred broken images on each engine (as root; half an hour)
	HYPOTHESIS_PROFILE=deep $(VENV)/python -m pytest tests/acceptance/properties/test_delivery_machine.py
	$(VENV)/python -m pytest --deep tests/acceptance/real/test_broken_images.py
	@$(VENV)/python -m tools.cluster build
	$(VENV)/python -m pytest --deep tests/cluster/test_broken_images.py

ENGINE ?= podman
demo: setup ## a small world, from image to two regions and back (ENGINE=argocd, KEEP=1 leaves it running)
	@KEEP=$(KEEP) $(VENV)/python -m demo.run --engine $(ENGINE)

bench: setup ## our times, each beside its floor
	@$(VENV)/python -m bench.run

lock: setup ## resolve requirements.lock anew, with nothing younger than a week
	.tools/uv/bin/uv pip compile --quiet --universal --generate-hashes --group dev \
		--exclude-newer "7 days" --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	.tools/uv/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --constraints requirements.lock \
		--exclude-newer "7 days" --custom-compile-command "make lock" pyproject.toml -o deploy/requirements.lock

TAG ?= localhost/headway:latest
image: setup ## the container image of Headway itself (TAG=name, SYSTEM=base SYSTEM_PYTHON=3.11)
	@$(VENV)/python -m tools.image --tag $(TAG) $(if $(SYSTEM),--system $(SYSTEM) --python $(SYSTEM_PYTHON))

clean: ## remove all that these targets made
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
