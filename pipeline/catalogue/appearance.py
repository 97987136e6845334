"""How things look: the colours that events show, and vectors of things, written together with their analysis."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, insert, or_, select

from pipeline.catalogue.appearance_tables import event_colours, thing_vectors
from pipeline.catalogue.database import Database
from pipeline.catalogue.portions import portions
from pipeline.catalogue.tables import analyses, events
from pipeline.domain.appearance import Colour, ColourMark, ColourWanted, Part, ThingVector
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.tracks import ObjectClass
from pipeline.domain.video import Timestamp

_PAGE = 50_000
"""Rows that are read at once: the vectors of a million things do not lie in memory twice."""


@dataclass(frozen=True, slots=True)
class KeptVector:
    """A vector as it is kept, with what says whose it is.

    Attributes:
        number: Its row; never used twice.
        acquisition_id: Of which acquisition.
        event_id: The event that rests on the thing.
        track_id: The track that followed it; None for what lay still.
        camera_id: Where.
        object_class: Of what it is.
        starts_at: UTC by the camera's clock, of the event's start.
        at: The look that it was made of.
        model_id: What made the numbers.
        values: Signed bytes, one a dimension.
    """

    number: int
    acquisition_id: str
    event_id: str
    track_id: int | None
    camera_id: str
    object_class: ObjectClass
    starts_at: datetime
    at: Timestamp
    model_id: str
    values: bytes


@dataclass(frozen=True, slots=True)
class ShelfState:
    """What tells whether vectors that were read earlier are still all that there are."""

    rows: int
    last: int


class Appearances:
    """Reads what ``write_appearance`` wrote. Who shows any of it asks the grants of its event first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def colours_of(self, event_ids: Sequence[str]) -> Mapping[str, tuple[ColourMark, ...]]:
        """By event id, the colours that its newest result says, the best first; events without one are left out."""
        found: dict[str, dict[int, list[ColourMark]]] = defaultdict(lambda: defaultdict(list))
        for part in portions(event_ids):
            query = select(event_colours).where(event_colours.c.event_id.in_(part))
            with self._database.read() as connection:
                for row in connection.execute(query.order_by(event_colours.c.score.desc(), event_colours.c.track_id)):
                    mark = ColourMark(row.track_id, Part(row.part), Colour(row.colour), row.score, 0)
                    found[row.event_id][row.analysis].append(mark)
        return {event_id: tuple(by_result[max(by_result)]) for event_id, by_result in found.items()}

    def state(self, model_id: str) -> ShelfState:
        """How many vectors of a model there are, and the number of the last."""
        query = select(func.count(), func.max(thing_vectors.c.number)).where(thing_vectors.c.model_id == model_id)
        with self._database.read() as connection:
            rows, last = connection.execute(query).one()
        return ShelfState(int(rows), int(last or 0))

    def vectors(self, model_id: str, after: int = 0) -> Iterator[list[tuple[int, bytes]]]:
        """Numbers and vectors of one model beyond a number, in order, in pages."""
        while True:
            query = (
                select(thing_vectors.c.number, thing_vectors.c.vector)
                .where(thing_vectors.c.model_id == model_id, thing_vectors.c.number > after)
                .order_by(thing_vectors.c.number)
                .limit(_PAGE)
            )
            with self._database.read() as connection:
                page = [(number, values) for number, values in connection.execute(query)]
            if not page:
                return
            yield page
            after = page[-1][0]

    def numbers(self, model_id: str, wanted: "VectorFilter") -> list[int]:
        """Numbers of the vectors of one model that pass the filter, in order."""
        query = select(thing_vectors.c.number).where(thing_vectors.c.model_id == model_id, *_conditions(wanted))
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(thing_vectors.c.number)).scalars())

    def events_of_other_models(self, model_id: str, wanted: "VectorFilter", most: int) -> list[str]:
        """Ids of the newest events whose things other models described, which are compared with nothing of this one."""
        others = select(thing_vectors.c.event_id).where(thing_vectors.c.model_id != model_id, *_conditions(wanted))
        query = others.group_by(thing_vectors.c.event_id).order_by(func.max(thing_vectors.c.number).desc()).limit(most)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def showing(
        self,
        wanted: Sequence[ColourWanted],
        camera_ids: Sequence[str] | None,
        since: datetime | None,
        until: datetime | None,
        most: int,
    ) -> list[tuple[str, float]]:
        """Ids of events of newest results that show each of these colours, with the middle of their scores, best first.

        Args:
            wanted: At least one, each of another part.
            camera_ids: Where; None anywhere.
            since: UTC; events that start before it are left out.
            until: UTC; events that start at it or later are left out.
            most: At most so many.
        """
        row = event_colours.c
        is_wanted = or_(*(_says(one) for one in wanted))
        newest = select(func.max(analyses.c.number)).where(analyses.c.is_done).group_by(analyses.c.acquisition_id)
        best = (
            select(row.analysis, row.event_id, row.part, func.max(row.score).label("score"))
            .where(is_wanted, row.analysis.in_(newest))
            .group_by(row.analysis, row.event_id, row.part)
            .subquery()
        )
        score = (func.sum(best.c.score) / len(wanted)).label("score")
        joined = best.join(events, (events.c.analysis == best.c.analysis) & (events.c.event_id == best.c.event_id))
        query = select(best.c.event_id, score).select_from(joined).group_by(best.c.analysis, best.c.event_id)
        query = query.having(func.count() == len(wanted))
        if camera_ids is not None:
            query = query.where(events.c.camera_id.in_(camera_ids))
        if since is not None:
            query = query.where(events.c.starts_at >= since)
        if until is not None:
            query = query.where(events.c.starts_at < until)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(score.desc(), best.c.event_id).limit(most)).all()
        return [(event_id, float(found)) for event_id, found in rows]

    def kept(self, numbers: Sequence[int]) -> Mapping[int, KeptVector]:
        """By number, those of these vectors that are still there."""
        found: dict[int, KeptVector] = {}
        for part in portions(numbers):
            found |= self._read(select(thing_vectors).where(thing_vectors.c.number.in_(part)))
        return found

    def of_event(self, event_id: str) -> tuple[KeptVector, ...]:
        """The vectors of the things that an event rests on, in order; empty when there is none."""
        return tuple(self._read(select(thing_vectors).where(thing_vectors.c.event_id == event_id)).values())

    def compared_of(self, event_ids: Sequence[str]) -> frozenset[str]:
        """Of these events those that show a colour, or rest on a thing that has a vector."""
        found = set(self.colours_of(event_ids))
        for part in portions(event_ids):
            query = select(thing_vectors.c.event_id).where(thing_vectors.c.event_id.in_(part)).distinct()
            with self._database.read() as connection:
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def _read(self, query: Select[Any]) -> dict[int, KeptVector]:
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(thing_vectors.c.number)).all()
        return {row.number: _kept(row) for row in rows}


@dataclass(frozen=True, slots=True)
class VectorFilter:
    """Which vectors are wanted. None asks nothing of that property; an empty tuple lets nothing through.

    Attributes:
        object_classes: Of what they are.
        camera_ids: Where.
        since: UTC; events that start before it are left out.
        until: UTC; events that start at it or later are left out.
    """

    object_classes: tuple[ObjectClass, ...] | None = None
    camera_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def asks_nothing(self) -> bool:
        """Whether every vector passes."""
        return self == VectorFilter()


def shows_colour(wanted: ColourWanted) -> ColumnElement[bool]:
    """The condition of a query over ``events`` that an event's own result says this colour of what it rests on."""
    row = event_colours.c
    return exists().where(row.analysis == events.c.analysis, row.event_id == events.c.event_id, _says(wanted))


def _says(wanted: ColourWanted) -> ColumnElement[bool]:
    """Whether a row says this colour, surely enough."""
    row = event_colours.c
    says = (row.colour == wanted.colour.value) & (row.score >= wanted.least_score)
    return says if wanted.part is None else says & (row.part == wanted.part.value)


def write_appearance(
    connection: Connection,
    number: int,
    analysis: ClipAnalysis,
    found: Sequence[Event],
    clip: AcquiredClip,
    vectors: Sequence[ThingVector],
) -> None:
    """Writes the colours of an analysis's events, and its vectors in place of those of the acquisition's earlier one.

    What no kept event rests on is not written: nobody could be shown it.
    """
    acquisition_id = clip.acquisition.acquisition_id
    connection.execute(delete(thing_vectors).where(thing_vectors.c.acquisition_id == acquisition_id))
    colours = [row for event in found for row in _colour_rows(number, event, analysis.colours)]
    things = [row for event in found for row in _vector_rows(event, clip, analysis, vectors)]
    if colours:
        connection.execute(insert(event_colours), colours)
    if things:
        connection.execute(insert(thing_vectors), things)


def _colour_rows(number: int, event: Event, marks: Sequence[ColourMark]) -> Iterator[dict[str, Any]]:
    for mark in marks:
        if mark.colour is not None and mark.track_id in event.inferred.track_ids:
            yield {
                "analysis": number,
                "event_id": event.event_id,
                "track_id": mark.track_id,
                "part": mark.part.value,
                "colour": mark.colour.value,
                "score": mark.score,
            }


def _vector_rows(
    event: Event, clip: AcquiredClip, analysis: ClipAnalysis, vectors: Sequence[ThingVector]
) -> Iterator[dict[str, Any]]:
    inferred = event.inferred
    for vector in vectors:
        is_followed = vector.track_id is not None and vector.track_id in inferred.track_ids
        if is_followed or (vector.region is not None and vector.region == inferred.region):
            yield {
                "acquisition_id": clip.acquisition.acquisition_id,
                "event_id": event.event_id,
                "track_id": vector.track_id,
                "camera_id": event.camera_id,
                "object_class": vector.object_class.value,
                "starts_at": clip.clock.at(inferred.span.start, analysis.probe.first),
                "at_pts": vector.at.pts,
                "at_time_base": str(vector.at.time_base),
                "model_id": vector.model_id,
                "vector": vector.values,
            }


def _conditions(wanted: VectorFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.object_classes is not None:
        yield thing_vectors.c.object_class.in_([one.value for one in wanted.object_classes])
    if wanted.camera_ids is not None:
        yield thing_vectors.c.camera_id.in_(wanted.camera_ids)
    if wanted.since is not None:
        yield thing_vectors.c.starts_at >= wanted.since
    if wanted.until is not None:
        yield thing_vectors.c.starts_at < wanted.until


def _kept(row: Row[Any]) -> KeptVector:
    return KeptVector(
        number=row.number,
        acquisition_id=row.acquisition_id,
        event_id=row.event_id,
        track_id=row.track_id,
        camera_id=row.camera_id,
        object_class=ObjectClass(row.object_class),
        starts_at=row.starts_at,
        at=Timestamp(row.at_pts, Fraction(row.at_time_base)),
        model_id=row.model_id,
        values=bytes(row.vector),
    )
