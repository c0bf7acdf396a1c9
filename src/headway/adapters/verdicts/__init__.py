"""Verdicts kept on disk between two looks."""

from headway.adapters.verdicts.folder import FolderVerdicts

__all__ = ["FolderVerdicts"]
