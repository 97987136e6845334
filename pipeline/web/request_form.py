"""The form of a request for footage: as it was typed, what is missing, and the request that it means."""

from collections.abc import Callable
from typing import Annotated, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from pipeline.domain.events import EventKind
from pipeline.domain.footage_requests import FootageRequest
from pipeline.domain.incidents import Incident
from pipeline.domain.places import Area, Circle
from pipeline.errors import InputRefusedError
from pipeline.web.form_moments import read_moment

_FORM_TIME = "%Y-%m-%dT%H:%M"
_CORNERS = 200
Short = Annotated[str, Field(max_length=400)]
Place = TypeVar("Place", Circle, Area)


class RequestForm(BaseModel):
    """What the form holds, so that it is shown again when something of it is refused."""

    title: Short = ""
    words: Annotated[str, Field(max_length=4000)] = ""
    case_number: Short = ""
    near: Short = ""
    area: Annotated[str, Field(max_length=8000)] = ""
    since: Short = ""
    until: Short = ""
    kinds: list[EventKind] = []
    purpose: Short = ""

    @classmethod
    def of(cls, incident: Incident, zone: ZoneInfo) -> Self:
        """A beginning: where and when an incident happened."""
        latitude, longitude = incident.place
        return cls(
            case_number=incident.case_number,
            near=f"{latitude:.5f},{longitude:.5f},{incident.radius:g}",
            since=f"{incident.starts_at.astimezone(zone):{_FORM_TIME}}",
            until=f"{incident.ends_at.astimezone(zone):{_FORM_TIME}}",
            kinds=list(incident.kinds),
            purpose=incident.purpose,
        )

    def asked(self, zone: ZoneInfo, recipient: str) -> FootageRequest:
        """The request that was typed; whether the rules let it pass is not asked here.

        Args:
            zone: In which its times are.
            recipient: Who asks.

        Raises:
            InputRefusedError: A field is empty, or none of its kind.
        """
        if not self.purpose.strip():
            raise InputRefusedError("purpose", "say what the footage is for: the grants that answer name it")
        since, until = read_moment("since", self.since, zone), read_moment("until", self.until, zone)
        if until <= since:
            raise InputRefusedError("until", "the window ends after it starts")
        return FootageRequest(
            case_number=" ".join(self.case_number.split()),
            title=" ".join(self.title.split()),
            words=self.words.strip().replace("\r\n", "\n"),
            place=self._place(),
            starts_at=since,
            ends_at=until,
            kinds=tuple(dict.fromkeys(self.kinds)),
            purpose=" ".join(self.purpose.split()),
            recipient=recipient,
        )

    def _place(self) -> Circle | Area:
        if bool(self.near.strip()) == bool(self.area.strip()):
            raise InputRefusedError("near", "give a circle or an area, and not both")
        if self.near.strip():
            return _read("near", "give latitude, longitude and metres", lambda: Circle(*_numbers(self.near, 3)))
        return _read("area", "give three corners or more, each latitude,longitude", self._area)

    def _area(self) -> Area:
        corners = self.area.split(";")[: _CORNERS + 1]
        if len(corners) > _CORNERS:
            raise ValueError("too many corners")
        pairs = [_numbers(corner, 2) for corner in corners if corner.strip()]
        return Area(tuple((latitude, longitude) for latitude, longitude in pairs))


def _read(name: str, words: str, make: Callable[[], Place]) -> Place:
    try:
        return make()
    except ValueError as error:
        raise InputRefusedError(name, words) from error


def _numbers(words: str, count: int) -> list[float]:
    found = [float(part) for part in words.split(",")]
    if len(found) != count:
        raise ValueError(f"{count} numbers are wanted")
    return found
