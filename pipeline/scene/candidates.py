"""From a patch of changed pixels to the parts of it that may be objects."""

import numpy as np

from pipeline.scene.background import Background
from pipeline.scene.judgement import solid_part
from pipeline.scene.regions import Region, regions_of

_CLEAR_SHARE = 0.35
"""Share of a patch that changed clearly, from which on the rest is its shadow."""
_SOLID_SHARE = 0.35
"""Share of a faint patch that is rough or of another hue, below which its smooth whole is looked at too."""
_LARGEST_FAINT = 0.12
"""Share of the picture: what changes faintly over more of it is light."""


def candidates(memory: Background, region: Region, smallest: float) -> tuple[list[Region], list[Region]]:
    """The parts of one changed patch that may be objects, largest first, in two readings.

    The first takes what changed clearly and is solid, without the shadow that comes with it. The second takes in what
    changed faintly too: of a thing that hardly differs from its ground, the first reading holds the label at most.

    Args:
        memory: Holds the still picture and today's.
        region: Settled.
        smallest: Pixels of an object.
    """
    clear = memory.differs(memory.lately) & region.mask
    first = [part for one in regions_of(clear, smallest) for part in _solid(memory, one, smallest)]
    if clear.sum() >= _CLEAR_SHARE * region.area or region.area > _LARGEST_FAINT * region.mask.size:
        return first, []
    whole = _solid(memory, region, smallest)
    return first, whole if sum(part.area for part in whole) >= _SOLID_SHARE * region.area else [region]


def _solid(memory: Background, region: Region, smallest: float) -> list[Region]:
    rows, columns = region.window()
    before = memory.still[rows, columns].astype(np.uint8)
    mask = np.zeros_like(region.mask)
    mask[rows, columns] = solid_part(before, memory.lately[rows, columns], region.mask[rows, columns])
    return regions_of(mask, smallest / 3)
