# The two commands of the project are `make verify` and `make test`; `make help` lists the others.
# All of them need python3 (3.11 or newer) with its venv module, and nothing else installed beforehand.

PYTHON  = python3
RESULTS = results
WORKERS = 2

# Where to look for torch besides the configured package index, for instance the index of CPU builds that
# the installation page of PyTorch names: make verify TORCH_INDEX=…
TORCH_INDEX =

BIN   := .venv/bin
READY := .venv/.ready
LINT  := build/lint
# From the paths of build/lint to those of the repository.
UNMAP := sed -E 's,^symicl/(proofs|numeric_checks)/,\1/,'
# Tests share the cores by processes, not by threads.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help venv verify test slowtest fuzz mutants trust lint types imports format texts bench bench-training dist docs clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r name text; do printf '%-14s%s\n' "$$name" "$$text"; done

venv: $(READY) ## the environment in .venv, with pinned versions

# Made anew whenever the requirements change, never otherwise.
$(READY): pyproject.toml setup.py constraints.txt
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) -e '.[all]'
	touch $@

verify: $(READY) ## derive, prove and train every theorem; the results go into results/
	$(BIN)/symicl verify --out $(RESULTS) --records $(RESULTS)/runs.db

# Each process takes a row of neighbours, which share what they derive, and at the end a part of the other's.
PYTEST := $(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test: $(READY) ## the tests; more options by PYTEST_ARGS="-k …"
	$(PYTEST) -m "not slow" $(PYTEST_ARGS)

slowtest: $(READY) ## the tests that take minutes: long random expressions, default trainings
	$(PYTEST) -m slow $(PYTEST_ARGS)

fuzz: $(READY) ## 20,000 random expressions, engine against engine; the result into docs/second-engine.md
	$(ONE_THREAD) $(BIN)/python tests/fuzz.py --markdown docs/second-engine.md $(FUZZ_ARGS)

mutants: $(READY) ## small changes of the code, and whether the tests notice; hours; into docs/code-mutants.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt mutmut
	$(BIN)/python benchmarks/code_mutants.py --markdown docs/code-mutants.md $(MUTANTS_ARGS)

trust: $(READY) ## engines, certificates, wrong statements and Coq in figures, into docs/trust.md
	$(ONE_THREAD) $(BIN)/python benchmarks/trust.py --markdown docs/trust.md

lint: $(READY) ## ruff, mypy and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory types imports

# mypy and import-linter read the package as it is once installed: proofs/ and numeric_checks/ inside symicl/.
types: $(LINT)
	cd $(LINT) && ../../$(BIN)/mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache -p symicl | $(UNMAP)

imports: $(LINT)
	cd $(LINT) && ../../$(BIN)/lint-imports --config ../../pyproject.toml --cache-dir ../../.import_linter_cache

.PHONY: $(LINT)
$(LINT): $(READY)
	@rm -rf $(LINT) && mkdir -p $(LINT) && cp -a symicl $(LINT) && cp -a proofs numeric_checks $(LINT)/symicl

format: $(READY) ## rewrite the code in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

texts: $(READY) ## what `symicl list` prints of the theorems, after a change of them
	$(BIN)/python -m symicl.statements.texts

bench: $(READY) ## measure the engine against its peers, into docs/benchmarks.md
	$(BIN)/python benchmarks/run.py --markdown docs/benchmarks.md $(if $(TORCH_INDEX),--torch-index $(TORCH_INDEX))

bench-training: $(READY) ## measure the ways of training, into docs/training-benchmarks.md
	$(ONE_THREAD) $(BIN)/python benchmarks/training.py --markdown docs/training-benchmarks.md

dist: $(READY) ## the source distribution and the wheel, into dist/
	rm -rf dist build/lib
	$(BIN)/python -m build

docs: $(READY) ## the site, into build/docs; a warning is an error
	$(BIN)/python -m sphinx --builder html --fresh-env --write-all --fail-on-warning --keep-going --nitpicky --quiet --doctree-dir build/doctrees docs build/docs

clean: ## everything that these commands have made
	rm -rf .venv results build dist mutants docs/gallery docs/reference/generated *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
