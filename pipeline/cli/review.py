"""``doorstep review``: what a person should look at first, and why. What they decide is said elsewhere."""

import getpass
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.cli.explain import explain_event
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, table
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.review import ReviewItem, ReviewReason
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.named import cameras_named
from pipeline.night.review import review_queue
from pipeline.night.services import Services, open_services

_EMPTY = "nothing is waiting: no label disagrees, no score lies near its operating point, no package is in doubt."

app = typer.Typer(no_args_is_help=True, help="What a person should look at first, and why.")


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

    Packages come first, then the reasons in the order that --reason names them, then the newest. The look is written
    into the custody log.
    """
    settings = load_settings()
    window = [parse_moment(edge) if edge else None for edge in (since, until)]
    with open_services(settings) as services:
        why = purpose or settings.night.purpose
        desk = services.consent(why, settings.night.recipient)
        cameras = cameras_named(services, camera) if camera else None
        found = review_queue(services, desk, cameras, *window)
        found = tuple(item for item in found if not reason or item.reason in reason)
        shown = found[:limit]
        looks = [Look(one.clip, one.camera_id, _grant(services, desk, one)) for one in shown]
        write_down_looks(services, getpass.getuser(), looks, {"purpose": why, "case": case, "as": "review"})
        counts = Counter(item.reason.value for item in found)
        if as_json:
            print_json({"items": [_plain(item) for item in shown], "found": len(found), "reasons": dict(counts)})
        else:
            _print(shown, counts, len(found) - len(shown))


@app.command(epilog="Example: doorstep review show ev-0123456789abcdef0123")
def show(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="Of the queue.")],
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the chain of evidence of one event, as `doorstep explain` does."""
    explain_event(event_id, pictures=None, purpose=purpose, case=case, as_json=as_json)


def _grant(services: Services, desk: ConsentDesk, item: ReviewItem) -> SignedGrant:
    return desk.require(Use.VIEW, services.catalogue.cameras.get(item.camera_id), item.at)


def _plain(item: ReviewItem) -> dict[str, Any]:
    return {
        "reason": item.reason,
        "event_id": item.event.event.event_id if item.event else None,
        "kind": item.event.event.inferred.kind if item.event else None,
        "events_of_clip": list(item.beside),
        "clip": item.clip,
        "camera": item.camera_id,
        "camera_name": item.camera_name,
        "at": item.at.isoformat(),
        "about_package": item.about_package,
        "what": item.what,
        "highlights": list(item.event.highlight_ids) if item.event else [],
    }


def _print(shown: Sequence[ReviewItem], counts: Counter[str], left_out: int) -> None:
    if not shown:
        out.print(_EMPTY)
        return
    rows = table("to review, the most urgent first", "why", "when (UTC)", "camera", "what", "look with")
    for item in shown:
        rows.add_row(
            Text(item.reason.replace("_", " "), style="bold" if item.about_package else ""),
            f"{item.at:%Y-%m-%d %H:%M:%S}",
            item.camera_name,
            Text(item.what),
            _looked_at_with(item),
        )
    out.print(rows)
    out.print(", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in counts.most_common()))
    if left_out:
        out.print(f"{left_out} more are not listed: raise --limit")


def _looked_at_with(item: ReviewItem) -> str:
    events = (item.event.event.event_id,) if item.event else item.beside
    commands = [f"doorstep explain {event_id}" for event_id in events]
    return "\n".join(commands) or f"clip {item.clip[:12]}: nothing was found in it"
