"""The page of trust: every figure with its number, how it was obtained, when, and against which bound."""

from collections.abc import Sequence

from bench.trust.figure import Figure
from bench.trust.remembered import Result

_HEAD = """# Trust: what was tried to break the system, and what came of it

This page is written by `make trust-report`. Each number was counted by a probe on the machine and at the moment
named below; none was typed by hand. A figure that was tried at a smaller scale than the whole says so; a figure that
was not obtained says why. A figure stands for the source that is named beside it: `git diff SOURCE -- pipeline`
shows what changed since. What is remembered of each lies in `bench/trust/results`, as its probe wrote it; a test holds
this page against it.
What is promised, and what is not, stands in [evidence](evidence.md) and in the [threat model](threat-model.md).
"""


def page(figures: Sequence[Figure], results: Sequence[Result]) -> str:
    """The whole page.

    Args:
        figures: In order of their numbers.
        results: What is known of them; others are listed as not obtained.
    """
    known = {result.number: result for result in results}
    done = [figure for figure in figures if figure.number in known]
    missing = [figure for figure in figures if figure.number not in known]
    lacking = [figure for figure in done if figure.lacking]
    parts = [_HEAD, _summary(done, known, len(figures)), _table(done, known)]
    if missing or lacking:
        parts.append(_not_done(missing, lacking))
    parts.append("## How each figure was obtained\n")
    parts += [_how(figure, known[figure.number]) for figure in done]
    return "\n".join(parts).rstrip() + "\n"


def _summary(done: Sequence[Figure], known: dict[int, Result], count: int) -> str:
    broken = [figure.number for figure in done if not known[figure.number].finding.holds]
    small = [figure.number for figure in done if known[figure.number].scale < 1]
    words = [f"{len(done)} of {count} figures were obtained."]
    words.append(
        f"**These do not keep their bound: {_listed(broken)}.**" if broken else "All of them keep their bound."
    )
    if small:
        words.append(f"Tried at a smaller scale than the whole, and so not yet the full claim: {_listed(small)}.")
    return " ".join(words) + "\n"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _table(done: Sequence[Figure], known: dict[int, Result]) -> str:
    rows = ["| no. | figure | found | bound | keeps it | scale |", "|---|---|---|---|---|---|"]
    for figure in done:
        result = known[figure.number]
        holds = "yes" if result.finding.holds else "**no**"
        cells = (str(figure.number), figure.title, result.finding.value, figure.bound, holds, f"{result.scale:.0%}")
        rows.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _not_done(missing: Sequence[Figure], lacking: Sequence[Figure]) -> str:
    lines = ["## What was not done\n"]
    for figure in missing:
        why = figure.lacking if figure.probe is None else "its probe was not run for this page"
        lines.append(f"- **{figure.number}, {figure.title}**: {why}.")
    lines += [f"- **{figure.number}, {figure.title}**, in part: {figure.lacking}." for figure in lacking]
    return "\n".join(lines) + "\n"


def _how(figure: Figure, result: Result) -> str:
    finding = result.finding
    lines = [f"### {figure.number}. {figure.title}\n", f"{figure.how}\n"]
    if finding.counts:
        lines.append("Counted: " + "; ".join(f"{name} {value}" for name, value in finding.counts.items()) + ".\n")
    lines.append("To see the same:\n")
    lines += ["```", *finding.commands, "```\n"]
    when = result.at.strftime("%Y-%m-%d %H:%M UTC")
    share = "the whole" if result.scale >= 1 else f"{result.scale:.0%} of the whole"
    lines.append(f"{when}, {result.seconds:.0f} s, {share}, source {result.version}, {result.machine}.\n")
    return "\n".join(lines)
