"""A morning report as Markdown, for a terminal and for the flow's artifact."""

import re

from pipeline.reports.morning_report import MorningReport
from pipeline.reports.morning_view import morning_view

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def to_markdown(report: MorningReport) -> str:
    """What the page says, without its pictures."""
    view = morning_view(report)
    lines = [f"# {_safe(view['title'])}", "", f"{_safe(view['window'])} ({view['window_utc']})", ""]
    lines += [", ".join(f"**{figure['count']}** {figure['label']}" for figure in view["figures"]), ""]
    if not report.is_complete:
        lines += ["Not complete: what is left waits for the next night.", ""]
    if view["merged"]:
        lines += [f"With the missed nights {', '.join(view['merged'])}.", ""]
    lines += ["## Needs a person", ""]
    lines += [_attention(part) for part in view["attention"]] or ["Nothing."]
    lines += ["", "## Highlights", ""]
    lines += _table(
        ("when", "camera", "what", "score", "incidents"),
        [
            (
                part["local"],
                part["camera"],
                part["heading"],
                part["score"],
                ", ".join(attached["incident"] for attached in part["attached"]) or "none",
            )
            for part in view["highlights"]
        ],
    )
    lines += ["", "## Cameras", ""]
    lines += _table(
        (
            "camera",
            "grant",
            "listed",
            "fetched",
            "empty",
            "failed",
            "events",
            "cannot tell",
            "second opinion",
            "why not",
        ),
        [
            (
                part["name"],
                part["grant"],
                *(str(part[name]) for name in ("triggers", "fetched", "empty", "failed")),
                ", ".join(part["events"]) or "none",
                ", ".join(part["cannot_tell"]) or "none",
                ", ".join(part["opinions"]) or "none",
                "; ".join(part["why"]),
            )
            for part in view["cameras"]
        ],
    )
    looked = ", ".join(f"{model['name']} ({model['digest'][:12]})" for model in view["models"]) or "no model: no clips"
    lines += ["", f"Looked: {_safe(looked)}. Took {view['took']}. {view['made_by']}.", ""]
    lines += [" ".join(_safe(sentence) for sentence in view["notice"]), ""]
    return "\n".join(lines)


def _attention(part: dict[str, str]) -> str:
    action = f" {_safe(part['action'])}" if part["action"] else ""
    return f"- **{part['kind']}**: {_safe(part['what'])}{action}"


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return ["None."]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(_safe(cell) for cell in row)} |" for row in rows)]


def _safe(text: str) -> str:
    """Names come from outside: no markup, no line break."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
