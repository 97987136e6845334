"""Derivatives that were made for somebody who looked."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.facts import clip_of
from pipeline.catalogue.portions import portions
from pipeline.catalogue.preview_tables import previews
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.tables import highlights
from pipeline.catalogue.tombstone_rows import require_event, require_not_disposed
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.incidents import Highlight
from pipeline.domain.previews import Preview, PreviewWay
from pipeline.errors import RecordNotFoundError


class Previews:
    """The first preview of a kind stays; each goes with its acquisition."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(self, preview: Preview, custody: Sequence[CustodyEntry]) -> bool:
        """Writes a preview whose bytes lie in the store already, with its custody; again it changes nothing.

        Returns:
            Whether it is new.

        Raises:
            EvidenceDisposedError, RecordNotFoundError: The acquisition, or what it was made of, went meanwhile.
        """
        key = {
            "acquisition_id": preview.acquisition_id,
            "source": preview.source,
            "way": preview.way.value,
            "of": preview.of,
        }
        with self._database.write() as connection:
            _require_source(connection, preview)
            is_new = insert_new(connection, previews, key, {"digest": preview.digest, "body": body_of(preview)})
            if is_new:
                self._log.append_in(connection, custody)
            return is_new

    def find(self, acquisition_id: str, source: str, way: PreviewWay, of: str = "") -> Preview | None:
        """The preview that was made so; None before the first look."""
        is_it = (
            (previews.c.acquisition_id == acquisition_id)
            & (previews.c.source == source)
            & (previews.c.way == way.value)
            & (previews.c.of == of)
        )
        with self._database.read() as connection:
            body = connection.execute(select(previews.c.body).where(is_it)).scalar()
        return None if body is None else noun_from(Preview, body)

    def of_digests(self, digests: Collection[str]) -> Mapping[str, Preview]:
        """Previews by the digests of their bytes; what is none, or is gone, is left out."""
        found: dict[str, Preview] = {}
        for some in portions(sorted(digests)):
            with self._database.read() as connection:
                bodies = connection.execute(select(previews.c.body).where(previews.c.digest.in_(some))).scalars().all()
            found.update((one.digest, one) for one in (noun_from(Preview, body) for body in bodies))
        return found


def _require_source(connection: Connection, preview: Preview) -> None:
    clip = clip_of(connection, preview.acquisition_id)
    if clip is None:
        raise RecordNotFoundError("acquisition", preview.acquisition_id)
    if preview.event_id:
        require_event(connection, preview.acquisition_id, preview.event_id)
    if preview.source == clip.item.digest:
        return
    bodies = select(highlights.c.body).where(highlights.c.acquisition_id == preview.acquisition_id)
    shown = (noun_from(Highlight, body) for body in connection.execute(bodies).scalars())
    if all(one.digest != preview.source for one in shown):
        require_not_disposed(connection, preview.source)
        raise RecordNotFoundError("derivative", preview.source)
