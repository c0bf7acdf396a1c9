"""Manifests and desired state in Git: one bare clone for each remote, no work tree, no index."""
