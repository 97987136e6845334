"""``doorstep resident`` as an operator runs it."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli.app import app
from pipeline.errors import InputRefusedError, ResidentTakenError, ResidentUnknownError
from tests.cli.runner import run


def plain(*words: str) -> Any:
    return json.loads(run("resident", *words, "--json").stdout)


def test_a_resident_is_tied_to_an_id_that_has_grants_and_the_address_is_shown_nowhere() -> None:
    added = plain("add", "ann", "--mail", "ann@example.org")
    listed = run("resident", "list").stdout
    assert (added["resident_id"], added["has_mail"], added["has_second_factor"]) == ("ann", True, False)
    assert "a link by mail" in listed
    assert "example.org" not in listed + json.dumps(plain("list"))


def test_without_a_name_the_account_gets_an_id_and_without_mail_a_link_is_made() -> None:
    name = plain("add")["resident_id"]
    assert name.startswith("re-")
    made = plain("link", name)
    assert made["link"].startswith("http://127.0.0.1:8020/home/enter?link=")
    assert made["minutes"] == 20


def test_a_resident_is_disabled_enabled_and_reset() -> None:
    plain("add", "ann")
    assert plain("disable", "ann")["is_enabled"] is False
    assert plain("enable", "ann")["is_enabled"] is True
    assert plain("reset", "ann")["has_password"] is False


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("add", "Ann Example"), InputRefusedError),
        (("add", "bob", "--mail", "bob"), InputRefusedError),
        (("add", "ann"), ResidentTakenError),
        (("link", "nobody"), ResidentUnknownError),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(words: tuple[str, ...], error: type[Exception]) -> None:
    run("resident", "add", "ann")
    result = CliRunner().invoke(app, ["resident", *words])
    assert isinstance(result.exception, error)
    assert [one["resident_id"] for one in plain("list")] == ["ann"]
