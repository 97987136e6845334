"""Nouns that the catalogue's stories are made of."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from pipeline.catalogue import Catalogue
from pipeline.domain.cameras import Account, Camera, CameraTrigger, TriggerKind
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import ClipAnalysis, Event, EventKind, InferredEvent
from pipeline.domain.evidence import Acquisition, CustodyAction, CustodyEntry, EvidenceItem, Recipe
from pipeline.domain.incidents import Highlight, Incident
from pipeline.domain.tracks import Box, Detection, ModelIdentity, ObjectClass, Sighting, Track
from pipeline.domain.video import CameraClock, ClipProbe, ClipSpan, ClockSource, SamplingReport, Timestamp
from tests.builders import CAMERA, EVENING, PURPOSE, RECIPIENT, RESIDENT

NIGHT = "2026-03-10"
BASE = Fraction(1, 90_000)
MODEL = ModelIdentity("nanodet", hashlib.sha256(b"weights").hexdigest())
SETTINGS = hashlib.sha256(b"settings").hexdigest()
BIG_ID = "7212345678901234567"
"""A trigger id of 19 digits: no float holds it."""


def digest_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def an_entry(subject: str, action: CustodyAction = CustodyAction.ACQUIRED, **changes: Any) -> CustodyEntry:
    return replace(CustodyEntry(EVENING, "pipeline 0.1.0", action, subject), **changes)


def an_account(account_id: str = "ring-ann", resident_id: str = RESIDENT) -> Account:
    return Account(account_id, resident_id, "ring")


def a_camera(account_id: str = "ring-ann", **changes: Any) -> Camera:
    camera = Camera(CAMERA, account_id, "Front door", RESIDENT, True, "Europe/London", (51.5, -0.12))
    return replace(camera, **changes)


def a_trigger(trigger_id: str = BIG_ID, **changes: Any) -> CameraTrigger:
    trigger = CameraTrigger(trigger_id, CAMERA, TriggerKind.DING, EVENING, vendor_labels=("human", "package_delivery"))
    return replace(trigger, **changes)


def a_clip(words: str = "clip", camera_id: str = CAMERA, minutes: int = 0) -> AcquiredClip:
    """A clip whose bytes and trigger are named by ``words``, so many minutes after EVENING."""
    at = EVENING + timedelta(minutes=minutes)
    trigger = a_trigger(f"trigger-{words}", camera_id=camera_id, at=at)
    acquisition = Acquisition(
        acquisition_id=f"aq-{digest_of(camera_id + words)[:20]}",
        digest=digest_of(words),
        camera_id=camera_id,
        trigger_id=trigger.trigger_id,
        method="ring_share_link",
        grant_id="gr-1",
        grant_version=1,
        tool="doorstep 0.1.0",
        started_at=at,
        ended_at=at + timedelta(seconds=2),
        file_name="name \udc80 of the uploader's own",
    )
    clock = CameraClock(at, ClockSource.VENDOR, timedelta(seconds=1))
    return AcquiredClip(EvidenceItem(acquisition.digest, 12_345), acquisition, trigger, clock)


def at(seconds: float) -> Timestamp:
    """A moment so many seconds after the first frame, which lies at 0.5 s of the clip's time line."""
    return Timestamp(round((seconds + 0.5) * 90_000), BASE)


def inferred(kind: EventKind, start: float = 1, end: float = 4, **changes: Any) -> InferredEvent:
    return replace(InferredEvent(kind, ClipSpan(at(start), at(end)), 0.8, f"{kind} was seen", (1,)), **changes)


def an_analysis(
    clip: AcquiredClip, *found: InferredEvent, model: ModelIdentity = MODEL
) -> tuple[ClipAnalysis, tuple[Event, ...]]:
    """What an analysis says, and its events with their ids."""
    sighting = Sighting(at(1), Detection(ObjectClass.PERSON, "person", 0.7, Box(1.5, 2, 30, 40)))
    analysis = ClipAnalysis(
        clip=clip.item.digest,
        model=model,
        settings_digest=SETTINGS,
        probe=ClipProbe("mov", "h264", 1920, 1080, 0, at(0), Fraction(10), 150),
        sampling=SamplingReport((at(0), at(1)), 2, 0, (), Fraction(1, 2), at(10), "av 1"),
        tracks=(Track(1, ObjectClass.PERSON, (sighting,)),),
        events=found,
        mean_luma=88.25,
        stage_seconds=(("detection", 0.1),),
    )
    camera_id = clip.acquisition.camera_id
    events = tuple(
        Event(
            f"ev-{digest_of(f'{camera_id} {clip.item.digest} {number} {model.digest}')[:20]}",
            analysis.clip,
            camera_id,
            one,
        )
        for number, one in enumerate(found)
    )
    return analysis, events


def a_highlight(clip: AcquiredClip, *events: Event, name: str = "one") -> Highlight:
    return Highlight(
        highlight_id=f"hl-{digest_of(name + clip.acquisition.acquisition_id)[:20]}",
        clip=clip.item.digest,
        event_ids=tuple(event.event_id for event in events),
        span=ClipSpan(at(0), at(6)),
        digest=digest_of("mp4"),
        poster=digest_of("poster"),
        contact_sheet=digest_of("sheet"),
        tags=digest_of("tags"),
        recipe=Recipe(clip.item.digest, 1, 2, "1/90000", "scale", "x264", "ffmpeg 8"),
    )


def an_incident(incident_id: str = "in-1", **changes: Any) -> Incident:
    incident = Incident(
        incident_id=incident_id,
        title="Package taken",
        narrative="A parcel is missing.",
        place=(51.5, -0.12),
        radius=200,
        starts_at=EVENING - timedelta(hours=1),
        ends_at=EVENING + timedelta(hours=1),
        kinds=(EventKind.PACKAGE_PICKED_UP,),
        purpose=PURPOSE,
        recipient=RECIPIENT,
        opened_at=EVENING,
    )
    return replace(incident, **changes)


def with_clip(catalogue: Catalogue, clip: AcquiredClip) -> AcquiredClip:
    catalogue.clips.add(clip, [an_entry(clip.acquisition.acquisition_id)])
    return clip


def with_events(catalogue: Catalogue, clip: AcquiredClip, *found: InferredEvent) -> tuple[Event, ...]:
    """The clip, analysed: its events."""
    with_clip(catalogue, clip)
    analysis, events = an_analysis(clip, *found)
    catalogue.analyses.save(clip.acquisition.acquisition_id, analysis, events, [], EVENING)
    return events
