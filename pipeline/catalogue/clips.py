"""Acquired clips: the original's name, how it came, why the camera recorded, and whose clock says when."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, and_, exists, select

from pipeline.catalogue.coverage import record_row
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.disposals import require_not_disposed
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.tables import acquisitions, analyses, items
from pipeline.catalogue.triggers import save_trigger
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.evidence import CustodyEntry, EvidenceItem
from pipeline.errors import CatalogueError, RecordNotFoundError


class Clips:
    """The same bytes from two cameras are one item with two acquisitions."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(
        self,
        clip: AcquiredClip,
        custody: Sequence[CustodyEntry],
        coverage: CoverageRow | None = None,
        ensure: Callable[[], object] | None = None,
    ) -> bool:
        """Writes an acquired clip whose bytes lie in the store already, all of it in one transaction.

        Args:
            clip: The item, its acquisition, its trigger and its clock.
            custody: Appended when the acquisition is new, and only then.
            coverage: What came of asking; written in any case.
            ensure: Puts the bytes back should a disposal of the same ones have taken them since they were stored;
                called within the transaction, in which no disposal runs.

        Returns:
            Whether the acquisition is new.

        Raises:
            CatalogueError: The acquisition is known with other bytes.
        """
        with self._database.write() as connection:
            save_trigger(connection, clip.trigger)
            if coverage is not None:
                record_row(connection, coverage)
            if not _insert(connection, clip):
                return False
            if ensure is not None:
                ensure()
            self._log.append_in(connection, custody)
            return True

    def get(self, acquisition_id: str) -> AcquiredClip:
        """The clip of this acquisition.

        Raises:
            EvidenceDisposedError: It was disposed of.
            RecordNotFoundError: There is no such acquisition.
        """
        found = self._read(_all().where(acquisitions.c.acquisition_id == acquisition_id))
        if not found:
            with self._database.read() as connection:
                require_not_disposed(connection, acquisition_id)
            raise RecordNotFoundError("acquisition", acquisition_id)
        return found[0]

    def of_digest(self, digest: str) -> tuple[AcquiredClip, ...]:
        """Every acquisition of these bytes, in the order in which they came; empty when the item is not known."""
        return self._read(_all().where(acquisitions.c.digest == digest))

    def of_trigger(self, camera_id: str, trigger_id: str) -> tuple[AcquiredClip, ...]:
        """What was acquired for a trigger; empty when nothing was."""
        return self._read(_all().where(acquisitions.c.camera_id == camera_id, acquisitions.c.trigger_id == trigger_id))

    def list(
        self,
        camera_ids: tuple[str, ...] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[AcquiredClip, ...]:
        """Clips that begin from ``since`` to just before ``until`` by the camera's clock, in that order.

        Args:
            camera_ids: Of these cameras; None for all, empty for none.
            since: UTC; None for no limit.
            until: UTC; None for no limit.
        """
        query = _all(in_time=True)
        if camera_ids is not None:
            query = query.where(acquisitions.c.camera_id.in_(camera_ids))
        if since is not None:
            query = query.where(acquisitions.c.starts_at >= since)
        if until is not None:
            query = query.where(acquisitions.c.starts_at < until)
        return self._read(query)

    def without_analysis(
        self,
        model_digest: str,
        settings_digest: str,
        camera_ids: tuple[str, ...] | None = None,
        most_tries: int = 9,
        limit: int | None = None,
    ) -> tuple[AcquiredClip, ...]:
        """Clips that were not analysed with this model and these settings, the earliest first.

        A clip whose analysis failed in a way that may pass is among them, until it was tried ``most_tries`` times:
        by default as often as three nights try one, so that one bad night gives no clip up for good.

        Args:
            model_digest: Of the weights.
            settings_digest: See ``pipeline.analysis.settings_digest``.
            camera_ids: Of these cameras; None for all, empty for none.
            most_tries: See above.
            limit: At most so many; None for all.
        """
        settled = exists().where(
            and_(
                analyses.c.acquisition_id == acquisitions.c.acquisition_id,
                analyses.c.model_digest == model_digest,
                analyses.c.settings_digest == settings_digest,
                analyses.c.is_done | ~analyses.c.is_retryable | (analyses.c.tries >= most_tries),
            )
        )
        query = _all(in_time=True).where(~settled).limit(limit)
        if camera_ids is not None:
            query = query.where(acquisitions.c.camera_id.in_(camera_ids))
        return self._read(query)

    def items(self) -> tuple[EvidenceItem, ...]:
        """Every original that the catalogue knows, in order of digest: what a fixity sweep walks through."""
        with self._database.read() as connection:
            rows = connection.execute(select(items.c.digest, items.c.size)).all()
        return tuple(sorted((EvidenceItem(row.digest, row.size) for row in rows), key=lambda item: item.digest))

    def _read(self, query: Select[str]) -> tuple[AcquiredClip, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(noun_from(AcquiredClip, body) for body in bodies)


def _all(in_time: bool = False) -> Select[str]:
    order = (acquisitions.c.starts_at, acquisitions.c.number) if in_time else (acquisitions.c.number,)
    return select(acquisitions.c.body).order_by(*order)


def _insert(connection: Connection, clip: AcquiredClip) -> bool:
    acquisition = clip.acquisition
    query = select(acquisitions.c.digest).where(acquisitions.c.acquisition_id == acquisition.acquisition_id)
    known = connection.execute(query).scalar()
    if known is not None:
        if known != clip.item.digest:
            raise CatalogueError(f"acquisition {acquisition.acquisition_id} is known with the bytes {known}")
        return False
    insert_new(connection, items, {"digest": clip.item.digest}, {"size": clip.item.size})
    columns = {
        "digest": clip.item.digest,
        "camera_id": acquisition.camera_id,
        "trigger_id": acquisition.trigger_id,
        "starts_at": clip.clock.starts_at,
        "body": body_of(clip),
    }
    return insert_new(connection, acquisitions, {"acquisition_id": acquisition.acquisition_id}, columns)
