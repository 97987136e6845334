"""The sweep with everything real: days pass on a clock, due things go within one, held things never."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.domain.consent import ConsentGrant
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import AttachmentStatus, IncidentStatus
from pipeline.domain.retention import DisposalReason, Hold, HoldScope, Instrument
from pipeline.errors import EvidenceDisposedError, HoldError, RecordNotFoundError, StorageError
from pipeline.retention.holding import lift_hold, place_hold
from pipeline.retention.receipt import make_receipt
from pipeline.retention.revocation import revoke_grant
from pipeline.retention.sweep import sweep
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import an_entry
from tests.retention.story import Kept, Town

ORDER = Instrument.COURT_ORDER


def long_grant(town: Town) -> ConsentGrant:
    return town.grant(expires_at=EVENING + timedelta(days=4000))


def hold(town: Town, scope: HoldScope, *, sealed: bool = False) -> Hold:
    return place_hold(town.services, ORDER, "26-CV-1", scope, "clerk", sealed=sealed)


def gone_after(town: Town, days: int) -> set[str]:
    town.clock.jump(days=days)
    return {line.acquisition_id for line in sweep(town.services).gone}


def test_day_by_day_each_thing_goes_on_its_day(town: Town) -> None:
    long_grant(town)
    silent = town.keep("silent", with_events=False)
    seen, rejected = town.keep("seen", minutes=1), town.keep("rejected", minutes=2)
    attached, closing = town.keep("attached", minutes=3), town.keep("closing", minutes=4)
    held = town.keep("held", minutes=5, with_events=False)
    hold(town, HoldScope(digest=held.clip.item.digest))
    opened, closed = town.open_incident(), town.open_incident("in-2")
    town.attach(opened, attached)
    town.attach(opened, rejected)
    assert rejected.highlight is not None
    entry = an_entry(rejected.highlight.highlight_id, CustodyAction.JUDGED)
    town.services.catalogue.incidents.judge(
        "in-1", rejected.highlight.highlight_id, AttachmentStatus.REJECTED, (entry,)
    )
    town.attach(closed, closing)
    began, went = town.clock.at, dict[str, int]()
    for day in range(400):
        town.clock.at = began + timedelta(days=day)
        if day == 50:
            entry = an_entry("in-2", CustodyAction.INCIDENT_CLOSED, at=town.clock.at)
            town.services.catalogue.incidents.set_status("in-2", IncidentStatus.CLOSED, (entry,))
        if day in (13, 14, 29, 30, 139, 140, 364, 365, 399):
            for line in sweep(town.services).gone:
                went[line.acquisition_id] = day

    assert went == {silent.name: 14, seen.name: 30, rejected.name: 30, closing.name: 140, attached.name: 365}
    assert town.services.originals.read(held.clip.item.digest) == b"held"
    town.require_whole_log()


def test_a_dry_run_says_it_and_changes_nothing(town: Town) -> None:
    long_grant(town)
    kept = town.keep(with_events=False)
    town.clock.jump(days=20)
    records = town.services.catalogue.custody.count()

    report = sweep(town.services, dry_run=True)

    assert [line.acquisition_id for line in report.gone] == [kept.name]
    assert report.is_dry
    assert town.services.originals.read(kept.clip.item.digest) == b"clip"
    assert town.services.catalogue.custody.count() == records


def test_a_sweep_is_a_record_and_a_report(village: Town) -> None:
    long_grant(village)
    kept = village.keep(with_events=False)
    assert gone_after(village, 20) == {kept.name}
    (path,) = (village.settings.store.directory / "retention").glob("sweep-*.json")
    assert json.loads(path.read_text())["gone"][0]["acquisition_id"] == kept.name
    last = list(village.services.catalogue.custody.records())[-1].entry
    assert (last.action, last.detail["gone"]) == (CustodyAction.RETENTION_SWEPT, "1")
    (stone,) = village.services.catalogue.disposals.of_grant("gr-1")
    assert stone.reason is DisposalReason.RETENTION
    assert village.services.catalogue.triggers.list(CAMERA), "that the camera recorded stays"


def test_a_clip_that_shows_nothing_stays_as_long_as_the_incident_in_whose_place_and_window_it_lies(
    village: Town,
) -> None:
    long_grant(village)
    silent = village.keep(with_events=False)
    village.open_incident(place=(51.5, -0.12))
    assert gone_after(village, 300) == set()
    assert gone_after(village, 70) == {silent.name}


def test_a_grant_that_ended_keeps_its_footage_for_a_week_more(village: Town) -> None:
    village.grant(expires_at=EVENING + timedelta(days=2))
    kept = village.keep()
    assert gone_after(village, 8) == set()
    assert gone_after(village, 1) == {kept.name}
    (stone,) = village.services.catalogue.disposals.of_grant("gr-1")
    assert stone.reason is DisposalReason.GRANT_ENDED


def test_a_revoked_grant_does_not_wait_for_the_week_of_another_that_ended(village: Town) -> None:
    village.grant()
    village.grant(grant_id="gr-2", purpose="burglary", expires_at=EVENING + timedelta(hours=1))
    village.keep()
    assert len(revoke_grant(village.services, "gr-1", "tester").finished.settled) == 1


@pytest.mark.parametrize("kind", ["original", "incident", "camera"])
def test_neither_a_revocation_nor_time_deletes_what_is_held_and_a_lifted_hold_lets_it_go(town: Town, kind: str) -> None:
    town.grant()
    kept, other = town.keep(), town.keep("other", minutes=120)
    incident = town.open_incident()
    town.attach(incident, kept)
    scopes = {
        "original": HoldScope(digest=kept.clip.item.digest),
        "incident": HoldScope(incident_id=incident.incident_id),
        "camera": HoldScope(camera_id=CAMERA, since=EVENING, until=EVENING + timedelta(minutes=1)),
    }
    placed = hold(town, scopes[kind])

    made = revoke_grant(town.services, "gr-1", "tester")

    assert [stone.acquisition_id for stone in made.finished.settled] == [other.name]
    assert gone_after(town, 4000) == set()
    assert town.services.originals.read(kept.clip.item.digest) == b"clip"
    lift_hold(town.services, placed.hold_id, "26-CV-1/7", "clerk")
    assert gone_after(town, 0) == {kept.name}
    actions = [one.entry.action for one in town.services.catalogue.custody.records(subject=placed.hold_id)]
    assert actions == [CustodyAction.HOLD_PLACED, CustodyAction.HOLD_LIFTED]
    with pytest.raises(HoldError):
        lift_hold(town.services, placed.hold_id, "again", "clerk")


def test_a_hold_of_the_last_moment_counts(village: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is placed after the sweep made its list, and before it deletes."""
    long_grant(village)
    kept = village.keep(with_events=False)
    village.clock.jump(days=20)

    def place_and_decide(services: object, names: object, judge: object) -> object:
        hold(village, HoldScope(digest=kept.clip.item.digest))
        return decide(services, names, judge)  # type: ignore[arg-type]

    from pipeline.retention.disposal import decide

    monkeypatch.setattr("pipeline.retention.sweep.decide", place_and_decide)
    assert sweep(village.services).gone == ()
    assert village.services.originals.read(kept.clip.item.digest) == b"clip"


def test_a_hold_whose_second_place_is_away_is_in_force_and_written_there_later(village: Town) -> None:
    long_grant(village)
    kept = village.keep(with_events=False)
    place = village.settings.store.checkpoint_directory
    assert place is not None
    place.write_text("a file is in the way")
    with pytest.raises(StorageError):
        hold(village, HoldScope(digest=kept.clip.item.digest))
    place.unlink()
    assert gone_after(village, 20) == set()
    assert len(list((place / "holds").iterdir())) == 1


def test_a_hold_needs_its_instrument_and_something_to_hold(village: Town) -> None:
    village.grant()
    kept = village.keep()
    with pytest.raises(HoldError):
        place_hold(village.services, ORDER, "  ", HoldScope(digest=kept.clip.item.digest), "clerk", sealed=False)
    with pytest.raises(RecordNotFoundError):
        hold(village, HoldScope(incident_id="in-none"))
    with pytest.raises(ValueError, match="one incident"):
        HoldScope()
    revoke_grant(village.services, "gr-1", "tester")
    with pytest.raises(EvidenceDisposedError):
        hold(village, HoldScope(digest=kept.clip.item.digest))


def test_the_receipt_names_an_open_hold_and_is_silent_about_a_sealed_one(village: Town) -> None:
    village.grant()
    kept, sealed, went = (village.keep(words, minutes=number) for number, words in enumerate(("a", "b", "c")))
    hold(village, HoldScope(digest=kept.clip.item.digest))
    hold(village, HoldScope(digest=sealed.clip.item.digest), sealed=True)
    revoke_grant(village.services, "gr-1", "tester")

    receipt = make_receipt(village.services, "gr-1").receipt

    assert [line.digest for line in receipt.deleted] == [went.clip.item.digest]
    assert [(line.digest, "court order 26-CV-1" in line.why) for line in receipt.kept] == [
        (kept.clip.item.digest, True)
    ]
    assert receipt.not_yet_due == 0
    assert sealed.clip.item.digest not in str(receipt)


def test_what_nothing_names_goes_after_a_day_and_not_before(town: Town) -> None:
    long_grant(town)
    kept = town.keep()
    left = town.services.originals.put(b"left by a killed ingest").digest
    assert sweep(town.services).unnamed == 0
    town.clock.jump(hours=20)
    assert sweep(town.services).unnamed == 0
    town.clock.jump(hours=5)
    assert sweep(town.services).unnamed == 1
    assert not town.services.originals.has(left)
    assert kept.highlight is not None
    assert all(town.services.derivatives.has(digest) for digest in kept.highlight.digests)


def test_attachments_between_two_clips_keep_both(village: Town) -> None:
    long_grant(village)
    earlier = village.keep("earlier", with_events=False)
    later = village.keep("later", minutes=5, with_events=False)
    _, highlight = village.between(earlier, later)
    village.attach(village.open_incident(), replace(Kept(later.clip), highlight=highlight))
    assert gone_after(village, 360) == set()
    assert gone_after(village, 10) == {earlier.name, later.name}
