"""Highlights and the events that they show."""

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.tables import highlight_events, highlights
from pipeline.catalogue.tombstone_rows import require_event, require_not_disposed
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.incidents import Highlight
from pipeline.errors import RecordNotFoundError


class Highlights:
    """What was cut from originals. The first highlight under an id stays."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(self, acquisition_id: str, night: str, highlight: Highlight, custody: Sequence[CustodyEntry]) -> bool:
        """Writes a highlight whose files lie in the store already, with its custody; again it changes nothing.

        Args:
            acquisition_id: Of which acquisition.
            night: Key of the night that made it; empty outside a night.
            highlight: What was cut.
            custody: Appended when the highlight is new, and only then.

        Returns:
            Whether it is new.

        Raises:
            CatalogueError: There is no such acquisition or original.
            EvidenceDisposedError, RecordNotFoundError: An event that it shows went while it was cut.
        """
        values = {
            "acquisition_id": acquisition_id,
            "clip": highlight.clip,
            "night": night,
            "body": body_of(highlight),
        }
        with self._database.write() as connection:
            if not insert_new(connection, highlights, {"highlight_id": highlight.highlight_id}, values):
                return False
            for event_id in sorted(set(highlight.event_ids)):
                require_event(connection, acquisition_id, event_id)
                shown = {"highlight_id": highlight.highlight_id, "event_id": event_id}
                connection.execute(insert(highlight_events).values(**shown))
            self._log.append_in(connection, custody)
            return True

    def get(self, highlight_id: str) -> Highlight:
        """The highlight.

        Raises:
            EvidenceDisposedError: It was disposed of.
            RecordNotFoundError: There is no such highlight.
        """
        return self.cut_from(highlight_id)[0]

    def cut_from(self, highlight_id: str) -> tuple[Highlight, str]:
        """The highlight, and the id of the acquisition that it was cut from.

        Raises:
            EvidenceDisposedError: It was disposed of.
            RecordNotFoundError: There is no such highlight.
        """
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"highlight_id": highlight_id}).first()
            if row is None:
                require_not_disposed(connection, highlight_id)
                raise RecordNotFoundError("highlight", highlight_id)
        return noun_from(Highlight, row.body), str(row.acquisition_id)

    def acquisition_of(self, highlight_id: str) -> str:
        """Id of the acquisition that it was cut from.

        Raises:
            RecordNotFoundError: There is no such highlight.
        """
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"highlight_id": highlight_id}).first()
        if row is None:
            raise RecordNotFoundError("highlight", highlight_id)
        return str(row.acquisition_id)

    def list(self) -> tuple[Highlight, ...]:
        """All of them, in the order in which they were made."""
        return self._read(_all())

    def of_night(self, night: str) -> tuple[Highlight, ...]:
        """Those that a night made, in the order in which it did; empty when it made none."""
        return self._read(_all().where(highlights.c.night == night))

    def of_clip(self, digest: str) -> tuple[Highlight, ...]:
        """Those of an original; empty when there is none."""
        return self._read(_all().where(highlights.c.clip == digest))

    def of_acquisition(self, acquisition_id: str) -> tuple[Highlight, ...]:
        """Those of an acquisition; empty when there is none."""
        return self._read(_all().where(highlights.c.acquisition_id == acquisition_id))

    def of_event(self, event_id: str) -> tuple[Highlight, ...]:
        """Those that show an event; empty when none does."""
        shown = highlight_events.c.highlight_id == highlights.c.highlight_id
        return self._read(_all().join(highlight_events, shown).where(highlight_events.c.event_id == event_id))

    def _read(self, query: Select[str]) -> tuple[Highlight, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(noun_from(Highlight, body) for body in bodies)


def _all() -> Select[str]:
    return select(highlights.c.body).order_by(highlights.c.number)


# Written once: it is asked wherever one may be shown.
_ONE = select(highlights.c.body, highlights.c.acquisition_id).where(
    highlights.c.highlight_id == bindparam("highlight_id")
)
