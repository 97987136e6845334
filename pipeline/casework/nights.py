"""The nights there were, as far as a reader may be told: figures a night, a trend's length at a time."""

from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.casework.morning import told_cameras, write_down_reading
from pipeline.casework.morning_parts import Part, Reader
from pipeline.casework.trends import NIGHTS, NightFigures, read_stretch, trend
from pipeline.errors import RecordNotFoundError
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class Nights:
    """A stretch of nights.

    Attributes:
        figures: One entry a date, the newest first.
        merged: By night that never came to its end, the night that took its work.
        earlier: Where the stretch before this one ends; empty when nothing is known of it.
        later: Likewise after it.
    """

    figures: tuple[NightFigures, ...]
    merged: dict[str, str]
    earlier: str
    later: str


def read_nights(services: Services, reader: Reader, last: str = "") -> Nights:
    """Figures of the nights up to one; that they were read is written down first.

    Args:
        services: The installation.
        reader: Who reads them, why, and which parts.
        last: The last of them; empty for the newest that is known.

    Raises:
        RecordNotFoundError: No night was ever run, or none of this name.
    """
    records = services.catalogue.nights.list()
    known = [record.night for record in records]
    end = last or (known[-1] if known else "")
    if not known or not known[0] <= end <= known[-1]:
        raise RecordNotFoundError("night", end or "(none was ever run)")
    desk = services.consent(reader.matter.purpose, reader.matter.recipient)
    told = frozenset(camera.camera_id for camera in told_cameras(services, desk)[0])
    write_down_reading(services, reader.matter, f"nights-{end}")
    stretch = read_stretch(services, desk, end, has_events=Part.EVENTS in reader.parts)
    figures = trend(services, stretch, told)
    before = (date.fromisoformat(figures[0].night) - timedelta(days=1)).isoformat()
    after = (date.fromisoformat(end) + timedelta(days=NIGHTS)).isoformat()
    return Nights(
        figures=tuple(one for one in reversed(figures) if one.night >= known[0]),
        merged={record.night: record.merged_into for record in records if record.merged_into},
        earlier=before if before >= known[0] else "",
        later=min(after, known[-1]) if end < known[-1] else "",
    )
