"""What readers of the index remember between two changes of it: its names, how frequent they are, and the cameras."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from pipeline.catalogue.index.codes import Family
from pipeline.catalogue.index.permitted import Known
from pipeline.catalogue.index.shown_rows import Remembered
from pipeline.catalogue.index.tables import event_index, index_state, index_values
from pipeline.catalogue.rows import kept_noun
from pipeline.catalogue.tables import cameras
from pipeline.domain.cameras import Camera
from pipeline.domain.places import Area, Circle
from pipeline.domain.words import searchable


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a camera stands, and the words of its name and address."""

    position: tuple[float, float] | None
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """One version of the index, without its rows.

    Attributes:
        version: Which.
        codes: By family and name, the number.
        names: By family and number, the name.
        events: By family and number, how many rows have it; for planning, never shown.
        words: By word, the numbers of the sentences that hold it.
        known: By camera id, of the cameras that have events.
        spots: By camera number.
        first: Microseconds, of the first start; 0 where there is no event.
        last: Likewise, of the last start.
        longest: Microseconds, no shorter than the longest event.
        rows: How many rows there are.
        watched: What agents have watched of the rows, as far as it was asked; it grows.
    """

    version: int
    codes: Mapping[Family, Mapping[str, int]]
    names: Mapping[Family, Mapping[int, str]]
    events: Mapping[Family, Mapping[int, int]]
    words: Mapping[str, frozenset[int]]
    known: Mapping[str, Known]
    spots: Mapping[int, Spot]
    first: int
    last: int
    longest: int
    rows: int
    watched: Remembered = field(default_factory=dict, compare=False, repr=False)

    def cameras_at(self, circles: Sequence[Circle], areas: Sequence[Area], addresses: Sequence[str]) -> frozenset[int]:
        """Numbers of the cameras that stand in one of the places, or have all words of one of the addresses."""
        phrases = [words for address in addresses if (words := frozenset(searchable(address)))]
        return frozenset(
            code
            for code, spot in self.spots.items()
            if any(phrase <= spot.words for phrase in phrases)
            or (spot.position is not None and _is_in(spot.position, circles, areas))
        )

    def cameras_called(self, word: str) -> frozenset[int]:
        """Numbers of the cameras that have the word in their name or address."""
        return frozenset(code for code, spot in self.spots.items() if word in spot.words)


def _is_in(position: tuple[float, float], circles: Sequence[Circle], areas: Sequence[Area]) -> bool:
    return any(one.contains(*position) for one in circles) or any(one.contains(*position) for one in areas)


def version_of(connection: Connection) -> int:
    """The version of the index that a transaction sees."""
    return int(connection.execute(select(index_state.c.version)).scalar_one())


def read_shape(connection: Connection) -> Shape:
    """Reads it, in one transaction."""
    state = connection.execute(select(index_state)).one()
    codes: dict[Family, dict[str, int]] = {family: {} for family in Family}
    events: dict[Family, dict[int, int]] = {family: {} for family in Family}
    for row in connection.execute(select(index_values)):
        codes[Family(row.family)][row.name] = row.code
        events[Family(row.family)][row.code] = row.events
    first, last = connection.execute(
        select(
            select(func.min(event_index.c.starts_at)).scalar_subquery(),
            select(func.max(event_index.c.starts_at)).scalar_subquery(),
        )
    ).one()
    known = dict(_known(connection, codes[Family.CAMERA], int(state.longest)))
    return Shape(
        version=int(state.version),
        codes=codes,
        names={family: {code: name for name, code in ours.items()} for family, ours in codes.items()},
        events=events,
        words=_words(codes[Family.WORDS]),
        known=known,
        spots=_spots(connection, codes[Family.CAMERA]),
        first=int(first or 0),
        last=int(last or 0),
        longest=int(state.longest),
        rows=sum(events[Family.KIND].values()),
    )


def _words(codes: Mapping[str, int]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for name, code in codes.items():
        for word in name.split(" "):
            found[word].add(code)
    return {word: frozenset(ours) for word, ours in found.items() if word}


def _known(connection: Connection, codes: Mapping[str, int], longest: int) -> Iterator[tuple[str, Known]]:
    """First and last event of each camera: two steps down an index for each of them."""
    ours = event_index.alias("ours")
    lowest = select(func.min(ours.c.starts_at)).where(ours.c.camera == index_values.c.code).scalar_subquery()
    highest = select(func.max(ours.c.starts_at)).where(ours.c.camera == index_values.c.code).scalar_subquery()
    query = select(index_values.c.name, index_values.c.code, lowest.label("lowest"), highest.label("highest"))
    for row in connection.execute(query.where(index_values.c.family == Family.CAMERA)):
        yield row.name, Known(row.code, int(row.lowest), int(row.highest) + longest)


def _spots(connection: Connection, codes: Mapping[str, int]) -> dict[int, Spot]:
    """As each camera's owner's account sees it, or as any account does when the owner's is not linked."""
    query = select(cameras.c.camera_id, cameras.c.body).order_by(cameras.c.is_owned, cameras.c.account_id.desc())
    found: dict[int, Spot] = {}
    for row in connection.execute(query):
        if row.camera_id in codes:
            camera = kept_noun(Camera, row.body)
            words = frozenset(searchable(f"{camera.name} {camera.address}"))
            found[codes[row.camera_id]] = Spot(camera.position, words)
    return found
