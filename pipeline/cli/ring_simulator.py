"""``doorstep ring-simulator``: a simulated Ring service to try Doorstep by hand."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import SettingsError
from pipeline.ring_simulator.server import RingSimulator, serve
from pipeline.ring_simulator.world import World, load_world

app = typer.Typer(add_completion=False)


@app.command()
def ring_simulator(
    world: Annotated[Path, typer.Option(help="TOML or JSON file with accounts, devices and events.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="On loopback; 0 takes a free one.")] = 0,
) -> None:
    """Run a simulated Ring service on loopback until Ctrl-C. It answers for every Ring host and talks to none."""
    loaded = load_world(world)
    try:
        asyncio.run(serve(RingSimulator(loaded, port), lambda simulator: _introduce(simulator, loaded)))
    except KeyboardInterrupt:
        typer.echo("stopped")
    except OSError as error:
        raise SettingsError(f"port {port} cannot be used: {error.strerror or error}") from error


def _introduce(simulator: RingSimulator, world: World) -> None:
    typer.echo("A simulated Ring service runs. In another terminal:")
    typer.echo(f"  export DOORSTEP_RING__CONNECT_TO={simulator.connect_to}")
    typer.echo(f"  export DOORSTEP_RING__CERTIFICATE_AUTHORITY={simulator.certificate_authority}")
    typer.echo("Its accounts (invented, good for nothing else):")
    for account in world.accounts:
        code = f", code {account.two_factor_code}" if account.two_factor_code else ""
        typer.echo(f"  {account.user_name}, password {account.password}{code}, {len(account.devices)} cameras")
    typer.echo("Ctrl-C stops it; what it remembers of logins is gone then.")
