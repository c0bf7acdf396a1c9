"""HTTP: FastAPI over the use cases, bearer tokens, problem documents, hooks."""
