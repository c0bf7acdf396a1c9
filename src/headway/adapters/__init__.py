"""One folder for each outside system; no adapter knows another."""
