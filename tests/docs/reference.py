"""The tables of docs/operating.md that are made from the program: every setting, and every error with its remedy.

``python -m tests.docs.reference`` writes them anew; a test fails while they are out of date.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from pipeline import errors
from pipeline.errors import PipelineError
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
OPERATING = ROOT / "docs" / "operating.md"

_ADVICE = {
    "TriggerFormatError": "nothing was fetched for that entry; the coverage ledger has it as unreadable: report it",
    "EvidenceNotFoundError": "run `doorstep custody verify`, and restore what it names from a backup",
    "RecordNotFoundError": "look the id up: `doorstep grant list`, `doorstep incident list` or `doorstep search`",
    "FfmpegError": "read ffmpeg's last words in the message; `doorstep doctor` says which ffmpeg there is",
    "ReportError": "read the message; what the report is made of is unharmed, so make it again",
    "EvidenceError": "read the message: a key file is damaged, or others can read it; restore it, or `chmod 600` it",
    "NightError": "run `doorstep night` again: it goes on where it stood",
}
"""What to do about errors of which the program itself says nothing."""


def settings_table() -> str:
    """One row a setting: variable, default, bounds, meaning; in the order of pipeline/settings.py."""
    rows = ["| variable | default | bounds | meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{variable}` | {_default(field)} | {_bounds(field) or '-'} | {field.description or '-'} |"
        for variable, field in settings_fields()
    ]
    return "\n".join(rows)


def settings_fields() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting with the variable that sets it."""
    for section, outer in Settings.model_fields.items():
        model = outer.annotation
        if not (inspect.isclass(model) and issubclass(model, BaseModel)):
            raise TypeError(f"the setting {section} lies outside a section, where a misspelt name is not noticed")
        for name, field in model.model_fields.items():
            yield f"DOORSTEP_{section.upper()}__{name.upper()}", field


def errors_table() -> str:
    """One row an error that is raised: whether it may pass, and what to do; in order of name."""
    rows = ["| error | what it says | may pass by itself | what to do |", "|---|---|---|---|"]
    for name, error in raised_errors():
        summary = (inspect.getdoc(error) or "").splitlines()[0]
        rows.append(f"| `{name}` | {summary} | {'yes' if error.retryable else 'no'} | {remedy_of(error)} |")
    return "\n".join(rows)


def raised_errors() -> Iterator[tuple[str, type[PipelineError]]]:
    """The leaves of the tree, and the branches that are raised as they are."""
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if issubclass(error, PipelineError) and (not error.__subclasses__() or name in _ADVICE):
            yield name, error


def remedy_of(error: type[PipelineError]) -> str:
    """What the program says, or else what these pages say; empty when nobody says anything."""
    return error.remedy or _ADVICE.get(error.__name__, "")


def section_of(text: str, name: str) -> str:
    """What stands between the markers of a generated section."""
    start, end = _markers(name)
    return text.partition(start)[2].partition(end)[0].strip()


def with_section(text: str, name: str, body: str) -> str:
    """The text with a generated section written anew."""
    start, end = _markers(name)
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no section {name}")
    return f"{before}{start}\n\n{body}\n\n{end}{after}"


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- begin {name}: made by python -m tests.docs.reference -->", f"<!-- end {name} -->"


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "the user's data folder"
    value: Any = field.default
    if isinstance(value, SecretStr):
        raise TypeError("a secret has no default")
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return f"`{list(value)}`"
    return f"`{value}`"


def _bounds(field: FieldInfo) -> str:
    words = {"gt": "above", "ge": "from", "lt": "below", "le": "to", "min_length": "characters, at least"}
    found = {name: getattr(rule, name) for rule in field.metadata for name in words if hasattr(rule, name)}
    said = " ".join(f"{words[name]} {found[name]}" for name in words if found.get(name) is not None)
    return said.replace("characters, at least 1", "not empty")


def main() -> None:
    """Writes both tables into docs/operating.md."""
    text = OPERATING.read_text(encoding="utf-8")
    text = with_section(text, "settings", settings_table())
    text = with_section(text, "errors", errors_table())
    OPERATING.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
