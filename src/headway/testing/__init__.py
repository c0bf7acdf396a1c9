"""In-memory adapters, held to the same contract tests as the real ones."""
