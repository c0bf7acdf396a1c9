"""The scenes, in their order."""

from collections.abc import Callable

from demo.story import (
    s1_first_delivery,
    s2_good_version,
    s3_bad_version,
    s4_bad_region,
    s5_image_and_variable,
    s6_base_change,
    s7_standards,
    s8_rollback,
    s9_board,
)
from demo.story.stage import Stage

Scene = Callable[[Stage], None]

SCENES: tuple[Scene, ...] = (
    s1_first_delivery.play,
    s2_good_version.play,
    s3_bad_version.play,
    s4_bad_region.play,
    s5_image_and_variable.play,
    s6_base_change.play,
    s7_standards.play,
    s8_rollback.play,
    s9_board.play,
)
"""Each builds on what the ones before left."""
