"""What is hidden in a span of a clip: a close look with faint sightings, and the masks that come of it."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pipeline.bystanders import SCREENS, CloseLookOrder, detect_closely, is_screen, look_closely
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.redaction import METHOD, Also, Hidden, Redaction, RedactionOrder
from pipeline.domain.tracks import Box, ObjectClass
from pipeline.domain.video import ClipSpan
from pipeline.highlights.masking import MaskRules, Seen, lower_part, plan_masks
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
        places=tuple(event.inferred.region for event in events if event.inferred.region is not None),
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


def everybody_in_clip(order: CloseLookOrder, eye: Detector) -> tuple[Masks, int, ClipSpan]:
    """Masks over everybody in a span, plates and screens too; no event names anybody who would be shown.

    A faint sighting is enough: the copy is for everybody.

    Returns:
        The masks, how many people they hide as far as they were told apart, and the span that was looked at to its end.
    """
    look = look_closely(order, eye)
    seen = Seen(
        tracks=look.tracks,
        screens=frozenset(one.track_id for one in look.tracks if is_screen(one)),
        of_analysis=(),
        named=frozenset(),
        moving=tuple((one.at.seconds, tuple(found.box for found in one.detections)) for one in look.moving),
    )
    rules = replace(_rules(order.redaction), sure=order.redaction.confidence)
    masks, _ = plan_masks(seen, rules, _ALL)
    people = sum(mask.what is Hidden.PERSON for mask in masks.masks)
    return masks, people, ClipSpan(order.span.start, min(order.span.end, look.looks[-1]))


def everybody_in_picture(
    picture: NDArray[np.uint8], eye: Detector, settings: RedactionSettings
) -> tuple[int, tuple[Box, ...]]:
    """How many people a photo shows, and what of it is hidden: they, plates and screens; a faint sighting is enough."""
    found = detect_closely(picture, eye, max(_PARTS_OF_A_PHOTO, settings.parts))
    people = [one.box for one in found if one.object_class is ObjectClass.PERSON]
    plates = [lower_part(one.box) for one in found if one.object_class is ObjectClass.VEHICLE]
    screens = [one.box for one in found if one.label in SCREENS]
    return len(people), (*people, *plates, *screens)


_ALL = RedactionOrder(also=frozenset(Also))
_PARTS_OF_A_PHOTO = 3
"""A photo is looked at once, and so more closely than each picture of a clip."""


def _rules(settings: RedactionSettings) -> MaskRules:
    return MaskRules(settings.sure, settings.margin, Fraction(settings.extend_seconds))
