"""What all facts so far add up to."""

from headway.domain.situation.evolve import evolve
from headway.domain.situation.situation import Situation

__all__ = ["Situation", "evolve"]
