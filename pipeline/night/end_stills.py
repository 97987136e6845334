"""The still pictures at a clip's ends become derivatives that wait for the clips before and after it."""

from collections.abc import Sequence

from pipeline import __version__
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.doorstep import KeptStill, StillPicture
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.evidence import Recipe
from pipeline.evidence.store import ObjectStore


def keep_stills(
    store: ObjectStore, clip: AcquiredClip, analysis: ClipAnalysis, stills: Sequence[StillPicture]
) -> tuple[KeptStill, ...]:
    """Puts the pictures into the store of derivatives; what names them is the caller's to write, with their custody.

    Again it changes nothing: the same looks give the same bytes.

    Returns:
        In the order given.

    Raises:
        StorageError: They cannot be written.
    """
    return tuple(_kept(store.put(still.picture).digest, clip, analysis, still) for still in stills)


def _kept(digest: str, clip: AcquiredClip, analysis: ClipAnalysis, still: StillPicture) -> KeptStill:
    starts_at, ends_at = (clip.clock.at(end, analysis.probe.first) for end in (still.span.start, still.span.end))
    return KeptStill(
        acquisition_id=clip.acquisition.acquisition_id,
        clip=clip.item.digest,
        camera_id=clip.acquisition.camera_id,
        model_digest=analysis.model.digest,
        settings_digest=analysis.settings_digest,
        side=still.side,
        span=still.span,
        starts_at=starts_at,
        ends_at=ends_at,
        digest=digest,
        seen=still.seen,
        recipe=Recipe(
            source=clip.item.digest,
            first_pts=still.span.start.pts,
            last_pts=still.span.end.pts,
            time_base=f"{still.span.start.time_base.numerator}/{still.span.start.time_base.denominator}",
            filters=still.filters,
            encoder=still.encoder,
            tool=f"doorstep {__version__}",
        ),
    )
