"""A day and a time that somebody filled in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.casework.incidents import YEARS
from pipeline.errors import InputRefusedError


def read_moment(name: str, words: str, zone: ZoneInfo) -> datetime:
    """The moment, in the zone where the words name none.

    Args:
        name: Of the field.
        words: What stands in it.
        zone: The installation's.

    Raises:
        InputRefusedError: It is none, or of no year that footage is of.
    """
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as error:
        raise InputRefusedError(name, "give a day and a time") from error
    if moment.year not in YEARS:
        raise InputRefusedError(name, f"give a day of the years {YEARS.start} to {YEARS.stop - 1}")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
