"""Finding what looks alike: things and vehicles by vectors, clothing by its named colours and by nothing else.

No vector of a person exists (P7, ADR 0029): an event that rests on a person alone is compared by the colours that it
shows, which everybody could search for in words; a picture that shows somebody is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.appearance import MODEL_ID
from pipeline.casework.picture_wanted import vector_of_picture
from pipeline.casework.shelf import shelf_of
from pipeline.catalogue.appearance import KeptVector, VectorFilter
from pipeline.catalogue.portions import portions
from pipeline.domain.agents import Matter
from pipeline.domain.appearance import COMPARABLE, ColourWanted, Part
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tracks import Box, ObjectClass
from pipeline.errors import ConsentError, NotComparedError
from pipeline.night.explanation import find_granted
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event

LEAST_SIMILAR, LEAST_OF_COLOURS = 0.6, 0.5
"""Cosine of vectors, and score of colours, below which nothing is called similar; see docs/appearance.md."""
_BATCH = 200
_MOST_LOOKED_AT = 4_000
"""Rows of which the grants are asked at most; then the answer says that it is not the whole."""


@dataclass(frozen=True, slots=True)
class EventWanted:
    """Find what looks like a thing that an event rests on.

    Attributes:
        event_id: Which event.
        track_id: Which of its tracks; None for the first that can be compared.
    """

    event_id: str
    track_id: int | None = None


@dataclass(frozen=True, slots=True)
class PictureWanted:
    """Find what looks like a picture that somebody brought. It is opened behind walls, and not kept.

    Attributes:
        content: JPEG or PNG, as received.
        part: The part of it that shows the thing, in shares of its width and height; None for all of it.
    """

    content: bytes
    part: Box | None = None


@dataclass(frozen=True, slots=True)
class SimilarFilter:
    """What is compared with. None asks nothing of that property; an empty tuple lets nothing through.

    Attributes:
        object_classes: Kinds of things; by default the kind of the event's thing, or all for a picture.
        camera_ids: Where.
        since: UTC.
        until: UTC, exclusive.
        least: Score below which nothing is handed out, 0 to 1; by default as is usual for what is compared.
        limit: At most so many.
    """

    object_classes: tuple[ObjectClass, ...] | None = None
    camera_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    least: float | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class SimilarHit:
    """An event that rests on something that looks alike: a lead, and never a statement that it is the same.

    Attributes:
        found: The event.
        score: Cosine of two vectors, or the middle of the colours' scores, 0 to 1; not a probability.
        object_class: Of what looks alike; a person where colours were compared.
        track_id: Which track; None for what lay still.
    """

    found: FoundEvent
    score: float
    object_class: ObjectClass
    track_id: int | None


@dataclass(frozen=True, slots=True)
class Similar:
    """What was found.

    Attributes:
        hits: The most similar first; one a thing.
        model_id: What made the vectors; empty where colours were compared.
        colours: What was compared in place of vectors; empty for vectors.
        other_models: Events that may be shown and were not compared, because another model described what they rest
            on; they are after their clips are looked at again. At most ``_BATCH`` are counted.
        is_whole: False when more rows looked alike than were asked of the grants.
    """

    hits: tuple[SimilarHit, ...]
    model_id: str
    colours: tuple[ColourWanted, ...]
    other_models: int
    is_whole: bool


_ANY = SimilarFilter()


def find_similar(
    services: Services, matter: Matter, wanted: EventWanted | PictureWanted, narrowed: SimilarFilter = _ANY
) -> Similar:
    """What looks alike and may be shown on this matter. The question and each look are written down first.

    That somebody asked with a picture that is refused, since it shows a person for one, is written down too.

    Raises:
        NotComparedError: It shows a person, or nothing that can be compared.
        UnreadablePictureError: The picture does not open.
        RecordNotFoundError: There is no such event.
        ConsentError: No live grant lets the event be shown.
    """
    asking = _Asking(services, matter, narrowed)
    if isinstance(wanted, PictureWanted):
        try:
            values = vector_of_picture(services, wanted.content, wanted.part)
        except NotComparedError as error:
            asking.refused(error)
            raise
        return asking.written_down(asking.by_vector(values, None, narrowed), "a picture")
    found, _ = find_granted(services, asking.desk, wanted.event_id)
    own = [
        one
        for one in services.catalogue.appearances.of_event(wanted.event_id)
        if one.acquisition_id == found.acquisition_id and wanted.track_id in (None, one.track_id)
    ]
    current = [one for one in own if one.model_id == MODEL_ID]
    if current:
        kinds = narrowed.object_classes or alike_kinds(current[0].object_class)
        answer = asking.by_vector(current[0].values, current[0], replace(narrowed, object_classes=kinds))
    elif own:
        raise NotComparedError("an earlier model described it; it can be once its clip was looked at again")
    else:
        answer = asking.by_colours(found)
    return asking.written_down(answer, wanted.event_id)


def alike_kinds(kind: ObjectClass) -> tuple[ObjectClass, ...]:
    """What a thing is compared with: vehicles with vehicles, and things that are carried with each other."""
    if kind is ObjectClass.VEHICLE:
        return (kind,)
    return tuple(sorted(COMPARABLE - {ObjectClass.VEHICLE}))


class _Asking:
    """One question: every grant in it is asked once an event."""

    def __init__(self, services: Services, matter: Matter, narrowed: SimilarFilter) -> None:
        self._services = services
        self._matter = matter
        self._narrowed = narrowed
        self._grants: dict[tuple[str, str], SignedGrant] = {}
        self.desk = services.consent(matter.purpose, matter.recipient)

    def by_vector(self, values: bytes, own: KeptVector | None, narrowed: SimilarFilter) -> Similar:
        kept = self._services.catalogue.appearances
        wanted = VectorFilter(narrowed.object_classes, narrowed.camera_ids, narrowed.since, narrowed.until)
        least = LEAST_SIMILAR if narrowed.least is None else narrowed.least
        allowed = None if wanted.asks_nothing else kept.numbers(MODEL_ID, wanted)
        ranked = shelf_of(kept, MODEL_ID).ranked(kept, values, allowed, _MOST_LOOKED_AT)
        near = [(number, cosine) for number, cosine in ranked if cosine >= least]
        hits: dict[tuple[str, object], SimilarHit] = {}
        seen = 0
        while seen < len(near) and len(hits) < narrowed.limit:
            for hit in self._shown(near[seen : seen + _BATCH], own):
                hits.setdefault((hit.found.acquisition_id, hit.track_id or hit.found.event.inferred.region), hit)
            seen += _BATCH
        is_whole = len(near) < _MOST_LOOKED_AT or len(hits) >= narrowed.limit
        others = len(self._visible(kept.events_of_other_models(MODEL_ID, wanted, _BATCH)))
        return Similar(tuple(hits.values())[: narrowed.limit], MODEL_ID, (), others, is_whole)

    def by_colours(self, found: FoundEvent) -> Similar:
        narrowed = self._narrowed
        wanted = _colours(self._services, found.event.event_id)
        if not wanted:
            raise NotComparedError("no thing of it was seen whole, and no colour could be told")
        kind = ObjectClass.VEHICLE if wanted[0].part is Part.VEHICLE else ObjectClass.PERSON
        least = LEAST_OF_COLOURS if narrowed.least is None else narrowed.least
        kept = self._services.catalogue.appearances
        ranked = [
            (one, score)
            for one, score in kept.showing(wanted, narrowed.camera_ids, narrowed.since, narrowed.until, _MOST_LOOKED_AT)
            if score >= least and one != found.event.event_id
        ]
        hits: list[SimilarHit] = []
        for part in portions(ranked, _BATCH):
            scores = dict(part)
            events = self._visible(list(scores))
            ordered = sorted(events, key=lambda one: (-scores[one.event.event_id], one.starts_at, one.event.event_id))
            hits += [SimilarHit(one, scores[one.event.event_id], kind, None) for one in ordered]
            if len(hits) >= narrowed.limit:
                break
        is_whole = len(ranked) < _MOST_LOOKED_AT or len(hits) >= narrowed.limit
        return Similar(tuple(hits[: narrowed.limit]), "", wanted, 0, is_whole)

    def written_down(self, answer: Similar, what: str) -> Similar:
        """Writes the question down, and a look at each clip that is handed out; then hands it out."""
        looks = [
            Look(hit.found.event.clip, hit.found.event.camera_id, self._grants[_key(hit.found)]) for hit in answer.hits
        ]
        self._write(CustodyAction.SEARCHED, words=what, events=str(len(answer.hits)))
        write_down_looks(self._services, self._matter.agent, looks, self._why)
        return answer

    def refused(self, error: NotComparedError) -> None:
        """Writes that it was asked with a picture, which was not kept, and why there is no answer."""
        self._write(CustodyAction.SEARCH_REFUSED, words="a picture", reason=str(error))

    @property
    def _why(self) -> dict[str, str]:
        return {"purpose": self._matter.purpose, "case": self._matter.case_number, "as": "similar"}

    def _write(self, action: CustodyAction, **facts: str) -> None:
        detail = {**self._why, "recipient": self._matter.recipient, **facts}
        entry = CustodyEntry(self._services.now(), self._matter.agent, action, "search", detail=detail)
        self._services.catalogue.custody.append((entry,))

    def _shown(self, ranked: Sequence[tuple[int, float]], own: KeptVector | None) -> Iterator[SimilarHit]:
        """Of these rows those that are still there and may be shown, in their order; without the thing itself."""
        rows = self._services.catalogue.appearances.kept([number for number, _ in ranked])
        events = self._by_key([row.event_id for row in rows.values()])
        for number, cosine in ranked:
            row = rows.get(number)
            if row is None or (own is not None and _is_same(row, own)):
                continue
            found = events.get((row.acquisition_id, row.event_id))
            if found is not None:
                yield SimilarHit(found, round(min(cosine, 1.0), 4), row.object_class, row.track_id)

    def _by_key(self, event_ids: Sequence[str]) -> Mapping[tuple[str, str], FoundEvent]:
        return {_key(found): found for found in self._visible(event_ids)}

    def _visible(self, event_ids: Sequence[str]) -> tuple[FoundEvent, ...]:
        found: list[FoundEvent] = []
        ids = sorted(set(event_ids))
        for start in range(0, len(ids), _BATCH):
            part = tuple(ids[start : start + _BATCH])
            found += [
                one for one in self._services.catalogue.search.find(EventFilter(event_ids=part)) if self._may(one)
            ]
        return tuple(found)

    def _may(self, found: FoundEvent) -> bool:
        try:
            self._grants[_key(found)] = require_for_event(self._services, self.desk, Use.VIEW, found)
        except ConsentError:
            return False
        return True


def _key(found: FoundEvent) -> tuple[str, str]:
    return found.acquisition_id, found.event.event_id


def _is_same(row: KeptVector, own: KeptVector) -> bool:
    if row.acquisition_id != own.acquisition_id:
        return False
    return row.event_id == own.event_id or (row.track_id is not None and row.track_id == own.track_id)


def _colours(services: Services, event_id: str) -> tuple[ColourWanted, ...]:
    """The first colour of each part of clothing that an event shows; of the vehicle where it shows no clothing."""
    marks = services.catalogue.appearances.colours_of([event_id]).get(event_id, ())
    first = {mark.part: mark.colour for mark in reversed(marks)}
    if len(first) > 1:
        first.pop(Part.VEHICLE, None)
    return tuple(ColourWanted(colour, part) for part, colour in sorted(first.items()) if colour is not None)
