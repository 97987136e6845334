"""The form of an incident: as it was typed, what is wrong with it, and the words that it means."""

from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from pipeline.casework.incidents import Words
from pipeline.domain.events import EventKind
from pipeline.errors import InputRefusedError
from pipeline.web.form_moments import read_moment

_FORM_TIME = "%Y-%m-%dT%H:%M"
Short = Annotated[str, Field(max_length=400)]


class IncidentForm(BaseModel):
    """What the form holds, as it was typed, so that it is shown again when something of it is refused."""

    title: Short = ""
    narrative: Annotated[str, Field(max_length=20_000)] = ""
    case_number: Short = ""
    latitude: Short = ""
    longitude: Short = ""
    radius: Short = "150"
    since: Short = ""
    until: Short = ""
    kinds: list[EventKind] = []
    attaches: bool = False
    events: Annotated[list[Short], Field(max_length=200)] = []

    @classmethod
    def of(cls, words: Words, zone: ZoneInfo) -> Self:
        """What the form shows of words."""
        since, until = (f"{moment.astimezone(zone):{_FORM_TIME}}" for moment in (words.starts_at, words.ends_at))
        latitude, longitude = (f"{degrees:.6f}" for degrees in words.place)
        return cls(
            title=words.title,
            narrative=words.narrative,
            case_number=words.case_number,
            latitude=latitude,
            longitude=longitude,
            radius=f"{words.radius:g}",
            since=since,
            until=until,
            kinds=list(words.kinds),
            attaches=words.attaches_by_itself,
        )

    def words(self, zone: ZoneInfo, before: Words | None = None) -> Words:
        """The words that were typed; what nobody touched of place and window stays exact.

        Raises:
            InputRefusedError: A field is empty, or none of its kind.
        """
        if not self.title.strip():
            raise InputRefusedError("title", "an incident has a title")
        if not self.kinds:
            raise InputRefusedError("kinds", "choose at least one kind of event")
        since, until = read_moment("since", self.since, zone), read_moment("until", self.until, zone)
        place = (_number("latitude", self.latitude, -90, 90), _number("longitude", self.longitude, -180, 180))
        if before is not None:
            shown = IncidentForm.of(before, zone)
            since = before.starts_at if shown.since == self.since else since
            until = before.ends_at if shown.until == self.until else until
            is_same = (shown.latitude, shown.longitude) == (self.latitude, self.longitude)
            place = before.place if is_same else place
        if until <= since:
            raise InputRefusedError("until", "the window ends after it starts")
        return Words(
            title=self.title.strip(),
            narrative=self.narrative.strip().replace("\r\n", "\n"),
            case_number=self.case_number.strip(),
            place=place,
            radius=_number("radius", self.radius, 1, 50_000),
            starts_at=since,
            ends_at=until,
            kinds=tuple(dict.fromkeys(self.kinds)),
            attaches_by_itself=self.attaches,
        )


class CutForm(BaseModel):
    """From where to where, with boxes or without, masked or not."""

    start: Short = ""
    end: Short = ""
    reason: Short = ""
    acquisition: Short = ""
    boxes: bool = False
    masked: bool = False


def _number(name: str, words: str, least: float, most: float) -> float:
    try:
        value = float(words)
    except ValueError as error:
        raise InputRefusedError(name, "give a number") from error
    if not least <= value <= most:
        raise InputRefusedError(name, f"give a number from {least:g} to {most:g}")
    return value
