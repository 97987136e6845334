"""What is looked for, as conditions over the rows of the index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, exists, false, or_, select

from pipeline.catalogue.appearance_tables import event_colours
from pipeline.catalogue.index.codes import USUAL_SCORE, Family, micros, shows_colour
from pipeline.catalogue.index.shape import Shape
from pipeline.catalogue.index.tables import event_index, index_words
from pipeline.catalogue.index.watched import Limit, limit_of
from pipeline.catalogue.index.writing import INCIDENT, NOTE
from pipeline.catalogue.portions import portions
from pipeline.catalogue.tables import attachments, highlight_events
from pipeline.domain.appearance import ColourWanted
from pipeline.domain.events import Verdict
from pipeline.domain.search import DayTime, Wanted
from pipeline.domain.words import searchable

HOURS = 24


@dataclass(frozen=True, slots=True)
class Meant:
    """Where one word was found: an event has it in one of these ways.

    Attributes:
        sentences: Numbers of sentences.
        cameras: Numbers of cameras whose name or address has it.
        noted: Rows about which somebody noted it.
        told: Rows that are attached to an incident whose narrative has it.
    """

    sentences: frozenset[int]
    cameras: frozenset[int]
    noted: frozenset[int]
    told: frozenset[int]

    @property
    def rows(self) -> frozenset[int]:
        """Rows that have it whatever their sentence and camera."""
        return self.noted | self.told


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over the rows of the index.

    Attributes:
        values: By column, the numbers one of which a row has. Each is a condition, and may lead to the rows.
        conditions: The other conditions.
        numbers: The only rows that can be meant, in the order asked for; None where there is no such limit.
        words: Each with where it was found.
        open_words: Those of them that are not said by ``values`` already; conditions too.
        since: Microseconds; no row that starts before it is meant.
        until: Likewise, at or after it.
        leading: Rows that all conditions leave at most, by which they may be reached; empty where they may not.
        share: Which share of all rows the conditions leave, about.
        is_slow: Whether each row costs several times what it does elsewhere.
    """

    values: dict[str, frozenset[int]]
    conditions: tuple[ColumnElement[bool], ...]
    numbers: tuple[int, ...] | None
    words: tuple[Meant, ...]
    open_words: tuple[Meant, ...]
    since: int
    until: int
    leading: frozenset[int] = frozenset()
    share: float = 1.0
    is_slow: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no row can be meant."""
        nowhere = any(not (one.sentences or one.cameras or one.rows) for one in self.words)
        return nowhere or self.numbers == () or self.since >= self.until or not all(self.values.values())


@dataclass(frozen=True, slots=True)
class Reach:
    """What an asker may see something of: cameras by number, and incidents by id; None for every incident.

    ``agent`` is the asker's name; empty where nobody asks, who has watched nothing.
    """

    cameras: frozenset[int]
    incident_ids: frozenset[str] | None = None
    agent: str = ""

    def of(self, incident_ids: Iterable[str]) -> list[str]:
        """Those of these incidents that are open to the asker."""
        return [one for one in incident_ids if self.incident_ids is None or one in self.incident_ids]


def resolve(connection: Connection, wanted: Wanted, shape: Shape, reach: Reach) -> Asked:
    """The question in the numbers of the index.

    Args:
        connection: Sees the version of the index that the shape is of.
        wanted: The question.
        shape: Of the index.
        reach: What the asker may see something of.
    """
    words = tuple(_meant(connection, shape, reach, word) for word in searchable(wanted.words))
    values = dict(_values(wanted, shape, reach.cameras))
    for meant in words:
        if not meant.rows and not (meant.sentences and meant.cameras):
            column, ours = ("words", meant.sentences) if meant.sentences else ("camera", meant.cameras)
            values[column] = values.get(column, ours) & ours
    looked = Limit() if wanted.watched is None else limit_of(connection, shape, reach.agent, watched=wanted.watched)
    return Asked(
        values=values,
        conditions=(*_conditions(wanted), *looked.conditions),
        numbers=() if looked.is_nothing else _numbers(connection, wanted, reach),
        words=words,
        open_words=tuple(meant for meant in words if meant.rows or (meant.sentences and meant.cameras)),
        since=max(shape.first, micros(wanted.since) - shape.longest) if wanted.since else shape.first,
        until=min(shape.last + 1, micros(wanted.until)) if wanted.until else shape.last + 1,
        leading=looked.leading,
        share=looked.share,
        is_slow=looked.is_slow,
    )


def has_word(meant: Meant) -> ColumnElement[bool]:
    """The condition that a row has a word in one of its ways."""
    row = event_index.c
    ways = ((row.words, meant.sentences), (row.camera, meant.cameras), (row.number, meant.rows))
    return or_(*(column.in_(sorted(ours)) for column, ours in ways if ours), false())


def _values(wanted: Wanted, shape: Shape, cameras: frozenset[int]) -> Iterator[tuple[str, frozenset[int]]]:
    codes = shape.codes
    wanted_cameras = cameras & _cameras(wanted, shape)
    if wanted_cameras != frozenset(codes[Family.CAMERA].values()):
        yield "camera", wanted_cameras
    if wanted.kinds is not None:
        yield "kind", _codes(codes[Family.KIND], wanted.kinds)
    if wanted.objects is not None:
        names = {name.casefold() for name in wanted.objects}
        yield "objects", frozenset(code for name, code in codes[Family.OBJECTS].items() if names & set(name.split("|")))
    if wanted.zones is not None:
        yield "zone", _codes(codes[Family.ZONE], [name.casefold() for name in wanted.zones if name])
    if wanted.tags is not None:
        yield "tag", _codes(codes[Family.TAG], wanted.tags)
    if wanted.verdict is not None or wanted.reasons is not None:
        yield "outcome", _outcomes(wanted, codes[Family.OUTCOME])
    if wanted.times is not None or wanted.weekdays is not None:
        yield "slot", _slots(wanted)
    yield from _colours(wanted, codes[Family.COLOURS])


def _codes(codes: Mapping[str, int], names: Iterable[str]) -> frozenset[int]:
    return frozenset(codes[name] for name in names if name in codes)


def _cameras(wanted: Wanted, shape: Shape) -> frozenset[int]:
    found = frozenset(shape.codes[Family.CAMERA].values())
    if wanted.camera_ids is not None:
        found &= _codes(shape.codes[Family.CAMERA], wanted.camera_ids)
    if any(part is not None for part in (wanted.circles, wanted.areas, wanted.addresses)):
        found &= shape.cameras_at(wanted.circles or (), wanted.areas or (), wanted.addresses or ())
    return found


def _colours(wanted: Wanted, codes: Mapping[str, int]) -> Iterator[tuple[str, frozenset[int]]]:
    """Those that are said together, where one is asked for so surely that it is part of them."""
    sure = [one for one in wanted.colours if one.least_score >= USUAL_SCORE]
    if sure:
        yield "colours", frozenset(code for name, code in codes.items() if all(shows_colour(name, one) for one in sure))


def _outcomes(wanted: Wanted, codes: Mapping[str, int]) -> frozenset[int]:
    allowed = frozenset(codes.values())
    if wanted.verdict is not None:
        allowed = frozenset(code for code in allowed if (code == 0) is (wanted.verdict is Verdict.SEEN))
    if wanted.reasons is not None:
        allowed &= _codes(codes, wanted.reasons)
    return allowed


def _slots(wanted: Wanted) -> frozenset[int]:
    """Hours of the week that a wanted time of day reaches into."""
    days = range(7) if wanted.weekdays is None else wanted.weekdays
    minutes = range(HOURS * 60)
    times = wanted.times
    hours = {minute // 60 for minute in minutes if times is None or any(one.covers(minute) for one in times)}
    return frozenset(day * HOURS + hour for day in days for hour in hours)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    row = event_index.c
    if wanted.since is not None:
        yield row.ends_at >= micros(wanted.since)
    if wanted.least_score > 0:
        yield row.score >= wanted.least_score
    if wanted.most_score < 1:
        yield row.score <= wanted.most_score
    if wanted.least_seconds > 0:
        yield row.is_between == 0
        yield row.ends_at - row.starts_at >= round(wanted.least_seconds * 1_000_000)
    if wanted.times is not None and any(one.start % 60 or one.end % 60 for one in wanted.times):
        yield or_(*map(_at_time, wanted.times))
    for colour in wanted.colours:
        if colour.least_score != USUAL_SCORE:
            yield _says(colour)


def _at_time(time: DayTime) -> ColumnElement[bool]:
    minute = event_index.c.minute
    if time.start < time.end:
        return (minute >= time.start) & (minute < time.end)
    return (minute >= time.start) | (minute < time.end)


def _says(wanted: ColourWanted) -> ColumnElement[bool]:
    """At another score than the usual one the colours themselves are asked."""
    said = event_colours.c
    ours = [said.analysis == event_index.c.analysis, said.event_id == event_index.c.event_id]
    ours += [said.colour == wanted.colour.value, said.score >= wanted.least_score]
    return exists().where(*ours, *([said.part == wanted.part.value] if wanted.part else []))


def _numbers(connection: Connection, wanted: Wanted, reach: Reach) -> tuple[int, ...] | None:
    """What passes every limit that is set; in the order of likeness."""
    limits = []
    if wanted.incident_ids is not None:
        limits.append(_rows_of(connection, _attached(reach.of(wanted.incident_ids))))
    if wanted.alike is None:
        return tuple(sorted(frozenset.intersection(*limits))) if limits else None
    by_event: dict[str, list[int]] = {}
    for some in portions(wanted.alike):
        query = select(event_index.c.event_id, event_index.c.number).where(event_index.c.event_id.in_(some))
        for row in connection.execute(query):
            by_event.setdefault(row.event_id, []).append(row.number)
    likest = dict.fromkeys(number for event_id in wanted.alike for number in by_event.get(event_id, ()))
    return tuple(number for number in likest if all(number in limit for limit in limits))


def _attached(incident_ids: Sequence[str]) -> Select[str]:
    """Ids of the events that a highlight shows that is attached to one of the incidents."""
    shown = highlight_events.join(attachments, attachments.c.highlight_id == highlight_events.c.highlight_id)
    query = select(highlight_events.c.event_id).select_from(shown)
    return query.where(attachments.c.incident_id.in_(incident_ids))


def _rows_of(connection: Connection, event_ids: Select[str]) -> frozenset[int]:
    query = select(event_index.c.number).where(event_index.c.event_id.in_(event_ids))
    return frozenset(connection.execute(query).scalars())


def _meant(connection: Connection, shape: Shape, reach: Reach, word: str) -> Meant:
    def written(about: str) -> Select[str]:
        return select(index_words.c.ref).where(index_words.c.word == word, index_words.c.about == about)

    incident_ids = reach.of(connection.execute(written(INCIDENT)).scalars())
    return Meant(
        sentences=shape.words.get(word, frozenset()),
        cameras=shape.cameras_called(word),
        noted=_rows_of(connection, written(NOTE)),
        told=_rows_of(connection, _attached(incident_ids)) if incident_ids else frozenset(),
    )
