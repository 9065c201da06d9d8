# Two commands are all it takes: `make serve` and `make test`. Each makes its own .venv on first use.
# PORT (8000), SIGN_IN_PORT (PORT+1) and DATA_DIR (var/) change where `make serve` listens and keeps its data;
# PYTHON names another Python (3.11 or newer), TESTS other tests than all of them, WORKERS how many run them.

BIN := .venv/bin
STAMP := .venv/.installed
TESTS ?= tests
WORKERS ?= 2

.PHONY: serve demo test check clean

serve: $(STAMP)
	$(BIN)/python infra/onpremise/serve.py

.PHONY: drill
drill: $(STAMP)
	PYTHONPATH=.:functions $(BIN)/python -m tests.drill

demo: $(STAMP)
	SAMPLE_CASES=1 $(BIN)/python infra/onpremise/serve.py

test: $(STAMP)
	sh infra/browser.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --durations 12 $(TESTS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python publish.py check
	$(BIN)/python infra/audit.py

# From the sources to what is live: checks, every test, and only then the stage that STAGE names.
.PHONY: deploy
deploy: check test
	$(BIN)/python publish.py deploy --stage $(STAGE)

# The proof that nothing is lost or doubled; writes its counts into docs/reliability.md.
proof: $(STAMP)
	PYTHONPATH=.:functions $(BIN)/python -m tests.reliability

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml infra/venv.sh
	sh infra/venv.sh
