"""Writes the figures of docs/appearance.md."""

from collections.abc import Mapping
from pathlib import Path

from bench.appearance.again import Found
from bench.appearance.colours import Score
from bench.appearance.speed import Speed
from pipeline.domain.appearance import Colour
from pipeline.evaluation.reviews import wilson

MARK = "<!-- figures: python -m bench.appearance writes what stands below -->"


def write_page(page: Path, text: str) -> None:
    """Everything below the mark is written anew."""
    page.write_text(page.read_text("utf-8").partition(MARK)[0] + MARK + "\n\n" + text, "utf-8")


def figures(scores: Mapping[float, Mapping[str, Score]], again: Mapping[str, Found], timed: Speed) -> str:
    """The section."""
    rows = [
        _row(f"{kind}{f', score from {least:g}' if least else ''}", one)
        for least, kinds in scores.items()
        for kind, one in sorted(kinds.items())
    ]
    colours = [_colour_row(colour, scores[0.0]) for colour in Colour]
    found = [_found_row(name, one) for name, one in again.items()]
    return f"""## Measured

### Colours

One look each, but for the tracks of real clips, which join many. A label names every colour that a person may fairly
give; they were given once, by eye, without seeing what the machine said. "Not tuned on" are those labels on
which no border between colours was chosen. The interval of the share that is right is Wilson's, 95 %.

| of | labels | said | right | share right | 95 % interval | nothing said where a colour was there |
|---|---|---|---|---|---|---|
{_lines(rows)}

| colour | clothing: right of said | found of labelled so alone | vehicles: right of said | found of labelled so alone |
|---|---|---|---|---|
{_lines(colours)}

Why nothing was said: {_reasons(scores[0.0]["clothing"])} of clothing; {_reasons(scores[0.0]["vehicles"])} of vehicles.

### Finding again

The cosines are those of the right one, and of the best wrong one: a tenth, half and nine tenths lie below them.

| what is asked for | questions | among | first | in the first five | mean of 1/place | right one | best wrong one |
|---|---|---|---|---|---|---|---|
{_lines(found)}

### Speed

{timed.rows:,} vectors, exact: {timed.middle * 1000:.0f} ms at the median of nine questions
({timed.middle_busy * 1000:.0f} ms of processor time; the machine was shared with other work),
{timed.slowest * 1000:.0f} ms at the slowest; {timed.first:.1f} s for the first, which reads them from SQLite;
{timed.narrowed * 1000:.0f} ms among a tenth of them. The process was {timed.megabytes:.0f} MB at its largest.
"""


def _lines(rows: list[str]) -> str:
    return "\n".join(rows)


def _row(name: str, one: Score) -> str:
    said, right = sum(one.said.values()), sum(one.right.values())
    low, high = wilson(right, said) or (0.0, 1.0)
    silent = one.labels - said - one.rightly_silent
    share = f"{right / said:.3f}" if said else "-"
    return f"| {name} | {one.labels} | {said} | {right} | {share} | {low:.2f} to {high:.2f} | {silent} |"


def _colour_row(colour: Colour, kinds: Mapping[str, Score]) -> str:
    cells = []
    for kind in ("clothing", "vehicles"):
        one = kinds[kind]
        cells.append(f"{one.right[colour]} of {one.said[colour]}" if one.said[colour] else "never said")
        cells.append(f"{one.found[colour]} of {one.could[colour]}" if one.could[colour] else "-")
    return f"| {colour.value} | {' | '.join(cells)} |"


def _found_row(name: str, one: Found) -> str:
    alike, unlike = (", ".join(f"{mark:.2f}" for mark in marks) for marks in (one.alike, one.unlike))
    numbers = f"{one.first:.2f} | {one.five:.2f} | {one.middle:.2f}"
    return f"| {name} | {one.queries} | {one.among} | {numbers} | {alike} | {unlike} |"


def _reasons(one: Score) -> str:
    return ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in one.reasons.most_common())
