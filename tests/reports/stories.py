"""A night and an incident to report on."""

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.domain.cameras import Camera, FetchOutcome
from pipeline.domain.events import CannotTell, Event, EventKind, InferredEvent
from pipeline.domain.evidence import Acquisition, Recipe
from pipeline.domain.incidents import Attachment, EvidencePicture, Highlight, Incident, Role
from pipeline.domain.second_opinion import Standing
from pipeline.domain.tracks import Box, ModelIdentity
from pipeline.domain.video import (
    CameraClock,
    ClipSpan,
    ClockSource,
    SamplingReport,
    SkippedSpan,
    SkipReason,
    Timestamp,
)
from pipeline.errors import EvidenceNotFoundError
from pipeline.reports import (
    Agency,
    Attention,
    AttentionKind,
    CameraCoverage,
    CameraNight,
    IncidentReport,
    KindCount,
    MorningReport,
    NightHighlight,
    NightIncident,
    OpinionCount,
    OutcomeCount,
    ReasonCount,
    ReportedEvent,
    ReportedHighlight,
    SilentClip,
)

START = datetime(2026, 3, 10, 22, 30, 0, 400_000, tzinfo=UTC)
MADE = datetime(2026, 3, 11, 5, 2, 11, tzinfo=UTC)
BASE = Fraction(1, 90_000)
CLIP = "c1" * 32
ZONE = "Europe/Berlin"
AGENCY = Agency("Oak Street police", "555 0100", "911")
MODEL = ModelIdentity("nanodet-m-416", "4b" * 32)
CAMERA = Camera(
    "ring:1001", "ring-a", "Front door", "resident-ann", has_plan=True, time_zone=ZONE, position=(52.52, 13.4)
)
EVERY = tuple(EventKind)


def stamp(seconds: float) -> Timestamp:
    return Timestamp(round(seconds * 90_000), BASE)


def an_event(kind: EventKind, start: float, end: float, sentence: str, **changes: Any) -> ReportedEvent:
    facts: dict[str, Any] = {
        "kind": kind,
        "span": ClipSpan(stamp(start), stamp(end)),
        "score": 0.83,
        "sentence": sentence,
    }
    event = Event(f"ev-{kind.value}", CLIP, CAMERA.camera_id, InferredEvent(**(facts | changes)))
    return ReportedEvent(event, START + timedelta(seconds=start), START + timedelta(seconds=end))


VISIT = an_event(EventKind.PERSON_VISIT, 4, 13, "A person came into view, stood at the door and left.")
PICKED = an_event(
    EventKind.PACKAGE_PICKED_UP,
    8,
    9.5,
    "A parcel that lay at the door was gone after a person had stood over it.",
    region=Box(700, 500, 820, 600),
    zone="door",
)
UNCLEAR = an_event(EventKind.PACKAGE_DELIVERED, 20, 24, "Something came.", reason=CannotTell.TOO_DARK, score=0.41)
RECIPE = Recipe(CLIP, 180_000, 1_350_000, "1/90000", "trim=...", "c:v=libx264 crf=23", "doorstep 0.1.0, ffmpeg 5.1.9")


class Store:
    """Objects by digest, as the evidence store gives them."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def add(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.objects[digest] = content
        return digest

    def read(self, digest: str) -> bytes:
        if digest not in self.objects:
            raise EvidenceNotFoundError(digest)
        return self.objects[digest]


def a_picture(shade: int, high: int = 90) -> bytes:
    done, encoded = cv2.imencode(".jpg", np.full((high, 160, 3), shade, np.uint8))
    assert done
    return encoded.tobytes()


def a_highlight(store: Store, number: int, events: tuple[ReportedEvent, ...]) -> Highlight:
    return Highlight(
        highlight_id=f"hl-{number:020x}",
        clip=CLIP,
        event_ids=tuple(part.event.event_id for part in events),
        span=ClipSpan(stamp(2), stamp(15)),
        digest=store.add(b"no real film %d" % number),
        poster=store.add(a_picture(40 + number)),
        contact_sheet=store.add(a_picture(90 + number)),
        tags=store.add(b"{}%d" % number),
        recipe=RECIPE,
        pictures=tuple(
            EvidencePicture(
                part.event.event_id,
                role,
                part.event.inferred.span.start,
                store.add(a_picture(120 + step, 60)),
                store.add(a_picture(140 + step)),
            )
            for part in events
            for step, role in enumerate(Role)
        ),
    )


def a_sampling() -> SamplingReport:
    return SamplingReport(
        sampled=tuple(stamp(second / 2) for second in range(34)),
        frames_decoded=903,
        decode_errors=2,
        skipped=(
            SkippedSpan(ClipSpan(stamp(17), stamp(28)), SkipReason.STILL),
            SkippedSpan(ClipSpan(stamp(28), stamp(28.4)), SkipReason.NOT_DECODED),
        ),
        shortest_missable=Fraction(1, 2),
        last=stamp(30),
        decoder="PyAV 18.1.0",
    )


def an_incident(**changes: Any) -> Incident:
    facts: dict[str, Any] = {
        "incident_id": "in-0f3a9b2c71de",
        "title": "Package taken from a porch",
        "narrative": "A resident says that a parcel delivered in the afternoon was gone by the next morning.",
        "place": (52.5203, 13.4002),
        "radius": 150.0,
        "starts_at": datetime(2026, 3, 10, 20, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 3, 11, 4, 0, tzinfo=UTC),
        "kinds": (EventKind.PACKAGE_PICKED_UP, EventKind.OBJECT_REMOVED),
        "purpose": "package theft",
        "recipient": "Oak Street police",
        "opened_at": datetime(2026, 3, 11, 4, 30, tzinfo=UTC),
        "case_number": "26-0311-07",
    }
    return Incident(**(facts | changes))


def a_reported_highlight(
    store: Store, number: int = 1, events: tuple[ReportedEvent, ...] = (VISIT, PICKED), **changes: Any
) -> ReportedHighlight:
    highlight = a_highlight(store, number, events)
    reason = "package picked up at 2026-03-10 22:30:08 UTC, 36 m from the place, inside the window"
    facts: dict[str, Any] = {
        "attachment": Attachment(an_incident().incident_id, highlight.highlight_id, reason, MADE),
        "highlight": highlight,
        "events": events,
        "camera": CAMERA,
        "metres": 36.4,
        "clock": CameraClock(START, ClockSource.VENDOR, timedelta(seconds=2)),
        "first": stamp(0),
        "grant_id": "gr-20c1",
        "grant_version": 2,
        "model": MODEL,
        "sampling": a_sampling(),
        "acquisition": Acquisition(
            "aq-1", CLIP, CAMERA.camera_id, "7311", "ring_share_link", "gr-20c1", 2, "ring_doorbell 0.9.14", START, MADE
        ),
    }
    return ReportedHighlight(**(facts | changes))


def an_incident_report(store: Store, **changes: Any) -> IncidentReport:
    facts: dict[str, Any] = {
        "incident": an_incident(),
        "agency": AGENCY,
        "time_zone": ZONE,
        "made_at": MADE,
        "made_by": "doorstep 0.1.0",
        "highlights": (a_reported_highlight(store), a_reported_highlight(store, 2, (UNCLEAR,))),
        "coverage": (
            CameraCoverage(
                CAMERA.camera_id,
                CAMERA.name,
                granted=True,
                why="grant gr-20c1 version 2, until 9 Apr 2026",
                triggers=6,
                outcomes=(
                    OutcomeCount(FetchOutcome.READY, 4),
                    OutcomeCount(FetchOutcome.NOT_READY, 1, "six tries over four minutes"),
                    OutcomeCount(FetchOutcome.NONE_RECORDED, 1),
                ),
            ),
            CameraCoverage("ring:1002", "Side gate", granted=False, why="no live grant", triggers=0),
        ),
        "silent_clips": (
            SilentClip("d4" * 32, "Front door", ZONE, START - timedelta(hours=1), Fraction(30), 15, Fraction(2)),
            SilentClip(
                "e5" * 32, "Front door", ZONE, START - timedelta(minutes=7), Fraction(61, 2), 22, Fraction(1, 2)
            ),
        ),
    }
    return IncidentReport(**(facts | changes))


def a_morning_report(store: Store, **changes: Any) -> MorningReport:
    taken, unclear = a_highlight(store, 1, (VISIT, PICKED)), a_highlight(store, 2, (UNCLEAR,))
    facts: dict[str, Any] = {
        "night": "2026-03-11",
        "window": (START.replace(hour=0), MADE.replace(hour=0, minute=0)),
        "time_zone": ZONE,
        "agency": AGENCY,
        "started_at": MADE - timedelta(minutes=21),
        "ended_at": MADE,
        "is_complete": True,
        "made_by": "doorstep 0.1.0",
        "models": (MODEL,),
        "merged": ("2026-03-10",),
        "cameras": (
            CameraNight(
                CAMERA.camera_id,
                CAMERA.name,
                granted=True,
                grant="grant gr-20c1 version 2",
                triggers=9,
                outcomes=(
                    OutcomeCount(FetchOutcome.READY, 6),
                    OutcomeCount(FetchOutcome.NONE_RECORDED, 2),
                    OutcomeCount(FetchOutcome.TRUNCATED, 1, "3 of 8 MB"),
                ),
                analysed=6,
                silent=3,
                unreadable=1,
                events=(KindCount(EventKind.PERSON_VISIT, 2), KindCount(EventKind.PACKAGE_PICKED_UP, 1)),
                cannot_tell=(ReasonCount(EventKind.PACKAGE_DELIVERED, CannotTell.TOO_DARK, 1),),
                highlights=2,
                opinions=(OpinionCount(Standing.AGREE, 4), OpinionCount(Standing.CONTRADICT, 2)),
            ),
            CameraNight(
                "ring:1002", "Side gate", granted=False, grant="shared with the account, not granted", triggers=3
            ),
        ),
        "highlights": (
            NightHighlight(taken, (VISIT, PICKED), CAMERA.name, ZONE, (("in-0f3a9b2c71de", "36 m from the place"),)),
            NightHighlight(unclear, (UNCLEAR,), CAMERA.name, ZONE),
        ),
        "incidents": (
            NightIncident("in-0f3a9b2c71de", "Package taken", (taken.highlight_id,), "in-0f3a9b2c71de/report.html"),
        ),
        "attention": (
            Attention(AttentionKind.LINK_AGAIN, "The account of Side gate is refused.", "Run `doorstep ring link`."),
            Attention(AttentionKind.CONFIRM, "A highlight was attached.", "Confirm it.", taken.highlight_id),
        ),
        "stage_seconds": (("sampling", 81.2), ("detection", 240.0)),
    }
    return MorningReport(**(facts | changes))


def words_of(paper: Path) -> str:
    """What stands on a paper, by poppler-utils."""
    program = shutil.which("pdftotext")
    assert program, "pdftotext is missing: install what the Makefile names as PACKAGES"
    said = subprocess.run([program, "-layout", str(paper), "-"], capture_output=True, text=True, check=True)
    return " ".join(said.stdout.split())
