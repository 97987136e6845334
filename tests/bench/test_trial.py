from pathlib import Path

from bench.recognition.trial import chosen, lines
from pipeline.domain.events import EventKind
from pipeline.evaluation.folder import ClipReport
from pipeline.evaluation.matching import FoundEvent, match
from pipeline.evaluation.scores import ClipOutcome
from pipeline.evaluation.truth import TrueClip, TrueEvent


def a_clip(name: str) -> TrueClip:
    return TrueClip(name, Path(f"{name}.mp4"), 10, (), ())


def test_clips_are_chosen_by_name_by_part_and_by_pattern() -> None:
    clips = [a_clip(name) for name in ("drive_day", "drive_night", "lawn_day")]
    names = [[clip.name for clip in chosen(clips, asked)] for asked in ([], ["drive"], ["*_day"], ["lawn_day"])]
    assert names == [["drive_day", "drive_night", "lawn_day"], ["drive_day", "drive_night"], ["drive_day", "lawn_day"],
                     ["lawn_day"]]  # fmt: skip


def test_a_clip_is_told_line_by_line() -> None:
    kind = EventKind.PACKAGE_DELIVERED
    true = [TrueEvent("package_delivered", 5, 5), TrueEvent("package_delivered", 50, 50)]
    found = [FoundEvent(kind, 4, 6, 0.8), FoundEvent(kind, 20, 21, 0.5)]
    withheld = FoundEvent(EventKind.PACKAGE_PICKED_UP, 8, 9, 0.4, "too_dark")
    outcome = ClipOutcome("door", 1, {kind: match(kind, true, found)}, (withheld,))
    assert lines(ClipReport("door", outcome, (*found, withheld))) == [
        "door",
        "  found   package_delivered 4.0-6.0 score 0.80  (true package_delivered 5.0-5.0)",
        "  MISSED  package_delivered  (true package_delivered 50.0-50.0)",
        "  FALSE   package_delivered 20.0-21.0 score 0.50",
        "  cannot  package_picked_up 8.0-9.0 score 0.40: too_dark",
    ]
