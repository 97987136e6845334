"""What residents do with requests for footage: answers, which are grants, and what they keep for themselves alone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, distinct, func, insert, select

from pipeline.catalogue.database import Database
from pipeline.catalogue.footage_requests import public_in
from pipeline.catalogue.grants import Grants
from pipeline.catalogue.request_tables import request_answers, request_marks, request_post
from pipeline.catalogue.rows import insert_new, put
from pipeline.domain.consent import SignedGrant
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.request_log import Answer
from pipeline.errors import FootageRequestError


class RequestAnswers:
    """Answers are told; that somebody did not answer is written nowhere."""

    def __init__(self, database: Database, grants: Grants) -> None:
        self._database = database
        self._grants = grants

    def add(self, answer: Answer, signed: SignedGrant, custody: Sequence[CustodyEntry]) -> None:
        """Writes the grant that answers a request, with its custody, while the request is open.

        Raises:
            RecordNotFoundError: No such request was published.
            FootageRequestError: It is closed.
        """
        with self._database.write() as connection:
            if not public_in(connection, answer.request_id).is_open(answer.answered_at):
                raise FootageRequestError(answer.request_id, "it is closed, and cannot be answered any more")
            self._grants.add_in(connection, signed, custody)
            values = {"request_id": answer.request_id, "resident_id": answer.resident_id}
            connection.execute(
                insert(request_answers).values(grant_id=answer.grant_id, answered_at=answer.answered_at, **values)
            )

    def count(self, request_id: str, until: datetime) -> int:
        """How many residents had answered a request by a moment (UTC), whether they revoked since or not."""
        is_it = (request_answers.c.request_id == request_id) & (request_answers.c.answered_at < until)
        with self._database.read() as connection:
            query = select(func.count(distinct(request_answers.c.resident_id))).where(is_it)
            return connection.execute(query).scalar_one()

    def of_resident(self, resident_id: str) -> tuple[Answer, ...]:
        """A resident's own answers, in order of time; empty when there are none."""
        query = select(request_answers).where(request_answers.c.resident_id == resident_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(request_answers.c.answered_at, request_answers.c.grant_id)).all()
        return tuple(Answer(row.request_id, row.grant_id, row.resident_id, row.answered_at) for row in rows)

    def mark(self, mark: str) -> bool:
        """Keeps a mark; says whether it is new."""
        with self._database.write() as connection:
            return insert_new(connection, request_marks, {"mark": mark}, {})

    def unmark(self, mark: str) -> None:
        """Forgets a mark; one that is not there is forgotten already."""
        with self._database.write() as connection:
            connection.execute(delete(request_marks).where(request_marks.c.mark == mark))

    def marked(self, marks: Collection[str]) -> frozenset[str]:
        """Those of these marks that are kept."""
        query = select(request_marks.c.mark).where(request_marks.c.mark.in_(list(marks)))
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def write_to(self, resident_id: str, sealed_address: bytes) -> None:
        """Keeps the sealed address at which a resident wants to hear of new requests."""
        with self._database.write() as connection:
            put(connection, request_post, {"resident_id": resident_id}, {"sealed_address": sealed_address})

    def write_no_more(self, resident_id: str) -> None:
        """Forgets it."""
        with self._database.write() as connection:
            connection.execute(delete(request_post).where(request_post.c.resident_id == resident_id))

    def addresses(self) -> dict[str, bytes]:
        """By resident, the sealed address of everybody who wants to hear of new requests; in order of resident."""
        with self._database.read() as connection:
            rows = connection.execute(select(request_post).order_by(request_post.c.resident_id)).all()
        return {row.resident_id: bytes(row.sealed_address) for row in rows}
