"""``doorstep incident export`` and ``packages``: evidence packages, and what left the house in them."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.plain import to_plain
from pipeline.night.redaction import Redactor
from pipeline.night.services import open_services
from pipeline.packages.export import Exported, export_incident
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
    redacted: Annotated[
        bool, typer.Option("--redacted", help="Put redacted copies of the highlights beside the originals.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a package that anybody can check offline. It is asked of the grants, and written into the custody log."""
    settings = load_settings()
    target = folder or settings.store.directory / "packages"
    with open_services(settings) as services:
        redactor = Redactor(services) if redacted else None
        made = export_incident(
            services, incident_id, target, getpass.getuser(), purpose=purpose, zipped=zipped, redactor=redactor
        )
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
