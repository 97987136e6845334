"""How the command line shows events that were found, for people and for machines."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from pipeline.asking.question import Answerable
from pipeline.cli.screen import out, table
from pipeline.domain.plain import to_plain
from pipeline.domain.search import FoundEvent
from pipeline.domain.search_page import Count
from pipeline.domain.tags import Tag, is_rejected
from pipeline.reports.said_words import tag_words

NOTHING_FOUND = "nothing found that a live grant lets you see for this purpose."
Counts = Mapping[str, Mapping[str, int]]
Told = tuple[FoundEvent, Tag | None]
"""An event, and what a person said of it."""


def plain(found: FoundEvent) -> dict[str, object]:
    """An event as machines read it."""
    event = found.event
    return {
        "event_id": event.event_id,
        "kind": event.inferred.kind,
        "verdict": event.inferred.verdict,
        "reason": event.inferred.reason,
        "clip": event.clip,
        "acquisition": found.acquisition_id,
        "camera": event.camera_id,
        "camera_name": found.camera_name,
        "start": found.starts_at.isoformat(),
        "end": found.ends_at.isoformat(),
        "earlier_clip": event.since.clip if event.since else None,
        "score": event.inferred.score,
        "score_is_calibrated": event.since is None,
        "superseded": found.is_superseded,
        "sentence": event.inferred.sentence,
        "model": to_plain(found.model),
        "highlights": list(found.highlight_ids),
    }


def plain_said(tag: Tag | None) -> dict[str, object]:
    """What a person said of an event as machines read it; the kind is theirs."""
    return {"said": tag.status if tag else None, "said_kind": tag.kind if tag else None}


def print_understood(answer: Answerable) -> None:
    """What was understood of the words, and what was not; nothing where there were none."""
    for chip in answer.chips:
        if chip.words:
            hint = f" ({chip.hint})" if chip.hint else ""
            out.print(f"{chip.words}: {chip.says}{hint}", style="dim")
    if answer.understood.unread:
        words = ", ".join(one.words for one in answer.understood.unread)
        if answer.is_words_alone:
            said = "looked for in notes, reports and names"
        else:
            said = "to look for words in notes and names use --text"
        out.print(f"not understood: {words}; {said}", style="yellow")


def print_events(shown: Sequence[Told]) -> None:
    """A table, in the order given; nothing where there are none."""
    rows = table("events", "when (UTC)", "camera", "kind", "people said", "score", "what", "highlight", "event")
    for found, tag in shown:
        inferred = found.event.inferred
        name = inferred.kind if inferred.reason is None else f"{inferred.kind}? {inferred.reason}"
        style = "bold" if inferred.reason is None else "yellow"
        rows.add_row(
            f"{found.starts_at:%Y-%m-%d %H:%M:%S}",
            found.camera_name,
            Text(name, style=style),
            Text(tag_words(tag), style="red" if is_rejected(tag) else "green") if tag else "-",
            f"{inferred.score:.2f}" + ("" if found.event.since is None else " (not calibrated)"),
            inferred.sentence,
            ", ".join(found.highlight_ids) or "-",
            found.event.event_id,
        )
    if shown:
        out.print(rows)


def print_counts(total: Count, counts: Counts, listed: int | None) -> None:
    """How much there is of each kind and reason.

    Args:
        total: Of everything that was found.
        counts: Statements by kind, what cannot be told by kind and by reason, what people rejected, and colours.
        listed: How many events were listed; None where none was to be.
    """
    if not total.number:
        out.print(NOTHING_FOUND)
        return
    titles = {
        "statements": "statements",
        "cannot_tell": "cannot tell",
        "reasons": "cannot tell because",
        "rejected": "rejected by people",
        "colours": "colours, leads",
    }
    for name, title in titles.items():
        if counts[name]:
            out.print(f"{title}: {', '.join(f'{what} {number}' for what, number in counts[name].items())}")
    if not total.is_exact:
        out.print(f"counting stopped at {total.number} events: there may be more")
    if listed is not None and listed < total.number:
        out.print(f"{total.number - listed} more are not listed: raise --limit, or ask for less")
