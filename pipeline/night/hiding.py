"""What is hidden in a span of a clip: a close look with faint sightings, and the masks that come of it."""

from fractions import Fraction

from pipeline.bystanders import SCREENS, CloseLookOrder, is_screen, look_closely
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.redaction import METHOD, Redaction, RedactionOrder
from pipeline.domain.tracks import ObjectClass
from pipeline.highlights.masking import MaskRules, Seen, plan_masks
from pipeline.highlights.masks import Masks
from pipeline.night.workers import models_directory
from pipeline.settings import RedactionSettings, Settings


def faint_detector(settings: Settings) -> Detector:
    """The settings' weights, reporting what an analysis would leave out.

    Raises:
        DetectionError: They cannot be used.
    """
    detection = settings.detection.model_copy(update={"confidence": settings.redaction.confidence})
    screens = dict.fromkeys(SCREENS, ObjectClass.OTHER)
    return load_detector(open_shelf(models_directory(settings)), detection, screens)


def masks_of(
    order: CloseLookOrder, analysis: ClipAnalysis, events: tuple[Event, ...], wanted: RedactionOrder, eye: Detector
) -> tuple[Masks, Masks, Redaction]:
    """What is hidden in a span of a clip, what was taken off, and the record of both; sound is not spoken of."""
    look, settings = look_closely(order, eye), order.redaction
    named = frozenset(track_id for event in events for track_id in event.inferred.track_ids)
    seen = Seen(
        tracks=look.tracks,
        screens=frozenset(one.track_id for one in look.tracks if is_screen(one)),
        of_analysis=analysis.tracks,
        named=named,
        moving=tuple((one.at.seconds, tuple(found.box for found in one.detections)) for one in look.moving),
    )
    masks, off = plan_masks(seen, _rules(settings), wanted)
    redaction = Redaction(
        masked=masks.told(analysis.probe),
        shown_tracks=tuple(sorted(named)),
        unmasked=tuple(mask.mask_id for mask in off.masks),
        reason=wanted.reason if wanted.unmasks else "",
        also=tuple(sorted(wanted.also)),
        method=METHOD,
        model=look.model,
        looks=len(look.looks),
        frames_per_second=settings.frames_per_second,
        margin=settings.margin,
        extend_seconds=settings.extend_seconds,
        has_sound=False,
    )
    return masks, off, redaction


def _rules(settings: RedactionSettings) -> MaskRules:
    return MaskRules(settings.sure, settings.margin, Fraction(settings.extend_seconds))
