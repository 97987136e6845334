"""How many, how long and how large, in words: the one place that says it to people."""

from datetime import timedelta

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000
_TEN = 10
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_ODD = {"analyses": "analysis", "published copies": "published copy"}
"""Words whose singular is not the plural without its last letter."""


def counted(count: int, many: str) -> str:
    """``1 recording``, ``3 recordings``, ``0 recordings``: a count before the plural of what is counted."""
    return f"{count} {many if count != 1 else _ODD.get(many, many.removesuffix('s'))}"


def size_words(size: int) -> str:
    """``812 B``, ``4.2 kB``, ``38 MB``: a size in bytes; below ten of a unit a tenth is told."""
    value, unit = float(size), 0
    while round(value) >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    digits = 1 if unit and round(value, 1) < _TEN else 0
    return f"{value:.{digits}f} {_UNITS[unit]}"


def span_words(span: timedelta) -> str:
    """``1 day 15 hours``, ``39 minutes``, ``less than a minute``: a length in its two largest units."""
    seconds = max(round(span.total_seconds()), 0)
    if seconds < _MINUTE:
        return "less than a minute"
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    parts = ((days, "days"), (hours, "hours"), (minutes, "minutes"))
    first = next(place for place, (count, _) in enumerate(parts) if count)
    return " ".join(counted(count, many) for count, many in parts[first : first + 2] if count)
