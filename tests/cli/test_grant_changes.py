"""The commands that follow a grant, on a real store."""

import json
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
import typer

from pipeline.cli.grant_parts import parse_hours
from pipeline.domain.consent import EVERY_DAY, DailyHours, Weekday
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import GrantWiderError
from pipeline.night.services import utc_now
from pipeline.settings import Settings, StoreSettings
from tests.builders import CAMERA, EVENING, RESIDENT
from tests.cli.runner import run
from tests.retention.story import Town, a_town


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path / "doorstep"))
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "doorstep"))) as town:
        now = utc_now()
        town.clock.at = now
        town.grant(expires_at=now.replace(year=now.year + 1))
        yield town


def test_pause_resume_narrow_and_show(home: Town) -> None:
    home.keep()
    assert "Paused since" in run("grant", "pause", "gr-1").output
    assert json.loads(run("grant", "resume", "gr-1", "--json").output)["grant"]["version"] == 3
    narrowed = run("grant", "narrow", "gr-1", "--hours", "sat-sun 03:00-03:01")

    assert "1 recording and all that was made of it was deleted" in narrowed.output
    assert home.objects() == (set(), set())
    shown = run("grant", "show", "gr-1").output
    assert "version 4" in shown
    assert "hours: between 03:00 and 03:01 on Saturdays and Sundays (UTC), before that at any hour (UTC)" in shown
    with pytest.raises(GrantWiderError, match="hours"):
        run("grant", "narrow", "gr-1", "--hours", "03:00-03:02")


def test_who_looked_as_words_table_and_json(home: Town) -> None:
    detail = {"camera": CAMERA, "as": "play", "purpose": "package theft", "case": "26-1"}
    home.services.catalogue.custody.append(
        (CustodyEntry(EVENING, "jane", CustodyAction.ACCESSED, "a" * 64, "gr-1 v1", detail),)
    )

    assert "played" in run("grant", "looks", "--resident", RESIDENT).output
    assert [one["what"] for one in json.loads(run("grant", "looks", "--resident", RESIDENT, "--json").output)] == [
        "played"
    ]
    assert run("grant", "looks", "--resident", RESIDENT, "--csv").output.count("\n") == 2
    assert "nobody looked" in run("grant", "looks", "--resident", "bob").output


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("18:00-08:00", EVERY_DAY),
        ("mon-fri 18:00-08:00", EVERY_DAY[:5]),
        ("sat,sun 18:00-08:00", EVERY_DAY[5:]),
        ("fri-mon 18:00-08:00", (Weekday.MONDAY, Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY)),
        ("Wed 18:00-08:00", (Weekday.WEDNESDAY,)),
    ],
)
def test_days_of_hours(text: str, days: tuple[Weekday, ...]) -> None:
    assert parse_hours(text) == DailyHours(time(18), time(8), days)


@pytest.mark.parametrize("text", ["mon-fry 18:00-08:00", "18:00", "mon 18:00", "mon-fri-sat 18:00-08:00"])
def test_days_that_are_none(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="mon-fri"):
        parse_hours(text)
