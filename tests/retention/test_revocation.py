"""A revocation reaches everything: bytes, rows, reports; and nothing that another grant or a hold keeps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import pytest

from pipeline.catalogue import Catalogue
from pipeline.catalogue.analyses import Beside
from pipeline.consent.grants import sign_grant
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction, Disclosure
from pipeline.domain.retention import DisposalReason, Leftover
from pipeline.errors import (
    CatalogueLockedError,
    ConsentRevokedError,
    EvidenceDisposedError,
    EvidenceNotFoundError,
    RecordNotFoundError,
    StorageError,
)
from pipeline.evidence.checkpoint import read_checkpoint
from pipeline.evidence.custody import read_checkpoints
from pipeline.night.reanalyse import plan_reanalysis
from pipeline.night.reanalysis import Scope
from pipeline.night.workers import Eyes
from pipeline.retention import revocation
from pipeline.retention.disposal import canonical_form
from pipeline.retention.revocation import finish_revocations, revoke_grant
from pipeline.retention.sweep import sweep
from tests.builders import CAMERA, EVENING, PURPOSE, RECIPIENT
from tests.catalogue.stories import MODEL, SETTINGS, a_camera, digest_of
from tests.retention.story import Town, tables_of

OTHER = "ring:1002"


def newest_kept(town: Town) -> int:
    """Records under the newest head in the second place; 0 where none is kept."""
    place = town.settings.store.checkpoint_directory
    assert place is not None
    return max((read_checkpoint(text).size for text in read_checkpoints(place)), default=0)


def test_the_logs_head_after_it_is_kept_so_that_an_older_backup_is_known_to_be_older(town: Town) -> None:
    town.grant()
    town.keep("first")
    assert newest_kept(town) == 0

    revoke_grant(town.services, "gr-1", "tester")
    assert newest_kept(town) == town.services.catalogue.custody.head().size
    sweep(town.services)
    assert newest_kept(town) == town.services.catalogue.custody.head().size


def test_what_is_granted_anew_after_the_first_look_stays(village: Town) -> None:
    village.grant()
    kept = village.keep("first")
    going = revocation._going

    def late(*asked: Any) -> list[str]:
        found = list(going(*asked))
        village.grant(grant_id="gr-2")
        return found

    with patch.object(revocation, "_going", late):
        made = revoke_grant(village.services, "gr-1", "tester")

    assert made.decided == 0
    assert village.services.catalogue.clips.get(kept.name) == kept.clip


def test_looking_again_at_what_is_gone_names_its_tombstone(town: Town) -> None:
    town.grant()
    town.keep("first")
    (stone,) = revoke_grant(town.services, "gr-1", "tester").finished.settled

    with pytest.raises(EvidenceDisposedError, match=stone.tombstone_id):
        plan_reanalysis(town.services, Scope(clips=(stone.digest,)), Eyes(MODEL, SETTINGS))


def test_everything_goes_and_a_signed_tombstone_stays(town: Town) -> None:
    town.grant()
    first, second = town.keep("first"), town.keep("second", minutes=5)
    town.between(first, second)
    town.attach(town.open_incident(), first)
    report = town.report(first)

    made = revoke_grant(town.services, "gr-1", "tester")

    assert made.finished.failed == ()
    assert town.objects() == (set(), set())
    assert set(tables_of(town.services).values()) == {0}
    assert [path.name for path in report.iterdir()] == ["withdrawn.txt"]
    assert len(made.finished.settled) == 2
    for stone in made.finished.settled:
        signed = town.services.catalogue.disposals.signed(stone.tombstone_id)
        assert signed.tombstone == stone
        assert town.services.keys.is_signed(canonical_form(stone), signed.signature, signed.key_id)
        assert (stone.reason, stone.authority) == (DisposalReason.REVOKED, "gr-1 v2")
    assert town.services.catalogue.disposals.tasks() == ()
    records = list(town.services.catalogue.custody.records())
    disposed = [one.entry for one in records if one.entry.action is CustodyAction.DISPOSED]
    assert {entry.subject for entry in disposed} == {digest_of("first"), digest_of("second")}
    town.require_whole_log()


def test_after_it_no_read_succeeds_and_each_names_the_tombstone(town: Town) -> None:
    town.grant()
    kept = town.keep()
    assert kept.highlight is not None
    revoke_grant(town.services, "gr-1", "tester")
    (stone,) = town.services.catalogue.disposals.of_grant("gr-1")
    services, catalogue = town.services, town.services.catalogue

    def open_path() -> None:
        with services.originals.path_of(kept.clip.item.digest):
            raise AssertionError("it was opened")

    reads: tuple[Callable[[], object], ...] = (
        lambda: services.originals.read(kept.clip.item.digest),
        lambda: services.originals.size(kept.clip.item.digest),
        open_path,
        *(partial(services.derivatives.read, digest) for digest in kept.highlight.digests),
        lambda: catalogue.clips.get(kept.name),
        partial(catalogue.highlights.get, kept.highlight.highlight_id),
        lambda: catalogue.search.get(kept.events[0].event_id),
    )
    for read in reads:
        with pytest.raises(EvidenceDisposedError) as caught:
            read()
        assert caught.value.tombstone_id == stone.tombstone_id
    desk = services.consent(PURPOSE, RECIPIENT)
    with pytest.raises(ConsentRevokedError):
        desk.require(Use.EXPORT, a_camera(), EVENING)
    with pytest.raises(EvidenceNotFoundError) as never_there:
        services.originals.read(digest_of("never there"))
    assert not isinstance(never_there.value, EvidenceDisposedError)


def test_what_another_grant_covers_stays_until_that_one_goes_too(town: Town) -> None:
    town.grant()
    town.grant(grant_id="gr-2", purpose="burglary")
    kept = town.keep()

    assert revoke_grant(town.services, "gr-1", "tester").finished.settled == ()
    assert town.services.originals.read(kept.clip.item.digest) == b"clip"

    (stone,) = revoke_grant(town.services, "gr-2", "tester").finished.settled
    assert stone.authority == "gr-1 v2"
    assert town.objects() == (set(), set())


def test_bytes_that_another_acquisition_names_stay_with_it(town: Town) -> None:
    town.services.catalogue.cameras.save([a_camera(camera_id=OTHER)])
    town.grant()
    town.grant(grant_id="gr-2", camera_ids=(OTHER,))
    ours = town.keep("same")
    theirs = town.keep("same", camera_id=OTHER, grant_id="gr-2")

    (stone,) = revoke_grant(town.services, "gr-1", "tester").finished.settled

    assert stone.has_shared_bytes
    assert town.services.originals.read(digest_of("same")) == b"same"
    assert town.services.catalogue.clips.get(theirs.name) == theirs.clip
    with pytest.raises(EvidenceDisposedError):
        town.services.catalogue.clips.get(ours.name)


def test_a_neighbour_of_another_grant_keeps_its_own_and_loses_what_lay_between(town: Town) -> None:
    """The picture of both doorsteps shows the earlier clip."""
    town.grant(covers_from=EVENING - timedelta(hours=1), expires_at=EVENING + timedelta(minutes=3))
    town.grant(grant_id="gr-2", granted_at=EVENING, covers_from=EVENING + timedelta(minutes=4))
    earlier, later = town.keep("earlier"), town.keep("later", minutes=5, grant_id="gr-2")
    event, highlight = town.between(earlier, later)

    revoke_grant(town.services, "gr-1", "tester")

    assert town.services.catalogue.highlights.get(later.highlight.highlight_id) == later.highlight  # type: ignore[union-attr]
    assert town.services.catalogue.search.get(later.events[0].event_id).event == later.events[0]
    for gone in (
        lambda: town.services.catalogue.highlights.get(highlight.highlight_id),
        lambda: town.services.catalogue.search.get(event.event_id),
    ):
        with pytest.raises(EvidenceDisposedError):
            gone()
    assert event.since is not None
    assert not town.services.derivatives.has(event.since.picture)


def test_a_deletion_that_fails_stays_on_the_list_and_nothing_reads_meanwhile(
    village: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.grant()
    one, two = village.keep("one"), village.keep("two", minutes=5)
    stuck = one.clip.item.digest
    delete = type(village.services.originals).delete

    def sometimes(store: object, digest: str) -> bool:
        if digest == stuck:
            raise StorageError("delete an object", "it is locked")
        return delete(store, digest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(type(village.services.originals), "delete", sometimes)
        made = revoke_grant(village.services, "gr-1", "tester")
    assert len(made.finished.failed) == 1
    assert "it is locked" in made.finished.failed[0]
    assert [stone.digest for stone in made.finished.settled] == [two.clip.item.digest]
    with pytest.raises(EvidenceDisposedError):
        village.services.catalogue.clips.get(one.name)

    finished = finish_revocations(village.services)
    assert [stone.digest for stone in finished.settled] == [stuck]
    assert village.objects() == (set(), set())


def test_a_second_place_that_is_away_stops_no_revocation_and_is_written_later(village: Town) -> None:
    village.grant()
    village.keep()
    place = village.settings.store.checkpoint_directory
    assert place is not None
    place.write_text("a file is in the way")

    made = revoke_grant(village.services, "gr-1", "tester")

    assert len(made.finished.settled) == 1
    assert made.finished.failed
    assert village.services.catalogue.disposals.tasks(Leftover.SECOND_PLACE)
    place.unlink()
    assert finish_revocations(village.services).failed == ()
    assert [path.name for path in (place / "revocations").iterdir()] == ["gr-1-v2.json"]
    assert len(list((place / "tombstones").iterdir())) == 1


def test_while_somebody_reads_the_catalogue_its_unused_space_waits_for_the_next_run(village: Town) -> None:
    village.grant()
    village.keep()
    disposals = village.services.catalogue.disposals
    with patch.object(Catalogue, "forget_old_pages", side_effect=CatalogueLockedError("a reader is there")):
        made = revoke_grant(village.services, "gr-1", "tester")

    assert [line for line in made.finished.failed if "a reader is there" in line]
    assert [task.kind for task in disposals.tasks()] == [Leftover.UNUSED_SPACE]
    assert finish_revocations(village.services).failed == ()
    assert disposals.tasks() == ()


def test_a_grant_that_was_narrowed_lets_go_of_what_it_no_longer_covers(village: Town) -> None:
    grant = village.grant()
    early, late = village.keep("early"), village.keep("late", minutes=60)
    narrowed = replace(grant, version=2, covers_from=EVENING + timedelta(minutes=30))
    village.services.catalogue.grants.add(sign_grant(narrowed, village.services.key), ())

    report = sweep(village.services)

    assert [(line.acquisition_id, line.why) for line in report.gone] == [
        (early.name, "the grant was narrowed and no longer covers it (gr-1 v2)")
    ]
    assert village.services.catalogue.clips.get(late.name) == late.clip


def test_on_the_word_of_a_grant_that_is_not_signed_nothing_is_deleted(village: Town) -> None:
    grant = village.grant()
    kept = village.keep()
    forged = replace(sign_grant(grant, village.services.key), grant=replace(grant, version=2, revoked_at=EVENING))
    village.services.catalogue.grants.add(forged, ())

    report = sweep(village.services)

    assert report.gone == ()
    assert [line.acquisition_id for line in report.doubtful] == [kept.name]
    assert village.services.originals.read(kept.clip.item.digest) == b"clip"


def test_the_same_bytes_may_come_back_under_a_new_grant(village: Town) -> None:
    village.grant()
    village.keep()
    revoke_grant(village.services, "gr-1", "tester")
    village.grant(grant_id="gr-2", camera_ids=(CAMERA,))
    again = village.keep(grant_id="gr-2")
    assert village.services.originals.read(again.clip.item.digest) == b"clip"
    assert village.services.catalogue.clips.get(again.name) == again.clip


@pytest.mark.parametrize("name", ["EV-01", "EV-01.zip"])
def test_packages_that_lie_in_the_store_go_and_stay_named_as_handed_out(town: Town, name: str) -> None:
    town.grant()
    kept = town.keep()
    folder = town.settings.store.directory / "packages"
    lying = folder / name
    if name.endswith(".zip"):
        folder.mkdir()
        lying.write_bytes(b"an original is inside")
    else:
        (lying / "data" / "originals").mkdir(parents=True)
        (lying / "data" / "originals" / "one.mp4").write_bytes(b"an original")
    (folder / "EV-02.zip").write_bytes(b"of somebody else")
    (folder / ".doorstep-export").mkdir()
    (folder / ".doorstep-export" / "half.mp4").write_bytes(b"a killed export left this")
    made = Disclosure(
        package_id="EV-01",
        incident_id="in-1",
        recipient=RECIPIENT,
        purpose=PURPOSE,
        at=town.clock.now(),
        agent="tester",
        tag_manifest=digest_of("package"),
        acquisition_ids=(kept.name,),
    )
    town.services.catalogue.disclosures.save(made, ())

    revoked = revoke_grant(town.services, "gr-1", "tester")

    assert revoked.finished.withdrawn == (f"packages/{name}",)
    assert sorted(path.name for path in folder.iterdir()) == ["EV-01.withdrawn.txt", "EV-02.zip"]
    assert town.services.catalogue.disclosures.of_acquisitions([kept.name]) == (made,)
    (record,) = town.services.catalogue.custody.records(subject="EV-01")
    assert (record.entry.action, record.entry.detail["why"]) == (
        CustodyAction.PACKAGE_WITHDRAWN,
        "EvidenceDisposedError",
    )


def test_looking_again_at_what_is_gone_says_so_also_by_the_beginning_of_its_digest(village: Town) -> None:
    village.grant()
    digest = village.keep().clip.item.digest
    revoke_grant(village.services, "gr-1", "tester")
    for asked in (digest, digest[:12], digest[:8].upper()):
        with pytest.raises(EvidenceDisposedError) as caught:
            plan_reanalysis(village.services, Scope(clips=(asked,)), Eyes(MODEL, SETTINGS))
        assert caught.value.digest == digest
    for asked in ("0" * 12, digest[:7], "%" * 12):
        with pytest.raises(RecordNotFoundError):
            plan_reanalysis(village.services, Scope(clips=(asked,)), Eyes(MODEL, SETTINGS))


def test_the_settings_of_a_result_go_with_the_last_result_that_names_them(village: Town) -> None:
    village.services.catalogue.cameras.save([a_camera(camera_id=OTHER)])
    village.grant()
    village.grant(grant_id="gr-2", camera_ids=(OTHER,))
    text = b'{"zones":[]}'
    analyses = village.services.catalogue.analyses
    for kept in (village.keep(), village.keep("other", camera_id=OTHER, grant_id="gr-2")):
        again = replace(analyses.newest(kept.name), settings_digest=sha256(text).hexdigest())
        analyses.save(kept.name, again, (), [], village.clock.now(), Beside(settings=text))
    assert analyses.settings_of(sha256(text).hexdigest()) == text
    revoke_grant(village.services, "gr-1", "tester")
    assert analyses.settings_of(sha256(text).hexdigest()) == text
    revoke_grant(village.services, "gr-2", "tester")
    assert analyses.settings_of(sha256(text).hexdigest()) == b""
