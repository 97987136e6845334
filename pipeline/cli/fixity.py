"""``doorstep fixity``: the schedule that checks stored objects, run by hand."""

from typing import Annotated

import typer

from pipeline.cli.screen import load_settings, out, print_json
from pipeline.domain.plain import to_plain
from pipeline.errors import FixitySurveyError
from pipeline.night.services import open_services
from pipeline.retention.fixity import check_store

app = typer.Typer()


@app.command(epilog="Example: doorstep fixity --json")
def fixity(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check what is due: presence of everything, sizes each week, digests in slices that come round.

    `doorstep custody verify` checks everything at once, the custody log too.
    """
    with open_services(load_settings()) as services:
        run = check_store(services)
    if as_json:
        print_json(to_plain(run))
    else:
        sizes = "presence and size" if run.has_sizes else "presence"
        out.print(f"{run.looked_at} objects looked at ({sizes}), {run.hashed} hashed again, {len(run.wrong)} wrong")
        for line in run.wrong:
            out.print(line, style="red", soft_wrap=True)
    if run.wrong:
        raise FixitySurveyError(run.wrong)
