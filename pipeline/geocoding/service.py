"""An address service of the operator's choice that speaks as Nominatim does.

Source: Nominatim API, ``/search`` with ``format=jsonv2``; its usage policy: at most one request a second, an
identifying user agent, answers kept, its data credited, and no completion while somebody types.
"""

import http.client
import json
import threading
import time
import urllib.parse
import urllib.request
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.domain.found_places import FoundPlace, PlaceSource
from pipeline.errors import PlaceServiceError
from pipeline.settings import NearSettings

_LARGEST = 256 * 1024
_MOST = 5
_CREDIT = "Addresses: \u00a9 OpenStreetMap contributors, ODbL 1.0"
_LONGEST_NAME = 200


class _Row(BaseModel):
    """What is read of one answer."""

    display_name: str
    lat: float
    lon: float
    licence: str = _CREDIT


_ROWS = TypeAdapter(list[_Row])


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What was asked goes to the server that the operator named, and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as urllib hands it over
        return None


class AddressService:
    """Asks one server, at the pace that it allows, and never twice for the same words while its answer is fresh.

    Args:
        settings: With ``geocoder_url``.
        clock: Seconds that only grow.
    """

    def __init__(self, settings: NearSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._kept: OrderedDict[str, tuple[float, tuple[FoundPlace, ...]]] = OrderedDict()
        self._opener = urllib.request.build_opener(_NoRedirect())

    def find(self, words: str) -> tuple[FoundPlace, ...]:
        """What the service knows of the words; empty when nothing.

        Raises:
            PlaceServiceError: It does not answer in time, answers nonsense, or was asked too much of late.
        """
        key = " ".join(words.split()).casefold()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] > self._clock():
                self._kept.move_to_end(key)
                return kept[1]
            self._take_turn()
        found = self._ask(words)
        with self._lock:
            self._kept[key] = (self._clock() + 3600 * self._settings.geocoder_keeps_hours, found)
            while len(self._kept) > self._settings.geocoder_keeps:
                self._kept.popitem(last=False)
        return found

    def _take_turn(self) -> None:
        now = self._clock()
        if now < self._free_at:
            raise PlaceServiceError("it was asked a moment ago, and may be asked again in a second")
        self._free_at = now + 60 / self._settings.geocoder_per_minute

    def _ask(self, words: str) -> tuple[FoundPlace, ...]:
        query = urllib.parse.urlencode({"q": words, "format": "jsonv2", "limit": _MOST, "addressdetails": 0})
        url = f"{(self._settings.geocoder_url or '').rstrip('/')}/search?{query}"
        asked = urllib.request.Request(url, headers={"User-Agent": self._agent()})  # noqa: S310 - checked in settings
        try:
            with self._opener.open(asked, timeout=self._settings.geocoder_timeout_seconds) as answer:
                text = answer.read(_LARGEST + 1)
            rows = _ROWS.validate_python(json.loads(text)) if len(text) <= _LARGEST else None
        except (OSError, http.client.HTTPException) as error:
            raise PlaceServiceError(getattr(error, "reason", "") or type(error).__name__) from error
        except (ValueError, ValidationError) as error:
            raise PlaceServiceError("its answer is none that is understood") from error
        if rows is None:
            raise PlaceServiceError("its answer is too large")
        return tuple(place for row in rows[:_MOST] if (place := _found(row)))

    def _agent(self) -> str:
        contact = self._settings.geocoder_contact
        return f"doorstep ({contact})" if contact else "doorstep"


def _found(row: _Row) -> FoundPlace | None:
    try:
        return FoundPlace(row.display_name[:_LONGEST_NAME], row.lat, row.lon, PlaceSource.SERVICE, row.licence)
    except ValueError:
        return None  # not on earth: the service's mistake, and no place to show
