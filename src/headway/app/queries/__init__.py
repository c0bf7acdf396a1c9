"""One question a file: everything that only reads."""
