"""A clip by itself, also where nothing was found: watched whole, and what a person saw that no event says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from pipeline.casework.filmed import Medium, filmed_medium, preview_way, require_whole_clip
from pipeline.casework.media import write_down_look
from pipeline.casework.playing import Drawn, facts_of
from pipeline.casework.tags import told_tags
from pipeline.consent.desk import ConsentDesk, Place
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import ClipAnalysis, EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.previews import PreviewWay
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tags import Miss, Tag
from pipeline.domain.tracks import Track
from pipeline.domain.video import ClipSpan
from pipeline.errors import ConsentError, RecordNotFoundError, TagRefusedError
from pipeline.night.ingest import authority
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services
from pipeline.night.shown import visible


@dataclass(frozen=True, slots=True)
class WholeClip:
    """A clip that was looked at and that may be shown.

    Attributes:
        clip: Which.
        camera: That recorded it.
        analysis: The newest result.
        grant: Under which it is shown.
        events: Of the newest result, as far as they may be shown, in order of time; empty where nothing was found.
        tags: What people said of them, by event id.
        misses: What people saw in it and no event says, as far as their kinds may be told, in order.
        refused: Why it may not be watched whole; empty where it may.
        way: How it is made ready for a browser; None where the original itself is played.
        asks_for_place: Whether a grant of the camera has zones, so that what was seen must say where.
    """

    clip: AcquiredClip
    camera: Camera
    analysis: ClipAnalysis
    grant: SignedGrant
    events: tuple[FoundEvent, ...]
    tags: Mapping[str, Tag]
    misses: tuple[Miss, ...]
    refused: str
    way: PreviewWay | None
    asks_for_place: bool = False

    @property
    def acquisition_id(self) -> str:
        """By which it is named."""
        return self.clip.acquisition.acquisition_id

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Those that its shown events rest on: boxes of what no grant lets be told are not drawn."""
        named = {number for one in self.events for number in one.event.inferred.track_ids}
        return tuple(track for track in self.analysis.tracks if track.track_id in named)


@dataclass(frozen=True, slots=True)
class SeenByPerson:
    """What a person says of a clip.

    Attributes:
        kind: What they saw; None where they watched all of it and nothing is missing.
        start: Seconds from the first frame; None for the first.
        end: Likewise; None for the last that was reached.
        note: In their words; may be empty.
        place: Where in the picture, (x, y) each 0 to 1; a grant with zones asks for it.
    """

    kind: EventKind | None
    start: Fraction | None = None
    end: Fraction | None = None
    note: str = ""
    place: Place | None = None


def watch_clip(services: Services, matter: Matter, acquisition_id: str) -> WholeClip:
    """What a page of a clip shows; the look is written down first.

    Raises:
        RecordNotFoundError: There is no such clip, or nobody looked at it.
        ConsentError: No live grant lets it be shown.
    """
    found = _whole(services, services.consent(matter.purpose, matter.recipient), acquisition_id)
    look = Look(found.clip.item.digest, found.camera.camera_id, found.grant)
    facts = {"acquisition": acquisition_id, "purpose": matter.purpose, "case": matter.case_number, "as": "clip"}
    write_down_looks(services, matter.agent, (look,), facts)
    return found


def whole_clip_medium(services: Services, matter: Matter, acquisition_id: str, *, encoded: bool = False) -> Medium:
    """The clip as a browser plays it; whoever hands it out writes the play down.

    Raises:
        RecordNotFoundError: There is no such clip, or nobody looked at it.
        ConsentError: No live grant lets all of it be shown.
        FfmpegError, EvidenceError: As ``clip_medium``.
    """
    return _medium(services, services.consent(matter.purpose, matter.recipient), acquisition_id, encoded=encoded)[0]


def whole_clip_facts(
    services: Services, matter: Matter, seat: str, acquisition_id: str, *, encoded: bool = False
) -> dict[str, Any]:
    """What the player draws and steps by; the look is written down as that of a play.

    Raises:
        RecordNotFoundError, ConsentError, FfmpegError, EvidenceError: As ``whole_clip_medium``.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    medium, found = _medium(services, desk, acquisition_id, encoded=encoded)
    write_down_look(services, matter, seat, medium)
    return facts_of(services, medium, found, Drawn(found.events, found.tracks))


def report_miss(services: Services, matter: Matter, acquisition_id: str, seen: SeenByPerson) -> Miss:
    """Keeps what a person saw and no event says, or that nothing is missing, with its custody.

    Raises:
        RecordNotFoundError: There is no such clip, or nobody looked at it.
        ConsentError: No live grant lets it be shown, or the kind be kept.
        TagRefusedError: The span lies outside the clip, the note is too long, or a grant with zones asks for a place
            that was not said.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    found = _whole(services, desk, acquisition_id)
    first, last = found.analysis.probe.first, found.analysis.sampling.last
    start = first if seen.start is None else first.after(seen.start)
    end = last if seen.end is None else first.after(seen.end)
    if not first <= start <= end <= last:
        length = float(last.seconds - first.seconds)
        raise TagRefusedError(f"the span must lie inside the clip, 0 to {length:.2f} s, and not end before it starts")
    starts_at = found.clip.clock.at(start, first)
    if seen.kind is not None and seen.place is None and found.asks_for_place:
        raise TagRefusedError("say where in the picture it was: what is shared of this camera is a part of the picture")
    places = () if seen.place is None else (seen.place,)
    grant = authority(desk.require(Use.INDEX, found.camera, starts_at, seen.kind, places))
    try:
        miss = Miss(
            miss_id=new_id("ms", 20),
            acquisition_id=acquisition_id,
            clip=found.clip.item.digest,
            camera_id=found.camera.camera_id,
            kind=seen.kind,
            span=ClipSpan(start, end),
            starts_at=starts_at,
            matter=matter,
            at=services.now(),
            model=found.analysis.model,
            settings_digest=found.analysis.settings_digest,
            note=seen.note.strip(),
            place=seen.place,
        )
    except ValueError as error:
        raise TagRefusedError(str(error)) from error
    services.catalogue.misses.add(miss, (_entry(services, matter, miss, "missed" if miss.kind else "watched", grant),))
    return miss


def take_back_miss(services: Services, matter: Matter, miss_id: str) -> Miss:
    """Deletes what the same person wrote; that they did both stays in the custody log.

    Raises:
        RecordNotFoundError: There is none, or somebody else wrote it.
        ConsentError: No live grant lets the clip be shown.
    """
    miss = services.catalogue.misses.get(miss_id)
    found = _whole(services, services.consent(matter.purpose, matter.recipient), miss.acquisition_id)
    if miss.matter.agent != matter.agent:
        raise RecordNotFoundError("miss", miss_id)
    entry = _entry(services, matter, miss, "taken back", authority(found.grant))
    services.catalogue.misses.take_back(miss_id, (entry,))
    return miss


def _entry(services: Services, matter: Matter, miss: Miss, word: str, grant: str) -> CustodyEntry:
    detail = {
        "camera": miss.camera_id,
        "acquisition": miss.acquisition_id,
        "kind": miss.kind.value if miss.kind else "nothing",
        "as": word,
        "purpose": matter.purpose,
        "case": matter.case_number,
        "note": miss.note,
    }
    return CustodyEntry(services.now(), matter.agent, CustodyAction.JUDGED, miss.miss_id, grant, detail)


def _whole(services: Services, desk: ConsentDesk, acquisition_id: str) -> WholeClip:
    catalogue = services.catalogue
    clip, analysis = catalogue.clips.get(acquisition_id), catalogue.analyses.newest(acquisition_id)
    camera = catalogue.cameras.get(clip.acquisition.camera_id)
    grant = desk.require(Use.VIEW, camera, clip.clock.starts_at)
    wanted = EventFilter(acquisition_ids=(acquisition_id,))
    events = visible(services, desk, (one for one in catalogue.search.find(wanted) if one.event.since is None))
    misses = tuple(one for one in catalogue.misses.of_acquisition(acquisition_id) if may_be_told(desk, camera, one))
    found = WholeClip(clip, camera, analysis, grant, events, told_tags(services, desk, events), misses, "", None)
    refused, way = _playing(services, desk, found)
    return replace(found, refused=refused, way=way, asks_for_place=desk.asks_for_places(camera))


def may_be_told(desk: ConsentDesk, camera: Camera, miss: Miss) -> bool:
    """Whether a live grant lets the kind be told that a person saw."""
    try:
        desk.require(Use.VIEW, camera, miss.starts_at, miss.kind, miss.places)
    except ConsentError:
        return False
    return True


def _playing(services: Services, desk: ConsentDesk, found: WholeClip) -> tuple[str, PreviewWay | None]:
    try:
        require_whole_clip(services, desk, found)
    except ConsentError as error:
        return str(error), None
    return "", preview_way(found.analysis.probe, has_sound=_is_heard(services, desk, found), encoded=False)


def _is_heard(services: Services, desk: ConsentDesk, found: WholeClip) -> bool:
    try:
        require_whole_clip(services, desk, found, with_audio=True)
    except ConsentError:
        return False
    return True


def _medium(services: Services, desk: ConsentDesk, acquisition_id: str, *, encoded: bool) -> tuple[Medium, WholeClip]:
    found = _whole(services, desk, acquisition_id)
    require_whole_clip(services, desk, found)
    way = preview_way(found.analysis.probe, has_sound=_is_heard(services, desk, found), encoded=encoded)
    return filmed_medium(services, found, acquisition_id, authority(found.grant), way), found
