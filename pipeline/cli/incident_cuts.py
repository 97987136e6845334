"""``doorstep incident cut``, ``recut`` and ``upload``: what a person chooses from a clip, and files that come in."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from pipeline.casework.cuts import CutOrder, cut_span, recut
from pipeline.casework.uploads import Brought, bring, open_hands
from pipeline.cli.matters import matter_for
from pipeline.cli.screen import load_settings, out, print_json, refused_in_words
from pipeline.domain.incidents import Attachment
from pipeline.domain.plain import to_plain
from pipeline.night.services import Services, open_services

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Which incident.")]
Start = Annotated[str | None, typer.Option("--from", help="Seconds from the clip's first frame. Default: its start.")]
End = Annotated[str | None, typer.Option("--to", help="Likewise. Default: its end.")]
Boxes = Annotated[bool, typer.Option("--boxes/--no-boxes", help="Draw boxes of tracks and regions.")]
Masked = Annotated[bool, typer.Option("--masked", help="Hide everybody who is not part of an event in it.")]


def cut(
    incident_id: Which,
    acquisition_id: Annotated[str, typer.Argument(help="Which clip, by its acquisition; see `search --json`.")],
    start: Start = None,
    end: End = None,
    reason: Annotated[str, typer.Option(help="Why it belongs.")] = "",
    boxes: Boxes = True,
    masked: Masked = False,
    as_json: AsJson = False,
) -> None:
    """Cut a span of a clip, or the whole clip, and attach it; also where the machine found nothing."""
    order = _order(start, end, boxes, masked, reason)
    with open_services(load_settings()) as services:
        made = cut_span(services, matter_for(services, incident_id), incident_id, acquisition_id, order)
        _print(services, made, as_json)


def cut_anew(
    incident_id: Which,
    highlight_id: Annotated[str, typer.Argument(help="Which attached highlight.")],
    start: Start = None,
    end: End = None,
    boxes: Boxes = True,
    masked: Masked = False,
    as_json: AsJson = False,
) -> None:
    """Cut what is attached anew, with another span, with or without boxes, masked or not. Older versions stay."""
    order = _order(start, end, boxes, masked, "")
    with open_services(load_settings()) as services:
        _print(services, recut(services, matter_for(services, incident_id), incident_id, highlight_id, order), as_json)


def upload(
    incident_id: Which,
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file; only read.")],
    camera: Annotated[str, typer.Option(help="Shared folder of its resident, as folder:NAME, under a live grant.")],
    reason: Annotated[str, typer.Option(help="Why it belongs.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take a clip that was brought with an incident, look at it, and attach it whole.

    It is taken under a grant of the resident who brings it, for a folder of theirs; without one nothing of it is kept.
    Where the grant does not cover all of it, it is kept and not attached; the answer says which seconds may be cut.
    """
    brought = Brought(path, path.name, camera, reason)
    with open_services(load_settings()) as services, open_hands(services) as hands:
        made = bring(services, matter_for(services, incident_id), incident_id, brought, hands)
        _print(services, made, as_json)


def _order(start: str | None, end: str | None, boxes: bool, masked: bool, reason: str) -> CutOrder:
    with refused_in_words():
        first = Fraction(start) if start is not None else None
        last = Fraction(end) if end is not None else None
    return CutOrder(first, last, boxes, masked, reason)


def _print(services: Services, made: Attachment, as_json: bool) -> None:
    shown = services.catalogue.highlights.get(made.shown_id)
    if as_json:
        print_json({"attachment": to_plain(made), "shown": to_plain(shown)})
        return
    out.print(f"{made.highlight_id} is attached" + (f" and shown as {made.version}" if made.version else ""))
    out.print(shown.recipe.filters, soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    """Adds these commands to a group."""
    example, one = "Example: doorstep incident", "in-0123456789ab"
    app.command(epilog=f"{example} cut {one} aq-0123456789abcdef0123 --from 2.5 --to 9 --reason 'the van'")(cut)
    app.command("recut", epilog=f"{example} recut {one} hl-0123456789abcdef0123 --from 3 --no-boxes --masked")(cut_anew)
    app.command(epilog=f"{example} upload {one} ~/phone.mp4 --camera folder:carol")(upload)
