"""What was to be reached, and what was."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.recognition.run import COMPOSITES_SET, SHARED_SET, Result, Run
from pipeline.domain.events import PACKAGE_KINDS, EventKind
from pipeline.evaluation.folder import ClipReport
from pipeline.evaluation.scores import instants, score
from pipeline.evaluation.truth import NOTHING, TrueClip

_LEAST_F1 = 0.95
_MOST_P_MISS = 0.10
_WIDEST_SECONDS = 2.0
_LEAST_INSIDE = 0.95
_MOST_CALIBRATION_ERROR = 0.05
_MOST_ABSTENTIONS = 0.15
_LEAST_F1_OF_OBJECTS = 0.9
_LEAST_PRECISION = 0.9


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target.

    Attributes:
        what: What was measured.
        target: What was to be reached.
        measured: What was.
        is_met: Whether that is enough; what could not be measured is not.
    """

    what: str
    target: str
    measured: str
    is_met: bool


def verdicts(run: Run) -> list[Verdict]:
    """In the order of the targets; those of clips that are not here are left out."""
    by_set = {result.clips.name: result for result in run.results}
    found: list[Verdict] = []
    if COMPOSITES_SET in by_set:
        found += _of_composites(by_set[COMPOSITES_SET])
    if SHARED_SET in by_set:
        found += _of_shared(by_set[SHARED_SET])
    return found


def _of_composites(result: Result) -> Iterator[Verdict]:
    for kind in (EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP):
        one = score(result.outcomes, [kind])
        yield _at_least(f"composites: {kind.value}, F1", one.f1, _LEAST_F1)
        yield _at_most(f"composites: {kind.value}, Pmiss at 0.1 false alarms a minute", one.p_miss, _MOST_P_MISS)
    moments = instants(result.outcomes, {EventKind.PACKAGE_PICKED_UP})
    yield _at_most("composites: width of a picked-up interval, median, s", moments.median_width, _WIDEST_SECONDS)
    yield _at_least("composites: true picking up inside its interval", moments.inside, _LEAST_INSIDE)
    error = result.evaluation.calibration.expected_error
    yield _at_most("composites: expected calibration error, all events", error, _MOST_CALIBRATION_ERROR)
    share = result.evaluation.abstentions.share_of_true
    yield _at_most("composites: abstentions, share of true events", share, _MOST_ABSTENTIONS)


def _of_shared(result: Result) -> Iterator[Verdict]:
    objects = score(result.outcomes, [EventKind.OBJECT_LEFT, EventKind.OBJECT_REMOVED])
    yield _at_least("shared clips: objects left and removed, F1", objects.f1, _LEAST_F1_OF_OBJECTS)
    for kind in (EventKind.PERSON_VISIT, EventKind.VEHICLE_PASSING):
        one = score(result.outcomes, [kind])
        yield _at_least(f"shared clips: {kind.value}, recall", one.recall, 1.0)
        yield _at_least(f"shared clips: {kind.value}, precision", one.precision, _LEAST_PRECISION)
    pairs = list(zip(result.clips.clips, result.evaluation.clips, strict=True))
    bare = [_packages(report) for clip, report in pairs if not _has_package_events(clip)]
    yield _at_most("shared clips: package events where no package comes or goes", float(sum(bare)), 0, digits=0)
    quiet = [_alarms(report) for clip, report in pairs if _is_negative(clip)]
    yield _at_most("shared clips: events but camera_obscured where nothing happens", float(sum(quiet)), 0, digits=0)


def _has_package_events(clip: TrueClip) -> bool:
    return any(event.word.startswith("package_") for event in clip.events)


def _is_negative(clip: TrueClip) -> bool:
    return bool(clip.events) and all(event.word == NOTHING or event.optional for event in clip.events)


def _packages(report: ClipReport) -> int:
    return sum(1 for one in report.found if one.is_statement and one.kind in PACKAGE_KINDS)


def _alarms(report: ClipReport) -> int:
    """Statements but for those that the truth excuses; also of kinds for which the truth has no word."""
    matchings = report.outcome.matchings
    excused = [one for matching in matchings.values() for one in matching.excused]
    return sum(
        1
        for one in report.found
        if one.is_statement and one.kind is not EventKind.CAMERA_OBSCURED and one not in excused
    )


def _at_least(what: str, measured: float | None, target: float) -> Verdict:
    is_met = measured is not None and measured >= target
    return Verdict(what, f"{target:.2f} or more", _figure(measured, 2), is_met)


def _at_most(what: str, measured: float | None, target: float, *, digits: int = 2) -> Verdict:
    is_met = measured is not None and measured <= target
    return Verdict(what, f"{target:.{digits}f} or less", _figure(measured, digits), is_met)


def _figure(measured: float | None, digits: int) -> str:
    return "not measured" if measured is None else f"{measured:.{digits}f}"
