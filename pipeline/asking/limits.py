"""Numbers in words: how sure the machine is, and how long something lasted."""

import re

from pipeline.asking.reading import Pair, Reader, Reading, Surroundings, reader

SCORE, SCORE_MOST, LASTING = "score", "score_most", "lasting"
_UPPER = frozenset({"under", "below", "less than", "up to", "at most", "<", "<="})
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def number_words(value: float) -> str:
    """A number as it stands in an address: as short as it is exact."""
    return repr(value).removesuffix(".0")


def seconds_in_words(seconds: float) -> str:
    """``20 s`` or ``2 min``."""
    return f"{number_words(seconds / 60)} min" if seconds >= 60 and seconds % 60 == 0 else f"{number_words(seconds)} s"  # noqa: PLR2004


def _share(number: str, percent: str) -> float | None:
    value = float(number) / (100 if percent else 1)
    return value if 0 <= value <= 1 else None


def _score(found: re.Match[str], _: Surroundings) -> Reading | None:
    value = _share(found["number"], found["percent"])
    if value is None:
        return None
    is_upper = " ".join(found["sign"].lower().split()) in _UPPER
    pair: Pair = (SCORE_MOST if is_upper else SCORE, number_words(value))
    return Reading((pair,), f"score {'at most' if is_upper else 'at least'} {number_words(value)}")


def _scores(found: re.Match[str], _: Surroundings) -> Reading | None:
    low, high = _share(found["low"], found["percent"]), _share(found["high"], found["percent"])
    if low is None or high is None or low > high:
        return None
    pairs = ((SCORE, number_words(low)), (SCORE_MOST, number_words(high)))
    return Reading(pairs, f"score {number_words(low)} to {number_words(high)}")


def _lasting(found: re.Match[str], _: Surroundings) -> Reading:
    seconds = float(found["number"]) * _SECONDS[found["unit"][0].lower()]
    return Reading(((LASTING, number_words(seconds)),), f"lasting at least {seconds_in_words(seconds)}")


_NUMBER = r"(?P<number>[0-9]{1,4}(?:\.[0-9]{1,4})?)"
_FRACTION = r"(?P<number>[01]?\.[0-9]{1,4}|[01](?:\.0)?|[0-9]{1,3}(?=\s*%))"
_PERCENT = r"\s*(?P<percent>%?)"
_SIGN = r"(?P<sign>over|above|at least|more than|from|>=|>|under|below|less than|up to|at most|<=|<|of|=|:)"
_UNIT = r"(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hours?)"
_MORE = r"(?:over|longer than|at least|more than|for|lasting|>=?)"

READERS: tuple[Reader, ...] = (
    reader(rf"(?:scores?|scored|confidence|certainty)\s*(?:is )?{_SIGN}\s*{_FRACTION}{_PERCENT}", _score),
    reader(rf"(?P<sign>scores?|confidence) {_FRACTION}{_PERCENT}", _score),
    reader(
        rf"(?P<sign>over|above|under|below|>=|<=|>|<)\s*(?P<number>0?\.[0-9]{{1,4}}|[0-9]{{1,3}}(?=\s*%)){_PERCENT}",
        _score,
    ),
    reader(
        r"scores? (?:between )?(?P<low>[01]?\.?[0-9]{1,4})\s*(?:-|and|to)\s*(?P<high>[01]?\.?[0-9]{1,4})(?P<percent>)",
        _scores,
    ),
    reader(rf"(?:lasting )?{_MORE}\s*{_NUMBER}\s*{_UNIT}", _lasting),
    reader(rf"{_NUMBER}\s*{_UNIT} (?:or (?:more|longer)|and (?:more|longer)|long)", _lasting),
    reader(rf"{_NUMBER}\+\s*{_UNIT}", _lasting),
)
