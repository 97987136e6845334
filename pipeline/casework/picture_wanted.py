"""A picture that somebody brings to find what looks like it: opened behind walls, held against people, not kept."""

import numpy as np
from numpy.typing import NDArray

from pipeline.appearance import vector_of
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.tracks import Box, ObjectClass
from pipeline.errors import NotComparedError
from pipeline.ffmpeg.picture import open_picture
from pipeline.night.services import Services
from pipeline.night.workers import models_directory

_MOST_PERSON = 0.25
"""Share of a picture that somebody covers from which it is not compared."""


def vector_of_picture(services: Services, content: bytes, part: Box | None) -> bytes:
    """The vector of a part of a picture, in shares of its width and height; of all of it for None.

    Raises:
        NotComparedError: It shows a person, or nothing that can be compared.
        UnreadablePictureError: The picture does not open.
    """
    picture = open_picture(content)
    height, width = picture.shape[:2]
    box = Box(0, 0, width, height) if part is None else part.scaled(width, height)
    _require_nobody(services, picture, box)
    values = vector_of(picture, box)
    if values is None:
        raise NotComparedError("the part is too small, or shows neither a colour nor an edge")
    return values


def _require_nobody(services: Services, picture: NDArray[np.uint8], box: Box) -> None:
    settings = services.settings
    detector = load_detector(open_shelf(models_directory(settings)), settings.detection)
    people = [one.box for one in detector.detect(picture) if one.object_class is ObjectClass.PERSON]
    if any(person.intersection(box) > _MOST_PERSON * box.area for person in people):
        raise NotComparedError("it shows a person, and nobody is searched for by a picture")
