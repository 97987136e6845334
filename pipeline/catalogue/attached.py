"""What is attached to incidents, in the order that people gave it, and the suggestions that they turned down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.incident_rows import get_incident, opened_again
from pipeline.catalogue.incident_tables import dismissed_suggestions
from pipeline.catalogue.portions import portions
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.tables import attachments
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.incidents import Attachment, AttachmentStatus, require_live
from pipeline.errors import RecordNotFoundError


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about one attachment, with the custody of it."""

    incident_id: str
    highlight_id: str
    status: AttachmentStatus
    custody: tuple[CustodyEntry, ...]


class Attached:
    """Any change of what is attached voids an approval, in the same transaction."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def attach(self, attachment: Attachment, custody: Sequence[CustodyEntry]) -> bool:
        """Attaches a highlight, with its custody; what is attached already stays as it is.

        Args:
            attachment: What, where and why.
            custody: Appended when the attachment is new, and only then.

        Returns:
            Whether it is new.

        Raises:
            CatalogueError: There is no such incident or highlight.
            IncidentError: Nobody works on the incident any more.
        """
        with self._database.write() as connection:
            require_live(get_incident(connection, attachment.incident_id))
            is_new = put_attachment(connection, attachment)
            if is_new:
                connection.execute(delete(dismissed_suggestions).where(_turned_down(attachment)))
                self._log.append_in(connection, custody)
                self._void(connection, attachment.incident_id, custody)
            return is_new

    def detach(
        self, incident_id: str, highlight_id: str, custody: Sequence[CustodyEntry], dismissed_at: datetime
    ) -> None:
        """Takes a highlight out of an incident, with the custody of it; it counts as turned down from then on.

        Raises:
            RecordNotFoundError: It is not attached to the incident.
        """
        with self._database.write() as connection:
            attachment = _get(connection, incident_id, highlight_id)
            connection.execute(delete(attachments).where(_is_it(incident_id, highlight_id)))
            _dismiss(connection, attachment, dismissed_at, custody[0].agent)
            self._log.append_in(connection, custody)
            self._void(connection, incident_id, custody)

    def judge(
        self, incident_id: str, highlight_id: str, status: AttachmentStatus, custody: Sequence[CustodyEntry]
    ) -> None:
        """Writes what a person decided about an attachment, with its custody; the same decision again is no act.

        Raises:
            RecordNotFoundError: The highlight is not attached to the incident.
        """
        with self._database.write() as connection:
            judged = Judgement(incident_id, highlight_id, status, tuple(custody))
            self._log.append_in(connection, judge_in(connection, judged))

    def rewrite(
        self,
        incident_id: str,
        highlight_id: str,
        change: Callable[[Attachment], Attachment],
        custody: Sequence[CustodyEntry],
    ) -> Attachment:
        """Puts what ``change`` makes of an attachment in its place, with its custody; no change is no act.

        Raises:
            RecordNotFoundError: The highlight is not attached to the incident.
        """
        with self._database.write() as connection:
            before = _get(connection, incident_id, highlight_id)
            after = change(before)
            if after == before:
                return before
            _write(connection, after)
            self._log.append_in(connection, custody)
            self._void(connection, incident_id, custody)
            return after

    def arrange(self, incident_id: str, order: Sequence[str], custody: Sequence[CustodyEntry]) -> tuple[str, ...]:
        """Gives what is attached an order; what is not named follows in the order that it has.

        Returns:
            Ids of all that is attached, in their new order; the same order again is no act.

        Raises:
            RecordNotFoundError: One of them is not attached to the incident.
        """
        with self._database.write() as connection:
            known = attachments_in(connection, incident_id)
            for highlight_id in order:
                _get(connection, incident_id, highlight_id)
            named = [one for name in dict.fromkeys(order) for one in known if one.highlight_id == name]
            wanted = [*named, *(one for one in known if one not in named)]
            placed = [replace(one, position=place) for place, one in enumerate(wanted, start=1)]
            if placed != list(known):
                for one in placed:
                    _write(connection, one)
                self._log.append_in(connection, custody)
                self._void(connection, incident_id, custody)
            return tuple(one.highlight_id for one in wanted)

    def attachments(self, incident_id: str) -> tuple[Attachment, ...]:
        """What is attached to an incident, in the order that people gave it, else as it was; empty when nothing is."""
        with self._database.read() as connection:
            return attachments_in(connection, incident_id)

    def attached_counts(self, incident_ids: Sequence[str]) -> Mapping[str, int]:
        """By incident, how much is attached to it; one without anything is left out."""
        found: dict[str, int] = {}
        key = attachments.c.incident_id
        for part in portions(incident_ids):
            with self._database.read() as connection:
                rows = connection.execute(select(key, func.count()).where(key.in_(part)).group_by(key)).all()
            found |= {row[0]: row[1] for row in rows}
        return found

    def attachments_of(self, highlight_id: str) -> tuple[Attachment, ...]:
        """To what a highlight is attached; empty when to nothing."""
        with self._database.read() as connection:
            return _read(connection, select(attachments.c.body).where(attachments.c.highlight_id == highlight_id))

    def dismiss(self, attachment: Attachment, custody: Sequence[CustodyEntry]) -> bool:
        """Turns a suggestion down, with the custody of it; it is not made again. Says whether that is new."""
        with self._database.write() as connection:
            is_new = _dismiss(connection, attachment, custody[0].at, custody[0].agent)
            if is_new:
                self._log.append_in(connection, custody)
            return is_new

    def dismissed(self, incident_id: str) -> frozenset[str]:
        """Ids of the highlights that people turned down for an incident."""
        query = select(dismissed_suggestions.c.highlight_id).where(dismissed_suggestions.c.incident_id == incident_id)
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def _void(self, connection: Connection, incident_id: str, custody: Sequence[CustodyEntry]) -> None:
        if custody:
            self._log.append_in(connection, opened_again(connection, incident_id, custody[0]))


def attachments_in(connection: Connection, incident_id: str) -> tuple[Attachment, ...]:
    """As ``Attached.attachments``, within a transaction."""
    return _read(connection, select(attachments.c.body).where(attachments.c.incident_id == incident_id))


def judge_in(connection: Connection, judged: Judgement) -> tuple[CustodyEntry, ...]:
    """Writes a judgement within a writing transaction; returns its custody, empty where it is no act.

    Raises:
        RecordNotFoundError: The highlight is not attached to the incident.
    """
    attachment = _get(connection, judged.incident_id, judged.highlight_id)
    if attachment.status is judged.status:
        return ()
    _write(connection, replace(attachment, status=judged.status))
    return (*judged.custody, *opened_again(connection, judged.incident_id, judged.custody[0]))


def put_attachment(connection: Connection, attachment: Attachment) -> bool:
    """Writes a new attachment, last where people gave an order; says whether it is new."""
    last = max((one.position for one in attachments_in(connection, attachment.incident_id)), default=0)
    placed = replace(attachment, position=last + 1 if last else 0)
    key = {"incident_id": attachment.incident_id, "highlight_id": attachment.highlight_id}
    return insert_new(connection, attachments, key, {"attached_at": placed.attached_at, "body": body_of(placed)})


def forget_versions(connection: Connection, highlight_ids: Sequence[str]) -> None:
    """Lets attachments show what they name where the version that they show goes."""
    gone = set(highlight_ids)
    for one in _read(connection, select(attachments.c.body)) if gone else ():
        if one.version in gone:
            _write(connection, replace(one, version=""))


def _read(connection: Connection, query: Select[str]) -> tuple[Attachment, ...]:
    found = (noun_from(Attachment, body) for body in connection.execute(query).scalars().all())
    return tuple(sorted(found, key=lambda one: (one.position, one.attached_at, one.incident_id, one.highlight_id)))


def _get(connection: Connection, incident_id: str, highlight_id: str) -> Attachment:
    body = connection.execute(select(attachments.c.body).where(_is_it(incident_id, highlight_id))).scalar()
    if body is None:
        raise RecordNotFoundError("attachment", f"{highlight_id} to incident {incident_id}")
    return noun_from(Attachment, body)


def _write(connection: Connection, attachment: Attachment) -> None:
    is_it = _is_it(attachment.incident_id, attachment.highlight_id)
    connection.execute(update(attachments).where(is_it).values(body=body_of(attachment)))


def _dismiss(connection: Connection, attachment: Attachment, at: datetime, by: str) -> bool:
    key = {"incident_id": attachment.incident_id, "highlight_id": attachment.highlight_id}
    return insert_new(connection, dismissed_suggestions, key, {"dismissed_at": at, "dismissed_by": by})


def _is_it(incident_id: str, highlight_id: str) -> ColumnElement[bool]:
    return (attachments.c.incident_id == incident_id) & (attachments.c.highlight_id == highlight_id)


def _turned_down(one: Attachment) -> ColumnElement[bool]:
    columns = dismissed_suggestions.c
    return (columns.incident_id == one.incident_id) & (columns.highlight_id == one.highlight_id)
