"""``doorstep incident export`` and ``packages``: evidence packages, and what left the house in them."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.casework.exports import ExportOrder, export_package
from pipeline.cli.matters import matter_for
from pipeline.cli.screen import Stages, load_settings, out, print_json, shown_progress, table
from pipeline.domain.plain import to_plain
from pipeline.night.services import open_services
from pipeline.packages.export import Exported
from pipeline.packages.verifier import fingerprint

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def export(
    incident_id: Annotated[str, typer.Argument(help="Which incident.")],
    folder: Annotated[
        Path | None,
        typer.Option("--to", file_okay=False, help="Where to; made if needed. Default: packages/ in the store."),
    ] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="One file, stored and not deflated.")] = False,
    purpose: Annotated[str | None, typer.Option(help="Asked of the grants. Default: the incident's.")] = None,
    recipient: Annotated[
        str | None, typer.Option(help="Who receives it; asked of the grants. Default: the incident's.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="Case number in the package. Default: the incident's.")] = None,
    redacted: Annotated[
        bool, typer.Option("--redacted", help="Put redacted copies of the highlights beside the originals.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a package that anybody can check offline. It is asked of the grants, and written into the custody log.

    What is in the incident must have been approved by a second person: see `doorstep incident ask`.
    """
    settings = load_settings()
    target = folder or settings.store.directory / "packages"
    with open_services(settings) as services:
        order = ExportOrder(target, zipped, redacted, purpose, recipient, case)
        matter = matter_for(services, incident_id)
        with shown_progress() as progress:
            made = export_package(services, matter, incident_id, order, Stages(progress))
        key = fingerprint(services.key.verifying.raw)
    if as_json:
        print_json({"path": str(made.path), "fingerprint": key, "disclosure": to_plain(made.disclosure)})
        return
    _print(made, key)


def _print(made: Exported, key: str) -> None:
    contents = made.contents
    out.print(str(made.path), style="bold", soft_wrap=True)
    out.print(
        f"{len(contents.originals)} originals, {len(contents.highlights)} highlights, "
        f"{len(contents.report.silent_clips)} clips in scope that show nothing (listed)"
    )
    for part in contents.clips:
        if part.withheld:
            out.print(f"kept back: original {part.clip.item.digest[:12]}: {part.withheld}", style="yellow")
    if contents.left_out:
        out.print(f"left out: {len(contents.left_out)} highlights that no live grant lets out", style="yellow")
    out.print(f"signed by {key}; give the recipient this fingerprint by another way")
    out.print("how to check it: data/HOWTO-VERIFY.txt, or `doorstep verify`")


def packages(as_json: AsJson = False) -> None:
    """List what left the house: to whom, when, and what was inside. A copy that is out cannot be recalled."""
    with open_services(load_settings()) as services:
        found = services.catalogue.disclosures.list()
    if as_json:
        print_json([to_plain(one) for one in found])
        return
    rows = table("packages that left the house", "package", "when (UTC)", "incident", "recipient", "originals", "by")
    for one in found:
        when = f"{one.at:%Y-%m-%d %H:%M}"
        rows.add_row(one.package_id, when, one.incident_id, one.recipient, str(len(one.originals)), one.agent)
    out.print(rows if found else "nothing was ever exported")
