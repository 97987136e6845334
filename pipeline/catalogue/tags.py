"""What people said of events: every tag stays, and of each event the newest counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, insert, select, update

from pipeline.catalogue.attached import Judgement, judge_in
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.index.writing import index_acquisitions, index_note
from pipeline.catalogue.portions import portions
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.tables import acquisitions
from pipeline.catalogue.tag_tables import event_tags
from pipeline.catalogue.tombstone_rows import require_event
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.tags import Tag
from pipeline.errors import RecordNotFoundError


class Tags:
    """Appends tags and reads them; nothing but the end of an acquisition takes one away."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, tag: Tag, custody: Sequence[CustodyEntry], judged: Sequence[Judgement] = ()) -> None:
        """Writes a tag, the custody of it, and what it decides about attachments, in one transaction.

        Args:
            tag: The newest of its event from now on.
            custody: At least one entry.
            judged: Attachments that it confirms or rejects, each with its own custody.

        Raises:
            EvidenceDisposedError, RecordNotFoundError: The acquisition or the event is gone, or an attachment.
        """
        with self._database.write() as connection:
            _require_acquisition(connection, tag.acquisition_id)
            require_event(connection, tag.acquisition_id, tag.event_id)
            ours = event_tags.c.event_id == tag.event_id
            connection.execute(update(event_tags).where(ours, event_tags.c.is_latest).values(is_latest=False))
            connection.execute(
                insert(event_tags).values(
                    tag_id=tag.tag_id,
                    event_id=tag.event_id,
                    acquisition_id=tag.acquisition_id,
                    camera_id=tag.camera_id,
                    status=tag.status.value,
                    kind=tag.kind.value,
                    agent=tag.matter.agent,
                    at=tag.at,
                    is_latest=True,
                    note=tag.note,
                    body=body_of(tag),
                )
            )
            index_acquisitions(connection, (tag.acquisition_id,))
            index_note(connection, tag.event_id, tag.note)
            self._log.append_in(connection, custody)
            for one in judged:
                self._log.append_in(connection, judge_in(connection, one))

    def history(self, event_id: str) -> tuple[Tag, ...]:
        """Every tag of an event in the order in which they were made; empty when nobody said anything."""
        return self._read(select(event_tags.c.body).where(event_tags.c.event_id == event_id))

    def latest(self, event_ids: Iterable[str]) -> Mapping[str, Tag]:
        """The tag that counts of each of these events that has one, by event id."""
        found: dict[str, Tag] = {}
        for part in portions(sorted(set(event_ids))):
            is_ours = event_tags.c.event_id.in_(part) & event_tags.c.is_latest
            found |= {tag.event_id: tag for tag in self._read(select(event_tags.c.body).where(is_ours))}
        return found

    def of_acquisition(self, acquisition_id: str) -> tuple[Tag, ...]:
        """The tag that counts of each event of an acquisition, also of results that another has followed since."""
        is_ours = (event_tags.c.acquisition_id == acquisition_id) & event_tags.c.is_latest
        return self._read(select(event_tags.c.body).where(is_ours))

    def list(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        agent: str | None = None,
        *,
        with_earlier: bool = False,
    ) -> tuple[Tag, ...]:
        """Tags in the order in which they were made.

        Args:
            since: UTC; made from then on.
            until: UTC; made before.
            agent: Of one agent.
            with_earlier: Also those that a later tag of the same event has followed.
        """
        query = select(event_tags.c.body)
        if not with_earlier:
            query = query.where(event_tags.c.is_latest)
        if since is not None:
            query = query.where(event_tags.c.at >= since)
        if until is not None:
            query = query.where(event_tags.c.at < until)
        if agent is not None:
            query = query.where(event_tags.c.agent == agent)
        return self._read(query)

    def _read(self, query: Select[str]) -> tuple[Tag, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query.order_by(event_tags.c.number)).scalars().all()
        return tuple(noun_from(Tag, body) for body in bodies)


def _require_acquisition(connection: Connection, acquisition_id: str) -> None:
    query = select(acquisitions.c.number).where(acquisitions.c.acquisition_id == acquisition_id)
    if connection.execute(query).first() is None:
        raise RecordNotFoundError("acquisition", acquisition_id)
