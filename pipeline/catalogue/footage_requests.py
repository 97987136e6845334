"""Requests for footage as the desk keeps them, and the public log, which is only added to."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.request_tables import footage_requests, request_log
from pipeline.catalogue.rows import body_of, kept_noun, noun_from, put
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.footage_requests import case_key
from pipeline.domain.request_log import FiledRequest, LogEntry, LogKind, PublicRequest, RequestState
from pipeline.errors import RecordNotFoundError


@dataclass(frozen=True, slots=True)
class Judged:
    """What is written in one transaction.

    Attributes:
        custody: Appended to the custody log; where there is an entry, each names its digest.
        filed: The request as it is now; None where it is not kept.
        entry: Added to the public log; None where nothing is public yet.
    """

    custody: tuple[CustodyEntry, ...]
    filed: FiledRequest | None = None
    entry: LogEntry | None = None


class FootageRequests:
    """Writes requests and reads the log; nothing changes or removes an entry of the log."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def posts_of_case(self, case_number: str) -> int:
        """How many requests of a case were published, in whatever spelling of its number; closed ones too."""
        with self._database.read() as connection:
            return _posts(connection, case_number)

    def file(self, case_number: str, judge: Callable[[int], Judged]) -> Judged:
        """Writes a new request, or that it was refused.

        Args:
            case_number: Its case.
            judge: Given how many requests of the case were published, within the transaction.
        """
        with self._database.write() as connection:
            judged = judge(_posts(connection, case_number))
            self._write(connection, judged)
            return judged

    def decide(self, request_id: str, judge: Callable[[FiledRequest, int], Judged]) -> Judged:
        """Writes what was decided about a request.

        Args:
            request_id: Which.
            judge: Given the request as it stands and how many of its case were published, within the transaction, so
                that two who decide at once do not both publish; what it raises undoes the call.

        Raises:
            RecordNotFoundError: There is no such request.
        """
        with self._database.write() as connection:
            filed = _filed(connection, request_id)
            judged = judge(filed, _posts(connection, filed.asked.case_number))
            self._write(connection, judged)
            return judged

    def close(self, request_id: str, judge: Callable[[PublicRequest], Judged]) -> Judged:
        """Writes that a published request is closed; likewise.

        Raises:
            RecordNotFoundError: No such request was published.
        """
        with self._database.write() as connection:
            judged = judge(public_in(connection, request_id))
            self._write(connection, judged)
            return judged

    def filed(self, request_id: str) -> FiledRequest:
        """A request as the desk keeps it.

        Raises:
            RecordNotFoundError: There is none; what the rules refused is not kept.
        """
        with self._database.read() as connection:
            return _filed(connection, request_id)

    def list_filed(self, state: RequestState | None = None) -> tuple[FiledRequest, ...]:
        """Requests that wait, were published, or were refused by a supervisor, the newest first.

        Args:
            state: ``WAITING``, ``REFUSED``, or ``OPEN`` for every published one; None for all.
        """
        query = select(footage_requests.c.body)
        if state is not None:
            query = query.where(footage_requests.c.state == state.value)
        query = query.order_by(footage_requests.c.written_at.desc(), footage_requests.c.request_id)
        with self._database.read() as connection:
            return tuple(noun_from(FiledRequest, body) for body in connection.execute(query).scalars())

    def entries(self, request_id: str = "") -> tuple[LogEntry, ...]:
        """The public log, the newest entry first; of one request where it is named. Empty when there is none."""
        query = select(request_log.c.body).order_by(request_log.c.number.desc())
        if request_id:
            query = query.where(request_log.c.request_id == request_id)
        with self._database.read() as connection:
            return tuple(kept_noun(LogEntry, body) for body in connection.execute(query).scalars())

    def public(self, request_id: str) -> PublicRequest:
        """A published request.

        Raises:
            RecordNotFoundError: None of this id was published.
        """
        with self._database.read() as connection:
            return public_in(connection, request_id)

    def published(self) -> tuple[PublicRequest, ...]:
        """Every published request, the newest first; empty when there is none."""
        return _public(self.entries())

    def open(self, now: datetime) -> tuple[PublicRequest, ...]:
        """Those that can be answered now (UTC), the newest first."""
        return tuple(one for one in self.published() if one.is_open(now))

    def askers(self) -> tuple[tuple[str, str], ...]:
        """For what and for whom grants that answer requests are: purposes with recipients, each once."""
        asked = (one.asked for one in self.published())
        return tuple(dict.fromkeys((one.purpose_of_answers, one.recipient) for one in asked))

    def _write(self, connection: Connection, judged: Judged) -> None:
        custody: Sequence[CustodyEntry] = judged.custody
        if judged.filed is not None:
            _put_filed(connection, judged.filed)
        if judged.entry is not None:
            digest = _append(connection, judged.entry)
            custody = [replace(one, detail={**one.detail, "entry": digest}) for one in custody]
        self._log.append_in(connection, custody)


def public_in(connection: Connection, request_id: str) -> PublicRequest:
    """A published request, read within a transaction.

    Raises:
        RecordNotFoundError: None of this id was published.
    """
    query = select(request_log.c.body).where(request_log.c.request_id == request_id)
    bodies = connection.execute(query.order_by(request_log.c.number.desc())).scalars()
    found = _public(noun_from(LogEntry, body) for body in bodies)
    if not found:
        raise RecordNotFoundError("published request", request_id)
    return found[0]


def _public(entries: Iterable[LogEntry]) -> tuple[PublicRequest, ...]:
    """Of entries, the newest first."""
    closed: dict[str, datetime] = {}
    found = []
    for entry in entries:
        if entry.kind is LogKind.CLOSED:
            closed[entry.request_id] = entry.at
        elif entry.kind is LogKind.PUBLISHED and entry.closes_at is not None:
            ends = min(entry.closes_at, closed.get(entry.request_id, entry.closes_at))
            found.append(PublicRequest(entry, ends))
    return tuple(found)


def _posts(connection: Connection, case_number: str) -> int:
    is_post = (request_log.c.case_key == case_key(case_number)) & (request_log.c.kind == LogKind.PUBLISHED.value)
    return connection.execute(select(func.count()).select_from(request_log).where(is_post)).scalar_one()


def _filed(connection: Connection, request_id: str) -> FiledRequest:
    query = select(footage_requests.c.body).where(footage_requests.c.request_id == request_id)
    body = connection.execute(query).scalar()
    if body is None:
        raise RecordNotFoundError("request", request_id)
    return noun_from(FiledRequest, body)


def _put_filed(connection: Connection, filed: FiledRequest) -> None:
    decided = RequestState.OPEN if filed.is_published else RequestState.REFUSED
    values = {
        "state": (RequestState.WAITING if filed.decided_at is None else decided).value,
        "written_by": filed.written_by,
        "written_at": filed.written_at,
        "body": body_of(filed),
    }
    put(connection, footage_requests, {"request_id": filed.request_id}, values)


def _append(connection: Connection, entry: LogEntry) -> str:
    """Writes an entry to the end of the log; its digest."""
    number = connection.execute(select(func.coalesce(func.max(request_log.c.number) + 1, 0))).scalar_one()
    body = body_of(entry)
    values = {"request_id": entry.request_id, "kind": entry.kind.value, "at": entry.at, "body": body}
    connection.execute(insert(request_log).values(number=number, case_key=case_key(entry.case_number), **values))
    return hashlib.sha256(body.encode()).hexdigest()
