"""What the pages say is there: commands with their options, links, files, and the glossary's words."""

import importlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer
from typer._click.core import Command

from pipeline.cli.app import _COMMANDS
from pipeline.web.routes import ROUTERS
from tests.docs.pages import all_pages, anchors, commands, links
from tests.docs.reference import ROOT

BANNED = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "handler",
    "processor",
    "misc",
    "common",
    "core",
    "data",
    "info",
    "obj",
}
"""Made by a run of the program and added with it; a link to one of these may dangle until then."""
PLACEHOLDER = re.compile(r"[A-Z_]+|…|\.\.\.")


def commands_there_are() -> Mapping[str, Command]:
    """Every command by its words, ``grant add`` for example, groups left out."""
    found: dict[str, Command] = {}
    for name, (module, _) in _COMMANDS.items():
        command = typer.main.get_command(importlib.import_module(module).app)
        inner: Mapping[str, Command] = getattr(command, "commands", {})
        found.update({f"{name} {part}": sub for part, sub in inner.items()} or {name: command})
    return found


THERE = commands_there_are()


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_exists_with_its_options(page: Path) -> None:
    wrong = [
        " ".join(words)
        for words in commands(page.read_text(encoding="utf-8"))
        if len(words) > 1 and not _exists(words[1:])
    ]
    assert wrong == []


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page.read_text(encoding="utf-8")) if not _leads_somewhere(page, link)] == []


def test_every_command_is_described_somewhere() -> None:
    told = {" ".join(words[1:3]) for page in all_pages() for words in commands(page.read_text(encoding="utf-8"))}
    told |= {words.partition(" ")[0] for words in told}
    assert sorted(set(THERE) - told) == []


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in all_pages()
        for link in links(page.read_text(encoding="utf-8"))
        if "://" not in link
    }
    entry = {"README.md"}
    lonely = [page for page in all_pages() if page.resolve() not in linked and page.name not in entry]
    assert lonely == []


def test_no_module_is_named_by_a_word_that_says_nothing() -> None:
    names = [path for top in ("pipeline", "flows", "bench") for path in (ROOT / top).rglob("*.py")]
    named = [path for path in names if path.stem in BANNED or path.parent.name in BANNED]
    assert named == []


def test_the_glossary_bans_the_words_that_are_tested() -> None:
    said = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("Banned as names:")[2]
    listed = set(re.findall(r"`(\w+)`", said.partition("\n\n")[0]))
    assert listed == BANNED


def test_no_page_names_a_path_of_somebodys_machine() -> None:
    ours = {"/".join(getattr(route, "path", "").split("/")[:3]) for router in ROUTERS for route in router.routes}
    named = {
        (page.name, found)
        for page in all_pages()
        for found in re.findall(r"(?<![\w.])/(?:work|tmp|root|home/\w+)", page.read_text("utf-8"))
    }
    assert {(page, found) for page, found in named if found not in ours} == set()


def test_a_wrong_command_would_be_found() -> None:
    assert not _exists(["grant", "forget", "gr-1"])
    assert not _exists(["night", "--quickly"])
    assert _exists(["grant", "revoke", "gr-1"])


def _exists(words: list[str]) -> bool:
    if words[0].startswith("-"):
        return words[0] in {"--help", "--version"}
    if PLACEHOLDER.fullmatch(words[0]):
        return True
    pair = " ".join(words[:2])
    command = THERE.get(pair) or THERE.get(words[0])
    if command is None:  # a group alone, or with a placeholder or its help behind it
        is_group = any(name.startswith(f"{words[0]} ") for name in THERE)
        return is_group and (len(words) == 1 or words[1] == "--help" or "|" in words[1])
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    return options <= known | {"--help"}


def _leads_somewhere(page: Path, link: str) -> bool:
    if "://" in link or link.startswith("mailto:"):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(ROOT):
        return False
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target.read_text(encoding="utf-8"))
