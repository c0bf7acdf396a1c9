"""Makes a machine ready for `make check`, `make test` and `make demo`: `python3 -m tools.setup`.

Standard library only, because it runs before anything is installed. All that it makes stands in `.venv`,
`.tools` and `.cache`; it changes no configuration of the user's. Every step is idempotent: a stamp keeps the
hash of what the step was made from, so a second run only compares hashes.
"""
