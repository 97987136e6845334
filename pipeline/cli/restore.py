"""``doorstep restore``: a backup becomes an installation again, and nothing that was revoked revives."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import load_settings, out, print_json
from pipeline.domain.plain import to_plain
from pipeline.errors import DisposalLeftError, FixitySurveyError
from pipeline.retention.restore import Restored, restore_backup

app = typer.Typer()


@app.command(epilog="Example: doorstep restore /mnt/backup/2026-03-11 --keys /mnt/safe/keys")
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="Folder of the backup.")],
    keys: Annotated[Path | None, typer.Option(help="Folder of the private keys, where the backup has none.")] = None,
    without_second_place: Annotated[
        bool, typer.Option("--without-second-place", help="Go on although revocations since the backup are lost.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Restore a backup to where the settings say, which must be empty, and check it against the second place.

    Grants that were revoked since the backup are revoked again, and what was deleted is deleted again, before anybody
    can use the restored installation.
    """
    made = restore_backup(load_settings(), source, getpass.getuser(), keys, without_second_place=without_second_place)
    if as_json:
        print_json(to_plain(made))
    else:
        _print(made)
    if made.wrong:
        raise FixitySurveyError(made.wrong)
    if made.failed:
        raise DisposalLeftError(made.failed)


def _print(made: Restored) -> None:
    out.print(f"restored the state of {made.contents.made_at:%Y-%m-%d %H:%M} UTC")
    out.print(f"custody log: {made.records} records, whole; {made.checkpoints} checkpoints of the second place agree")
    if made.lost_records:
        words = f"{made.lost_records} custody records were written after the backup and are lost"
        out.print(f"{words}; their checkpoints were set aside in the second place", style="bold red")
    for line in made.done_again:
        out.print(f"done again: {line}")
