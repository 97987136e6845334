"""What the last nights came to, night by night, so that a morning is seen beside those before it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.casework.counting import countable_events
from pipeline.catalogue.night_figures import AskedCount, FiguredEvent, LookedCount
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.events import EventKind, Verdict
from pipeline.domain.nights import NightState, WorkState
from pipeline.night.services import Services

NIGHTS = 30
"""How many a trend shows, the one that it ends with among them."""

NOTHING_TO_HAVE = frozenset({FetchOutcome.NONE_RECORDED, FetchOutcome.DELETED, FetchOutcome.NOT_GRANTED})
"""Outcomes of which nobody could have had a recording; they are no failures."""


@dataclass(frozen=True, slots=True)
class NightFigures:
    """What one night came to, as far as it may be counted.

    Attributes:
        night: Its key.
        state: How far it came; None when no night of this date was ever opened.
        kinds: How many statements of each kind.
        cannot_tell: How many events about which no statement is made.
        rejected: How many of which a person said that they did not happen; they stand in no other count.
        listed: Recordings that the sources listed and a grant covered.
        fetched: Of those, how many arrived.
        failed: Of those, how many there may be and could not be had.
        unreadable: Clips that could not be looked at.
    """

    night: str
    state: NightState | None
    kinds: dict[EventKind, int] = field(default_factory=dict)
    cannot_tell: int = 0
    rejected: int = 0
    listed: int = 0
    fetched: int = 0
    failed: int = 0
    unreadable: int = 0

    @property
    def events(self) -> int:
        """Statements of every kind."""
        return sum(self.kinds.values())

    @property
    def share(self) -> float | None:
        """Of the recordings listed, the share that arrived, 0 to 1; None when none was listed."""
        return self.fetched / self.listed if self.listed else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the nights of a trend came to, read once.

    Attributes:
        dates: One a night, in order.
        events: Those that the reader may be told of; empty where they are told of none.
        asked: What came of asking, of every camera.
        looked: How far clips have come, of every camera.
    """

    dates: tuple[str, ...]
    events: tuple[FiguredEvent, ...]
    asked: tuple[AskedCount, ...]
    looked: tuple[LookedCount, ...]


def read_stretch(services: Services, desk: ConsentDesk, last: str, *, has_events: bool) -> Stretch:
    """The nights that end with ``last``.

    Args:
        services: The installation.
        desk: Asks for the reader's purpose and recipient.
        last: Key of the last night.
        has_events: Whether the reader is told of events at all.
    """
    dates, figures = dates_before(last, NIGHTS), services.catalogue.figures
    events = tuple(countable_events(services, desk, dates[0], last)) if has_events else ()
    return Stretch(dates, events, figures.asked(dates[0], last), figures.looked(dates[0], last))


def trend(services: Services, stretch: Stretch, granted: frozenset[str]) -> tuple[NightFigures, ...]:
    """The nights of a stretch, one entry a date, in order.

    Args:
        services: The installation.
        stretch: What they came to.
        granted: Cameras of which the reader may be told.
    """
    states = {record.night: record.state for record in services.catalogue.nights.list()}
    kinds: dict[str, Counter[EventKind]] = defaultdict(Counter)
    unsure: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for event in stretch.events:
        if event.is_rejected:
            rejected[event.night] += 1
        elif event.verdict is Verdict.SEEN:
            kinds[event.night][event.kind] += 1
        else:
            unsure[event.night] += 1
    outcomes: dict[str, Counter[FetchOutcome]] = defaultdict(Counter)
    for asked in stretch.asked:
        if asked.camera_id in granted:
            outcomes[asked.night][asked.outcome] += asked.count
    unreadable: Counter[str] = Counter()
    for looked in stretch.looked:
        if looked.camera_id in granted and looked.state is WorkState.FAILED:
            unreadable[looked.night] += looked.count
    return tuple(
        NightFigures(
            night=night,
            state=states.get(night),
            kinds=dict(sorted(kinds[night].items())),
            cannot_tell=unsure[night],
            rejected=rejected[night],
            listed=sum(outcomes[night].values()) - outcomes[night][FetchOutcome.NOT_GRANTED],
            fetched=outcomes[night][FetchOutcome.READY],
            failed=failures(outcomes[night]),
            unreadable=unreadable[night],
        )
        for night in stretch.dates
    )


def failures(outcomes: Counter[FetchOutcome]) -> int:
    """Recordings that there may be, that a grant covers, and that could not be had."""
    return sum(
        count
        for outcome, count in outcomes.items()
        if outcome is not FetchOutcome.READY and outcome not in NOTHING_TO_HAVE
    )


def dates_before(last: str, count: int) -> tuple[str, ...]:
    """So many dates in order, ``last`` the last of them."""
    end = date.fromisoformat(last)
    return tuple((end - timedelta(days=back)).isoformat() for back in reversed(range(count)))
