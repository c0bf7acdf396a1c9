"""Adopts a repository of overlays that Argo CD follows: looks, proposes, compares, writes first locks."""
