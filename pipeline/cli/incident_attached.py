"""``doorstep incident attach`` and its like: what is in an incident, what is suggested, in which order and version."""

from typing import Annotated

import typer

from pipeline.casework import attaching
from pipeline.cli.matters import matter_for
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.incidents import AttachmentStatus
from pipeline.domain.plain import to_plain
from pipeline.night.services import open_services

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Which incident.")]
Highlight = Annotated[str, typer.Argument(help="Which highlight.")]


def attach(
    incident_id: Which,
    highlight_id: Highlight,
    reason: Annotated[str, typer.Option(help="Why it belongs.")],
    as_json: AsJson = False,
) -> None:
    """Attach a highlight by hand; grants are asked as for the machine."""
    with open_services(load_settings()) as services:
        known = {one.highlight_id for one in services.catalogue.incidents.attachments(incident_id)}
        made = attaching.attach(services, matter_for(services, incident_id), incident_id, highlight_id, reason)
        is_new = highlight_id not in known
        if as_json:
            print_json({"attached": is_new, **to_plain(made)})
        else:
            out.print("attached" if is_new else "it is attached already")


def detach(incident_id: Which, highlight_id: Highlight) -> None:
    """Take a highlight out of an incident. No night attaches it again, and it is not suggested any more."""
    with open_services(load_settings()) as services:
        attaching.detach(services, matter_for(services, incident_id), incident_id, highlight_id)
        out.print("detached")


def judge(
    incident_id: Which,
    highlight_id: Highlight,
    confirm: Annotated[bool, typer.Option("--confirm/--reject", help="Whether it belongs.")],
    note: Annotated[str, typer.Option(help="Why; kept in the custody log, so name nobody.")] = "",
) -> None:
    """Confirm or reject what the machine attached. A rejected highlight is left out of reports."""
    status = AttachmentStatus.CONFIRMED if confirm else AttachmentStatus.REJECTED
    with open_services(load_settings()) as services:
        matter = matter_for(services, incident_id)
        attaching.judge(services, matter, incident_id, highlight_id, status, note)
        out.print(f"{highlight_id} is {status}")


def suggest(incident_id: Which, as_json: AsJson = False) -> None:
    """List what belongs to an incident by place, time and kind, and why. Nothing is attached by it."""
    with open_services(load_settings()) as services:
        matter = matter_for(services, incident_id)
        found = attaching.suggestions(services, matter, incident_id)
        attaching.write_down_suggestions(services, matter, incident_id, found)
    if as_json:
        print_json([{"highlight_id": one.highlight.highlight_id, "reason": one.attachment.reason} for one in found])
        return
    rows = table("suggested", "highlight", "why")
    for one in found:
        rows.add_row(one.highlight.highlight_id, one.attachment.reason)
    out.print(rows if found else "nothing more belongs to it by place, time and kind.")


def accept(incident_id: Which, highlight_id: Highlight) -> None:
    """Attach what is suggested, with the reason that it was suggested for."""
    with open_services(load_settings()) as services:
        attaching.accept(services, matter_for(services, incident_id), incident_id, highlight_id)
        out.print("attached")


def dismiss(incident_id: Which, highlight_id: Highlight) -> None:
    """Turn down what is suggested. It is not suggested again."""
    with open_services(load_settings()) as services:
        attaching.dismiss(services, matter_for(services, incident_id), incident_id, highlight_id)
        out.print("turned down")


def caption(
    incident_id: Which, highlight_id: Highlight, words: Annotated[str, typer.Argument(help="Empty takes them away.")]
) -> None:
    """Write words beside what is attached; reports show them."""
    with open_services(load_settings()) as services:
        attaching.caption(services, matter_for(services, incident_id), incident_id, highlight_id, words)
        out.print("written")


def order(
    incident_id: Which, highlight_ids: Annotated[list[str], typer.Argument(help="In the order that is wanted.")]
) -> None:
    """Give what is attached an order, for reports and packages; what is not named follows."""
    with open_services(load_settings()) as services:
        for name in attaching.arrange(services, matter_for(services, incident_id), incident_id, highlight_ids):
            out.print(name)


def versions(highlight_id: Highlight, as_json: AsJson = False) -> None:
    """List every cut of a highlight, with the recipe of each."""
    with open_services(load_settings()) as services:
        found = attaching.versions_of(services, highlight_id)
    if as_json:
        print_json([to_plain(one) for one in found])
        return
    rows = table("versions", "highlight", "from (s)", "to (s)", "boxes", "masked", "cut by", "filters")
    for one in found:
        start, end = (f"{float(edge.seconds):.2f}" for edge in (one.span.start, one.span.end))
        boxes = "yes" if one.cut is None or one.cut.has_boxes else "no"
        masked = "yes" if one.cut is not None and one.cut.redaction is not None else "no"
        by = one.cut.cut_by if one.cut else "the night"
        rows.add_row(one.highlight_id, start, end, boxes, masked, by, one.recipe.filters)
    out.print(rows)


def choose(
    incident_id: Which, highlight_id: Highlight, version: Annotated[str, typer.Argument(help="One of its versions.")]
) -> None:
    """Say which version of what is attached reports and packages show; every version stays, with its recipe."""
    with open_services(load_settings()) as services:
        matter = matter_for(services, incident_id)
        attaching.choose_version(services, matter, incident_id, highlight_id, version)
        out.print(f"{highlight_id} is shown as {version}")


def add_to(app: typer.Typer) -> None:
    """Adds these commands to a group."""
    example = "Example: doorstep incident"
    one, shown = "in-0123456789ab", "hl-0123456789abcdef0123"
    app.command(epilog=f"{example} attach {one} {shown} --reason 'the same visit'")(attach)
    app.command(epilog=f"{example} detach {one} {shown}")(detach)
    app.command(epilog=f"{example} judge {one} {shown} --confirm")(judge)
    app.command(epilog=f"{example} suggest {one} --json")(suggest)
    app.command(epilog=f"{example} accept {one} {shown}")(accept)
    app.command(epilog=f"{example} dismiss {one} {shown}")(dismiss)
    app.command(epilog=f"{example} caption {one} {shown} 'The parcel is lifted at 22:51'")(caption)
    app.command(epilog=f"{example} order {one} {shown} hl-abcdef0123456789abcd")(order)
    app.command(epilog=f"{example} versions {shown} --json")(versions)
    app.command(epilog=f"{example} choose {one} {shown} hl-abcdef0123456789abcd")(choose)
