"""A town with real bytes in its stores: clips with all that is made of them, incidents, reports and grants."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.catalogue import Gap
from pipeline.catalogue.analyses import Beside
from pipeline.consent.grants import sign_grant
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.doorstep import KeptStill, Side
from pipeline.domain.events import EarlierLook, Event, EventKind, InferredEvent
from pipeline.domain.evidence import CustodyAction, EvidenceItem
from pipeline.domain.incidents import Attachment, EvidencePicture, Highlight, Incident, Role
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.evidence.custody_check import verify_log
from pipeline.night.services import Services, open_services
from pipeline.retention.revocation import save_grant
from pipeline.settings import Settings
from tests.builders import CAMERA, EVENING, a_grant
from tests.catalogue.stories import (
    MODEL,
    NIGHT,
    SETTINGS,
    a_camera,
    a_clip,
    a_highlight,
    an_account,
    an_analysis,
    an_entry,
    an_incident,
    at,
    digest_of,
    inferred,
)


@dataclass
class Clock:
    """The machine's clock, as a test sets it."""

    at: datetime = EVENING + timedelta(hours=9)

    def now(self) -> datetime:
        return self.at

    def jump(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Kept:
    """A clip that is kept, with all that was made of it."""

    clip: AcquiredClip
    events: tuple[Event, ...] = ()
    highlight: Highlight | None = None
    objects: dict[str, bytes] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.clip.acquisition.acquisition_id


@dataclass
class Town:
    services: Services
    clock: Clock
    settings: Settings

    def grant(self, **changes: Any) -> ConsentGrant:
        grant = a_grant(**changes)
        save_grant(self.services, sign_grant(grant, self.services.key), CustodyAction.GRANT_SIGNED, "tester")
        return grant

    def keep(
        self,
        words: str = "clip",
        *,
        minutes: int = 0,
        with_events: bool = True,
        camera_id: str = CAMERA,
        found: tuple[InferredEvent, ...] = (inferred(EventKind.PERSON_VISIT),),
        **changes: Any,
    ) -> Kept:
        """A clip whose bytes are ``words``; ``changes`` are of its acquisition."""
        clip = a_clip(words, camera_id, minutes)
        clip = replace(
            clip,
            item=EvidenceItem(clip.item.digest, len(words.encode())),
            acquisition=replace(clip.acquisition, **changes),
        )
        self.services.originals.put(words.encode())
        self.services.catalogue.clips.add(clip, [an_entry(clip.item.digest)])
        analysis, events = an_analysis(clip, *(found if with_events else ()))
        stills = tuple(self._still(clip, side) for side in Side)
        self.services.catalogue.analyses.save(
            clip.acquisition.acquisition_id, analysis, events, [], self.clock.now(), Beside(stills)
        )
        kept = Kept(clip, events)
        if events:
            kept.highlight = self._highlight(clip, events)
        return kept

    def between(self, earlier: Kept, later: Kept) -> tuple[Event, Highlight]:
        """An event between two clips, with its picture of both and its highlight of the later."""
        gap = Gap(earlier.name, later.name, MODEL.digest, SETTINGS)
        picture = self.services.derivatives.put(f"beside {earlier.name}".encode()).digest
        since = EarlierLook(
            clip=earlier.clip.item.digest,
            acquisition_id=earlier.name,
            at=Timestamp(900, Fraction(1, 90_000)),
            moment=earlier.clip.clock.starts_at,
            uncertainty=timedelta(seconds=1),
            stills=(digest_of("one"), digest_of("two")),
            picture=picture,
        )
        name = f"ev-{digest_of(f'between {earlier.name}')[:20]}"
        gone = inferred(EventKind.PACKAGE_PICKED_UP)
        event = Event(name, later.clip.item.digest, later.clip.acquisition.camera_id, gone, since)
        now = self.clock.now()
        self.services.catalogue.comparisons.save(gap, (event,), later.clip.clock.starts_at, [], now)
        return event, self._highlight(later.clip, (event,), "between")

    def attach(self, incident: Incident, kept: Kept, **changes: Any) -> None:
        assert kept.highlight is not None
        one = Attachment(incident.incident_id, kept.highlight.highlight_id, "it fits", self.clock.now(), **changes)
        self.services.catalogue.incidents.attach(one, [an_entry(kept.highlight.highlight_id)])

    def open_incident(self, incident_id: str = "in-1", **changes: Any) -> Incident:
        """Far from every camera, so that only what is attached belongs to it."""
        incident = an_incident(incident_id, **{"place": (10.0, 10.0), "opened_at": self.clock.now(), **changes})
        self.services.catalogue.incidents.save(incident)
        return incident

    def report(self, kept: Kept, night: str = NIGHT) -> Path:
        """A night's report as it lies on disk, with a copy of the highlight."""
        assert kept.highlight is not None
        folder = self.services.settings.store.directory / "reports" / night
        (folder / "media").mkdir(parents=True, exist_ok=True)
        (folder / "media" / f"{kept.highlight.highlight_id}.mp4").write_bytes(b"a copy")
        (folder / "morning.html").write_text(f"<p>{kept.highlight.highlight_id}</p>")
        (folder / "morning.json").write_text(json.dumps({"highlights": [kept.highlight.highlight_id]}))
        return folder

    def objects(self) -> tuple[set[str], set[str]]:
        return set(self.services.originals.digests()), set(self.services.derivatives.digests())

    def require_whole_log(self) -> int:
        """The custody log is whole; how many records."""
        return verify_log(self.services.catalogue.custody, self.services.keys).head.size

    def _still(self, clip: AcquiredClip, side: Side) -> KeptStill:
        digest = self.services.derivatives.put(f"still {side} {clip.acquisition.acquisition_id}".encode()).digest
        return KeptStill(
            acquisition_id=clip.acquisition.acquisition_id,
            clip=clip.item.digest,
            camera_id=clip.acquisition.camera_id,
            model_digest=MODEL.digest,
            settings_digest=SETTINGS,
            side=side,
            span=ClipSpan(at(0), at(1)),
            starts_at=clip.clock.starts_at,
            ends_at=clip.clock.starts_at + timedelta(seconds=1),
            digest=digest,
            seen=1.0,
            recipe=a_highlight(clip, *an_analysis(clip, inferred(EventKind.PERSON_VISIT))[1]).recipe,
        )

    def _highlight(self, clip: AcquiredClip, events: tuple[Event, ...], name: str = "one") -> Highlight:
        made = a_highlight(clip, *events, name=name)
        put = self.services.derivatives.put

        def part(kind: str) -> str:
            return put(f"{kind} of {made.highlight_id}".encode()).digest

        picture = EvidencePicture(events[0].event_id, Role.DURING, at(1), part("plain"), part("marked"))
        made = replace(
            made,
            digest=part("mp4"),
            poster=part("poster"),
            contact_sheet=part("sheet"),
            tags=part("tags"),
            pictures=(picture,),
        )
        custody = an_entry(made.highlight_id, CustodyAction.DERIVED)
        self.services.catalogue.highlights.save(clip.acquisition.acquisition_id, NIGHT, made, [custody])
        return made


@contextmanager
def a_town(settings: Settings, clock: Clock | None = None) -> Iterator[Town]:
    """Ann's front door is linked; nothing is granted yet."""
    clock = clock or Clock()
    with open_services(settings, clock.now) as services:
        services.catalogue.accounts.save(an_account(), "hardware", "pseudonym", b"sealed")
        services.catalogue.cameras.save([a_camera()])
        yield Town(services, clock, settings)


def tables_of(services: Services) -> Mapping[str, int]:
    """Rows by table: what an acquisition leaves behind, and what it must not."""
    from sqlalchemy import func, select

    from pipeline.catalogue import tables

    names = ("acquisitions", "items", "analyses", "events", "stills", "comparisons", "highlights", "highlight_events")
    found = {}
    with services.catalogue._database.read() as connection:
        for name in (*names, "attachments", "triggers"):
            query = select(func.count()).select_from(tables.metadata.tables[name])
            found[name] = connection.execute(query).scalar_one()
    return found
