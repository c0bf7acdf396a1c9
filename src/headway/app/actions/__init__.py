"""One file for each thing that a plan can ask for. Every one is idempotent: asked again, it does no more."""
