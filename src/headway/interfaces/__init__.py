"""Command line and HTTP: parse, call one use case, show."""
