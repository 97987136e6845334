"""The public log of requests in the database: only added to, and counted within the transaction."""

import hashlib
import threading
from functools import partial

import pytest
import sqlalchemy as sa

from pipeline.catalogue import Catalogue
from pipeline.catalogue.footage_requests import Judged
from pipeline.domain.agents import Role
from pipeline.domain.footage_requests import MOST_POSTS, OPEN_FOR
from pipeline.domain.request_log import FiledRequest, LogEntry, LogKind
from tests.builders import EVENING
from tests.casework.asking import SUPERVISOR, WRITER, a_footage_request
from tests.catalogue.stories import an_entry

_CHANGES = (
    "UPDATE request_log SET body = '{}'",
    "UPDATE request_log SET case_key = 'another' WHERE number = 0",
    "DELETE FROM request_log",
    "DELETE FROM request_log WHERE number = 1",
    "INSERT INTO request_log SELECT 7, request_id, kind, case_key, at, body FROM request_log WHERE number = 0",
)
_OF_SQLITE = ("INSERT OR REPLACE INTO request_log SELECT * FROM request_log WHERE number = 0",)
_OF_POSTGRESQL = ("TRUNCATE request_log", "DELETE FROM ONLY request_log")


def _waits(waiting: FiledRequest, posts: int) -> Judged:
    return Judged((), waiting)


def an_id(number: int) -> str:
    return f"rq-{number:012x}"


def a_published(number: int, case: str = "24-117") -> LogEntry:
    asked = a_footage_request(case_number=case)
    return LogEntry(
        an_id(number),
        LogKind.PUBLISHED,
        EVENING,
        case,
        asked.ends_at - asked.starts_at,
        asked.place.square_metres,
        by_role=Role.SUPERVISOR,
        asked=asked,
        closes_at=EVENING + OPEN_FOR,
    )


def publish(catalogue: Catalogue, number: int, case: str = "24-117") -> None:
    custody = (an_entry(an_id(number)),)
    catalogue.footage_requests.file(case, lambda _: Judged(custody, entry=a_published(number, case)))


def test_nobody_changes_or_deletes_what_was_published(catalogue: Catalogue, intruder: sa.Engine) -> None:
    for number in range(3):
        publish(catalogue, number)
    before = catalogue.footage_requests.entries()

    for statement in (*_CHANGES, *(_OF_SQLITE if intruder.dialect.name == "sqlite" else _OF_POSTGRESQL)):
        with pytest.raises(sa.exc.DBAPIError, match="public for good"), intruder.begin() as connection:
            connection.execute(sa.text(statement))

    assert catalogue.footage_requests.entries() == before
    assert len(before) == 3
    assert before[0].request_id == an_id(2), "the newest first"


def test_posts_are_counted_in_any_spelling_of_the_case(catalogue: Catalogue) -> None:
    publish(catalogue, 1, "24-117")
    publish(catalogue, 2, "24/117")

    assert catalogue.footage_requests.posts_of_case("24117") == 2
    assert catalogue.footage_requests.posts_of_case("24-118") == 0


def test_of_two_who_publish_at_the_same_moment_only_one_has_the_last_post(catalogue: Catalogue) -> None:
    publish(catalogue, 0)
    both, published = threading.Barrier(2), []
    for number in (1, 2):
        waiting = FiledRequest(an_id(number), a_footage_request(), WRITER, EVENING)
        catalogue.footage_requests.file("24-117", partial(_waits, waiting))

    def decide(number: int) -> None:
        both.wait()

        def judge(filed: FiledRequest, posts: int) -> Judged:
            if posts >= MOST_POSTS:
                return Judged(())
            published.append(filed.request_id)
            return Judged((an_entry(an_id(number)),), entry=a_published(number))

        catalogue.footage_requests.decide(an_id(number), judge)

    threads = [threading.Thread(target=decide, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(published) == 1
    assert catalogue.footage_requests.posts_of_case("24-117") == MOST_POSTS


def test_the_custody_log_holds_the_digest_of_each_entry(catalogue: Catalogue, intruder: sa.Engine) -> None:
    publish(catalogue, 4)
    (record,) = catalogue.custody.records(subject=an_id(4))

    with intruder.connect() as connection:
        body = connection.execute(sa.text("SELECT body FROM request_log")).scalar_one()

    assert record.entry.detail["entry"] == hashlib.sha256(body.encode()).hexdigest()
    assert record.entry.detail["entry"] in record.leaf, "it stands in the leaf for good"
    assert SUPERVISOR not in record.leaf
