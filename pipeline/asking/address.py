"""Between what is looked for and the fields of an address: every state of the search page is a link."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, TypeVar

from pipeline.asking import kinds, limits, looks, moments, places, states
from pipeline.asking.calendar import WEEKDAYS
from pipeline.asking.reading import Pair, Surroundings
from pipeline.domain.appearance import Colour, ColourWanted, Part
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.places import Area, Circle
from pipeline.domain.search import DayTime, Sort, TagState, Wanted

T = TypeVar("T")

SORT, NOTHING = "sort", "nothing"
"""``nothing=kind`` lets nothing through: what is left where every kind was taken away."""
_LONGEST_VALUE = 500
_MOST_CORNERS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What fields of an address ask for.

    Attributes:
        wanted: What is looked for.
        refused: Fields that mean nothing: unknown names, and values that no such field has. They ask nothing.
    """

    wanted: Wanted
    refused: tuple[Pair, ...] = ()


def read_pairs(pairs: Iterable[Pair], around: Surroundings) -> Asked:
    """What the fields ask for; each value that cannot be read is refused by itself, and never raises."""
    found: dict[str, list[Any]] = {}
    refused: list[Pair] = []
    for field, value in pairs:
        try:
            read = _value(field, value, around)
        except (ValueError, OverflowError):
            refused.append((field, value))
        else:
            found.setdefault(field, []).append(read)
    least, most = max(found.get(limits.SCORE, [0.0])), min(found.get(limits.SCORE_MOST, [1.0]))
    if least > most:
        most = 1.0
        found.setdefault(NOTHING, []).append(kinds.KIND)  # no score is at once that high and that low
    nothing = set(found.get(NOTHING, ()))
    return Asked(_wanted(found, nothing, around, (least, most)), tuple(refused))


def _value(field: str, value: str, around: Surroundings) -> object:
    read = _VALUES.get(field.removeprefix("not_") if field in _EXCLUDED else field)
    if read is None or len(value) > _LONGEST_VALUE:
        raise ValueError(f"{field} is no field, or its value is too long")
    return read(value, around)


def _wanted(
    found: dict[str, list[Any]], nothing: set[str], around: Surroundings, scores: tuple[float, float]
) -> Wanted:
    def some(field: str, every: Sequence[T] = ()) -> tuple[T, ...] | None:
        return () if field in nothing else _chosen(found, field, every)

    camera_ids = tuple(camera.camera_id for camera in around.vocabulary.cameras)
    return Wanted(
        kinds=some(kinds.KIND, tuple(EventKind)),
        objects=some(looks.OBJECT),
        camera_ids=some(places.CAMERA, camera_ids),
        circles=some(places.NEAR),
        areas=some(places.AREA),
        addresses=some(places.STREET),
        since=max(found.get(moments.SINCE, ()), default=None),
        until=min(found.get(moments.UNTIL, ()), default=None),
        times=some(moments.HOURS_FIELD),
        weekdays=some(moments.WEEKDAY_FIELD, range(7)),
        least_score=scores[0],
        most_score=scores[1],
        zones=some(states.ZONE),
        least_seconds=max(found.get(limits.LASTING, [0.0])),
        verdict=(found.get(states.VERDICT) or [None])[-1],
        reasons=some(states.REASON, tuple(CannotTell)),
        tags=some(states.TAG, tuple(TagState)),
        grant_ids=some(states.GRANT),
        incident_ids=some(states.INCIDENT),
        watched=(found.get(states.WATCHED) or [None])[-1],
        words=" ".join(found.get(states.TEXT, ())),
        colours=tuple(dict.fromkeys(found.get(looks.COLOUR, ()))),
        sort=(found.get(SORT) or [Sort.NEWEST])[-1],
    )


def _chosen(found: dict[str, list[Any]], field: str, every: Sequence[T]) -> tuple[T, ...] | None:
    """The values that are wanted and not excluded; None where neither was said."""
    excluded = found.get(f"not_{field}", [])
    wanted = list(dict.fromkeys(found.get(field, [])))
    if not wanted and not excluded:
        return None
    return tuple(value for value in (wanted or every) if value not in excluded)


def pairs_of(wanted: Wanted) -> tuple[Pair, ...]:
    """The fields that ask for it, so that ``read_pairs`` gives it back; pages, facets and likeness are left out."""
    return (*_listed(wanted), *_limits(wanted), *_single(wanted))


def _listed(wanted: Wanted) -> Iterator[Pair]:
    for field, values, write in _lists(wanted):
        if values is not None:
            yield from ((field, write(value)) for value in values)
            if not values:
                yield NOTHING, field
    for colour in wanted.colours:
        yield looks.colour_pair(colour.colour, colour.part)


def _single(wanted: Wanted) -> Iterator[Pair]:
    for name, moment in ((moments.SINCE, wanted.since), (moments.UNTIL, wanted.until)):
        if moment is not None:
            yield name, moments.moment_words(moment)
    if wanted.verdict is not None:
        yield states.VERDICT, wanted.verdict.value
    if wanted.watched is not None:
        yield states.WATCHED, "yes" if wanted.watched else "no"
    if wanted.words:
        yield states.TEXT, wanted.words
    if wanted.sort is not Sort.NEWEST:
        yield SORT, wanted.sort.value


def _limits(wanted: Wanted) -> Iterator[Pair]:
    if wanted.least_score > 0:
        yield limits.SCORE, limits.number_words(wanted.least_score)
    if wanted.most_score < 1:
        yield limits.SCORE_MOST, limits.number_words(wanted.most_score)
    if wanted.least_seconds > 0:
        yield limits.LASTING, limits.number_words(wanted.least_seconds)


def _lists(wanted: Wanted) -> tuple[tuple[str, Sequence[Any] | None, Callable[[Any], str]], ...]:
    return (
        (kinds.KIND, wanted.kinds, str),
        (looks.OBJECT, wanted.objects, str),
        (places.CAMERA, wanted.camera_ids, str),
        (places.NEAR, wanted.circles, lambda one: places.circle_pair(one.latitude, one.longitude, one.metres)[1]),
        (places.AREA, wanted.areas, _area_words),
        (places.STREET, wanted.addresses, str),
        (moments.HOURS_FIELD, wanted.times, lambda span: span.words),
        (moments.WEEKDAY_FIELD, wanted.weekdays, lambda day: WEEKDAYS[day][:3]),
        (states.ZONE, wanted.zones, str),
        (states.REASON, wanted.reasons, str),
        (states.TAG, wanted.tags, str),
        (states.GRANT, wanted.grant_ids, str),
        (states.INCIDENT, wanted.incident_ids, str),
    )


def _area_words(area: Area) -> str:
    return ";".join(",".join(limits.number_words(number) for number in corner) for corner in area.corners)


def _moment(value: str, around: Surroundings) -> datetime:
    """With its zone, or by the installation's clock."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        return moments.first_moment(moment.date(), moment.time(), around.time_zone)
    return moment.astimezone(UTC)


def _hours(value: str, _: Surroundings) -> DayTime:
    first, dash, last = value.partition("-")
    if not dash:
        raise ValueError(value)
    start = time.fromisoformat(first)
    end = 24 * 60 if last in ("24:00", "00:00") else _minute(time.fromisoformat(last))
    return DayTime(_minute(start), end)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _number(low: float, high: float) -> Callable[[str, Surroundings], float]:
    def read(value: str, _: Surroundings) -> float:
        number = float(value)
        if not low <= number <= high:
            raise ValueError(value)
        return number

    return read


def _finite(values: Iterable[str]) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("not a number")
    return numbers


def _circle(value: str, _: Surroundings) -> Circle:
    latitude, longitude, metres = _finite(value.split(","))
    return Circle(latitude, longitude, metres)


def _area(value: str, _: Surroundings) -> Area:
    corners = [_finite(corner.split(",")) for corner in value.split(";")]
    if len(corners) > _MOST_CORNERS:
        raise ValueError("too many corners")
    return Area(tuple((latitude, longitude) for latitude, longitude in corners))


def _colour(value: str, _: Surroundings) -> ColourWanted:
    colour, _colon, part = value.partition(":")
    return ColourWanted(Colour(colour), Part(part) if part else None)


def _weekday(value: str, _: Surroundings) -> int:
    return [name[:3] for name in WEEKDAYS].index(value.lower())


def _one_of(choices: type[T]) -> Callable[[str, Surroundings], T]:
    return lambda value, _: choices(value)  # type: ignore[call-arg]


def _name(value: str, _: Surroundings) -> str:
    plain = " ".join(value.split())
    if not plain:
        raise ValueError("no name")
    return plain


def _yes_or_no(value: str, _: Surroundings) -> bool:
    return bool(("no", "yes").index(value))


def _list_field(value: str, _: Surroundings) -> str:
    if value not in _LIST_FIELDS:
        raise ValueError(value)
    return value


_LIST_FIELDS = frozenset(field for field, _, _ in _lists(Wanted()))
EXCLUDABLE = frozenset({kinds.KIND, places.CAMERA, moments.WEEKDAY_FIELD, states.REASON, states.TAG})
"""Fields of which a value may also be unwanted: ``not_kind`` and so on."""
_EXCLUDED = frozenset(f"not_{field}" for field in EXCLUDABLE)
_VALUES: dict[str, Callable[[str, Surroundings], Any]] = {
    kinds.KIND: _one_of(EventKind),
    looks.OBJECT: _name,
    looks.COLOUR: _colour,
    places.CAMERA: _name,
    places.NEAR: _circle,
    places.AREA: _area,
    places.STREET: _name,
    moments.SINCE: _moment,
    moments.UNTIL: _moment,
    moments.HOURS_FIELD: _hours,
    moments.WEEKDAY_FIELD: _weekday,
    limits.SCORE: _number(0, 1),
    limits.SCORE_MOST: _number(0, 1),
    limits.LASTING: _number(0, 1e6),
    states.ZONE: _name,
    states.VERDICT: _one_of(Verdict),
    states.REASON: _one_of(CannotTell),
    states.TAG: _one_of(TagState),
    states.GRANT: _name,
    states.INCIDENT: _name,
    states.WATCHED: _yes_or_no,
    states.TEXT: _name,
    SORT: _one_of(Sort),
    NOTHING: _list_field,
}
FIELDS = tuple(_VALUES)
"""Every field of an address, apart from the box's own ``q``."""
