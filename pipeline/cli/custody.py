"""``doorstep custody``: read the log, check the log and the store, prove records, keep signed heads elsewhere."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.catalogue import Catalogue
from pipeline.cli.screen import load_settings
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.plain import to_plain
from pipeline.errors import RecordNotFoundError, SettingsError, StorageError
from pipeline.evidence.checkpoint import proof_text, verifier_key, verify_checkpoint
from pipeline.evidence.custody import CustodyChain, read_chain_heads, read_checkpoints, write_checkpoint
from pipeline.evidence.custody_check import LogCheck, verify_log
from pipeline.evidence.fixity import FixityLevel
from pipeline.evidence.keys import signing_key, verifying_keys
from pipeline.evidence.merkle import verify_consistency, verify_inclusion
from pipeline.evidence.store import Namespace, open_store
from pipeline.evidence.survey import Survey, items_named, survey
from pipeline.packages.sshsig import fingerprint, public_line
from pipeline.settings import StoreSettings

app = typer.Typer(no_args_is_help=True, help="Read and check the custody log and the store.")

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
Note = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A checkpoint's file.")]


class Level(StrEnum):
    """How closely stored objects are looked at."""

    PRESENCE = "presence"
    SIZE = "size"
    DIGEST = "digest"


@contextmanager
def _opened(settings: StoreSettings) -> Iterator[Catalogue]:
    chain = CustodyChain(signing_key(settings), verifying_keys(settings))
    with Catalogue.open(settings, chain) as catalogue:
        yield catalogue


@app.command(epilog="Example: doorstep custody log --json | tail -1")
def log(
    subject: Annotated[str | None, typer.Option(help="Only what was done to this digest or id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the custody log, oldest first; with --json one record a line, with the leaf that anybody can hash."""
    settings = load_settings().store
    with _opened(settings) as catalogue:
        for record in catalogue.custody.records(subject=subject):
            typer.echo(json.dumps(to_plain(record), ensure_ascii=False) if as_json else _line(record))


@app.command(epilog="Example: doorstep custody verify --level presence --checkpoint /mnt/usb/000000000042.checkpoint")
def verify(
    level: Annotated[Level, typer.Option(help="How closely stored objects are looked at.")] = Level.DIGEST,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="A checkpoint from elsewhere, for example of an export."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every record, the tree, the signed heads of all times and every stored object; the check is recorded."""
    settings = load_settings().store
    with _opened(settings) as catalogue:
        found = _checked(catalogue, settings, checkpoint or ())
        surveys = _surveys(catalogue, settings, FixityLevel[level.name])
        catalogue.custody.append(tuple(_records_of(surveys, level)))
    is_whole = not any(survey.wrong for survey in surveys.values())
    if as_json:
        typer.echo(json.dumps(_report(found, surveys, level, is_whole), indent=2))
    else:
        _print(found, surveys, level)
    if not is_whole:
        raise typer.Exit(1)


@app.command(epilog="Example: doorstep custody checkpoint --print > today.checkpoint")
def checkpoint(
    print_only: Annotated[bool, typer.Option("--print", help="Print the text, and write nothing.")] = False,
) -> None:
    """Keep the signed head of the log in the second place (DOORSTEP_STORE__CHECKPOINT_DIRECTORY)."""
    settings = load_settings().store
    if settings.checkpoint_directory is None and not print_only:
        raise SettingsError("DOORSTEP_STORE__CHECKPOINT_DIRECTORY names no second place; --print needs none")
    with _opened(settings) as catalogue:
        note, head = catalogue.custody.checkpoint(), catalogue.custody.head()
    if print_only or settings.checkpoint_directory is None:
        typer.echo(note, nl=False)
        return
    typer.echo(f"{head.size} records, kept in {write_checkpoint(settings.checkpoint_directory, note)}")


@app.command(epilog="Example: doorstep custody proof 17 > 17.tlog-proof")
def proof(
    index: Annotated[int, typer.Argument(min=0, help="Of the record, as `doorstep custody log` shows it.")],
    in_checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", exists=True, dir_okay=False, help="An older checkpoint; else the newest."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that a record is in the log: prints a C2SP tlog-proof, that is the path and the signed checkpoint."""
    settings = load_settings().store
    with _opened(settings) as catalogue:
        note = _text(in_checkpoint) if in_checkpoint else catalogue.custody.checkpoint()
        head = verify_checkpoint(note, verifying_keys(settings))
        if index >= head.size:
            raise RecordNotFoundError("custody record", f"{index} among the {head.size} of the checkpoint")
        path, record = catalogue.custody.inclusion(index, head.size), catalogue.custody.record(index)
    verify_inclusion(bytes.fromhex(record.digest), index, head.size, path, head.root)
    if not as_json:
        typer.echo(proof_text(index, path, note), nl=False)
        return
    facts = {"size": head.size, "root": head.root.hex(), "proof": [one.hex() for one in path], "checkpoint": note}
    typer.echo(json.dumps({**to_plain(record), **facts}, ensure_ascii=False, indent=2))


@app.command(epilog="Example: doorstep custody consistency /mnt/usb/000000000042-1f.checkpoint")
def consistency(
    old: Note,
    new: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A later one's file; else the newest.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that the log of one checkpoint is the beginning of the log of a later one."""
    settings = load_settings().store
    keys = verifying_keys(settings)
    with _opened(settings) as catalogue:
        earlier = verify_checkpoint(_text(old), keys)
        later = verify_checkpoint(_text(new) if new else catalogue.custody.checkpoint(), keys)
        path = catalogue.custody.consistency(earlier.size, later.size)
    verify_consistency(earlier.size, earlier.root, later.size, later.root, path)
    if as_json:
        sides = {"old": _plain(earlier.size, earlier.root), "new": _plain(later.size, later.root)}
        typer.echo(json.dumps({**sides, "proof": [one.hex() for one in path]}, indent=2))
        return
    typer.echo(f"the log of {earlier.size} records is the beginning of the log of {later.size} records:")
    for one in path:
        typer.echo(f"  {one.hex()}")


@app.command(epilog="Examples: doorstep custody key --ssh | doorstep custody key --pem > doorstep.pub")
def key(
    pem: Annotated[bool, typer.Option("--pem", help="As openssl reads it.")] = False,
    ssh: Annotated[
        bool, typer.Option("--ssh", help="The fingerprint of packages, and the key for ssh-keygen.")
    ] = False,
) -> None:
    """Print the public key that signs checkpoints and packages, as tools for C2SP checkpoints take it.

    Publish the fingerprint (--ssh) where nobody who forges a package can change it.
    """
    settings = load_settings().store
    public = signing_key(settings).verifying
    if ssh:
        typer.echo(f"{fingerprint(public.raw)}\n{public_line(public.raw)}")
        return
    with _opened(settings) as catalogue:
        origin = catalogue.custody.head().origin
    typer.echo(public.pem.decode() if pem else f"{verifier_key(origin, public.raw)}\n", nl=False)


def _checked(catalogue: Catalogue, settings: StoreSettings, others: Sequence[Path]) -> LogCheck:
    # Checkpoints first, then the head, then the records: each lies within what is read after it.
    folder = settings.checkpoint_directory
    notes = (*(read_checkpoints(folder) if folder else ()), *map(_text, others))
    chain_heads = read_chain_heads(folder) if folder else ()
    return verify_log(catalogue.custody, verifying_keys(settings), notes, chain_heads)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"read the checkpoint {path.name}", str(error)) from error


def _plain(size: int, root: bytes) -> dict[str, object]:
    return {"size": size, "root": root.hex()}


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


def _report(found: LogCheck, surveys: dict[str, Survey], level: Level, is_whole: bool) -> dict[str, object]:
    return {
        "whole": is_whole,
        "log": {
            "records": found.head.size,
            "root": found.head.root.hex(),
            "origin": found.head.origin,
            "checkpoints": found.checkpoints,
            "from_the_chain": found.chained,
            "sealed": found.sealed,
            "erased": found.erased,
        },
        "level": level.value,
        "objects": {name: to_plain(one) for name, one in surveys.items()},
    }


def _print(found: LogCheck, surveys: dict[str, Survey], level: Level) -> None:
    head = found.head
    agree = f"{found.checkpoints} checkpoints agree" if found.checkpoints else "no checkpoint is kept elsewhere"
    typer.echo(f"custody log: {head.size} records, whole, root {head.root.hex()[:12]} signed by {head.origin}, {agree}")
    if found.chained:
        typer.echo(f"  the first {found.chained} were written as a hash chain, which holds too")
    if found.erased:
        typer.echo(f"  {found.erased} of {found.sealed} sealed words were erased, each with a record of it")
    for name, one in surveys.items():
        said = f"{name}: {one.looked_at} looked at ({level.value}), {len(one.wrong)} wrong"
        unnamed = f", {len(one.unnamed)} that nothing names" if one.unnamed else ""
        typer.echo(said + unnamed)
        for reason in one.wrong.values():
            typer.secho(f"  {reason}", fg="red")
    if any(one.wrong for one in surveys.values()):
        typer.echo("what to do: restore the named objects from a backup; their custody records stay", err=True)
