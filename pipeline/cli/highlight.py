"""``doorstep highlight``: copies of highlights that may leave the house."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import load_settings, out, print_json, refused_in_words, table
from pipeline.domain.plain import to_plain
from pipeline.domain.redaction import Also, RedactionOrder
from pipeline.night.redaction import Redactor, SharedCopy, Sharing
from pipeline.night.services import open_services
from pipeline.night.sharing import share_highlight

app = typer.Typer(no_args_is_help=True, help="Copies of highlights that may be shared.")


@app.callback()
def _group() -> None:
    """One command today; the callback keeps its name in the command line."""


@app.command(
    epilog="Example: doorstep highlight redact hl-0123456789abcdef0123 --out ~/shared --also plates; then, with a "
    "reason, the same with --show m2 --reason 'm2 is the witness, statement 14'"
)
def redact(
    highlight_id: Annotated[str, typer.Argument(help="Which highlight.")],
    out_dir: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder of the copy; made if needed.")],
    also: Annotated[list[Also] | None, typer.Option(help="Hide these too; once for each.")] = None,
    show: Annotated[list[str] | None, typer.Option(help="Mask that is taken off, by its name; needs --reason.")] = None,
    show_everyone: Annotated[bool, typer.Option("--show-everyone", help="Mask nothing; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept in the custody log, so name nobody.")] = "",
    purpose: Annotated[str | None, typer.Option(help="Asked of the grant; default: the night's.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Likewise.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    seal: Annotated[bool, typer.Option("--seal/--no-seal", help="Give it a C2PA manifest, where c2pa is here.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a copy in which everybody who is not part of its events is hidden. The original is only read.

    With --also plates the lower part of every vehicle is hidden: that is coarse, since no plate is looked for or read.
    """
    with refused_in_words():
        order = RedactionOrder(frozenset(also or ()), frozenset(show or ()), show_everyone, reason)
    with open_services(load_settings()) as services:
        night = services.settings.night
        sharing = Sharing(
            purpose=purpose or night.purpose,
            recipient=recipient or night.recipient,
            agent=getpass.getuser(),
            folder=out_dir,
            order=order,
            seals=seal,
            case=case,
        )
        copy = share_highlight(services, highlight_id, sharing, Redactor(services))
    if as_json:
        files = {digest: str(path) for digest, path in copy.files.items()}
        print_json({"highlight": to_plain(copy.highlight), "redaction": to_plain(copy.redaction), "files": files})
        return
    _print(copy)


def _print(copy: SharedCopy) -> None:
    redaction = copy.redaction
    rows = table(f"hidden in the copy of {copy.highlight.highlight_id}", "mask", "what", "from (s)", "to (s)", "seen")
    for one in redaction.masked:
        start, end = (f"{float(edge.seconds):.1f}" for edge in (one.span.start, one.span.end))
        rows.add_row(one.mask_id, one.what, start, end, f"{one.seen} of {redaction.looks} looks")
    out.print(rows if redaction.masked else "nothing is hidden in the copy.")
    if redaction.unmasked:
        out.print(f"shown with a reason: {', '.join(redaction.unmasked)}", style="yellow")
    out.print(f"sound: {'as granted' if redaction.has_sound else 'left out'}")
    out.print(f"seal: {f'C2PA, by c2pa-python {copy.sealed_by}' if copy.sealed_by else 'none: see `doorstep doctor`'}")
    out.print(str(copy.video), soft_wrap=True)
