"""A town by chance: cameras, clips, events, people's words and grants, and what of it a question is answered with."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from pipeline.catalogue import AnalysisKey, Gap
from pipeline.catalogue.analyses import Beside
from pipeline.consent.desk import ConsentDesk
from pipeline.consent.grants import sign_grant
from pipeline.domain.agents import Matter
from pipeline.domain.appearance import Colour, ColourMark, ColourWanted, Part
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import DailyHours, FootageSpan, Pause, SignedGrant, Use, Weekday
from pipeline.domain.events import (
    PACKAGE_KINDS,
    CannotTell,
    EarlierLook,
    Event,
    EventKind,
    InferredEvent,
    Verdict,
    Zone,
)
from pipeline.domain.incidents import Attachment
from pipeline.domain.places import Area, Circle
from pipeline.domain.retention import Decision, DisposalReason
from pipeline.domain.search import DayTime, EventFilter, FoundEvent, Sort, TagState, Wanted
from pipeline.domain.tags import MachineStatement, Tag, TagStatus
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.domain.video import CameraClock, ClipSpan, ClockSource
from pipeline.domain.words import searchable
from pipeline.errors import ConsentError
from pipeline.night.services import Services, open_services
from pipeline.night.shown import require_for_event
from pipeline.settings import NightSettings, Settings, StoreSettings
from tests.builders import PURPOSE, RECIPIENT, a_grant
from tests.catalogue.stories import (
    MODEL,
    SETTINGS,
    a_camera,
    a_clip,
    a_highlight,
    an_account,
    an_analysis,
    an_incident,
    at,
)

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
LEFT = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
WORKDAYS = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)
WEEKEND = (Weekday.SATURDAY, Weekday.SUNDAY)
WEEKLY = (DailyHours(time(20), time(7), WORKDAYS), DailyHours(time(9), time(9), WEEKEND))
BEGIN = datetime(2026, 3, 20, tzinfo=UTC)
"""A week before clocks change in Berlin (29 March 2026)."""
ZONE = "Europe/Berlin"
MATTER = Matter("jane", PURPOSE, RECIPIENT, "C-1")
KINDS = (
    EventKind.PERSON_VISIT, EventKind.LOITERING, EventKind.VEHICLE_STOPPED, EventKind.PACKAGE_PICKED_UP,
    EventKind.ANIMAL_PRESENT,
)  # fmt: skip
STREETS = ("12 Oak Street", "14 Oak Street", "3 Elm Road", "")
WORDS = ("person", "stood", "oak", "parcel", "blue van", "package", "garden gate", "nothing like it", "Oak parcel")
_OBJECTS = ((ObjectClass.PERSON, "person"), (ObjectClass.VEHICLE, "truck"), (ObjectClass.ANIMAL, "dog"))
_LEAST = (0.3, 0.5, 0.7)
_SENTENCES = ("A person stood there for {} s.", "A package was taken away.", "A vehicle stopped.", "A dog ran by.")


@contextmanager
def a_town(folder: Path, database_url: str | None = None) -> Iterator[Services]:
    store = StoreSettings(directory=folder / "doorstep", database_url=SecretStr(database_url) if database_url else None)
    settings = Settings(store=store, night=NightSettings(time_zone=ZONE))
    with open_services(settings, lambda: NOW) as services:
        yield services


class Town:
    """Writes by chance, through the same calls as a night and the desk."""

    def __init__(self, services: Services, seed: int, cameras: int = 6, *, spans: float = 0) -> None:
        self.services = services
        self.chance = random.Random(seed)
        self.spans_chance = random.Random(seed)
        self._spans_share = spans
        self.cameras = [f"ring:{number}" for number in range(cameras)]
        self.clips: list[AcquiredClip] = []
        self._grants: dict[str, int] = {}
        self._tags = 0
        services.catalogue.accounts.save(an_account(), "h", "p", b"")
        services.catalogue.cameras.save(
            a_camera(
                camera_id=camera_id,
                name=f"Door {camera_id[-1]}",
                owner_id=f"resident-{camera_id[-1]}" if camera_id != self.cameras[-1] else None,
                position=(51.5, -0.12 + 0.0004 * number),
                address=STREETS[number % len(STREETS)],
            )
            for number, camera_id in enumerate(self.cameras)
        )

    def live_on(self, days: int) -> None:
        """So many clips, tags, grants, and things taken away."""
        for camera_id in self.cameras:
            self.give_grant(camera_id)
        for _ in range(days):
            self.act()

    def act(self) -> None:
        acts: list[tuple[Callable[[], None], int]] = [
            (self.record, 12), (self.tag, 4), (self.look_again, 2), (self.dispose, 1), (self.compare, 3),
            (self.attach, 2), (self.rename, 1), (lambda: self.give_grant(self.chance.choice(self.cameras)), 1),
        ]  # fmt: skip
        self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def record(self) -> None:
        chance = self.chance
        camera_id = chance.choice(self.cameras)
        name = f"{len(self.clips)}"
        starts_at = BEGIN + timedelta(seconds=chance.randrange(11 * 86_400), microseconds=chance.randrange(10**6))
        if self.clips and chance.random() < 0.6:  # not far from what another camera saw
            starts_at = chance.choice(self.clips).clock.starts_at + timedelta(seconds=chance.randrange(-90, 90))
        clip = a_clip(name, camera_id)
        clock = CameraClock(starts_at, ClockSource.VENDOR, timedelta(seconds=chance.choice((0, 1, 90))))
        clip = replace(clip, clock=clock)
        self.services.catalogue.clips.add(clip, [])
        self.clips.append(clip)
        self._analyse(clip)

    def look_again(self) -> None:
        if self.clips:
            self._analyse(self.chance.choice(self.clips), weights=f"weights {self.chance.random()}")

    def _analyse(self, clip: AcquiredClip, weights: str = "") -> None:
        model = MODEL if not weights else replace(MODEL, digest=a_clip(weights).item.digest)
        found = [self._event() for _ in range(self.chance.randrange(4))]
        analysis, events = an_analysis(clip, *found, model=model)
        tracks = tuple(self._track(number) for number in (1, 2))
        marks = [
            ColourMark(one.track_id, Part.UPPER, self.chance.choice((Colour.RED, Colour.BLUE)), 0.6, 3)
            for one in tracks
        ]
        analysis = replace(analysis, tracks=tracks, colours=tuple(marks[: self.chance.randrange(3)]))
        self.services.catalogue.analyses.save(clip.acquisition.acquisition_id, analysis, events, [], NOW, Beside())

    def _event(self) -> InferredEvent:
        chance = self.chance
        start = chance.randrange(8)
        reason = chance.choice((None, None, *CannotTell)) if chance.random() < 0.4 else None
        return InferredEvent(
            kind=chance.choice(KINDS),
            span=ClipSpan(at(start), at(start + chance.choice((0, 1, 25)))),
            score=chance.randrange(101) / 100,
            sentence=chance.choice(_SENTENCES).format(chance.randrange(60)),
            track_ids=chance.choice(((), (1,), (2,), (1, 2))),
            reason=reason,
            zone=chance.choice((None, None, "Door", "gate")),
        )

    def _track(self, number: int) -> Track:
        object_class, label = self.chance.choice(_OBJECTS)
        x = self.chance.choice((100.0, 1700.0))
        box = Box(x, 100, x + 60, 300)
        return Track(
            number, object_class, tuple(Sighting(at(s), Detection(object_class, label, 0.7, box)) for s in range(9))
        )

    def tag(self) -> None:
        found = self.services.catalogue.search.find(EventFilter())
        if not found:
            return
        one = self.chance.choice(found)
        status = self.chance.choice((TagStatus.CONFIRMED, TagStatus.REJECTED))
        said = MachineStatement(one.event.inferred, one.starts_at, one.ends_at, one.model, one.settings_digest)
        self._tags += 1
        note = self.chance.choice(("", "a parcel by the garden gate", "a blue van waited"))
        event = one.event
        tag_id = f"tg-{self._tags:020x}"
        made = Tag(
            tag_id,
            event.event_id,
            one.acquisition_id,
            event.clip,
            event.camera_id,
            status,
            MATTER,
            NOW,
            said,
            note=note,
        )
        self.services.catalogue.tags.add(made, [])

    def compare(self) -> None:
        """Says that something went between two clips of one camera; or that a clip divided them since."""
        catalogue = self.services.catalogue
        camera_id = self.chance.choice(self.cameras)
        ours = sorted((clip for clip in self.clips if clip.item.digest and clip.acquisition.camera_id == camera_id),
                      key=lambda clip: clip.clock.starts_at)  # fmt: skip
        if len(ours) < 2:
            return
        place = self.chance.randrange(len(ours) - 1)
        earlier, later = ours[place], ours[place + 1]
        gap = Gap(earlier.acquisition.acquisition_id, later.acquisition.acquisition_id, MODEL.digest, SETTINGS)
        since = EarlierLook(
            earlier.item.digest, gap.earlier, at(9), earlier.clock.starts_at, timedelta(seconds=1),
            ("a" * 64, "b" * 64), "c" * 64,
        )  # fmt: skip
        gone = InferredEvent(EventKind.PACKAGE_PICKED_UP, ClipSpan(at(0), at(1)), 0.5, "Something was taken away.")
        event = Event(f"ev-{place:06}{later.item.digest[:14]}", later.item.digest, camera_id, gone, since)
        if not catalogue.comparisons.save(gap, [event], later.clock.starts_at, [], NOW):
            current = [gap] if self.chance.random() < 0.5 else []
            catalogue.comparisons.settle(current, (gap.earlier, gap.later), MODEL.digest, SETTINGS)

    def attach(self) -> None:
        """Cuts a highlight of a clip's events, and attaches it to one of two incidents."""
        catalogue = self.services.catalogue
        if not self.clips:
            return
        clip = self.chance.choice(self.clips)
        wanted = EventFilter(acquisition_ids=(clip.acquisition.acquisition_id,))
        events = [found.event for found in catalogue.search.find(wanted) if found.event.since is None]
        if not events:
            return
        number = self.chance.choice((1, 2))
        incident = an_incident(f"in-{number}", narrative=("A parcel is missing.", "A dog ran loose.")[number - 1])
        incident = replace(incident, opened_by="jane" if number == 1 else "john")
        catalogue.incidents.save(incident)
        highlight = a_highlight(clip, *events, name=str(self.chance.random()))
        catalogue.highlights.save(clip.acquisition.acquisition_id, "", highlight, [])
        catalogue.incidents.attach(Attachment(f"in-{number}", highlight.highlight_id, "by hand", NOW), [])

    def rename(self) -> None:
        camera = self.services.catalogue.cameras.get(self.chance.choice(self.cameras))
        self.services.catalogue.cameras.save([replace(camera, address=self.chance.choice(STREETS))])

    def _spans(self, camera_ids: tuple[str, ...]) -> tuple[FootageSpan, ...]:
        """A few stretches of the town's time; none for some of the cameras."""
        chance = self.spans_chance
        starts = [BEGIN + timedelta(minutes=chance.randrange(10_000)) for _ in range(chance.randrange(1, 4))]
        return tuple(
            FootageSpan(chance.choice(camera_ids), start, start + timedelta(hours=chance.choice((1, 9, 90))))
            for start in starts
        )

    def dispose(self) -> None:
        if self.clips:
            clip = self.clips.pop(self.chance.randrange(len(self.clips)))
            decision = Decision(DisposalReason.REVOKED, "gr-1 v2")
            self.services.catalogue.disposals.decide(clip.acquisition.acquisition_id, lambda _: decision, NOW)

    def give_grant(self, camera_id: str) -> None:
        """A grant, or the next version of one; sometimes it is revoked, expired, for others, or only for a corner."""
        chance = self.chance
        grant_id = f"gr-{camera_id[-1]}{chance.choice('ab')}"
        self._grants[grant_id] = self._grants.get(grant_id, 0) + 1
        hours = chance.choice(((DailyHours(time(0), time(0)),), (DailyHours(time(18), time(6, 30)),),
                               (DailyHours(time(7), time(9)), DailyHours(time(17, 15), time(23))),
                               WEEKLY))  # fmt: skip
        stood_still = BEGIN + timedelta(days=chance.randrange(8), seconds=chance.randrange(86_400))
        pauses = ((), (), (Pause(stood_still, stood_still + timedelta(days=2)),), (Pause(stood_still),))
        covers_from = BEGIN + timedelta(days=chance.choice((-9, -9, 2, 5)), seconds=chance.randrange(3600))
        grant = a_grant(
            grant_id=grant_id,
            version=self._grants[grant_id],
            resident_id=chance.choice((*[f"resident-{camera_id[-1]}"] * 6, "resident-9")),
            camera_ids=chance.choice(((camera_id,), (camera_id, self.cameras[0]))),
            event_kinds=tuple(chance.sample(KINDS, 3)) if chance.random() < 0.3 else tuple(EventKind),
            hours=hours,
            time_zone=chance.choice((ZONE, "UTC", "America/St_Johns")),
            purpose=chance.choice((*[PURPOSE.upper()] * 6, "another purpose")),
            recipient=RECIPIENT,
            granted_at=covers_from,
            covers_from=covers_from,
            expires_at=NOW + timedelta(days=chance.choice((30, 30, 30, -3))),
            zones=(LEFT,) if chance.random() < 0.25 else (),
            revoked_at=NOW if chance.random() < 0.1 else None,
            pauses=chance.choice(pauses) if chance.random() < 0.5 else (),
        )
        if self.spans_chance.random() < self._spans_share:
            grant = replace(grant, spans=self._spans(grant.camera_ids))
        self.services.catalogue.grants.add(sign_grant(grant, self.services.key), [])


def answer_by_hand(services: Services, wanted: Wanted) -> list[FoundEvent]:
    """Every current event, asked of the grants one by one, and of the question part by part."""
    found = services.catalogue.search.find(EventFilter())
    return [one for one in found if _may_see(services, wanted, one) and _passes(services, wanted, one)]


def _may_see(services: Services, wanted: Wanted, found: FoundEvent) -> bool:
    desk = services.consent(MATTER.purpose, MATTER.recipient)
    if wanted.grant_ids is not None:
        desk = OnlyGrants(services, wanted.grant_ids).desk()
    try:
        require_for_event(services, desk, Use.VIEW, found)
    except ConsentError:
        return False
    return True


class OnlyGrants:
    """A desk that knows some grants alone."""

    def __init__(self, services: Services, grant_ids: tuple[str, ...]) -> None:
        self._services = services
        self._grant_ids = grant_ids

    def desk(self) -> ConsentDesk:
        return ConsentDesk(self._of, self._services.keys, self._services.now, purpose=PURPOSE, recipient=RECIPIENT)

    def _of(self, camera_id: str) -> list[SignedGrant]:
        known = self._services.catalogue.grants.latest_of_camera(camera_id)
        return [signed for signed in known if signed.grant.grant_id in self._grant_ids]


def _passes(services: Services, wanted: Wanted, found: FoundEvent) -> bool:
    return all(
        (
            _of_event(wanted, found),
            _in_time(wanted, found),
            _at_place(services, wanted, found),
            _said(services, wanted, found),
            _shown(services, wanted, found),
        )
    )


def _of_event(wanted: Wanted, found: FoundEvent) -> bool:
    inferred = found.event.inferred
    zones = None if wanted.zones is None else {zone.casefold() for zone in wanted.zones}
    return all(
        (
            wanted.kinds is None or inferred.kind in wanted.kinds,
            wanted.least_score <= inferred.score <= wanted.most_score,
            wanted.verdict is None or inferred.verdict is wanted.verdict,
            wanted.reasons is None or inferred.reason in wanted.reasons,
            zones is None or (inferred.zone or "").casefold() in zones,
        )
    )


def _in_time(wanted: Wanted, found: FoundEvent) -> bool:
    local = found.starts_at.astimezone(ZoneInfo(ZONE))
    minute = local.hour * 60 + local.minute
    lasted = (found.ends_at - found.starts_at).total_seconds()
    return all(
        (
            wanted.since is None or found.ends_at >= wanted.since,
            wanted.until is None or found.starts_at < wanted.until,
            wanted.weekdays is None or local.weekday() in wanted.weekdays,
            wanted.times is None or any(one.covers(minute) for one in wanted.times),
            not wanted.least_seconds or (found.event.since is None and lasted >= wanted.least_seconds),
        )
    )


def _at_place(services: Services, wanted: Wanted, found: FoundEvent) -> bool:
    if wanted.camera_ids is not None and found.event.camera_id not in wanted.camera_ids:
        return False
    places = [part for part in (wanted.circles, wanted.areas, wanted.addresses) if part is not None]
    if not places:
        return True
    camera = services.catalogue.cameras.get(found.event.camera_id)
    assert camera.position is not None
    words = set(searchable(f"{camera.name} {camera.address}"))
    circles, areas, addresses = wanted.circles or (), wanted.areas or (), wanted.addresses or ()
    inside = [one.contains(*camera.position) for one in circles]
    inside += [one.contains(*camera.position) for one in areas]
    return any(inside) or any(set(searchable(one)) <= words for one in addresses)


def _said(services: Services, wanted: Wanted, found: FoundEvent) -> bool:
    tag = services.catalogue.tags.latest([found.event.event_id]).get(found.event.event_id)
    state = TagState(tag.status.value) if tag else TagState.NONE
    if wanted.tags is not None and state not in wanted.tags:
        return False
    camera = services.catalogue.cameras.get(found.event.camera_id)
    texts = [found.event.inferred.sentence, f"{camera.name} {camera.address}", tag.note if tag else ""]
    for incident_id in _incidents_of(services, found):
        incident = services.catalogue.incidents.get(incident_id)
        texts.append(f"{incident.title} {incident.narrative}")
    words = {word for text in texts for word in searchable(text)}
    return set(searchable(wanted.words)) <= words


def _shown(services: Services, wanted: Wanted, found: FoundEvent) -> bool:
    if wanted.incident_ids is not None and not set(wanted.incident_ids) & _incidents_of(services, found):
        return False
    if wanted.alike is not None and found.event.event_id not in wanted.alike:
        return False
    about = {"package"} if found.event.inferred.kind in PACKAGE_KINDS else set()
    if found.event.since is not None or (not wanted.colours and wanted.objects is None):
        return not wanted.colours and (wanted.objects is None or bool(about & set(wanted.objects)))
    key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
    analysis = services.catalogue.analyses.get(key)
    ours = set(found.event.inferred.track_ids)
    marks = [mark for mark in analysis.colours if mark.track_id in ours]
    coloured = all(
        any(
            mark.colour is one.colour and one.part in (None, mark.part) and mark.score >= one.least_score
            for mark in marks
        )
        for one in wanted.colours
    )
    names = about.union(*(_names(track) for track in analysis.tracks if track.track_id in ours))
    return coloured and (wanted.objects is None or bool(names & set(wanted.objects)))


def _names(track: Track) -> set[str]:
    return {track.object_class.value, *(sighting.detection.label for sighting in track.sightings)}


def _incidents_of(services: Services, found: FoundEvent) -> set[str]:
    return {
        attachment.incident_id
        for highlight_id in found.highlight_ids
        for attachment in services.catalogue.incidents.attachments_of(highlight_id)
    }


def a_question(chance: random.Random, town: Town) -> Wanted:
    """A question of a few parts, by chance."""
    events = [found.event.event_id for found in town.services.catalogue.search.find(EventFilter())]
    parts: dict[str, Any] = {
        "kinds": lambda: tuple(chance.sample(KINDS, 2)),
        "objects": lambda: chance.choice((("person",), ("truck", "dog"), ("unicorn",), ("package",))),
        "camera_ids": lambda: tuple(chance.sample(town.cameras, 2)),
        "circles": lambda: (Circle(51.5, -0.12, chance.choice((30, 90))),),
        "areas": lambda: (Area(((51.4, -0.1195), (51.6, -0.1195), (51.6, -0.1), (51.4, -0.1))),),
        "addresses": lambda: (chance.choice(("Oak", "oak street", "12 Oak", "elm")),),
        "since": lambda: BEGIN + timedelta(hours=chance.randrange(200)),
        "until": lambda: BEGIN + timedelta(hours=chance.randrange(264)),
        "times": lambda: (chance.choice((DayTime(1080, 1440), DayTime(1335, 95), DayTime(0, 600))),),
        "weekdays": lambda: tuple(chance.sample(range(7), 3)),
        "least_score": lambda: 0.4,
        "most_score": lambda: 0.8,
        "zones": lambda: ("DOOR",),
        "least_seconds": lambda: 20.0,
        "verdict": lambda: chance.choice(tuple(Verdict)),
        "reasons": lambda: (CannotTell.TOO_DARK, CannotTell.OCCLUDED),
        "tags": lambda: tuple(chance.sample((TagState.NONE, TagState.CONFIRMED, TagState.REJECTED), 2)),
        "grant_ids": lambda: tuple(f"gr-{number}{letter}" for number in (0, 1, 2) for letter in "ab"),
        "incident_ids": lambda: (chance.choice(("in-1", "in-2")),),
        "words": lambda: chance.choice(WORDS),
        "colours": lambda: (ColourWanted(Colour.RED, chance.choice((None, Part.UPPER)), chance.choice(_LEAST)),),
        "alike": lambda: tuple(chance.sample(events, min(len(events), 15))),
    }  # fmt: skip
    chosen = chance.sample(sorted(parts), chance.choice((0, 1, 1, 2, 3)))
    return Wanted(
        **{name: parts[name]() for name in chosen},
        sort=chance.choice(tuple(Sort)),
        grouped=chance.random() < 0.7,
        page_size=chance.choice((1, 3, 10, 100)),
    )
