"""Headway: the control plane of continuous delivery."""

__version__ = "0.1.0"
