"""Fields of an address in words, for the chips of filters."""

from datetime import datetime

from pipeline.asking import kinds, limits, looks, moments, places, states
from pipeline.asking.calendar import WEEKDAYS, day_in_words
from pipeline.asking.reading import Pair, Surroundings
from pipeline.domain.appearance import Colour, Part, in_words
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.search import TagState

_PLAIN = {
    places.STREET: "cameras with {} in their address or name",
    states.ZONE: "zone {}",
    states.GRANT: "grant {}",
    states.TEXT: "the words {}",
    moments.HOURS_FIELD: "{}, any day",
    limits.SCORE: "score at least {}",
    limits.SCORE_MOST: "score at most {}",
    "nothing": "no {} at all",
}


def pairs_in_words(pairs: tuple[Pair, ...], around: Surroundings) -> str:
    """What fields and values ask for; the values must be such as ``read_pairs`` takes."""
    edges = dict(pair for pair in pairs if pair[0] in (moments.SINCE, moments.UNTIL))
    words = [_edges(edges.get(moments.SINCE), edges.get(moments.UNTIL), around)] if edges else []
    words += [_one(field, value, around) for field, value in pairs if field not in edges]
    return ", ".join(words)


def _edges(since: str | None, until: str | None, around: Surroundings) -> str:
    first, last = (_moment(edge, around) if edge else "" for edge in (since, until))
    if first and last:
        return f"{first} to {last}"
    return f"from {first} on" if first else f"before {last}"


def _moment(value: str, around: Surroundings) -> str:
    moment = datetime.fromisoformat(value)
    local = moment.astimezone(around.time_zone) if moment.tzinfo else moment
    return f"{day_in_words(local.date())} {local:%H:%M}"


def _one(field: str, value: str, around: Surroundings) -> str:
    if field.startswith("not_"):
        return f"not: {_one(field.removeprefix('not_'), value, around)}"
    if field in _PLAIN:
        return _PLAIN[field].format(value)
    return _NAMED[field](value, around) if field in _NAMED else value


def _camera(value: str, around: Surroundings) -> str:
    names = [camera.name for camera in around.vocabulary.cameras if camera.camera_id == value]
    return f"camera {names[0] if names and names[0] else value}"


def _incident(value: str, around: Surroundings) -> str:
    cases = [one.name for one in around.vocabulary.cases if one.key == value and one.name]
    return f"incident {value}, case {cases[0]}" if cases else f"incident {value}"


def _colour(value: str, _: Surroundings) -> str:
    colour, _colon, part = value.partition(":")
    return in_words(Part(part) if part else None, Colour(colour))


def _near(value: str, _: Surroundings) -> str:
    latitude, longitude, metres = value.split(",")
    return f"within {float(metres):g} m of {float(latitude):.5f}, {float(longitude):.5f}"


def _area(value: str, _: Surroundings) -> str:
    return f"an area of {value.count(';') + 1} corners on the map"


def _weekday(value: str, _: Surroundings) -> str:
    return f"{next(name for name in WEEKDAYS if name.startswith(value.lower())).capitalize()}s"


def _verdict(value: str, _: Surroundings) -> str:
    return "a statement is made" if value == Verdict.SEEN else "cannot be told"


_NAMED = {
    kinds.KIND: lambda value, _: kinds.KIND_WORDS[EventKind(value)],
    states.REASON: lambda value, _: f"cannot be told: {CannotTell(value).words}",
    states.TAG: lambda value, _: states.TAG_WORDS[TagState(value)],
    limits.LASTING: lambda value, _: f"lasting at least {limits.seconds_in_words(float(value))}",
    states.VERDICT: _verdict,
    states.WATCHED: lambda value, _: states.WATCHED_WORDS[value],
    moments.WEEKDAY_FIELD: _weekday,
    places.CAMERA: _camera,
    places.NEAR: _near,
    places.AREA: _area,
    states.INCIDENT: _incident,
    looks.COLOUR: _colour,
}
