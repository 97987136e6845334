"""Cameras by what people call them."""

from collections.abc import Iterable

from pipeline.errors import RecordNotFoundError
from pipeline.night.services import Services


def cameras_named(services: Services, asked: Iterable[str]) -> tuple[str, ...]:
    """Ids of the cameras with one of these ids or names, sorted; case does not count, and a name may be shared.

    Raises:
        RecordNotFoundError: No camera is called so: a misspelt name finds nothing by mistake.
    """
    known = services.catalogue.cameras.list()
    found: set[str] = set()
    for word in asked:
        named = {one.camera_id for one in known if one.camera_id == word or one.name.casefold() == word.casefold()}
        if not named:
            raise RecordNotFoundError("camera", word)
        found |= named
    return tuple(sorted(found))
