"""Whose recordings a package is made of, so that it goes with each of them."""

import json
from dataclasses import replace
from datetime import time, timedelta
from fractions import Fraction
from typing import Any, cast

import pytest

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.consent import DailyHours, Pause
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.events import EarlierLook, Event, EventKind
from pipeline.domain.evidence import Disclosure
from pipeline.domain.search import FoundEvent
from pipeline.domain.video import Timestamp
from pipeline.errors import ConsentOutOfScopeError, ConsentRevokedError
from pipeline.night.leaving_notes import note_leaving, withdrawn_entry
from pipeline.packages.contents import Contents, PackedClip, gather, not_had
from pipeline.packages.documents import coverage
from pipeline.packages.still_granted import require_still_granted, told_of
from pipeline.reports import IncidentReport
from pipeline.retention.disposal import finish_disposals
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import MODEL, NIGHT, SETTINGS, a_camera, a_clip, a_trigger, digest_of, inferred
from tests.retention.conftest import disk_settings, village
from tests.retention.story import Town

__all__ = ["disk_settings", "village"]
LATE = ("late 5", "late 10", "late 40")


def test_what_went_between_two_clips_is_made_of_the_earlier_one_too() -> None:
    """No highlight need show it: it stands among the events of the later clip."""
    earlier, later = a_clip("earlier"), a_clip("later", minutes=5)
    since = EarlierLook(
        clip=earlier.item.digest,
        acquisition_id=earlier.acquisition.acquisition_id,
        at=Timestamp(900, Fraction(1, 90_000)),
        moment=EVENING,
        uncertainty=timedelta(seconds=1),
        stills=(digest_of("one"), digest_of("two")),
        picture=digest_of("both"),
    )
    gone = Event("ev-0", later.item.digest, "ring:1001", inferred(EventKind.PACKAGE_PICKED_UP), since)
    seen = replace(gone, event_id="ev-1", since=None)
    name = later.acquisition.acquisition_id
    found = [FoundEvent(one, name, "Door", EVENING, EVENING, later.clock, MODEL, SETTINGS) for one in (seen, gone)]
    packed = PackedClip(later, a_camera(), (), tuple(found))
    nothing = cast(IncidentReport, cast(Any, None))

    assert Contents("EV-1", nothing, EVENING, (packed,), ()).acquisition_ids == tuple(
        sorted((name, earlier.acquisition.acquisition_id))
    )
    assert Contents("EV-1", nothing, EVENING, (replace(packed, events=(found[0],)),), ()).acquisition_ids == (name,)


def test_an_original_whose_end_is_not_granted_stays_here(village: Town) -> None:
    """It begins at 22:30 and lasts ten seconds; the grant ends its day seven seconds after that."""
    hours = (DailyHours(time(22), time(22, 30, 7)),)
    village.grant(hours=hours)
    kept, incident = village.keep(), village.open_incident()
    village.attach(incident, kept)
    (part,) = gather(village.services, incident.incident_id, village.clock.now()).clips
    assert part.withheld == "no grant lets the whole recording out"

    village.grant(version=2, hours=(DailyHours(time(22), time(23)),))
    (part,) = gather(village.services, incident.incident_id, village.clock.now()).clips
    assert part.withheld == ""


def test_an_original_with_a_pause_inside_stays_here_and_so_does_a_highlight(village: Town) -> None:
    """Both ends of the recording are granted; two of its ten seconds were recorded in a pause."""
    kept, incident = village.keep(), village.open_incident()
    village.grant(pauses=(Pause(EVENING + timedelta(seconds=7), EVENING + timedelta(seconds=8)),))
    village.attach(incident, kept)
    (part,) = gather(village.services, incident.incident_id, village.clock.now()).clips
    assert part.withheld == "no grant lets the whole recording out"

    village.grant(version=2, pauses=(Pause(EVENING + timedelta(seconds=2), EVENING + timedelta(seconds=3)),))
    with pytest.raises(ConsentOutOfScopeError, match="while it was paused"):
        gather(village.services, incident.incident_id, village.clock.now())


def test_a_recording_that_did_not_come_is_named_with_its_moment_as_far_as_a_grant_lets_it_be_told(
    village: Town,
) -> None:
    village.grant(hours=(DailyHours(time(22), time(22, 50)),))
    kept, incident = village.keep(), village.open_incident(place=(51.5, -0.12))
    village.attach(incident, kept)
    catalogue = village.services.catalogue
    late = [a_trigger(f"late {minutes}", at=EVENING + timedelta(minutes=minutes)) for minutes in (5, 10, 40)]
    catalogue.triggers.save(late)
    encrypted = CoverageRow(NIGHT, CAMERA, FetchOutcome.ENCRYPTED, EVENING, late[0].trigger_id, "end to end")
    catalogue.coverage.record([encrypted])

    contents = gather(village.services, incident.incident_id, village.clock.now())
    told = json.loads(coverage(contents, {}, not_had(village.services, contents)))["recordings_not_had"]

    assert [(one["trigger_id"], one["outcome"], one["why"]) for one in told if one["trigger_id"] in LATE] == [
        ("late 5", "encrypted", "end to end"),
        ("late 10", "not asked", ""),
    ]


def test_a_fact_that_no_highlight_shows_is_asked_about_again_before_it_leaves(village: Town) -> None:
    visit, delivery = EventKind.PERSON_VISIT, EventKind.PACKAGE_DELIVERED
    village.grant()
    kept = village.keep(found=(inferred(visit), inferred(delivery)))
    shown = village._highlight(kept.clip, kept.events[1:], "delivery alone")
    incident = village.open_incident()
    village.attach(incident, replace(kept, highlight=shown))
    contents = gather(village.services, incident.incident_id, village.clock.now())
    require_still_granted(village.services, contents)

    village.grant(version=2, event_kinds=(delivery,), whole_recordings=True)

    with pytest.raises(ConsentOutOfScopeError, match=str(visit)):
        require_still_granted(village.services, contents)
    require_withdrawn(village, contents)

    village.grant(version=3, event_kinds=(visit, delivery))

    with pytest.raises(ConsentOutOfScopeError, match="whole recording"):
        require_still_granted(village.services, contents)


def test_a_silent_recording_is_asked_about_again_before_it_is_told_of(village: Town) -> None:
    village.grant()
    kept, incident = village.keep(), village.open_incident(place=(51.5, -0.12))
    village.keep("silent", minutes=5, with_events=False)
    village.attach(incident, kept)
    contents = gather(village.services, incident.incident_id, village.clock.now())
    assert len(contents.report.silent_clips) == 1
    require_still_granted(village.services, contents)

    village.grant(version=2, hours=(DailyHours(time(22), time(22, 33)),))

    with pytest.raises(ConsentOutOfScopeError, match="outside its hours"):
        require_still_granted(village.services, contents)
    require_withdrawn(village, contents)


def test_a_package_that_the_log_says_was_withdrawn_goes_although_it_is_granted_again(village: Town) -> None:
    """Whoever wrote that was killed before they took it away."""
    village.grant()
    kept, incident = village.keep(), village.open_incident()
    village.attach(incident, kept)
    contents = gather(village.services, incident.incident_id, village.clock.now())
    require_withdrawn(village, contents, is_written=True)


def require_withdrawn(village: Town, contents: Contents, *, is_written: bool = False) -> None:
    """A killed export left it visible: the next run asks the same, and takes it away."""
    target = village.settings.store.directory / "handed out" / contents.package_id
    target.mkdir(parents=True)
    disclosure = Disclosure(
        contents.package_id,
        contents.incident.incident_id,
        contents.incident.recipient,
        contents.incident.purpose,
        contents.moment,
        "kim",
        digest_of("tags"),
        acquisition_ids=contents.acquisition_ids,
        originals=tuple(part.clip.item.digest for part in contents.originals),
        highlight_ids=tuple(one.highlight_id for one in contents.highlights),
    )
    village.services.catalogue.disclosures.save(disclosure, [])
    if is_written:
        entry = withdrawn_entry(village.services, disclosure, "kim", ConsentRevokedError(CAMERA, "gr-1"))
        village.services.catalogue.custody.append((entry,))
    note_leaving(village.services, contents.package_id, target, told_of(contents))

    finished = finish_disposals(village.services)

    assert (finished.withdrawn, finished.failed) == ((contents.package_id,), ())
    assert not target.exists()
