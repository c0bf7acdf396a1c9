"""Use cases: commands that change state, queries that answer, and the ports that both need."""
