"""A grant that allows less lets go of events, highlights and pictures too, where the recording itself stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.domain.consent import ConsentGrant, Pause
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.previews import Preview, PreviewWay
from pipeline.domain.retention import DisposalReason, HoldScope, Instrument
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import ConsentPausedError, EvidenceDisposedError
from pipeline.reports import receipt_words
from pipeline.retention.changing import change_grant
from pipeline.retention.disposal import canonical_form
from pipeline.retention.holding import lift_hold, place_hold
from pipeline.retention.receipt import make_receipt
from pipeline.retention.revocation import Revocation, finish_revocations, revoke_grant
from pipeline.retention.sweep import sweep
from tests.builders import EVENING
from tests.catalogue.stories import BASE, NIGHT, at, digest_of, inferred
from tests.retention.story import Kept, Town, tables_of

VISIT, DELIVERY = EventKind.PERSON_VISIT, EventKind.PACKAGE_DELIVERED


def narrowed_to(town: Town, grant: ConsentGrant, *kinds: EventKind, **more: object) -> Revocation:
    words = replace(grant, event_kinds=kinds or grant.event_kinds, **more)  # type: ignore[arg-type]
    return change_grant(town.services, grant.grant_id, words, "tester")


def is_there(town: Town, kept: Kept) -> bool:
    """Whether all that was made of a clip is there, or nothing of it; the clip is there."""
    assert kept.highlight is not None
    assert town.services.originals.read(kept.clip.item.digest)
    found = {town.services.derivatives.has(digest) for digest in kept.highlight.digests}
    assert len(found) == 1
    return found.pop()


def found_of(town: Town, kept: Kept) -> tuple[FoundEvent, ...]:
    return town.services.catalogue.search.find(EventFilter(acquisition_ids=(kept.name,)))


def a_preview(town: Town, kept: Kept) -> str:
    """A picture of the clip's event that somebody looked at; its digest."""
    assert kept.highlight is not None
    digest = town.services.derivatives.put(b"a picture of the event").digest
    source, event_id = kept.clip.item.digest, kept.events[0].event_id
    recipe, now = kept.highlight.recipe, town.clock.now()
    made = Preview(kept.name, source, PreviewWay.STILL, event_id, digest, "image/jpeg", recipe, now)
    town.services.catalogue.previews.save(made, ())
    return digest


def done_in_a_night(town: Town, kept: Kept) -> None:
    nights, work, now = town.services.catalogue.nights, town.services.catalogue.work, town.clock.now()
    lease = nights.open(NIGHT, now, 120.0, "here")
    work.plan(lease, [kept.name], now)
    work.claim(lease, 1, now)
    work.done(lease, kept.name, now)
    nights.finish(lease, "{}", now)


def test_a_narrower_kind_deletes_events_highlights_and_pictures_and_leaves_the_original(town: Town) -> None:
    grant = town.grant()
    visit = town.keep("visit", found=(inferred(VISIT),))
    delivery = town.keep("delivery", minutes=5, found=(inferred(DELIVERY),))
    town.attach(town.open_incident(), visit)
    report = town.report(visit)
    picture = a_preview(town, visit)

    made = narrowed_to(town, grant, DELIVERY)

    assert made.finished.failed == ()
    assert (is_there(town, visit), is_there(town, delivery)) == (False, True)
    assert not town.services.derivatives.has(picture)
    catalogue = town.services.catalogue
    assert catalogue.clips.get(visit.name) == visit.clip
    (key,) = catalogue.analyses.keys_of(visit.name)
    assert (catalogue.analyses.get(key).events, catalogue.analyses.events_of(key)) == ((), ())
    for gone in (visit.events[0].event_id, visit.highlight.highlight_id):  # type: ignore[union-attr]
        with pytest.raises(EvidenceDisposedError):
            catalogue.search.get(gone) if gone.startswith("ev-") else catalogue.highlights.get(gone)
    assert tables_of(town.services)["attachments"] == 0
    assert [path.name for path in report.iterdir()] == ["withdrawn.txt"]
    (stone,) = made.finished.settled
    assert (stone.reason, stone.authority, stone.acquisition_id) == (DisposalReason.SHED, "gr-1 v2", visit.name)
    signed = catalogue.disposals.signed(stone.tombstone_id)
    assert town.services.keys.is_signed(canonical_form(stone), signed.signature, signed.key_id)
    actions = [record.entry.action for record in catalogue.custody.records(subject=visit.clip.item.digest)]
    assert actions[-1] is CustodyAction.SHED
    assert finish_revocations(town.services).settled == ()
    assert catalogue.clips.get(visit.name) == visit.clip
    town.require_whole_log()


def test_the_receipt_of_a_narrowing_says_what_went_and_that_the_recording_stays(village: Town) -> None:
    grant = village.grant()
    village.keep(found=(inferred(VISIT),))
    narrowed_to(village, grant, DELIVERY)

    receipt = make_receipt(village.services, "gr-1")

    (line,) = receipt.receipt.deleted
    assert line.is_part
    assert line.with_it.startswith("1 event, 1 highlight")
    words = receipt_words(receipt)
    assert "Of 1 recording that stays" in words
    assert "0 recordings" not in words


def test_a_receipt_names_what_was_handed_out_of_a_highlight_that_a_narrowing_took(village: Town) -> None:
    grant = village.grant()
    kept = village.keep(found=(inferred(VISIT),))
    assert kept.highlight is not None
    name, detail = kept.highlight.highlight_id, {"as": "incident report"}
    handed = CustodyEntry(village.clock.now(), "kim", CustodyAction.DISSEMINATED, name, "gr-1 v1", detail)
    village.services.catalogue.custody.append((handed,))
    (before,) = make_receipt(village.services, "gr-1").receipt.disclosed
    assert f"incident report with {name}" in before

    narrowed_to(village, grant, DELIVERY)
    assert make_receipt(village.services, "gr-1").receipt.disclosed == (before,)

    revoke_grant(village.services, "gr-1", "tester")
    assert make_receipt(village.services, "gr-1").receipt.disclosed == (before,)


def test_a_highlight_that_ends_with_the_last_granted_microsecond_stays(village: Town) -> None:
    """It begins 5/90000 s into the clip and lasts 600000/90000 s: in whole microseconds from its event one too many."""
    kept = village.keep(found=(inferred(VISIT),))
    assert kept.highlight is not None
    span = ClipSpan(Timestamp(45_005, BASE), Timestamp(645_005, BASE))
    tight = replace(kept.highlight, highlight_id=f"hl-{digest_of('tight')[:20]}", span=span)
    village.services.catalogue.highlights.save(kept.name, NIGHT, tight, [])
    behind = kept.clip.clock.at(span.end, at(0)) + timedelta(microseconds=1)
    village.grant(pauses=(Pause(behind, behind + timedelta(seconds=1)),))

    assert sweep(village.services).gone == ()
    assert village.services.catalogue.highlights.get(tight.highlight_id) == tight


def test_a_zone_deletes_what_happened_outside_it(village: Town) -> None:
    grant = village.grant()
    kept = village.keep()
    top = Zone("sky", ((0.5, 0.0), (1.0, 0.0), (1.0, 0.5), (0.5, 0.5)))
    left = Zone("corner", ((0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2)))

    narrowed_to(village, grant, zones=(left, top))
    assert is_there(village, kept)
    narrowed_to(village, village.services.catalogue.grants.get("gr-1").grant, zones=(top,))
    assert not is_there(village, kept)


def test_a_still_picture_of_an_end_that_lies_outside_goes_and_the_rest_stays(village: Town) -> None:
    """They show the first second of the clip; a pause of it is not granted, and neither is one that touches neither."""
    village.grant()
    kept, catalogue = village.keep(), village.services.catalogue
    begin = kept.clip.clock.starts_at
    stills = catalogue.stills.of_acquisition(kept.name)
    assert len(stills) == 2
    village.grant(version=2, pauses=(Pause(begin + timedelta(seconds=6), begin + timedelta(seconds=7)),))
    sweep(village.services)
    assert catalogue.stills.of_acquisition(kept.name) == stills

    within = Pause(begin + timedelta(seconds=0.4), begin + timedelta(seconds=0.6))
    village.grant(version=3, pauses=(within,))
    (gone,) = sweep(village.services).gone

    assert gone.why == f"{DisposalReason.SHED} (gr-1 v3)"
    assert catalogue.stills.of_acquisition(kept.name) == ()
    assert not any(village.services.derivatives.has(one.digest) for one in stills)
    assert [one.event.event_id for one in found_of(village, kept)] == [kept.events[0].event_id]
    assert village.services.originals.read(kept.clip.item.digest)
    assert sorted(one.counts["still pictures"] for one in catalogue.disposals.of_grant("gr-1"))[-1] == 2
    village.require_whole_log()


def test_what_another_grant_names_stays_until_that_one_goes(village: Town) -> None:
    grant = village.grant()
    village.grant(grant_id="gr-2", purpose="burglary", event_kinds=(VISIT,))
    village.grant(grant_id="gr-3", purpose="vandalism", event_kinds=(DELIVERY,))
    kept = village.keep()

    narrowed_to(village, grant, DELIVERY)
    assert is_there(village, kept)
    revoke_grant(village.services, "gr-2", "tester")
    assert not is_there(village, kept)


def test_a_hold_keeps_it_and_when_it_is_lifted_it_goes(village: Town) -> None:
    grant = village.grant()
    kept = village.keep()
    scope = HoldScope(digest=kept.clip.item.digest)
    hold = place_hold(village.services, Instrument.COURT_ORDER, "26-CV-1", scope, "tester", sealed=False)

    narrowed_to(village, grant, DELIVERY)
    assert is_there(village, kept)
    lift_hold(village.services, hold.hold_id, "26-CV-1/2", "tester")
    report = sweep(village.services)
    assert not is_there(village, kept)
    assert [line.why for line in report.gone] == [f"{DisposalReason.SHED} (gr-1 v2)"]


def test_what_a_highlight_showed_besides_is_cut_anew_by_the_next_night(village: Town) -> None:
    grant = village.grant()
    kept = village.keep(found=(inferred(VISIT), inferred(DELIVERY, 2, 3)))
    done_in_a_night(village, kept)
    assert village.services.catalogue.work.left_behind("2026-03-20") == ()

    narrowed_to(village, grant, DELIVERY)

    assert not is_there(village, kept)
    assert [one.event.inferred.kind for one in found_of(village, kept)] == [DELIVERY]
    assert village.services.catalogue.work.left_behind("2026-03-20") == (kept.name,)


def test_hours_that_end_within_a_highlight_delete_it_and_leave_what_began_before(village: Town) -> None:
    grant = village.grant()
    kept = village.keep()
    narrowed_to(village, grant, expires_at=EVENING + timedelta(seconds=5))

    assert not is_there(village, kept)
    assert len(found_of(village, kept)) == 1


def test_on_the_word_of_a_grant_that_is_not_signed_no_part_goes(village: Town) -> None:
    grant = village.grant()
    kept = village.keep()
    village.grant(version=2, event_kinds=(DELIVERY,))
    forged = replace(village.services.catalogue.grants.get("gr-1"), grant=replace(grant, version=3, event_kinds=()))
    village.services.catalogue.grants.add(forged, ())

    sweep(village.services)
    assert is_there(village, kept)


def test_what_was_being_made_of_an_event_while_it_went_is_not_kept(town: Town) -> None:
    """A highlight or a picture takes seconds to make; whoever narrows meanwhile is served."""
    grant = town.grant()
    kept = town.keep(found=(inferred(VISIT), inferred(DELIVERY)))
    assert kept.highlight is not None
    silent = Preview(
        kept.name, kept.highlight.digest, PreviewWay.SILENT, "", kept.highlight.poster, "video/mp4",
        kept.highlight.recipe, town.clock.now(),
    )  # fmt: skip
    narrowed_to(town, grant, DELIVERY)
    before = tables_of(town.services), town.services.catalogue.custody.count()

    with pytest.raises(EvidenceDisposedError):
        town.services.catalogue.highlights.save(kept.name, NIGHT, kept.highlight, [])
    with pytest.raises(EvidenceDisposedError):
        town.services.catalogue.previews.save(silent, [])
    with pytest.raises(EvidenceDisposedError):
        a_preview(town, kept)

    assert (tables_of(town.services), town.services.catalogue.custody.count()) == before


def test_a_clip_that_was_paused_in_the_middle_of_a_look_is_taken_up_when_its_grant_goes_on(village: Town) -> None:
    village.grant()
    kept = village.keep()
    nights, work, now = village.services.catalogue.nights, village.services.catalogue.work, village.clock.now()
    lease = nights.open(NIGHT, now, 120.0, "here")
    work.plan(lease, [kept.name], now)
    work.claim(lease, 1, now)
    work.failed(lease, kept.name, ConsentPausedError("gr-1", now.isoformat()), now)
    nights.finish(lease, "{}", now)
    assert work.left_behind("2026-03-20") == (kept.name,)
