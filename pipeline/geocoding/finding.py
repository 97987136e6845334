"""Finds a place by words: what lies in the house first, the service only for what the house does not know."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.found_places import FoundPlace, Street
from pipeline.errors import PlaceServiceError
from pipeline.geocoding.coordinates import read_coordinates
from pipeline.geocoding.gazetteer import Gazetteer
from pipeline.geocoding.ground import Ground
from pipeline.geocoding.postcodes import Postcodes
from pipeline.geocoding.service import AddressService
from pipeline.settings import NearSettings

LONGEST_WORDS = 200
_MOST = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the words.

    Attributes:
        places: The likeliest first; empty when nobody knows.
        said: What the reader must know besides, as a sentence; empty for nothing.
    """

    places: tuple[FoundPlace, ...]
    said: str = ""


class Finder:
    """Everything that knows places."""

    def __init__(self, gazetteer: Gazetteer, postcodes: Postcodes, service: AddressService | None) -> None:
        self._gazetteer = gazetteer
        self._postcodes = postcodes
        self._service = service

    def find(self, words: str) -> Found:
        """Where the words lie; they leave the house only when the operator named a service and we know nothing."""
        text = " ".join(words.split())[:LONGEST_WORDS]
        if not text:
            return Found(())
        exact = read_coordinates(text)
        if exact is not None:
            return Found((exact,))
        known = self._gazetteer.find(text, _MOST) or self._postcodes.whole(text)
        if known:
            return Found(known)
        said = ""
        if self._service is not None:
            try:
                found = self._service.find(text)
            except PlaceServiceError as error:
                said = f"{str(error)[:1].upper()}{str(error)[1:]}."
            else:
                if found:
                    return Found(found)
        return Found(self._postcodes.at_the_end(text), said)


def open_finder(settings: NearSettings, ground: Ground, named: Iterable[Street] = ()) -> Finder:
    """What the settings name.

    Args:
        settings: Of the public pages.
        ground: The operator's own map.
        named: Other places by name, for example the agency's areas.
    """
    service = AddressService(settings) if settings.geocoder_url else None
    return Finder(Gazetteer((*named, *ground.streets)), Postcodes(settings.postcode_countries), service)
