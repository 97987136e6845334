"""``doorstep review``: what a person should look at first, and why; what they decide stands in ``tagging``."""

from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.casework.queue import QueueFilter, Waiting, needs_review
from pipeline.cli.explain import explain_event
from pipeline.cli.matters import new_matter
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, table
from pipeline.cli.tagging import confirm, correct, missed, reject, tags
from pipeline.domain.review import ReviewItem, ReviewReason
from pipeline.night.named import cameras_named
from pipeline.night.services import open_services

_EMPTY = "nothing is waiting: no label disagrees, no score lies near its operating point, no package is in doubt."

app = typer.Typer(no_args_is_help=True, help="What a person should look at first, and what they say of it.")
app.command(epilog="Example: doorstep review confirm ev-0123456789abcdef0123 --case 26-0310")(confirm)
app.command(epilog="Example: doorstep review reject ev-0123456789abcdef0123 --note 'a shadow'")(reject)
app.command(
    epilog="Examples: doorstep review correct ev-0123456789abcdef0123 --kind package_moved | "
    "doorstep review correct ev-0123456789abcdef0123 --start 3.2 --end 6.1 --json"
)(correct)
app.command(
    epilog="Example: doorstep review missed aq-0123456789abcdef0123 --kind package_picked_up --start 3.2 --end 6.1"
)(missed)
app.command(
    epilog="Examples: doorstep review tags --since 2026-03-10 | doorstep review tags ev-0123456789abcdef0123 --json"
)(tags)


@app.command(
    "list",
    epilog="Examples: doorstep review list | doorstep review list --since 2026-03-10 --reason labels_contradict --json",
)
def list_queue(
    camera: Annotated[list[str] | None, typer.Option(help="Only these, by id or name; once for each.")] = None,
    since: Annotated[str | None, typer.Option(help="Clips from then on; a date, or a moment with its zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Clips before.")] = None,
    reason: Annotated[list[ReviewReason] | None, typer.Option(help="Only for these reasons; once for each.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the most urgent first.")] = 50,
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what waits for a person: packages that cannot be told, labels that disagree, scores near their limit.

    Packages come first, then the reasons in the order that --reason names them, then the newest. What a person has
    tagged waits no more. The look is written into the custody log.
    """
    settings = load_settings()
    first, last = (parse_moment(edge) if edge else None for edge in (since, until))
    with open_services(settings) as services:
        matter = new_matter(services, purpose, None, case)
        cameras = cameras_named(services, camera) if camera else None
        waiting = needs_review(
            services, matter, QueueFilter(cameras, first, last, tuple(reason) if reason else None), limit
        )
        if as_json:
            reasons = {name.value: count for name, count in waiting.counts.items()}
            items = [_plain(item) for item in waiting.items]
            print_json({"items": items, "found": waiting.total, "decided": waiting.decided, "reasons": reasons})
        else:
            _print(waiting)


@app.command(epilog="Example: doorstep review show ev-0123456789abcdef0123")
def show(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="Of the queue.")],
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the chain of evidence of one event, as `doorstep explain` does."""
    explain_event(event_id, pictures=None, purpose=purpose, case=case, as_json=as_json)


def _plain(item: ReviewItem) -> dict[str, Any]:
    return {
        "reason": item.reason,
        "event_id": item.event.event.event_id if item.event else None,
        "kind": item.event.event.inferred.kind if item.event else None,
        "events_of_clip": list(item.beside),
        "clip": item.clip,
        "acquisition": item.acquisition_id,
        "camera": item.camera_id,
        "camera_name": item.camera_name,
        "at": item.at.isoformat(),
        "about_package": item.about_package,
        "what": item.what,
        "highlights": list(item.event.highlight_ids) if item.event else [],
    }


def _print(waiting: Waiting) -> None:
    if waiting.decided:
        out.print(f"{waiting.decided} are tagged already and wait no more: `doorstep review tags`")
    if not waiting.items:
        out.print(_EMPTY)
        return
    rows = table("to review, the most urgent first", "why", "when (UTC)", "camera", "what", "look with")
    for item in waiting.items:
        rows.add_row(
            Text(item.reason.words, style="bold" if item.about_package else ""),
            f"{item.at:%Y-%m-%d %H:%M:%S}",
            item.camera_name,
            Text(item.what),
            _looked_at_with(item),
        )
    out.print(rows)
    out.print(", ".join(f"{reason.words} {count}" for reason, count in waiting.counts.items()))
    left_out = waiting.total - len(waiting.items)
    if left_out:
        out.print(f"{left_out} more are not listed: raise --limit")


def _looked_at_with(item: ReviewItem) -> str:
    events = (item.event.event.event_id,) if item.event else item.beside
    commands = [f"doorstep explain {event_id}" for event_id in events]
    return "\n".join(commands) or f"nothing was found in it: doorstep review missed {item.acquisition_id}"
