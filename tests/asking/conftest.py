"""One small town, asked on one Thursday morning."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.asking.reading import Surroundings
from pipeline.asking.vocabulary import KnownCamera, Named, Vocabulary

TOWN = Vocabulary(
    cameras=(
        KnownCamera("ring:1", "Front Door", "12 Oak Street, Springfield", (51.5, -0.12)),
        KnownCamera("ring:2", "Lawn", "3 Elm Road, Springfield", (51.51, -0.12)),
        KnownCamera("ring:3", "Front Door", "14 Oak Street, Springfield"),
        KnownCamera("folder:9", "Garage", "", (51.52, -0.1)),
    ),
    cases=(Named("in-1", "24-117"), Named("in-2", "24-117"), Named("in-3", "25/9")),
    zones=(Named("driveway", "driveway"), Named("package zone", "package zone")),
    grants=(Named("gr-1", "gr-1"),),
)
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def surroundings(now: datetime = THURSDAY, zone: str = "Europe/London") -> Surroundings:
    return Surroundings(now, ZoneInfo(zone), TOWN)


@pytest.fixture
def around() -> Surroundings:
    """Thursday 26 November 2026, ten o'clock in London."""
    return surroundings()
