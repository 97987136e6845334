"""Parts of the custody log, the same on SQLite and PostgreSQL, against what a walk over the whole log finds."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from pipeline.catalogue import Catalogue
from pipeline.catalogue.custody_reading import LogPage, _narrowed
from pipeline.catalogue.custody_tables import PLAYS, custody
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.log_filter import LogFilter
from tests.builders import EVENING

AGENTS, CASES = ("ina", "sue", "pipeline 0.1.0"), ("26-1", "26-2", "")
ACTIONS = (CustodyAction.ACCESSED, CustodyAction.JUDGED)


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """180 records by three agents in three cases; times go back now and then, as those of workers do."""
    entries = [
        CustodyEntry(
            EVENING + timedelta(minutes=number - (7 if number % 5 == 0 else 0)),
            agent,
            action,
            f"subject-{number % 4}",
            detail={"case": case, "purpose": f"purpose {number % 2}"},
        )
        for number, (agent, case, action, _) in enumerate(product(AGENTS, CASES, ACTIONS, range(10)))
    ]
    catalogue.custody.append(entries)
    return catalogue


FILTERS = [
    LogFilter(),
    LogFilter(agent="ina"),
    LogFilter(agent="nobody"),
    LogFilter(case="26-2"),
    LogFilter(purpose="purpose 1"),
    LogFilter(subject="subject-3"),
    LogFilter(actions=(CustodyAction.JUDGED,)),
    LogFilter(actions=ACTIONS),
    LogFilter(since=EVENING + timedelta(minutes=50)),
    LogFilter(until=EVENING + timedelta(minutes=50)),
    LogFilter(since=EVENING + timedelta(minutes=20), until=EVENING + timedelta(minutes=70)),
    LogFilter(since=EVENING + timedelta(days=2)),
    LogFilter(agent="ina", case="26-1", purpose="purpose 0", actions=(CustodyAction.ACCESSED,), subject="subject-2"),
    LogFilter(agent="sue", since=EVENING + timedelta(minutes=70), until=EVENING + timedelta(minutes=90)),
]


def fits(record: CustodyRecord, wanted: LogFilter) -> bool:
    entry = record.entry
    return all(
        (
            wanted.agent in ("", entry.agent),
            not wanted.actions or entry.action in wanted.actions,
            wanted.subject in ("", entry.subject),
            wanted.case in ("", entry.detail.get("case")),
            wanted.purpose in ("", entry.detail.get("purpose")),
            wanted.since is None or entry.at >= wanted.since,
            wanted.until is None or entry.at < wanted.until,
        )
    )


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: str(sorted(wanted.words())))
def test_pages_hold_what_fits_the_newest_first_and_each_once(filled: Catalogue, wanted: LogFilter) -> None:
    expected = [record.index for record in filled.custody.records() if fits(record, wanted)]
    found: list[int] = []
    before = None
    while True:
        page = filled.custody_reading.page(wanted, before, 7)
        found += [record.index for record in page.records]
        if not page.goes_on:
            break
        assert len(page.records) == 7
        before = found[-1]

    assert found == expected[::-1]
    assert [record.index for record in filled.custody_reading.walk(wanted, 10_000)] == expected


def test_what_is_written_while_somebody_turns_pages_moves_nothing(filled: Catalogue) -> None:
    first = filled.custody_reading.page(LogFilter(), None, 10)
    filled.custody.append([CustodyEntry(EVENING, "ina", CustodyAction.ACCESSED, "later")])
    second = filled.custody_reading.page(LogFilter(), first.records[-1].index, 10)

    assert [record.index for record in (*first.records, *second.records)] == list(range(179, 159, -1))


def test_a_walk_ends_where_it_was_told(filled: Catalogue) -> None:
    assert [record.index for record in filled.custody_reading.walk(LogFilter(), 5)] == [0, 1, 2, 3, 4]


def test_words_that_were_erased_are_found_by_nobody(filled: Catalogue) -> None:
    by = CustodyEntry(EVENING, "pipeline 0.1.0", CustodyAction.OPENINGS_ERASED, "custody")
    filled.custody.erase_openings(by, words=["ina"])

    assert filled.custody_reading.page(LogFilter(agent="ina"), None, 5).records == ()
    assert filled.custody_reading.page(LogFilter(case="26-1"), None, 5).records != ()


def test_a_software_agent_is_found_though_its_name_is_not_sealed(filled: Catalogue) -> None:
    found = filled.custody_reading.page(LogFilter(agent="pipeline 0.1.0"), None, 100)
    assert len(found.records) == 60


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (LogFilter(agent="ina"), "ix_custody_openings_read_by"),
        (LogFilter(case="26-1", agent="ina"), "ix_custody_openings_read_by"),
        (LogFilter(subject="subject-1"), "ix_custody_subject"),
        (LogFilter(actions=(CustodyAction.JUDGED,)), "ix_custody_action_position"),
    ],
)
def test_sqlite_answers_from_an_index_and_sorts_nothing(filled: Catalogue, wanted: LogFilter, index: str) -> None:
    database = filled.custody_reading._database
    if not database.is_sqlite:
        return
    with database.read() as connection:
        query, position = _narrowed(connection, wanted)
        text = (
            query.order_by(position.desc()).limit(5).compile(connection.engine, compile_kwargs={"literal_binds": True})
        )
        plan = " ".join(row[3] for row in connection.execute(sa.text(f"EXPLAIN QUERY PLAN {text}")))

    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_long_words_are_kept_and_erased_on_every_database(catalogue: Catalogue) -> None:
    note = " ".join(f"{number * 7919 % 10_007}" for number in range(4000))
    other = note[:2000] + "and another end"
    for words in (note, other):
        catalogue.custody.append([CustodyEntry(EVENING, "ina", CustodyAction.JUDGED, "s", detail={"note": words})])
    by = CustodyEntry(EVENING, "pipeline 0.1.0", CustodyAction.OPENINGS_ERASED, "custody")

    assert catalogue.custody.erase_openings(by, words=[note]) == 1
    left = [record.entry.detail["note"] for record in catalogue.custody.records(subject="s")]
    assert [words == other for words in left] == [False, True]


def test_plays_of_some_clips_are_those_of_one_agent_and_no_other_look(filled: Catalogue) -> None:
    def play(agent: str, clip: str, number: int, once: str = "play") -> CustodyEntry:
        return CustodyEntry(EVENING, agent, CustodyAction.ACCESSED, clip, once=f"{once} seat {clip} {number}")

    some = [play("ina", "subject-1", 1), play("ina", "subject-2", 2), play("sue", "subject-1", 3)]
    others = [play("ina", "subject-3", 4), play("ina", "subject-1", 5, once="picture")]
    filled.custody.append([*some, *others, play("ina", "subject-1", 6)])
    found = filled.custody_reading.plays("ina", ["subject-2", "subject-1", "none"])
    assert [(one.entry.subject, one.entry.once[-1]) for one in found] == [
        ("subject-1", "1"),
        ("subject-2", "2"),
        ("subject-1", "6"),
    ]
    assert filled.custody_reading.plays("ina", []) == ()


def test_plays_are_found_by_an_index_of_plays_alone(filled: Catalogue) -> None:
    query = sa.select(custody.c.position).where(PLAYS, custody.c.subject.in_(["a", "b"]))
    with filled._database.read() as connection:
        words = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
        if filled._database.is_sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all()
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {words}").all()
            connection.exec_driver_sql("RESET enable_seqscan")
    assert "ix_custody_plays" in str(plan)


def search(agent: str, clips: int, minutes: int) -> list[CustodyEntry]:
    """As a search writes itself and what it showed."""
    why = {"case": "26-1", "purpose": "purpose 0", "as": "search"}
    at = EVENING + timedelta(minutes=minutes)
    shown = [CustodyEntry(at, agent, CustodyAction.ACCESSED, f"clip-{number}", detail=why) for number in range(clips)]
    return [CustodyEntry(at, agent, CustodyAction.SEARCHED, "search", detail=why), *shown]


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: str(sorted(wanted.words())))
def test_gathered_pages_lose_and_double_no_record(filled: Catalogue, wanted: LogFilter) -> None:
    for number, clips in enumerate((3, 0, 5, 1)):  # the second and the third at one moment
        filled.custody.append(search(AGENTS[number % 2], clips, 60 + (number + 1) // 2))
        alone = CustodyEntry(EVENING, "ina", CustodyAction.ACCESSED, "subject-1", detail={"as": "search"})
        filled.custody.append([alone])
    expected = {record.index for record in filled.custody.records() if fits(record, wanted)}
    for count in (1, 4, 500):
        pages = list(gathered_pages(filled, wanted, count))

        rows = [record.index for page in pages for record in page.records]
        behind = [index for page in pages for clips in page.clips.values() for index in clips]
        assert rows == sorted(set(rows), reverse=True)
        assert len(behind) == len(set(behind) - set(rows)), "each is a row, or behind one"
        assert {*rows, *behind} == expected
        assert [record.index for record in filled.custody_reading.at(behind)] == sorted(behind)
        for page in pages:
            for head, ours in page.clips.items():
                assert ours == tuple(range(head + 1, head + 1 + len(ours))), "right behind it"


def gathered_pages(catalogue: Catalogue, wanted: LogFilter, count: int) -> Iterator[LogPage]:
    page = catalogue.custody_reading.page(wanted, None, count, gathered=True)
    yield page
    while page.goes_on:
        page = catalogue.custody_reading.page(wanted, page.records[-1].index, count, gathered=True)
        yield page
