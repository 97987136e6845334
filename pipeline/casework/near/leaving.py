"""What of a neighbourhood leaves the house: a feed for readers, a card for those who pass its address on."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from pipeline.casework.near.around import reports_around
from pipeline.casework.near.town import Town
from pipeline.domain.found_places import Street
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.night.morning import agency
from pipeline.night.services import Services
from pipeline.reports.near_feed import Feed, write_feed
from pipeline.reports.near_words import place_words
from pipeline.reports.share_card import draw_card

FEED_DAYS = 90
"""How far back a feed goes: longer than any reader stays away."""
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed in which nothing was ever published changed last; it must say some moment (RFC 4287, 4.1.1)."""
_MOST_STREETS = 400
_DEGREES_A_METRE = 1 / 111_195


def feed_of(services: Services, where: Neighbourhood, base: str) -> bytes:
    """The neighbourhood's feed.

    Args:
        services: The installation.
        where: Which.
        base: What addresses begin with.
    """
    query = urlencode(where.query())
    ours = agency(services)
    feed = Feed(
        title=f"Reports {place_words(where, ours.name)}",
        own=f"{base}/near/feed.atom?{query}",
        page=f"{base}/near?{query}",
        base=base,
        agency=ours,
        began=_BEGAN,
        time_zone=services.settings.night.time_zone,
    )
    return write_feed(feed, [one.report for one in reports_around(services, where, FEED_DAYS)])


def card_of(services: Services, town: Town, where: Neighbourhood, days: int) -> bytes:
    """The neighbourhood's card.

    Raises:
        ReportError: It cannot be drawn.
    """
    reports = [one.report for one in reports_around(services, where, days)]
    middle = where.place or (reports[0].block if reports else town.start)
    return draw_card(where, days, reports, agency(services), (*town.areas, *_streets(town, where, middle)))


def _streets(town: Town, where: Neighbourhood, middle: tuple[float, float] | None) -> tuple[Street, ...]:
    if middle is None:
        return ()
    latitude, longitude = middle
    reach = 2 * where.metres * _DEGREES_A_METRE
    return town.ground.within(
        (latitude - reach, longitude - 2 * reach, latitude + reach, longitude + 2 * reach), _MOST_STREETS
    )
