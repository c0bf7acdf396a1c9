"""Alembic's migrations of the ledger, run when a writer opens it.

Each migration's docstring begins with `pre:` (the code before it still works after it) or `post:` (only the
code that brings it does).
"""
