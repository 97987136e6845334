"""``doorstep verify``: what holds of an evidence package, and what does not, in one screen."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.errors import SettingsError
from pipeline.evidence.keys import present_key
from pipeline.packages import verifier
from pipeline.packages.opening import opened
from pipeline.settings import Settings

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep verify EV-01ABC.zip --key SHA256:... | doorstep verify EV-01ABC --checkpoint old"
)
def verify(
    path: Annotated[Path, typer.Argument(help="The package: its folder, or the zip.")],
    key: Annotated[str, typer.Option(help="Fingerprint that the custodian publishes, SHA256:...")] = "",
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A signed head of the log that was kept elsewhere; once for each.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check an evidence package, also one made to break whoever opens it. Exit code 1: something does not hold.

    Without --key, only a package of this very installation is known by its key; whose key another's is stays open.
    """
    kept = [_note(one) for one in checkpoint or ()]
    ours = _our_fingerprint(load_settings())
    with opened(path) as folder:
        results = verifier.verify(folder, key, kept)
    is_known = bool(key) or ("signature", True, f"by {ours}") in results
    is_whole = all(holds for _, holds, _ in results)
    if as_json:
        checks = [{"name": name, "holds": holds, "said": said} for name, holds, said in results]
        print_json({"path": str(path), "holds": is_whole, "signer_known": is_known, "checks": checks})
    else:
        _print(results, is_whole, is_known=is_known)
    if not is_whole:
        raise typer.Exit(1)


def _print(results: list[verifier.Result], is_whole: bool, *, is_known: bool) -> None:
    rows = table("", "", "check", "in words")
    for name, holds, said in results:
        mark = Text("holds", style="green") if holds else Text("DOES NOT HOLD", style="bold red")
        rows.add_row(mark, name, Text(said))
    out.print(rows)
    if not is_known:
        out.print(
            "Whose key it is was not checked: compare the fingerprint with the published one (--key).", style="yellow"
        )
    words = "Everything holds." if is_whole else "This package is not as it was handed out, or cannot be checked."
    out.print(words, style="green" if is_whole else "bold red")


def _our_fingerprint(settings: Settings) -> str:
    """Of this installation's own key, where it has one; nothing is made."""
    key = present_key(settings.store)
    return "" if key is None else verifier.fingerprint(key.raw)


def _note(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"checkpoint {path} cannot be read: {error}") from error
