"""One migration a file; `m0001` comes first."""
