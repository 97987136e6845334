"""A folder of clips against its truth file: analyse each, match, score."""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.domain.events import ClipAnalysis, EventKind
from pipeline.domain.tracks import ModelIdentity, ObjectClass
from pipeline.errors import PipelineError, UnexpectedFaultError
from pipeline.evaluation.matching import FoundEvent, match
from pipeline.evaluation.presence import PresenceScore, presence
from pipeline.evaluation.scores import (
    AbstentionScore,
    Calibration,
    ClipOutcome,
    InstantScore,
    Score,
    abstentions,
    calibration,
    instants,
    score,
)
from pipeline.evaluation.second_opinion import SecondOpinion, second_opinions
from pipeline.evaluation.truth import TrueClip, TrueEvent, read_truth
from pipeline.evaluation.words import ANSWERS, OBJECTS, RIDDEN, SCORED_CLASSES, UNSPOKEN

_logger = logging.getLogger(__name__)
Analyse = Callable[[TrueClip], ClipAnalysis]
"""Looks at one clip; raises PipelineError when it cannot."""
Progress = Callable[[int, int, str], None]
"""Told before each clip: how many are done, how many there are, and the name of the next."""


@dataclass(frozen=True, slots=True)
class ClipReport:
    """One clip, for people.

    Attributes:
        name: The truth file's.
        outcome: Its matchings, by kind.
        found: What we said, in seconds from the clip's first frame.
        failure: Why it could not be read; empty when it was.
    """

    name: str
    outcome: ClipOutcome
    found: tuple[FoundEvent, ...]
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All scores of a folder.

    Attributes:
        clips: In the truth file's order.
        by_kind: Scores of every kind that was required or stated.
        overall: All scored kinds together.
        by_condition: All scored kinds together, over the clips of each condition that the truth file names, in order of
            the names; a clip with several counts under each.
        presence: Per second, by class.
        second_opinions: What the camera's maker said beside what we say, by subject; empty when no truth tells.
        models: Which weights looked; empty when no clip could be read.
        clip_seconds: Length of all that was read.
        cpu_seconds: Processor time of this process and its children, for all of it.
    """

    clips: tuple[ClipReport, ...]
    by_kind: dict[EventKind, Score]
    overall: Score
    by_condition: dict[str, Score]
    instants: InstantScore
    abstentions: AbstentionScore
    presence: dict[ObjectClass, PresenceScore]
    second_opinions: dict[str, SecondOpinion]
    calibration: Calibration
    models: tuple[ModelIdentity, ...]
    clip_seconds: float
    cpu_seconds: float


def evaluate_folder(folder: Path, analyse: Analyse, progress: Progress = lambda *_: None) -> Evaluation:
    """Scores every clip that the folder's truth file names.

    A clip that cannot be read, or that brings out a fault of ours, is listed with the reason, and what should have been
    found in it counts as missed.

    Raises:
        EvaluationError: The truth file is missing or not of the known form.
    """
    return evaluate_clips(read_truth(folder), analyse, progress)


def evaluate_clips(truths: Sequence[TrueClip], analyse: Analyse, progress: Progress = lambda *_: None) -> Evaluation:
    """Scores clips whose truth is known; which kinds are scored depends on the words of all of them."""
    kinds = _scored_kinds(truths)
    started = _cpu_seconds()
    pairs: list[tuple[TrueClip, ClipAnalysis | None]] = []
    reports: list[ClipReport] = []
    for number, clip in enumerate(truths):
        progress(number, len(truths), clip.name)
        analysis, failure = _analysed(clip, analyse)
        pairs.append((clip, analysis))
        reports.append(_report(clip, analysis, failure, kinds))
    outcomes = [report.outcome for report in reports]
    read = [analysis for _, analysis in pairs if analysis is not None]
    return Evaluation(
        clips=tuple(reports),
        by_kind={kind: score(outcomes, [kind]) for kind in kinds if _is_touched(outcomes, kind)},
        overall=score(outcomes, kinds),
        by_condition={name: score(some, kinds) for name, some in under_conditions(truths, outcomes).items()},
        instants=instants(outcomes),
        abstentions=abstentions(outcomes),
        presence={one: presence(pairs, one) for one in SCORED_CLASSES},
        second_opinions=second_opinions(pairs),
        calibration=calibration(outcomes),
        models=tuple(dict.fromkeys(analysis.model for analysis in read)),
        clip_seconds=sum(_seconds_of(analysis) for analysis in read),
        cpu_seconds=_cpu_seconds() - started,
    )


def under_conditions(truths: Sequence[TrueClip], outcomes: Sequence[ClipOutcome]) -> dict[str, list[ClipOutcome]]:
    """The outcomes of the clips of each condition, by its name, in order; empty when no clip names any."""
    names = sorted({name for clip in truths for name in clip.conditions})
    pairs = list(zip(truths, outcomes, strict=True))
    return {name: [outcome for clip, outcome in pairs if name in clip.conditions] for name in names}


def _analysed(clip: TrueClip, analyse: Analyse) -> tuple[ClipAnalysis | None, str]:
    if not clip.path.is_file():
        return None, "there is no such file"
    try:
        return analyse(clip), ""
    except PipelineError as error:
        return None, str(error)
    except Exception as error:
        _logger.exception("looking at %s failed", clip.name)
        return None, str(UnexpectedFaultError(type(error).__name__, str(error)))


def _report(clip: TrueClip, analysis: ClipAnalysis | None, failure: str, kinds: Sequence[EventKind]) -> ClipReport:
    found = () if analysis is None else found_events(analysis)
    statements = [one for one in found if one.is_statement]
    asked = (*joined_presences([one for one in clip.events if not _is_unanswerable(clip, one)]), *implied_events(clip))
    matchings = {kind: match(kind, asked, [one for one in statements if one.kind is kind]) for kind in kinds}
    withheld = tuple(one for one in found if not one.is_statement and one.kind in kinds)
    minutes = 0.0 if analysis is None else _seconds_of(analysis) / 60
    return ClipReport(clip.name, ClipOutcome(clip.name, minutes, matchings, withheld), found, failure)


def found_events(analysis: ClipAnalysis) -> tuple[FoundEvent, ...]:
    """Our events, in seconds from the clip's first frame, in order."""
    origin = analysis.probe.first.seconds
    return tuple(
        FoundEvent(
            event.kind,
            float(event.span.start.seconds - origin),
            float(event.span.end.seconds - origin),
            event.score,
            None if event.reason is None else event.reason.value,
        )
        for event in analysis.events
    )


def joined_presences(events: Sequence[TrueEvent]) -> list[TrueEvent]:
    """True visits that overlap as one, since our visit is a span in which somebody was in view, whoever it was."""
    words = ANSWERS[EventKind.PERSON_VISIT].required
    rest = [one for one in events if one.word not in words or one.optional]
    joined: list[TrueEvent] = []
    for one in sorted((one for one in events if one not in rest), key=lambda event: (event.start, event.end)):
        if joined and one.start <= joined[-1].end:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return [*joined, *rest]


def implied_events(clip: TrueClip) -> tuple[TrueEvent, ...]:
    """Optional events that the true objects imply: a person in view is no false visit, a package no false waiting.

    A package in view waits, whoever brought it. A vehicle implies a passing only when it is optional and not there all
    along: what stands there passes nowhere.
    """
    implied = []
    for one in clip.objects:
        for start, end in one.intervals:
            if OBJECTS.get(one.word) is ObjectClass.PERSON or one.word in RIDDEN:
                implied.append(TrueEvent("person_present", start, end, optional=True))
            elif OBJECTS.get(one.word) is ObjectClass.PACKAGE:
                implied.append(TrueEvent("package_waiting", start, end, optional=True))
            elif OBJECTS.get(one.word) is ObjectClass.VEHICLE and one.optional and end - start < 0.9 * clip.seconds:
                implied.append(TrueEvent("vehicle_passing", start, end, optional=True))
    return tuple(implied)


def _is_unanswerable(clip: TrueClip, event: TrueEvent) -> bool:
    """The button leaves no trace in the picture: without the trigger nobody can find it."""
    return event.word in ANSWERS[EventKind.DOORBELL_PRESSED].required and clip.trigger is None


def _scored_kinds(truths: Sequence[TrueClip]) -> tuple[EventKind, ...]:
    words = {event.word for clip in truths for event in clip.events}
    return tuple(kind for kind in EventKind if kind not in UNSPOKEN or words & ANSWERS[kind].required)


def _is_touched(outcomes: Sequence[ClipOutcome], kind: EventKind) -> bool:
    chosen = [outcome.matchings[kind] for outcome in outcomes]
    return any(one.pairs or one.missed or one.false_alarms or one.excused for one in chosen)


def _seconds_of(analysis: ClipAnalysis) -> float:
    return float(analysis.sampling.last.seconds - analysis.probe.first.seconds)


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
