"""The podman engine: makes environment branches real on one machine, in an agent process of its own."""
