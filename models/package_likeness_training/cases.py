"""What is measured: every parcel as labelled, and beside them ground, living things and other objects."""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.package_likeness_training.draws import Draws
from models.package_likeness_training.pictures import PACKAGE_SOURCES, Picture
from pipeline.domain.tracks import Box

SEED = 20240612


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled box; ``kind`` is parcel, background, living, or the name of an object."""

    picture: Picture
    box: Box
    kind: str

    @property
    def is_parcel(self) -> bool:
        """Whether a person drew it as a package."""
        return self.kind == "parcel"


def cases(pool: Sequence[Picture]) -> list[Case]:
    """As many places beside the parcels as there are parcels in each source, the busiest of eight places each.

    Sources without parcels give all their people, vehicles and animals, and one place a picture; every source gives
    its objects of other kinds.
    """
    rng = np.random.default_rng(SEED)
    found = [Case(picture, box, "parcel") for picture in pool for box in picture.packages]
    by_source: dict[str, list[Picture]] = defaultdict(list)
    for picture in pool:
        by_source[picture.source].append(picture)
    for source, own in sorted(by_source.items()):
        draws = Draws(own, rng)
        count = len(own)
        if source in PACKAGE_SOURCES:
            count = sum(len(picture.packages) for picture in own)
        else:
            found += [Case(picture, box, "living") for picture in own for box in picture.others]
        found += [Case(*draws.background(own), "background") for _ in range(count)]
        for picture in own:
            found += [Case(picture, box, name) for name, box in picture.things if picture.share_of_packages(box) < 0.1]
    return found
