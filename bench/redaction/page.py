"""Writes the figures of docs/redaction.md."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.redaction.heads import REFERENCE_SURE, SMALLEST
from bench.redaction.measure import COVERED

MARK = "<!-- figures: python -m bench.redaction writes what stands below -->"
_DRAWS = 2000


def write_page(page: Path, results: dict[str, Any], reference: str) -> None:
    """Everything below the mark is written anew."""
    kept = page.read_text("utf-8").partition(MARK)[0]
    page.write_text(kept + MARK + "\n\n" + figures(results, reference), "utf-8")


def figures(results: dict[str, Any], reference: str) -> str:
    """The section, from the results of every clip."""
    composites = [one for one in results.values() if one["kind"] == "composite"]
    real = [one for one in results.values() if one["kind"] == "real"]
    models = ", ".join(sorted({one["model"] for one in results.values()}))
    rows = [
        _row("composites, nobody named", composites, "everybody"),
        _row("composites, as their highlights are shared", composites, "shared"),
        _row("real clips, nobody named", real, "everybody"),
    ]
    return f"""## Measured

The miss rate: person-seconds with a visible head that was not covered, over all person-seconds with a visible
head that had to be. A head is visible when half of it is in view and it is {SMALLEST:g} pixels high; covered when
{COVERED:.0%} of it is. The interval is 95 %, by drawing clips anew {_DRAWS} times; where nothing was missed it ends
at three over the number of clips with people, which is what so many clips without a miss can say (rule of three).
Weights: {models}.

| clips | clips with people | person-seconds | missed | miss rate | 95 % interval | hidden elsewhere |
|---|---|---|---|---|---|---|
{chr(10).join(rows)}

*Hidden elsewhere* is the mean share of the picture that is hidden and is no visible head's body: what the masks cost
a reader. {_lost(composites)}

**Composites** are scenes of which it is known exactly where everybody is in every frame
([evaluation](evaluation.md)): people cut out of one clip, by day and by night, in rain, noise and behind a fisheye
lens. The settings were chosen on other scenes, but a first run over fifteen of these had shown that too much was
hidden. They are few people, filmed from one place; the rates hold for them.
**Real clips** have no such truth: people are those whom another detector ({reference}, every frame, confidence from
{REFERENCE_SURE:g}) sees, so that somebody whom both overlook is in no figure. These clips were looked at while the
settings were chosen.

Real clips: {", ".join(sorted(one["name"] for one in real)) or "none"}; {len(composites)} composites.
"""


def _row(title: str, clips: Sequence[dict[str, Any]], question: str) -> str:
    scores = [one[question] for one in clips if one[question] is not None and one[question]["person_seconds"] > 0]
    everywhere = [one[question]["elsewhere"] for one in clips if one[question] is not None]
    seconds, missed = (sum(one[name] for one in scores) for name in ("person_seconds", "missed"))
    if not scores:
        return f"| {title} | 0 | 0 | - | - | - | {_share(everywhere)} |"
    low, high = _interval(scores)
    rate, other = f"{missed / seconds:.2%}", _share(everywhere)
    span = f"{low:.1%} to {high:.1%}"
    return f"| {title} | {len(scores)} | {seconds:.0f} | {missed:.1f} s | {rate} | {span} | {other} |"


def _share(values: Sequence[float]) -> str:
    return f"{np.mean(values):.1%}" if values else "-"


def _interval(scores: Sequence[dict[str, Any]]) -> tuple[float, float]:
    seconds = np.array([one["person_seconds"] for one in scores])
    missed = np.array([one["missed"] for one in scores])
    if not missed.any():
        return 0.0, min(1.0, 3 / len(scores))
    draws = np.random.default_rng(1).integers(0, len(scores), (_DRAWS, len(scores)))
    rates = missed[draws].sum(axis=1) / seconds[draws].sum(axis=1)
    low, high = np.percentile(rates, (2.5, 97.5))
    return float(low), float(high)


def _lost(clips: Sequence[dict[str, Any]]) -> str:
    scores = [one["shared"] for one in clips if one["shared"] is not None and one["shared"]["shown_seconds"] > 0]
    seconds, lost = (sum(one[name] for one in scores) for name in ("shown_seconds", "lost"))
    if not seconds:
        return ""
    mixed = sum(one["shared"]["mixed"] for one in clips if one["shared"] is not None)
    return (
        f"Of {seconds:.0f} person-seconds of people whom an event names, {lost / seconds:.0%} were hidden all the\n"
        f"same. Of what was missed in shared highlights, {mixed:.1f} s are people to whom an event's own track went\n"
        "over from somebody else: the night took two who came one after the other for one, and the copy shows both."
    )
