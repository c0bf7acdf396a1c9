"""The files that people write, `estate.yaml` and `application.yaml`, read into the domain's estate.

Everything here is pure but `directory` (reads a desk), `init` and `schema` (write files), and may be called
concurrently. Every mistake in every file is told at once, with file, line, field and a way out.
"""

from headway.adapters.files.application_file import read_application
from headway.adapters.files.directory import tree_from_directory
from headway.adapters.files.estate import read_estate
from headway.adapters.files.estate_file import read_estate_file
from headway.adapters.files.reader import FileEstateReader

__all__ = ["FileEstateReader", "read_application", "read_estate", "read_estate_file", "tree_from_directory"]
