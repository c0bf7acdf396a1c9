"""The one place that runs other programs to their end: bounded, and gone with their process group.

Adapters say which program, with what environment and within which bounds, and turn how it ended into their
own errors. Two ways: `run_bounded` gives what a program wrote when it ended, `open_lines` gives it as it
comes.
"""

from headway.programs.bounds import Bounds, CutOff
from headway.programs.lines import open_lines
from headway.programs.run import Finished, run_bounded

__all__ = ["Bounds", "CutOff", "Finished", "open_lines", "run_bounded"]
