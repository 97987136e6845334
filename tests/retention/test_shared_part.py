"""A resident reads on the receipt which seconds of a recording lay within the grant, where it ended in one."""

import json
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.consent import DailyHours, FootageSpan, Pause
from pipeline.domain.plain import to_plain
from pipeline.domain.retention import HoldScope, Instrument, Tombstone
from pipeline.reports import PartLine, receipt_record, receipt_view, receipt_words, write_receipt
from pipeline.retention.changing import change_grant
from pipeline.retention.disposal import canonical_form
from pipeline.retention.holding import place_hold
from pipeline.retention.receipt import make_receipt
from pipeline.retention.revocation import revoke_grant
from tests.builders import CAMERA, EVENING
from tests.reports.stories import words_of
from tests.retention.story import Town

CLOCK = (EVENING + timedelta(seconds=3)).time()
"""Three seconds after a clip of ten has begun."""
UNTIL_THEN = DailyHours(time(0), CLOCK)


def parts(town: Town) -> tuple[PartLine, ...]:
    return make_receipt(town.services, "gr-1").receipt.in_part


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        ({"hours": (UNTIL_THEN,)}, "only 0.00 to 3.00 s of 10.00 s"),
        (
            {"hours": (UNTIL_THEN, DailyHours((EVENING + timedelta(seconds=8)).time(), time(0)))},
            "only 0.00 to 3.00 s, 8.00 to 10.00 s of 10.00 s",
        ),
        (
            {"spans": (FootageSpan(CAMERA, EVENING - timedelta(hours=1), EVENING + timedelta(seconds=4)),)},
            "only 0.00 to 4.00 s of 10.00 s",
        ),
        (
            {"pauses": (Pause(EVENING + timedelta(seconds=2), EVENING + timedelta(seconds=6)),)},
            "only 0.00 to 2.00 s, 6.00 to 10.00 s of 10.00 s",
        ),
        ({"expires_at": EVENING + timedelta(hours=9)}, ""),
        ({}, ""),
    ],
)
def test_the_seconds_that_lay_within_the_grant_are_named_before_and_after_a_revocation(
    village: Town, grant: dict[str, Any], words: str
) -> None:
    village.clock.at = EVENING + timedelta(minutes=5)
    village.grant(**grant)
    kept = village.keep()
    told = (PartLine(kept.clip.item.digest, words),) if words else ()

    assert parts(village) == told
    revoke_grant(village.services, "gr-1", "tester")
    assert parts(village) == told
    (stone,) = village.services.catalogue.disposals.of_grant("gr-1")
    assert stone.shared == words
    signed = village.services.catalogue.disposals.signed(stone.tombstone_id)
    assert village.services.keys.is_signed(canonical_form(stone), signed.signature, signed.key_id)


def test_page_text_paper_and_record_say_the_same(village: Town, tmp_path: Path) -> None:
    village.grant(hours=(UNTIL_THEN,))
    kept = village.keep()
    receipt = make_receipt(village.services, "gr-1")
    said = "only 0.00 to 3.00 s of 10.00 s"

    assert receipt_view(receipt)["in_part"] == [{"digest": kept.clip.item.digest, "words": said}]
    assert f"{kept.clip.item.digest}: {said}" in receipt_words(receipt)
    assert json.loads(receipt_record(receipt))["receipt"]["in_part"] == [
        {"digest": kept.clip.item.digest, "words": said}
    ]
    *_, paper = write_receipt(receipt, tmp_path)
    assert said in words_of(paper)
    assert "What was shared in part" in words_of(paper)


def test_what_an_earlier_version_covered_whole_was_not_shared_in_part(village: Town) -> None:
    grant = village.grant()
    village.keep()
    change_grant(village.services, "gr-1", replace(grant, hours=(UNTIL_THEN,)), "tester")
    assert parts(village) == ()


def test_a_later_version_that_covers_more_is_counted_too(village: Town) -> None:
    grant = village.grant(hours=(UNTIL_THEN,))
    kept = village.keep()
    longer = DailyHours(time(0), (EVENING + timedelta(seconds=7)).time())
    change_grant(village.services, "gr-1", replace(grant, hours=(longer,)), "tester")
    assert parts(village) == (PartLine(kept.clip.item.digest, "only 0.00 to 7.00 s of 10.00 s"),)


def test_of_what_a_sealed_hold_keeps_no_seconds_are_told(village: Town) -> None:
    village.grant(hours=(UNTIL_THEN,))
    kept = village.keep()
    scope = HoldScope(digest=kept.clip.item.digest)
    place_hold(village.services, Instrument.COURT_ORDER, "26-CV-1", scope, "clerk", sealed=True)
    revoke_grant(village.services, "gr-1", "tester")
    assert kept.clip.item.digest not in str(make_receipt(village.services, "gr-1"))


def test_a_tombstone_that_says_nothing_of_it_keeps_the_bytes_that_were_signed(village: Town) -> None:
    village.grant()
    village.keep()
    revoke_grant(village.services, "gr-1", "tester")
    (stone,) = village.services.catalogue.disposals.of_grant("gr-1")
    assert isinstance(stone, Tombstone)
    assert "shared" not in to_plain(stone)
