"""``doorstep custody``: read the log, check the log and the store, keep signed heads elsewhere."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.catalogue import Catalogue
from pipeline.cli.screen import load_settings
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyHead, CustodyRecord
from pipeline.domain.plain import to_plain
from pipeline.errors import SettingsError
from pipeline.evidence.custody import CustodyChain, read_checkpoints, verify_chain, write_checkpoint
from pipeline.evidence.fixity import FixityLevel
from pipeline.evidence.keys import signing_key, verifying_keys
from pipeline.evidence.store import Namespace, open_store
from pipeline.evidence.survey import Survey, items_named, survey
from pipeline.packages.sshsig import fingerprint, public_line
from pipeline.settings import StoreSettings

app = typer.Typer(no_args_is_help=True, help="Read and check the custody log and the store.")

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


class Level(StrEnum):
    """How closely stored objects are looked at."""

    PRESENCE = "presence"
    SIZE = "size"
    DIGEST = "digest"


@contextmanager
def _opened(settings: StoreSettings) -> Iterator[Catalogue]:
    with Catalogue.open(settings, CustodyChain(signing_key(settings))) as catalogue:
        yield catalogue


@app.command()
def log(
    subject: Annotated[str | None, typer.Option(help="Only what was done to this digest or id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the custody log, oldest first; with --json one record a line."""
    settings = load_settings().store
    with _opened(settings) as catalogue:
        for record in catalogue.custody.records(subject=subject):
            typer.echo(json.dumps(to_plain(record), ensure_ascii=False) if as_json else _line(record))


@app.command()
def verify(
    level: Annotated[Level, typer.Option(help="How closely stored objects are looked at.")] = Level.DIGEST,
    as_json: AsJson = False,
) -> None:
    """Check the chain, the signed head, the checkpoints, and every stored object; the check itself is recorded."""
    settings = load_settings().store
    with _opened(settings) as catalogue:
        # Checkpoints first, then the head, then the records: each lies within what is read after it.
        checkpoints = read_checkpoints(settings.checkpoint_directory) if settings.checkpoint_directory else ()
        head = catalogue.custody.head()
        verify_chain(catalogue.custody.records(size=head.size), head, verifying_keys(settings), checkpoints)
        surveys = _surveys(catalogue, settings, FixityLevel[level.name])
        catalogue.custody.append(tuple(_records_of(surveys, level)))
    is_whole = not any(found.wrong for found in surveys.values())
    if as_json:
        typer.echo(json.dumps(_report(head, len(checkpoints), surveys, level, is_whole), indent=2))
    else:
        _print(head, len(checkpoints), surveys, level)
    if not is_whole:
        raise typer.Exit(1)


@app.command(epilog="Example: doorstep custody key")
def key(as_json: AsJson = False) -> None:
    """Print the fingerprint of the key that signs packages and the log: publish it where no package can change it."""
    found = signing_key(load_settings().store).verifying
    if as_json:
        typer.echo(json.dumps({"fingerprint": fingerprint(found.raw), "ssh": public_line(found.raw)}))
        return
    typer.echo(f"{fingerprint(found.raw)}\n{public_line(found.raw)}")


@app.command()
def checkpoint() -> None:
    """Keep the signed head of the log in the second place (DOORSTEP_STORE__CHECKPOINT_DIRECTORY)."""
    settings = load_settings().store
    if settings.checkpoint_directory is None:
        raise SettingsError("DOORSTEP_STORE__CHECKPOINT_DIRECTORY names no second place")
    with _opened(settings) as catalogue:
        head = catalogue.custody.head()
    typer.echo(f"{head.size} records, kept in {write_checkpoint(settings.checkpoint_directory, head)}")


def _surveys(catalogue: Catalogue, settings: StoreSettings, level: FixityLevel) -> dict[str, Survey]:
    originals = open_store(settings, Namespace.ORIGINALS)
    derivatives = open_store(settings, Namespace.DERIVATIVES)
    cut = (digest for highlight in catalogue.highlights.list() for digest in highlight.digests)
    made = (*cut, *catalogue.stills.digests(), *catalogue.comparisons.pictures())
    return {
        Namespace.ORIGINALS.value: survey(originals, catalogue.clips.items(), level),
        Namespace.DERIVATIVES.value: survey(derivatives, items_named(derivatives, made), level),
    }


def _records_of(surveys: dict[str, Survey], level: Level) -> Iterator[CustodyEntry]:
    now, agent = datetime.now(UTC), f"pipeline {__version__}"
    for name, found in surveys.items():
        counts = {"level": level.value, "looked_at": str(found.looked_at), "wrong": str(len(found.wrong))}
        yield CustodyEntry(now, agent, CustodyAction.FIXITY_CHECKED, name, detail=counts)
        for digest in found.wrong:
            detail = {"level": level.value, "result": "failed"}
            yield CustodyEntry(now, agent, CustodyAction.FIXITY_CHECKED, digest, detail=detail)


def _line(record: CustodyRecord) -> str:
    entry = record.entry
    facts = " ".join(f"{name}={value}" for name, value in sorted(entry.detail.items()))
    authority = f" under {entry.authority}" if entry.authority else ""
    when = f"{entry.at:%Y-%m-%d %H:%M:%S}Z"
    return (
        f"{record.index:>6}  {when}  {entry.action:<14} {entry.subject} by {entry.agent}{authority}  {facts}".rstrip()
    )


def _report(
    head: CustodyHead, checkpoints: int, surveys: dict[str, Survey], level: Level, is_whole: bool
) -> dict[str, object]:
    return {
        "whole": is_whole,
        "log": {"records": head.size, "digest": head.digest, "key_id": head.key_id, "checkpoints": checkpoints},
        "level": level.value,
        "objects": {name: to_plain(found) for name, found in surveys.items()},
    }


def _print(head: CustodyHead, checkpoints: int, surveys: dict[str, Survey], level: Level) -> None:
    kept = f", {checkpoints} checkpoints agree" if checkpoints else ", no checkpoint is kept elsewhere"
    typer.echo(f"custody log: {head.size} records, whole, head {head.digest[:12]} signed by {head.key_id}{kept}")
    for name, found in surveys.items():
        said = f"{name}: {found.looked_at} looked at ({level.value}), {len(found.wrong)} wrong"
        unnamed = f", {len(found.unnamed)} that nothing names" if found.unnamed else ""
        typer.echo(said + unnamed)
        for reason in found.wrong.values():
            typer.secho(f"  {reason}", fg="red")
    if any(found.wrong for found in surveys.values()):
        typer.echo("what to do: restore the named objects from a backup; their custody records stay", err=True)
