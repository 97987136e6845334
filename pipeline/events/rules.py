"""All rules, and one call that asks them all."""

from collections.abc import Sequence

from pipeline.domain.events import InferredEvent, Verdict
from pipeline.events.animal import AnimalPresent
from pipeline.events.bell import DoorbellPressed
from pipeline.events.calibration import ScoreTable, calibrated
from pipeline.events.camera import CameraMoved, CameraObscured, FootageCut
from pipeline.events.door import PersonAtDoor
from pipeline.events.jumps import FootageJumps
from pipeline.events.loitering import Loitering
from pipeline.events.package import ThingsLeftAndTaken
from pipeline.events.package_boxes import PackageWaiting
from pipeline.events.vehicle import VehicleMoves
from pipeline.events.view import ClipView, Rule
from pipeline.events.visit import PersonVisit
from pipeline.settings import EventSettings


def default_rules(settings: EventSettings) -> tuple[Rule, ...]:
    """Every rule at its operating point."""
    gap = settings.visit_gap_seconds
    return (
        PersonVisit(gap),
        PersonAtDoor(gap),
        Loitering(settings.loitering_seconds, gap),
        DoorbellPressed(),
        VehicleMoves(settings.stopped_seconds),
        AnimalPresent(gap),
        ThingsLeftAndTaken(settings.least_score),
        PackageWaiting(),
        CameraObscured(),
        CameraMoved(),
        FootageCut(),
        FootageJumps(),
    )


def infer_events(
    view: ClipView,
    settings: EventSettings,
    rules: Sequence[Rule] | None = None,
    scores: ScoreTable | None = None,
) -> tuple[InferredEvent, ...]:
    """What happened in a clip.

    Args:
        view: What was found in it.
        settings: Operating points; statements below ``least_score`` are dropped, "cannot tell" never is.
        rules: Which rules to ask; all of them by default.
        scores: What the rules' scores are worth; None leaves them as the rules give them.

    Returns:
        In order of start, then kind, then end; empty when nothing happened.
    """
    asked = default_rules(settings) if rules is None else rules
    found = [event for rule in asked for event in rule.infer(view)]
    kept = [event for event in found if event.verdict is Verdict.CANNOT_TELL or event.score >= settings.least_score]
    told = kept if scores is None else calibrated(kept, scores, settings.least_score)
    return tuple(sorted(told, key=_order))


def _order(event: InferredEvent) -> tuple[object, ...]:
    region = () if event.region is None else event.region.xyxy
    return (event.span.start, event.kind, event.span.end, event.track_ids, region)
