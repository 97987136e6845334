"""``doorstep serve``: the desk in a browser."""

import gc
import socket
import webbrowser
from contextlib import closing
from typing import Annotated

import typer
import uvicorn

from pipeline.casework.partner.webhooks import work_off
from pipeline.casework.proofs.secrets import new_secret
from pipeline.cli.screen import load_settings
from pipeline.errors import SettingsError
from pipeline.night.services import Services, open_services
from pipeline.settings import WebSettings
from pipeline.web.app import build_app

app = typer.Typer()

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_GOODBYE_SECONDS = 5
"""For what is being answered when Ctrl-C comes; a second Ctrl-C does not wait."""


@app.command(epilog="Examples: doorstep serve | doorstep serve --port 9000 --open")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen at. Default: DOORSTEP_WEB__HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0 takes a free one. Default: DOORSTEP_WEB__PORT.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in this machine's browser.")] = False,
) -> None:
    """Serve the desk until Ctrl-C, in one process.

    It listens on loopback. To serve it to others put a reverse proxy with https before it, and name its address in
    DOORSTEP_WEB__PUBLIC_URL. As long as no agent was added it prints a link with which the first is.
    """
    settings = load_settings()
    given = {"host": host, "port": port}
    web = settings.web.model_copy(update={name: value for name, value in given.items() if value is not None})
    _require_reachable(web)
    settings = settings.model_copy(update={"web": web})
    with open_services(settings) as services, closing(_listening(web)) as listening:
        _serve(services, listening, open_browser=open_browser)
    typer.echo("stopped")


def _serve(services: Services, listening: socket.socket, *, open_browser: bool) -> None:
    web = services.settings.web
    port = listening.getsockname()[1]
    code = new_secret() if services.catalogue.agents.is_empty() else ""
    application = build_app(services, port=port, first_run_code=code)
    work_off(services)  # what Ring told and a process that ended had not done yet
    address = web.public_url or f"http://{'127.0.0.1' if web.host == 'localhost' else _written(web.host)}:{port}"
    first = f"{address}/first-run?code={code}" if code else address
    typer.echo(f"The desk is at {address} (Ctrl-C stops it)")
    if code:
        typer.echo(
            f"Nobody can sign in yet. Add the first administrator, with a link that is good for this start:\n  {first}"
        )
    if open_browser:
        webbrowser.open(first)
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        proxy_headers=bool(web.proxies),
        forwarded_allow_ips=list(web.proxies),
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )
    gc.collect()
    gc.freeze()  # what was imported stays: nobody's answer waits while all of it is looked through
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return
    finally:
        application.state.desk.jobs.close()


def _require_reachable(web: WebSettings) -> None:
    """Beyond loopback there is no desk without https: what is shown there is evidence, and passwords are typed.

    Raises:
        SettingsError: It would be.
    """
    if web.host not in _LOOPBACK and not (web.public_url or "").startswith("https://"):
        raise SettingsError(
            f"the desk would listen at {web.host} without https: put a reverse proxy before it and name its address in "
            "DOORSTEP_WEB__PUBLIC_URL=https://..."
        )


def _listening(web: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((web.host, web.port))
        made.listen()  # whoever reads the address and asks at once waits, and is not refused
    except OSError as error:
        made.close()
        raise SettingsError(f"the desk cannot listen at {web.host}:{web.port}: {error.strerror or error}") from error
    return made


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host
