"""A clip with a result, as a browser plays it: the original where it may and can be played, or a preview."""

from dataclasses import dataclass
from typing import Protocol

from pipeline.casework.previews import PreviewMaker
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.previews import PreviewWay
from pipeline.domain.video import ClipProbe
from pipeline.night.moments import ends_of, require_whole
from pipeline.night.services import Services

_CODECS = frozenset({"h264", "vp8", "vp9", "av1"})
_CONTAINERS = ("mov", "matroska")
"""What browsers play, ffmpeg's names; a profile that they do not play shows itself when they try."""


@dataclass(frozen=True, slots=True)
class Medium:
    """Bytes that somebody may look at now.

    Attributes:
        digest: SHA-256, and the name under which they lie.
        is_original: Whether they are the original's, as received; otherwise a derivative's.
        media_type: As browsers know it.
        clip: SHA-256 of the original that they show.
        camera_id: Which camera recorded it.
        about: Id of the event or highlight that was asked for.
        grant: Id and version of the grant.
        is_played: Whether it is a video.
    """

    digest: str
    is_original: bool
    media_type: str
    clip: str
    camera_id: str
    about: str
    grant: str
    is_played: bool = False


class Filmed(Protocol):
    """A clip with its camera and a result: what an explanation of an event has, and what a clip has by itself."""

    @property
    def clip(self) -> AcquiredClip:
        """Which."""

    @property
    def camera(self) -> Camera:
        """That recorded it."""

    @property
    def analysis(self) -> ClipAnalysis:
        """What was said of it."""


def filmed_medium(services: Services, filmed: Filmed, about: str, grant: str, way: PreviewWay | None) -> Medium:
    """A whole clip, as received or made ready in a way; whoever calls has asked the grants.

    Args:
        services: The installation.
        filmed: Which clip.
        about: Id of what was asked for.
        grant: Id and version of the grant.
        way: How it is made ready; None for the original itself.
    """
    digest, camera_id = filmed.clip.item.digest, filmed.camera.camera_id
    if way is None:
        kind = "video/webm" if filmed.analysis.probe.container.startswith("matroska") else "video/mp4"
        return Medium(digest, True, kind, digest, camera_id, about, grant, True)
    made = PreviewMaker(services, grant).of_clip(filmed.clip, filmed.analysis, way)
    return Medium(made.digest, False, made.media_type, digest, camera_id, about, grant, True)


def require_whole_clip(services: Services, desk: ConsentDesk, filmed: Filmed, *, with_audio: bool = False) -> None:
    """Returns when the clip may be shown from its first frame to its last, every moment of it, whatever it shows.

    A grant may cover certain hours only, no moment that was recorded in a pause, and the moments of its events alone.

    Raises:
        ConsentError: It may not.
    """
    require_whole(services, desk, Use.VIEW, filmed.clip, ends_of(filmed.clip, filmed.analysis), with_audio=with_audio)


def preview_way(probe: ClipProbe, *, has_sound: bool, encoded: bool) -> PreviewWay | None:
    """How a clip must be made ready for a browser; None where the original itself is played."""
    is_playable = probe.codec in _CODECS and probe.container.startswith(_CONTAINERS) and not encoded
    if not is_playable:
        return PreviewWay.ENCODED_WITH_SOUND if has_sound and probe.audio_codecs else PreviewWay.ENCODED
    return PreviewWay.SILENT if probe.audio_codecs and not has_sound else None
