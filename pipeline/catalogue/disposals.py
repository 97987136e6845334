"""What was disposed of, and what is still to be done of a disposal that was decided.

A disposal has three steps. The first, one transaction, takes every row of an acquisition away, writes down which
objects go with it, and from then on nothing reads it. Then the objects that nothing else names are deleted, in no
transaction. The last, again one transaction, signs the tombstone. A run that is killed on its way leaves a work list,
which any later run finishes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.facts import clip_of, every_incident, facts_of
from pipeline.catalogue.jobs import forget_jobs
from pipeline.catalogue.names import is_original_named
from pipeline.catalogue.retention_tables import disposal_tasks, disposed, tombstones
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.shedding import take_part
from pipeline.catalogue.taking import Taken, take_away
from pipeline.catalogue.tombstone_rows import require_not_disposed, tombstone_name, tombstone_of, write_tombstone
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.retention import (
    ClipFacts,
    Decision,
    DisposalTask,
    Leftover,
    Shed,
    SignedTombstone,
    Tombstone,
)
from pipeline.domain.sealed import DETAIL
from pipeline.errors import RecordNotFoundError

_NOTES = (f"{DETAIL}note",)
"""Sealed words of custody records that say what footage shows."""

_OBJECTS = (Leftover.ORIGINAL.value, Leftover.DERIVATIVE.value)


class Disposals:
    """Decides under the writer's lock, so that a hold or a grant of the last moment is never overlooked."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def facts(self, clips: Sequence[AcquiredClip]) -> tuple[ClipFacts, ...]:
        """What decides how long each of these acquisitions is kept, in the order given."""
        with self._database.read() as connection:
            opened = every_incident(connection)
            return tuple(facts_of(connection, clip, opened) for clip in clips)

    def decide(
        self, acquisition_id: str, judge: Callable[[ClipFacts], Decision | None], now: datetime
    ) -> Tombstone | None:
        """The first half: takes an acquisition away, with everything that was made of it, when ``judge`` says so.

        Args:
            acquisition_id: Which.
            judge: Asked within the transaction; None keeps the acquisition.
            now: UTC, our clock.

        Returns:
            The tombstone, not yet signed; None when the acquisition stays, or is gone already.
        """
        with self._database.write() as connection:
            clip = clip_of(connection, acquisition_id)
            decision = None if clip is None else judge(facts_of(connection, clip))
            if clip is None or decision is None:
                return None
            taken = take_away(connection, clip, with_trigger=decision.reason.is_the_residents)
            forget_jobs(connection, taken.subjects)
            return _written(connection, clip, decision, taken, tombstone_name(acquisition_id, now), now)

    def shed(
        self, acquisition_id: str, choose: Callable[[ClipFacts], tuple[Shed, Decision]], now: datetime
    ) -> Tombstone | None:
        """As ``decide``, for a part of what was made of an acquisition that stays.

        Args:
            acquisition_id: Which.
            choose: Asked within the transaction: what goes, and by which decision; an empty ``Shed`` keeps everything.
            now: UTC, our clock.

        Returns:
            The tombstone, not yet signed; None when all of it stays, or the acquisition is gone.
        """
        with self._database.write() as connection:
            clip = clip_of(connection, acquisition_id)
            if clip is None:
                return None
            chosen, decision = choose(facts_of(connection, clip))
            if not chosen:
                return None
            taken = take_part(connection, clip, chosen)
            forget_jobs(connection, taken.subjects)
            what = " ".join((acquisition_id, *sorted(taken.subjects)))
            return _written(connection, clip, decision, taken, tombstone_name(what, now), now)

    def settle(
        self,
        tombstone_id: str,
        sign: Callable[[Tombstone], SignedTombstone],
        custody: Callable[[Tombstone], Sequence[CustodyEntry]],
        now: datetime,
    ) -> Tombstone:
        """Ends a disposal whose objects are deleted: signs the tombstone, writes its custody; again nothing changes.

        Args:
            tombstone_id: Which disposal.
            sign: Signs the finished tombstone.
            custody: The entries for it.
            now: UTC, our clock.

        Raises:
            RecordNotFoundError: There is no such disposal.
        """
        with self._database.write() as connection:
            row = _row(connection, tombstone_id)
            stone = noun_from(Tombstone, row.body)
            if row.is_settled:
                return stone
            is_ours = (disposal_tasks.c.tombstone_id == tombstone_id) & disposal_tasks.c.kind.in_(_OBJECTS)
            is_shared = not stone.reason.keeps_original and is_original_named(connection, stone.digest)
            stone = replace(stone, disposed_at=now, has_shared_bytes=is_shared)
            signed = sign(stone)
            values = {
                "signature": signed.signature,
                "key_id": signed.key_id,
                "is_settled": True,
                "body": body_of(stone),
            }
            connection.execute(update(tombstones).where(tombstones.c.tombstone_id == tombstone_id).values(**values))
            connection.execute(delete(disposal_tasks).where(is_ours))
            entries = custody(stone)
            self._log.append_in(connection, entries)
            self._forget_notes(connection, tombstone_id, entries)
            return stone

    def _forget_notes(self, connection: Connection, tombstone_id: str, entries: Sequence[CustodyEntry]) -> None:
        """What somebody noted about what they saw goes with it; who looked, when and for what stays."""
        query = select(disposed.c.subject).where(disposed.c.tombstone_id == tombstone_id)
        subjects = connection.execute(query).scalars().all()
        for entry in entries:
            self._log.erase_openings_in(connection, entry, subjects=subjects, names=_NOTES)

    def objects(self, tombstone_id: str) -> tuple[DisposalTask, ...]:
        """The objects that are still to be deleted of a disposal, in the order in which they were written down."""
        is_ours = (disposal_tasks.c.tombstone_id == tombstone_id) & disposal_tasks.c.kind.in_(_OBJECTS)
        return self._tasks(select(disposal_tasks).where(is_ours))

    def tasks(self, kind: Leftover | None = None) -> tuple[DisposalTask, ...]:
        """The work list in the order in which it grew; empty when nothing is left to do."""
        query = select(disposal_tasks)
        return self._tasks(query if kind is None else query.where(disposal_tasks.c.kind == kind.value))

    def _tasks(self, query: Select[Any]) -> tuple[DisposalTask, ...]:
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(disposal_tasks.c.number)).all()
        return tuple(DisposalTask(row.tombstone_id, Leftover(row.kind), row.name) for row in rows)

    def done(self, tasks: Sequence[DisposalTask]) -> None:
        """Takes finished tasks off the work list."""
        with self._database.write() as connection:
            for task in tasks:
                connection.execute(
                    delete(disposal_tasks).where(
                        disposal_tasks.c.tombstone_id == task.tombstone_id,
                        disposal_tasks.c.kind == task.kind.value,
                        disposal_tasks.c.name == task.name,
                    )
                )

    def unsettled(self) -> tuple[str, ...]:
        """Ids of disposals whose second half is still to come, in the order in which they were decided."""
        query = select(tombstones.c.tombstone_id).where(~tombstones.c.is_settled)
        with self._database.read() as connection:
            return tuple(
                connection.execute(query.order_by(tombstones.c.decided_at, tombstones.c.tombstone_id)).scalars()
            )

    def subjects(self, tombstone_ids: Sequence[str]) -> frozenset[str]:
        """Digests and ids of all that went with these disposals."""
        found: set[str] = set()
        with self._database.read() as connection:
            for tombstone_id in tombstone_ids:
                query = select(disposed.c.subject).where(disposed.c.tombstone_id == tombstone_id)
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def get(self, tombstone_id: str) -> Tombstone:
        """The tombstone, signed or not.

        Raises:
            RecordNotFoundError: There is none.
        """
        with self._database.read() as connection:
            return noun_from(Tombstone, _row(connection, tombstone_id).body)

    def signed(self, tombstone_id: str) -> SignedTombstone:
        """The signed tombstone.

        Raises:
            RecordNotFoundError: There is none, or it is not signed yet.
        """
        with self._database.read() as connection:
            row = _row(connection, tombstone_id)
        if not row.is_settled:
            raise RecordNotFoundError("signed tombstone", tombstone_id)
        return SignedTombstone(noun_from(Tombstone, row.body), bytes(row.signature), row.key_id)

    def known(self) -> frozenset[str]:
        """Ids of all tombstones, signed or not."""
        with self._database.read() as connection:
            return frozenset(connection.execute(select(tombstones.c.tombstone_id)).scalars())

    def of_grant(self, grant_id: str) -> tuple[Tombstone, ...]:
        """Tombstones of what had been fetched under a grant, in the order of decision; empty when there is none."""
        query = select(tombstones.c.body).where(tombstones.c.grant_id == grant_id)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        found = (noun_from(Tombstone, body) for body in bodies)
        return tuple(sorted(found, key=lambda stone: (stone.decided_at, stone.tombstone_id)))

    def tombstone_of(self, subject: str) -> str:
        """Id of the newest tombstone of a digest or id; empty when it was never disposed of."""
        with self._database.read() as connection:
            return tombstone_of(connection, subject)

    def require_not_disposed(self, subject: str) -> None:
        """Returns when something that is not there was never disposed of; of a digest the beginning is enough.

        Raises:
            EvidenceDisposedError: It was; it is named whole, the newest where several begin so.
        """
        joined = disposed.join(tombstones, tombstones.c.tombstone_id == disposed.c.tombstone_id)
        query = select(disposed.c.subject).select_from(joined).order_by(tombstones.c.decided_at.desc()).limit(1)
        with self._database.read() as connection:
            whole = connection.execute(query.where(disposed.c.subject.startswith(subject, autoescape=True))).scalar()
            require_not_disposed(connection, whole or subject)

    def bring_back(self, signed: SignedTombstone) -> bool:
        """Writes a settled tombstone that this catalogue lost, for example to a backup; whether it was not known."""
        stone = signed.tombstone
        values = {
            "digest": stone.digest,
            "acquisition_id": stone.acquisition_id,
            "grant_id": stone.grant_id,
            "is_settled": True,
            "decided_at": stone.decided_at,
            "body": body_of(stone),
            "signature": signed.signature,
            "key_id": signed.key_id,
        }
        with self._database.write() as connection:
            if not insert_new(connection, tombstones, {"tombstone_id": stone.tombstone_id}, values):
                return False
            for subject in () if stone.reason.keeps_original else (stone.digest, stone.acquisition_id):
                insert_new(connection, disposed, {"subject": subject, "tombstone_id": stone.tombstone_id}, {})
            return True


def _written(  # whose, why, what went, and under which name
    connection: Connection, clip: AcquiredClip, decision: Decision, taken: Taken, name: str, now: datetime
) -> Tombstone:
    """The tombstone of a decision, not yet signed, with its work list; what went is taken away already."""
    stone = Tombstone(
        tombstone_id=name,
        digest=clip.item.digest,
        acquisition_id=clip.acquisition.acquisition_id,
        grant_id=clip.acquisition.grant_id,
        reason=decision.reason,
        authority=decision.authority,
        decided_at=now,
        counts=taken.counts,
        disclosed=decision.disclosed,
        shared=decision.shared,
    )
    write_tombstone(connection, stone, taken)
    return stone


def _row(connection: Connection, tombstone_id: str) -> Row[Any]:
    row = connection.execute(select(tombstones).where(tombstones.c.tombstone_id == tombstone_id)).first()
    if row is None:
        raise RecordNotFoundError("tombstone", tombstone_id)
    return row
