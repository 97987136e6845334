"""What a person watches: each medium only under a live grant, each play written down before a byte is handed out."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from enum import StrEnum
from pathlib import Path

from pipeline.casework.filmed import Medium, filmed_medium, preview_way, require_whole_clip
from pipeline.casework.previews import PreviewMaker
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Role
from pipeline.domain.video import ClipSpan
from pipeline.errors import ConsentError, RecordNotFoundError
from pipeline.night.explanation import Explanation, explain
from pipeline.night.ingest import authority
from pipeline.night.moments import moments_around, require_for_footage
from pipeline.night.services import Services
from pipeline.night.shown import require_for_cut, require_for_event, require_for_highlight, shown_events

PERIOD_SECONDS = 3600
"""A seat that asks for the same clip again within such a stretch of the clock looks once: a player asks for a video in
many parts."""

_ABOUT = {"hl": "highlight", "aq": "acquisition"}
_SILENT = "without sound"
"""How the recipe of a highlight without sound ends."""


class Part(StrEnum):
    """What of a highlight is asked for."""

    VIDEO = "video"
    POSTER = "poster"
    SHEET = "sheet"


def clip_medium(services: Services, matter: Matter, event_id: str, *, encoded: bool = False) -> Medium:
    """The clip in which an event happened: the original, or where that may not or cannot be played, a preview.

    Where the grants cover the moments of events alone, it is the part of the clip around the event.

    Args:
        services: The installation.
        matter: Who looks, and why.
        event_id: Of which event; of one between two clips the later clip.
        encoded: Whether the browser has said that it does not play the original.

    Raises:
        RecordNotFoundError: No result holds the event.
        ConsentError: No live grant lets it be shown.
        FfmpegError: No preview can be made.
        EvidenceError: The original is not in the store, or no longer what it was.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    return explained_medium(services, desk, explain(services, desk, event_id), encoded=encoded)[0]


def explained_medium(
    services: Services, desk: ConsentDesk, explanation: Explanation, *, encoded: bool
) -> tuple[Medium, ClipSpan | None]:
    """As ``clip_medium``, of an event whose chain of evidence somebody has in hand, with the part that it is."""
    part = moments_of(services, desk, explanation)
    heard = may_be_heard(services, desk, explanation, part)
    about, grant = explanation.found.event.event_id, authority(explanation.grant)
    if part is None:
        way = preview_way(explanation.analysis.probe, has_sound=heard, encoded=encoded)
        return filmed_medium(services, explanation, about, grant, way), None
    made, exact = PreviewMaker(services, grant).of_part(explanation, part, has_sound=heard)
    clip = explanation.clip.item.digest
    return Medium(made.digest, False, made.media_type, clip, explanation.camera.camera_id, about, grant, True), exact


def moments_of(services: Services, desk: ConsentDesk, explanation: Explanation) -> ClipSpan | None:
    """The part of its clip that may be shown around an event; None where all of it may.

    Raises:
        ConsentError: None may.
    """
    span = explanation.found.event.inferred.span
    return moments_around(services, desk, Use.VIEW, explanation.clip, explanation.analysis, span)


def may_be_heard(services: Services, desk: ConsentDesk, explanation: Explanation, part: ClipSpan | None) -> bool:
    """Whether a live grant lets the sound of a part of the clip be heard; None asks for that of the whole clip."""
    clip, analysis = explanation.clip, explanation.analysis
    try:
        require_for_event(services, desk, Use.VIEW, explanation.found, with_audio=True)
        if part is None:
            require_whole_clip(services, desk, explanation, with_audio=True)
        else:
            require_for_footage(services, desk, Use.VIEW, clip, analysis, part, with_audio=True)
    except ConsentError:
        return False
    return True


def picture_medium(services: Services, matter: Matter, event_id: str, role: Role, *, is_marked: bool) -> Medium:
    """An evidence picture of an event, untouched or with region and tracks.

    Raises:
        RecordNotFoundError: No result holds the event, or no such picture of it is kept.
        ConsentError: No live grant lets it be shown.
    """
    explanation = explain(services, services.consent(matter.purpose, matter.recipient), event_id)
    for picture in explanation.pictures:
        if picture.role is role:
            return _jpeg(explanation, picture.marked if is_marked else picture.plain)
    raise RecordNotFoundError("evidence picture", f"{role} of event {event_id}")


def pair_medium(services: Services, matter: Matter, event_id: str) -> Medium:
    """Both looks of an event between two clips side by side.

    Raises:
        RecordNotFoundError: No result holds the event, or it happened within a clip.
        ConsentError: No live grant lets it be shown.
    """
    explanation = explain(services, services.consent(matter.purpose, matter.recipient), event_id)
    since = explanation.found.event.since
    if since is None:
        raise RecordNotFoundError("pair of pictures of event", event_id)
    return _jpeg(explanation, since.picture)


def still_medium(services: Services, matter: Matter, event_id: str) -> Medium:
    """One picture that says most of an event: a kept one, or one that is made now.

    Raises:
        RecordNotFoundError: No result holds the event, or no frame of it decodes.
        ConsentError: No live grant lets it be shown.
    """
    explanation = explain(services, services.consent(matter.purpose, matter.recipient), event_id)
    since = explanation.found.event.since
    if since is not None:
        return _jpeg(explanation, since.picture)
    for picture in explanation.pictures:
        if picture.role is Role.DURING:
            return _jpeg(explanation, picture.marked)
    return _jpeg(explanation, PreviewMaker(services, authority(explanation.grant)).still(explanation).digest)


def highlight_medium(services: Services, matter: Matter, highlight_id: str, part: Part) -> Medium:
    """A highlight, its poster or its contact sheet.

    Raises:
        RecordNotFoundError: There is no such highlight.
        ConsentError: No live grant lets one of its events be shown.
        FfmpegError: Its sound may not be heard any more, and it cannot be left out.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    highlight = services.catalogue.highlights.get(highlight_id)
    grant = require_for_highlight(services, desk, Use.VIEW, highlight_id)
    clip = services.catalogue.clips.get(services.catalogue.highlights.acquisition_of(highlight_id))
    is_video = part is Part.VIDEO
    digest = {Part.VIDEO: highlight.digest, Part.POSTER: highlight.poster, Part.SHEET: highlight.contact_sheet}[part]
    if is_video and not highlight.recipe.encoder.endswith(_SILENT) and not _is_heard(services, desk, highlight_id):
        digest = PreviewMaker(services, authority(grant)).silent_highlight(clip, highlight).digest
    kind = "video/mp4" if is_video else "image/jpeg"
    camera_id = clip.acquisition.camera_id
    return Medium(digest, False, kind, highlight.clip, camera_id, highlight_id, authority(grant), is_video)


def _is_heard(services: Services, desk: ConsentDesk, highlight_id: str) -> bool:
    try:
        for found in shown_events(services, highlight_id):
            require_for_event(services, desk, Use.VIEW, found, with_audio=True)
        highlight = services.catalogue.highlights.get(highlight_id)
        clip = services.catalogue.clips.get(services.catalogue.highlights.acquisition_of(highlight_id))
        require_for_cut(services, desk, Use.VIEW, clip, highlight, with_audio=True)
    except ConsentError:
        return False
    return True


def _jpeg(explanation: Explanation, digest: str) -> Medium:
    event = explanation.found.event
    grant = authority(explanation.grant)
    return Medium(digest, False, "image/jpeg", event.clip, event.camera_id, event.event_id, grant)


@contextmanager
def opened(services: Services, medium: Medium) -> Iterator[Path]:
    """The bytes in a file that is only read, their digest checked before the block begins.

    Raises:
        EvidenceError: They are not in the store, or no longer what they were.
    """
    store = services.originals if medium.is_original else services.derivatives
    with store.path_of(medium.digest) as path:
        yield path


def write_down_look(services: Services, matter: Matter, seat: str, medium: Medium) -> None:
    """Writes that somebody watches; once a seat, matter, bytes and period, however often parts are asked for.

    Another case, another grant, the clip after a part of it, and another event's picture are each a look of their own.

    Args:
        services: The installation.
        matter: Who looks, and why.
        seat: Id of the session or process that looks; no secret.
        medium: What is about to be handed out.
    """
    now = services.now()
    word = "play" if medium.is_played else "picture"
    watched = medium.digest if medium.is_played else medium.about
    period = int(now.timestamp()) // PERIOD_SECONDS
    once = f"{word} {seat_on(services, matter, seat)} {watched} {medium.camera_id} {medium.grant} {period}"
    if services.catalogue.custody.has(once):
        return
    about = _ABOUT.get(medium.about.partition("-")[0], "event")
    detail = {
        "camera": medium.camera_id,
        about: medium.about,
        "as": word,
        "purpose": matter.purpose,
        "case": matter.case_number,
        **({} if medium.is_original else {"output": medium.digest}),
    }
    entry = CustodyEntry(now, matter.agent, CustodyAction.ACCESSED, medium.clip, medium.grant, detail, once)
    services.catalogue.custody.append((entry,))


def seat_on(services: Services, matter: Matter, seat: str) -> str:
    """The seat with its matter, in a text that tells nobody without our key which: leaves of the log are handed out."""
    signed = services.key.sign("\n".join(("look", seat, *astuple(matter))).encode())
    return f"{seat}.{hashlib.sha256(signed).hexdigest()[:16]}"
