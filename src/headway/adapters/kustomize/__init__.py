"""Renders overlays with the real Kustomize, in a folder where nothing else exists."""
