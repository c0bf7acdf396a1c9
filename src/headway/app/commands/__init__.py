"""One verb a file: everything that changes state."""
