"""The search index as the catalogue offers it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import ColumnElement, Connection, literal_column, select, text, update

from pipeline.catalogue.database import Database
from pipeline.catalogue.index import cursor as cursors
from pipeline.catalogue.index.answer import Answer, Asker, Draft, Question, Together
from pipeline.catalogue.index.clock import stretches
from pipeline.catalogue.index.codes import Family
from pipeline.catalogue.index.permitted import Permitted, permitted
from pipeline.catalogue.index.shape import Shape, read_shape, version_of
from pipeline.catalogue.index.tables import event_index, index_state
from pipeline.catalogue.index.writing import rebuild, touch
from pipeline.domain.consent import Allowance
from pipeline.domain.search import Wanted
from pipeline.domain.search_page import SearchPage

_REMEMBERED = 16
"""Conditions that are kept: about as many askers as look at the same time."""


class EventIndex:
    """Answers what is looked for at the desk, from a narrow row a current event."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shape: Shape | None = None
        self._seen: list[tuple[tuple[Allowance, ...], Shape, Permitted]] = []

    def find(self, wanted: Wanted, asker: Asker, together: Together) -> SearchPage:
        """A page of what is looked for, and how much there is of it; nothing in it depends on what is not allowed.

        Rows of which only a grant with zones lets something be seen are asked about one by one before they are shown;
        beyond a first page that holds everything they are not counted, and the count says that it is a least one.

        Args:
            wanted: What is looked for.
            asker: What may be seen, read for this very question.
            together: What is one visit.

        Raises:
            CursorError: The cursor is not one of this search.
        """
        place = cursors.read(wanted)
        with self._answering(Question(wanted, asker, together)) as answer:
            return answer.page(place)

    def draft(self, wanted: Wanted, asker: Asker, together: Together) -> Draft:
        """As ``find``, without reading the events themselves: what a search costs before anything is shown."""
        place = cursors.read(wanted)
        with self._answering(Question(wanted, asker, together)) as answer:
            return answer.draft(place)

    def keep_time_zone(self, time_zone: str) -> None:
        """Makes the index where it was never made, and reads its local times in this zone; usually nothing is to do."""
        with self._database.read() as connection:
            state = connection.execute(select(index_state)).one()
        if not state.is_built:
            self.rebuild(time_zone)
        elif state.time_zone != time_zone:
            with self._database.write() as connection:
                read_local_times(connection, time_zone)

    def rebuild(self, time_zone: str) -> int:
        """Makes the index anew from what the other tables say; how many rows it has."""
        with self._database.write() as connection:
            return rebuild(connection, time_zone)

    def size(self) -> int:
        """Bytes that the whole database takes."""
        words = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        with self._database.read() as connection:
            asked = words if self._database.is_sqlite else "SELECT pg_database_size(current_database())"
            return int(connection.execute(text(asked)).scalar_one())

    @contextmanager
    def _answering(self, question: Question) -> Iterator[Answer]:
        with self._database.search() as connection:
            shape = self._shape_of(connection)
            allowances = question.asker.under(question.wanted.grant_ids)
            yield Answer(connection, shape, question, self._seen_by(allowances, shape))

    def _seen_by(self, allowances: tuple[Allowance, ...], shape: Shape) -> Permitted:
        """Made of allowances that were just read; made again only where they or the index are not the very same."""
        for known, of_shape, seen in self._seen:
            if known is allowances and of_shape is shape:
                return seen
        seen = permitted(allowances, shape.known, shape.codes[Family.KIND])
        self._seen = [(allowances, shape, seen), *self._seen[: _REMEMBERED - 1]]
        return seen

    def _shape_of(self, connection: Connection) -> Shape:
        if self._shape is None or self._shape.version != version_of(connection):
            self._shape = read_shape(connection)
        return self._shape


def read_local_times(connection: Connection, time_zone: str) -> None:
    """Writes hours and minutes of every row anew, for another time zone."""
    shape = read_shape(connection)
    monday = 3 * 24
    for stretch in stretches(time_zone, shape.first, shape.last + 1):
        local = f"(starts_at + {stretch.offset})"
        values: dict[str, ColumnElement[int]] = {
            "slot": literal_column(f"({local} / 3600000000 + {monday}) % 168"),
            "minute": literal_column(f"({local} / 60000000) % 1440"),
        }
        is_ours = event_index.c.starts_at.between(stretch.since, stretch.until - 1)
        connection.execute(update(event_index).where(is_ours).values(**values))
    connection.execute(update(index_state).values(time_zone=time_zone))
    touch(connection)
