"""``doorstep request`` as people run it."""

import getpass
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import AgentUnknownError, FootageRequestError, FootageRequestRefusedError
from tests.cli.runner import run

WORDS = ("new", "--case", "24-117", "--title", "Parcel taken from a porch", "--near", "51.5,-0.12,300")
WINDOW = ("--from", "2026-03-10T22:00Z", "--until", "2026-03-10T23:00Z")
SAID = ("--words", "Somebody in a red jacket took a parcel from a porch.")


def plain(*words: str) -> Any:
    return json.loads(run("request", *words, "--json").stdout)


@pytest.fixture
def who(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Says who runs the next commands."""

    def be(name: str) -> None:
        monkeypatch.setattr(getpass, "getuser", lambda: name)

    be("ina")
    return be


def test_a_request_is_written_approved_by_another_and_closed(who: Any) -> None:
    run("user", "add", "sue", "--role", "supervisor")
    made = plain(*WORDS, *WINDOW, *SAID)
    assert (made["state"], made["written_by"]) == ("waiting", "ina")
    with pytest.raises(AgentUnknownError):
        run("request", "approve", made["request_id"])

    who("sue")
    assert plain("approve", made["request_id"])["state"] == "open"
    assert plain("show", made["request_id"])["answered"] == "counted when the request is closed"
    assert plain("close", made["request_id"])["state"] == "closed"
    assert [one["what"] for one in plain("log")] == ["closed", "published"]
    assert [one["request_id"] for one in plain("list", "--state", "closed")] == [made["request_id"]]
    with pytest.raises(FootageRequestError, match="decided already"):
        run("request", "refuse", made["request_id"], "--note", "too late")


def test_a_refusal_names_the_rule_and_how_to_mend_it(who: Any, tmp_path: Path) -> None:
    told = tmp_path / "words.txt"
    told.write_text("A white person took a parcel.")
    words = (*WORDS, *WINDOW, "--words", f"@{told}")

    checked = run("request", *words, "--check")
    assert checked.exit_code == 1
    assert "protected_trait" in checked.stdout
    assert plain("log") == [], "a check is no request"
    with pytest.raises(FootageRequestRefusedError, match="Describe what was worn"):
        run("request", *words)
    assert [one["rules"] for one in plain("log")] == [["protected_trait"]]


@pytest.mark.parametrize("place", [(), ("--near", "here"), ("--near", "51,0"), ("--area", "51,0;52,1")])
def test_a_place_that_is_none_is_said(who: Any, place: tuple[str, ...]) -> None:
    words = ("new", "--case", "24-117", "--title", "Parcel", *place)
    assert run("request", *words, *WINDOW, *SAID).exit_code != 0
