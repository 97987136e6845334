"""Figures of nights and mails of mornings, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.pool import QueuePool

from pipeline.catalogue import Catalogue
from pipeline.catalogue.mailings import MailKind
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.coverage import CameraOutcome, CoverageRow
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.nights import WorkState
from pipeline.errors import RecordNotFoundError, UnreadableClipError
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import NIGHT, a_clip, an_entry, inferred, with_clip, with_events

UNSURE = inferred(EventKind.PACKAGE_DELIVERED, reason=CannotTell.TOO_DARK)


def a_night(catalogue: Catalogue, night: str = NIGHT) -> None:
    """Three clips: one with two events, one with none, one that cannot be read; and answers of the source."""
    names = []
    for number, found in enumerate(((inferred(EventKind.PERSON_VISIT), UNSURE), (), ())):
        clip = with_clip(catalogue, a_clip(f"{night} {number}", minutes=number))
        names.append(clip.acquisition.acquisition_id)
        if number < 2:
            with_events(catalogue, clip, *found)
    lease = catalogue.nights.open(night, EVENING, 120.0, "elsewhere")
    catalogue.work.plan(lease, names, EVENING)
    catalogue.work.claim(lease, 10, EVENING)
    for name in names[:2]:
        catalogue.work.done(lease, name, EVENING)
    catalogue.work.failed(lease, names[2], UnreadableClipError("it", "no video"), EVENING)
    late = [CoverageRow(night, CAMERA, FetchOutcome.NOT_READY, EVENING, f"t{n}", why) for n, why in enumerate("aab")]
    whole = CoverageRow(night, CAMERA, CameraOutcome.LISTED, EVENING)
    odd = CoverageRow(night, CAMERA, CameraOutcome.UNREADABLE, EVENING, "t9", "no entry")
    catalogue.coverage.record([*late, whole, odd])
    catalogue.nights.finish(lease, "{}", EVENING)


def test_a_night_is_counted_by_camera_outcome_and_state(catalogue: Catalogue) -> None:
    a_night(catalogue)

    (asked,) = catalogue.figures.asked(NIGHT, NIGHT)
    looked = catalogue.figures.looked(NIGHT, NIGHT)

    assert (asked.camera_id, asked.outcome, asked.count) == (CAMERA, FetchOutcome.NOT_READY, 3)
    assert asked.details == ("a", "b")
    assert [(one.state, one.count) for one in looked] == [(WorkState.DONE, 2), (WorkState.FAILED, 1)]


def test_the_events_of_a_night_come_with_what_grants_are_asked_by(catalogue: Catalogue) -> None:
    a_night(catalogue)
    a_night(catalogue, "2026-03-12")

    found = sorted(catalogue.figures.events(NIGHT, "2026-03-11"), key=lambda one: one.kind)

    assert [(one.kind, one.verdict, one.reason) for one in found] == [
        (EventKind.PACKAGE_DELIVERED, Verdict.CANNOT_TELL, CannotTell.TOO_DARK),
        (EventKind.PERSON_VISIT, Verdict.SEEN, None),
    ]
    assert {(one.night, one.camera_id, one.is_between) for one in found} == {(NIGHT, CAMERA, False)}
    assert all(one.starts_at.tzinfo is not None and one.starts_at < one.ends_at for one in found)
    assert len(list(catalogue.figures.events(NIGHT, "2026-03-12"))) == 4
    assert list(catalogue.figures.events("2026-03-13", "2026-03-14")) == []


def test_whoever_looks_at_a_nights_events_holds_no_connection_meanwhile(catalogue: Catalogue) -> None:
    a_night(catalogue)
    reading = catalogue.figures.events(NIGHT, NIGHT)

    next(reading)

    pool = catalogue._database._engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0


def test_a_mail_is_open_until_it_left_and_planned_once(catalogue: Catalogue) -> None:
    mailings = catalogue.mailings
    assert mailings.plan(MailKind.MORNING, NIGHT, EVENING)
    assert not mailings.plan(MailKind.MORNING, NIGHT, EVENING + timedelta(hours=1))
    (waiting,) = mailings.open(NIGHT)
    assert (waiting.is_sent, waiting.tries, waiting.at, waiting.detail) == (False, 0, EVENING, "")

    failed = mailings.tried(waiting, "no answer", EVENING + timedelta(minutes=1))
    assert mailings.open(NIGHT) == (failed,)
    assert mailings.open("2026-03-11") == ()

    sent = mailings.sent(failed, "1 of 1", EVENING + timedelta(minutes=2), [an_entry(f"night-{NIGHT}")])
    assert (sent.is_sent, sent.tries) == (True, 2)
    assert mailings.open(NIGHT) == ()
    assert mailings.get(MailKind.MORNING, NIGHT) == sent
    assert len(list(catalogue.custody.records())) == 1
    with pytest.raises(RecordNotFoundError):
        mailings.get(MailKind.MORNING, "2026-03-11")
