"""The chain of evidence of one event, gathered from all that is kept of its clip, under the grants of this moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.catalogue import AnalysisKey
from pipeline.consent.desk import ConsentDesk
from pipeline.consent.grants import covers_moment
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.incidents import Attachment, EvidencePicture
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.second_opinion import SecondOpinion
from pipeline.domain.tracks import Track
from pipeline.domain.video import SkippedSpan, Timestamp
from pipeline.errors import ConsentError, RecordNotFoundError, StorageError
from pipeline.highlights.evidence_pictures import PictureOrder, TakenPicture, take_pictures
from pipeline.highlights.masks import Masks
from pipeline.night.moments import moments_around, tracks_within
from pipeline.night.review import opinion_of
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, visible

AROUND_SECONDS = 10
"""Seconds before and after an event within which it is said what was not looked at."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that an event rests on.

    Attributes:
        found: The event, with camera, moments, model and settings.
        clip: The original, how it came and why the camera recorded.
        camera: That recorded it.
        analysis: The result that holds the event.
        grant: Under which it is shown.
        is_newest: Whether no later result of the clip has followed.
        tracks: Those that it rests on, in order of id, as far as its recording may be seen; may be empty.
        opinion: The source's labels of the whole clip beside ours, as far as they may be shown.
        not_looked_at: Spans around the event in which no frame was looked at, in order.
        pictures: Kept evidence pictures of the event; empty when no highlight has them.
        attachments: Where highlights that show it are attached.
    """

    found: FoundEvent
    clip: AcquiredClip
    camera: Camera
    analysis: ClipAnalysis
    grant: SignedGrant
    is_newest: bool
    tracks: tuple[Track, ...]
    opinion: SecondOpinion
    not_looked_at: tuple[SkippedSpan, ...]
    pictures: tuple[EvidencePicture, ...]
    attachments: tuple[Attachment, ...]

    def may_show(self, at: Timestamp) -> bool:
        """Whether its grant covers the moment of a frame, which may lie around the event or in a pause within."""
        moment = self.clip.clock.at(at, self.analysis.probe.first)
        return covers_moment(self.grant.grant, self.camera.camera_id, moment)


def explain(services: Services, desk: ConsentDesk, event_id: str) -> Explanation:
    """Gathers the chain of one event, also of one whose result another has followed since.

    Args:
        services: The installation.
        desk: Asks for the reader's purpose and recipient.
        event_id: Which event.

    Raises:
        RecordNotFoundError: No result holds it.
        ConsentError: No live grant lets it be shown.
    """
    found, grant = find_granted(services, desk, event_id)
    catalogue = services.catalogue
    analysis = catalogue.analyses.get(AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest))
    clip = catalogue.clips.get(found.acquisition_id)
    highlights = catalogue.highlights.of_event(event_id)
    newest = catalogue.search.find(EventFilter(event_ids=(event_id,)))
    explanation = Explanation(
        found=found,
        clip=clip,
        camera=catalogue.cameras.get(found.event.camera_id),
        analysis=analysis,
        grant=grant,
        is_newest=any(one.acquisition_id == found.acquisition_id for one in newest),
        tracks=_tracks(services, desk, found, clip, analysis),
        opinion=_opinion(services, desk, found, clip),
        not_looked_at=_not_looked_at(found, analysis),
        pictures=_pictures(services, found),
        attachments=tuple(
            one for shown in highlights for one in catalogue.incidents.attachments_of(shown.highlight_id)
        ),
    )
    return replace(explanation, pictures=tuple(one for one in explanation.pictures if explanation.may_show(one.at)))


def _tracks(
    services: Services, desk: ConsentDesk, found: FoundEvent, clip: AcquiredClip, analysis: ClipAnalysis
) -> tuple[Track, ...]:
    """Those that an event rests on, as far as its recording may be seen."""
    inferred = found.event.inferred
    tracks = tuple(track for track in analysis.tracks if track.track_id in inferred.track_ids)
    try:
        part = moments_around(services, desk, Use.VIEW, clip, analysis, inferred.span)
    except ConsentError:
        return ()
    return tracks if part is None else tracks_within(tracks, (part,))


def find_granted(services: Services, desk: ConsentDesk, event_id: str) -> tuple[FoundEvent, SignedGrant]:
    """The event as the first of its acquisitions that a grant covers shows it, and that grant.

    Raises:
        RecordNotFoundError: No result holds it.
        EvidenceDisposedError: It was disposed of.
        ConsentError: No live grant lets it be shown.
    """
    refused: ConsentError | None = None
    for found in services.catalogue.search.find(EventFilter(event_ids=(event_id,), superseded=True)):
        try:
            return found, require_for_event(services, desk, Use.VIEW, found)
        except ConsentError as error:
            refused = refused or error
    if refused is None:
        services.catalogue.disposals.require_not_disposed(event_id)
    raise refused or RecordNotFoundError("event", event_id)


def _opinion(services: Services, desk: ConsentDesk, found: FoundEvent, clip: AcquiredClip) -> SecondOpinion:
    """Our side is the result that the event is of, so that an older one is not held against what another said."""
    wanted = EventFilter(acquisition_ids=(found.acquisition_id,), superseded=True)
    ours = [
        one
        for one in visible(services, desk, services.catalogue.search.find(wanted))
        if (one.model, one.settings_digest, one.event.since) == (found.model, found.settings_digest, None)
    ]
    return opinion_of(desk, services.catalogue.cameras.get(found.event.camera_id), clip, ours)


def _not_looked_at(found: FoundEvent, analysis: ClipAnalysis) -> tuple[SkippedSpan, ...]:
    span = found.event.inferred.span
    return tuple(part for part in analysis.sampling.skipped if part.span.gap_to(span) <= AROUND_SECONDS)


def _pictures(services: Services, found: FoundEvent) -> tuple[EvidencePicture, ...]:
    """Of the first highlight of this acquisition that has some and whose objects are still held."""
    for shown in services.catalogue.highlights.of_event(found.event.event_id):
        ours = tuple(one for one in shown.pictures if one.event_id == found.event.event_id)
        held = all(services.derivatives.has(digest) for one in ours for digest in (one.plain, one.marked))
        if ours and held:
            return ours
    return ()


def write_pictures(
    services: Services, explanation: Explanation, folder: Path, masks: Masks | None = None
) -> tuple[TakenPicture, ...]:
    """Writes the event's pictures into a folder: those that are kept, or else made anew from the original.

    Args:
        services: The installation.
        explanation: Of the event.
        folder: Made when it is not there; what an earlier call left there is written over.
        masks: What is hidden in them; they are then made anew in any case. None hides nobody.

    Raises:
        FfmpegError: ffmpeg fails or is ended by a limit.
        EvidenceError: The original or a picture is not in the store, or no longer what it was.
        StorageError: A file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if explanation.pictures and masks is None:
            return tuple(_copied(services, picture, folder) for picture in explanation.pictures)
    except OSError as error:
        raise StorageError("write evidence pictures", error.strerror or type(error).__name__) from error
    event, analysis = explanation.found.event, explanation.analysis
    hidden = Masks(()) if masks is None else masks
    with services.originals.path_of(event.clip) as source:
        taken = take_pictures(
            PictureOrder(
                (event,), analysis.tracks, analysis.probe, source, folder, services.settings.highlights, hidden
            )
        )
    return tuple(_granted(explanation, taken))


def _granted(explanation: Explanation, taken: Iterable[TakenPicture]) -> Iterator[TakenPicture]:
    """Those of moments that the grant covers; the files of the others go."""
    for one in taken:
        if explanation.may_show(one.at):
            yield one
            continue
        for path in (one.plain, one.marked):
            path.unlink(missing_ok=True)


def _copied(services: Services, picture: EvidencePicture, folder: Path) -> TakenPicture:
    stem = folder / f"{picture.event_id}-{picture.role}"
    paths = Path(f"{stem}.jpg"), Path(f"{stem}-marked.jpg")
    for digest, path in zip((picture.plain, picture.marked), paths, strict=True):
        path.write_bytes(services.derivatives.read(digest))
    return TakenPicture(picture.event_id, picture.role, picture.at, *paths)
