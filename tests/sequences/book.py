"""What stands in the catalogue, read by statements of our own: nothing that is tested has a hand in what it is told by.

One connection of the driver's, beside those of the installation. It reads what is committed, and never writes.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue.rows import kept_noun
from pipeline.domain.incidents import Highlight

_MADE = """
SELECT analyses.acquisition_id, events.event_id FROM events JOIN analyses ON analyses.number = events.analysis
UNION SELECT comparisons.earlier, events.event_id
    FROM events JOIN comparisons ON comparisons.number = events.comparison
UNION SELECT comparisons.later, events.event_id
    FROM events JOIN comparisons ON comparisons.number = events.comparison
UNION SELECT acquisition_id, digest FROM stills
"""
"""By acquisition, the events in it and on either side of it, and its still pictures."""

_CUT = """
SELECT highlights.acquisition_id, highlight_id, body FROM highlights
UNION SELECT ends.acquisition_id, highlights.highlight_id, highlights.body
    FROM highlights JOIN highlight_events USING (highlight_id) JOIN events USING (event_id)
    JOIN (
        SELECT number, earlier AS acquisition_id FROM comparisons UNION SELECT number, later FROM comparisons
    ) AS ends ON ends.number = events.comparison
"""
"""By acquisition, what was cut from it, and what shows an event between it and a neighbour."""

_EVENTS = """
SELECT events.event_id, analyses.acquisition_id, events.kind, events.verdict, events.sentence,
    comparisons.is_current = 0 AS is_superseded,
    (
        events.analysis IN (SELECT max(number) FROM analyses WHERE is_done GROUP BY acquisition_id)
        AND comparisons.is_current IS NOT 0
    ) AS counts
FROM events JOIN analyses ON analyses.number = events.analysis
    LEFT JOIN comparisons ON comparisons.number = events.comparison
ORDER BY events.starts_at, events.kind, events.event_id, analyses.number
"""


@dataclass(frozen=True)
class Known:
    """An event that is kept.

    Attributes:
        mark: Whose it is; of two takes where it lies between them.
        is_superseded: A later clip lies between the two.
        counts: It is of its clip's newest result, and not superseded.
    """

    event_id: str
    acquisition_id: str
    kind: str
    verdict: str
    mark: str
    is_superseded: bool
    counts: bool


@dataclass(frozen=True)
class Held:
    """A clip that is kept: its acquisition, its original, why its camera recorded and under which grant it came."""

    acquisition_id: str
    digest: str
    trigger: str
    grant: str


class Book:
    """The catalogue's file, open for reading."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        self._tables = tuple(name for (name,) in self._connection.execute(query))
        self._counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in self._tables)  # noqa: S608 - named by the file itself

    def close(self) -> None:
        self._connection.close()

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return dict(self._connection.execute(self._counts))

    def texts(self) -> Iterator[tuple[str, str]]:
        """Each table's name with every word that stands in it."""
        for name in self._tables:
            found = self._connection.execute(f"SELECT * FROM {name}")  # noqa: S608 - named by the file itself
            yield name, "\n".join(value for row in found for value in row if isinstance(value, str))

    def clips(self) -> list[Held]:
        query = "SELECT acquisition_id, digest, trigger_id, json_extract(body, '$.acquisition.grant_id') "
        rows = self._connection.execute(f"{query} FROM acquisitions ORDER BY starts_at, number")
        return [Held(*row) for row in rows]

    def events(self) -> list[Known]:
        """Every event of every result, in order of time."""
        return [
            Known(event, acquisition, kind, verdict, sentence.rpartition(" ")[2], bool(over), bool(counts))
            for event, acquisition, kind, verdict, sentence, over, counts in self._connection.execute(_EVENTS)
        ]

    def made(self) -> dict[str, set[str]]:
        """By acquisition, every id and digest of what was made of it and of it with a neighbour."""
        found: dict[str, set[str]] = {}
        for acquisition, name in self._connection.execute(_MADE):
            found.setdefault(acquisition, set()).add(name)
        for acquisition, name, body in self._connection.execute(_CUT):
            found.setdefault(acquisition, set()).update((name, *kept_noun(Highlight, body).digests))
        return found

    def highlight(self, highlight_id: str) -> tuple[str, Highlight] | None:
        """Of which acquisition it was cut, and the highlight; None when there is none."""
        query = "SELECT acquisition_id, body FROM highlights WHERE highlight_id = ?"
        row = self._connection.execute(query, (highlight_id,)).fetchone()
        return None if row is None else (row[0], kept_noun(Highlight, row[1]))

    def highlights_of(self, event_id: str) -> list[str]:
        query = "SELECT highlight_id FROM highlight_events WHERE event_id = ? ORDER BY highlight_id"
        return [name for (name,) in self._connection.execute(query, (event_id,))]

    def highlights(self) -> list[str]:
        """Ids of all that was cut, in the order in which it was made."""
        return [name for (name,) in self._connection.execute("SELECT highlight_id FROM highlights ORDER BY number")]
