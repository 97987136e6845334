"""The ``doorstep`` command: loads a group of commands only when it is called, so that help is quick."""

import sys
from importlib import import_module
from typing import Annotated

import typer
from typer._click.core import Command, Context
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup

from pipeline import __version__
from pipeline.errors import PipelineError

_COMMANDS = {
    "demo": ("pipeline.cli.demo", "Run a whole night on the sample clips through the Ring simulator."),
    "night": ("pipeline.cli.night", "Run tonight: fetch what grants cover, analyse, cut highlights, attach, report."),
    "morning": ("pipeline.cli.morning", "What a night did, by camera, and what waits for a person; as a mail too."),
    "near": ("pipeline.cli.near", "What everybody may see of reports around a place."),
    "digest": ("pipeline.cli.digest", "The news of neighbourhoods by mail: list, send, end."),
    "serve": ("pipeline.cli.serve", "Serve the desk, where investigators work in a browser."),
    "user": ("pipeline.cli.user", "Who may sign in at the desk: add, list, disable, enable, reset, role, token."),
    "resident": ("pipeline.cli.resident", "Residents who sign in at home: add, list, link, disable, enable, reset."),
    "analyze": ("pipeline.cli.analyze", "Look at clips without any account: events, tracks and what was not seen."),
    "search": ("pipeline.cli.search", "Find events by words or filters; keep searches."),
    "similar": ("pipeline.cli.similar", "Find events that rest on something that looks alike."),
    "explain": ("pipeline.cli.explain", "Show the chain of evidence of one event, with its pictures."),
    "review": ("pipeline.cli.review", "What a person should look at first, and what they say of it."),
    "reanalyse": ("pipeline.cli.reanalyse", "Look again with other weights or settings, and show what changed."),
    "incident": ("pipeline.cli.incident", "Open incidents, attach highlights, make reports."),
    "report": ("pipeline.cli.report", "Reports of neighbours: list, show, accept, decline, publish."),
    "areas": ("pipeline.cli.areas", "The agency's areas and beats: check the file, ask it."),
    "verify": ("pipeline.cli.verify", "Check an evidence package: what holds of it, and what does not."),
    "highlight": ("pipeline.cli.highlight", "Make copies that may be shared: who is not part of the event is hidden."),
    "request": ("pipeline.cli.request", "What the agency asks of residents: new, list, show, approve, close, log."),
    "grant": ("pipeline.cli.grant", "What residents allow: add, preview, narrow, pause, revoke, who looked."),
    "hold": ("pipeline.cli.hold", "Orders not to delete: place, lift, list."),
    "retention": ("pipeline.cli.retention", "Delete what is due; show what stays of it."),
    "transparency-report": ("pipeline.cli.transparency", "What the agency did, for everybody, small numbers hidden."),
    "ring": ("pipeline.cli.ring", "Link a Ring account and see its cameras."),
    "folder": ("pipeline.cli.folder", "Share a folder of plain clips, without a Ring account."),
    "custody": ("pipeline.cli.custody", "Read and check the custody log and the store."),
    "fixity": ("pipeline.cli.fixity", "Check that stored objects are there and unchanged, as far as is due."),
    "catalogue": ("pipeline.cli.catalogue", "Make the search index anew."),
    "backup": ("pipeline.cli.backup", "Copy database, objects and second place into a folder."),
    "restore": ("pipeline.cli.restore", "Make an installation of a backup; nothing revoked revives."),
    "models": ("pipeline.cli.models", "Which weights look: list, pull, verify."),
    "evaluate": ("pipeline.cli.evaluate", "Score a folder of clips against its truth file."),
    "ring-simulator": ("pipeline.cli.ring_simulator", "Run a simulated Ring service on loopback."),
    "partner-simulator": ("pipeline.cli.partner_simulator", "Run a simulated partner interface of Ring on loopback."),
    "doctor": ("pipeline.cli.doctor", "Say what is missing on this machine and how to mend it."),
}


class _LazyGroup(TyperGroup):
    """Lists commands from the table above, and imports a command's module when it is called."""

    _listing = False

    def list_commands(self, ctx: Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, summary = _COMMANDS[cmd_name]
        if self._listing:
            return TyperCommand(cmd_name, help=summary)
        command = typer.main.get_command(import_module(module).app)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        self._listing = True
        super().format_help(ctx, formatter)


app = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Doorbell clips that residents choose to share, as evidence that a stranger can check.",
    epilog="Start with [bold]doorstep demo[/bold]; [bold]doorstep doctor[/bold] says what a machine lacks.",
)


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"doorstep {__version__}")
        raise typer.Exit


def main() -> None:
    """Runs the command line; a refusal becomes its message, what to do about it, and exit code 1."""
    try:
        app()
    except PipelineError as error:
        typer.secho(f"error: {error}", err=True, fg="red")
        if error.remedy:
            typer.echo(f"what to do: {error.remedy}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
