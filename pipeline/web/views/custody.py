"""Custody records beside the thing that they are of, in few lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.domain.evidence import CustodyRecord
from pipeline.reports import words


@dataclass(frozen=True, slots=True)
class Acts:
    """Custody records in one line.

    Attributes:
        what: The act.
        agent: Whose.
        at: When, in words; from when to when of several.
        records: Their places in the log, in words.
        times: How many.
    """

    what: str
    agent: str
    at: str
    records: str
    times: int


def acts_of(records: Sequence[CustodyRecord]) -> tuple[Acts, ...]:
    """The newest first; what one agent did again and again, with nothing of anybody else in between, is one line.

    Args:
        records: Of one thing, in order.
    """
    return tuple(_acts(tuple(run)) for _, run in groupby(reversed(records), key=_act))


def _act(record: CustodyRecord) -> tuple[str, str]:
    entry = record.entry
    what = " ".join(part for part in (entry.action.value.replace("_", " "), entry.detail.get("as", "")) if part)
    return what, entry.agent


def _acts(run: Sequence[CustodyRecord]) -> Acts:
    what, agent = _act(run[0])
    newest, oldest = run[0], run[-1]
    at, numbers = words.utc_words(newest.entry.at), f"record {newest.index}"
    if len(run) > 1:
        at = words.utc_span(oldest.entry.at, newest.entry.at)
        numbers = f"first record {oldest.index}, last {newest.index}"
    return Acts(what, agent, at, numbers, len(run))
