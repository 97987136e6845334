"""``doorstep folder``: plain clips in a folder, without a Ring account."""

import asyncio
import getpass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipeline.cli.screen import load_settings, out, print_json, refused_in_words
from pipeline.domain.plain import to_plain
from pipeline.night.services import open_services

app = typer.Typer(no_args_is_help=True, help="Share a folder of plain clips as a camera.")


@app.callback()
def _folder() -> None:
    """Share a folder of plain clips as a camera."""


@app.command(epilog="Example: doorstep folder add ~/doorbell --resident ann --name front --time-zone Europe/Paris")
def add(
    path: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Where the clips lie; only read.")],
    resident: Annotated[str, typer.Option(help="Whose folder it is.")],
    name: Annotated[str, typer.Option(help="Names the camera: folder:NAME.")],
    time_zone: Annotated[str, typer.Option(help="In which file names tell the time (IANA name).")] = "UTC",
    latitude: Annotated[float | None, typer.Option(min=-90, max=90, help="Where the camera stands, degrees.")] = None,
    longitude: Annotated[float | None, typer.Option(min=-180, max=180, help="Likewise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Link a folder. Its clips are fetched once a grant covers them."""
    if (latitude is None) != (longitude is None):
        raise typer.BadParameter("give both --latitude and --longitude, or neither")
    position = (latitude, longitude) if latitude is not None and longitude is not None else None
    with refused_in_words():
        ZoneInfo(time_zone)
    with open_services(load_settings()) as services:
        account = services.accounts.link_folder(resident, name, path, time_zone, position, getpass.getuser())
        (camera,) = asyncio.run(services.accounts.refresh_cameras(account))
        if as_json:
            print_json(to_plain(camera))
        else:
            out.print(f"linked as camera {camera.camera_id}; now add a grant with `doorstep grant add`.")
