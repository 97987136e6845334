"""``doorstep partner-simulator``: a simulated partner interface of Ring, to try Doorstep by hand."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import SettingsError
from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.partner_world import PartnerWorld, load_partner_world
from pipeline.ring_simulator.server import serve

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: doorstep partner-simulator --world world.toml --app http://127.0.0.1:8020")
def partner_simulator(
    world: Annotated[Path, typer.Option(help="TOML or JSON file with households, devices and events.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="On loopback; 0 takes a free one.")] = 0,
    app_url: Annotated[
        str, typer.Option("--app", help="Where Doorstep is served, on loopback: codes and webhooks go there.")
    ] = "",
) -> None:
    """Run a simulated partner interface on loopback until Ctrl-C, with the pages of Ring's app to install it by."""
    loaded = load_partner_world(world)
    try:
        simulator = PartnerSimulator(loaded, port, app_url)
        asyncio.run(serve(simulator, lambda running: _introduce(running, loaded)))
    except KeyboardInterrupt:
        typer.echo("stopped")
    except OSError as error:
        raise SettingsError(f"port {port} cannot be used: {error.strerror or error}") from error


def _introduce(simulator: PartnerSimulator, world: PartnerWorld) -> None:
    typer.echo("A simulated partner interface of Ring runs. In another terminal, before `doorstep serve`:")
    for name, value in (
        ("CONNECT_TO", simulator.connect_to),
        ("CERTIFICATE_AUTHORITY", simulator.certificate_authority),
        ("CLIENT_ID", world.client_id),
        ("CLIENT_SECRET", world.client_secret),
        ("SIGNING_KEY", world.signing_key),
    ):
        typer.echo(f"  export DOORSTEP_PARTNER__{name}={value}")
    typer.echo(f"Ring's app, where the app is installed and removed: https://{simulator.connect_to}/")
    typer.echo("Ctrl-C stops it; what it remembers of links is gone then.")
