"""Acquired clips: the original's name, how it came, why the camera recorded, and whose clock says when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Select, and_, bindparam, cast, exists, func, select, type_coerce

from pipeline.catalogue.coverage import record_row
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.portions import portions
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.tables import acquisitions, analyses, items
from pipeline.catalogue.tombstone_rows import require_not_disposed
from pipeline.catalogue.triggers import save_trigger
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.evidence import CustodyEntry, EvidenceItem
from pipeline.domain.video import Timestamp
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
    ) -> bool:
        """Writes an acquired clip whose bytes lie in the store already, all of it in one transaction.

        Whoever stored the bytes has them in hand until this returns, so that no disposal of the same ones takes them.

        Args:
            clip: The item, its acquisition, its trigger and its clock.
            custody: Appended when the acquisition is new, and only then.
            coverage: What came of asking; written in any case.

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
            self._log.append_in(connection, custody)
            return True

    def get(self, acquisition_id: str) -> AcquiredClip:
        """The clip of this acquisition.

        Raises:
            EvidenceDisposedError: It was disposed of.
            RecordNotFoundError: There is no such acquisition.
        """
        with self._database.read() as connection:
            body = connection.execute(_ONE, {"acquisition_id": acquisition_id}).scalar()
            if body is None:
                require_not_disposed(connection, acquisition_id)
                raise RecordNotFoundError("acquisition", acquisition_id)
        return noun_from(AcquiredClip, body)

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

    def count(self, until: datetime) -> int:
        """How many clips begin before a moment by the camera's clock, UTC."""
        query = select(func.count()).select_from(acquisitions).where(acquisitions.c.starts_at < until)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def held(self, camera_id: str) -> tuple[int, datetime | None]:
        """How many clips of a camera are held, and when the newest begins by the camera's clock; None without one."""
        query = select(func.count(), func.max(acquisitions.c.starts_at)).where(acquisitions.c.camera_id == camera_id)
        with self._database.read() as connection:
            count, last = connection.execute(query).one()
        return count, last

    def lengths(self, acquisition_ids: Sequence[str]) -> Mapping[str, timedelta]:
        """By acquisition, how long its clip is, from the first frame to the last that its newest result reached.

        No result is read whole for it: a day of clips has hundreds of thousands of detections.
        """
        found: dict[str, timedelta] = {}
        body = self._results()
        first, last = body[("probe", "first")], body[("sampling", "last")]
        for part in portions(acquisition_ids):
            query = select(analyses.c.acquisition_id, first, last).where(
                analyses.c.acquisition_id.in_(part), analyses.c.is_done
            )
            with self._database.read() as connection:
                for name, start, end in connection.execute(query.order_by(analyses.c.number)):
                    seconds = _stamp(end).seconds - _stamp(start).seconds
                    found[name] = timedelta(microseconds=round(seconds * 1_000_000))
        return found

    def first_frame(self, acquisition_id: str) -> Timestamp:
        """The time stamp of a clip's first frame, as its newest result says; no result is read whole for it.

        Raises:
            RecordNotFoundError: It has no result: nobody knows when its first frame is.
        """
        query = select(self._results()[("probe", "first")])
        is_its = (analyses.c.acquisition_id == acquisition_id) & analyses.c.is_done
        with self._database.read() as connection:
            plain = connection.execute(query.where(is_its).order_by(analyses.c.number.desc()).limit(1)).scalar()
        if plain is None:
            raise RecordNotFoundError("analysis of acquisition", acquisition_id)
        return _stamp(plain)

    def _results(self) -> ColumnElement[Any]:
        """The bodies of results, into which the database itself looks."""
        return type_coerce(analyses.c.body, JSON) if self._database.is_sqlite else cast(analyses.c.body, JSON)

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


# Written once: it is asked wherever one may be shown.
_ONE = select(acquisitions.c.body).where(acquisitions.c.acquisition_id == bindparam("acquisition_id"))


def _stamp(plain: Mapping[str, Any]) -> Timestamp:
    return Timestamp(plain["pts"], Fraction(plain["time_base"]))


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
