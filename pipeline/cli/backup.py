"""``doorstep backup``: a copy of everything, in one state."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import err, load_settings, out, print_json
from pipeline.domain.plain import to_plain
from pipeline.errors import FixitySurveyError
from pipeline.night.services import open_services
from pipeline.retention.backup import make_backup

app = typer.Typer()


@app.command(epilog="Examples: doorstep backup /mnt/backup/2026-03-11 | doorstep backup /mnt/safe/keys-too --with-keys")
def backup(
    to: Annotated[Path, typer.Argument(help="An empty folder, or one that is not there yet; not inside the store.")],
    with_keys: Annotated[bool, typer.Option("--with-keys", help="The private keys too. Read the note.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy database, objects and second place into a folder. Doorstep may be at work meanwhile."""
    with open_services(load_settings()) as services:
        contents = make_backup(services, to, getpass.getuser(), with_keys=with_keys)
    if as_json:
        print_json(to_plain(contents))
    else:
        out.print(
            f"{contents.originals} originals, {contents.derivatives} derivatives, {contents.database}: {to}",
            soft_wrap=True,
        )
    if with_keys:
        err.print(
            "This backup holds the private keys. Whoever has it can sign as this installation "
            "and open the linked accounts. Keep it where you would keep the keys.",
            style="bold red",
        )
    else:
        err.print("The private keys are not in it. Keep keys/ apart: without them a backup cannot be restored.")
    if contents.missing:
        raise FixitySurveyError(contents.missing)
