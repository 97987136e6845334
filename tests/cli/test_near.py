"""``doorstep near`` and ``doorstep digest`` on an installation with two published reports."""

import json
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.casework.near.digests import ask_for_digest, confirm_digest
from pipeline.casework.near.town import open_town
from pipeline.cli.app import app
from pipeline.cli.near import app as near_app
from pipeline.demo.stage import AREAS, STREET_MAP
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.night.services import open_services, utc_now
from pipeline.settings import AgencySettings, NearSettings, Settings
from tests.near_reports import publish


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path / "store"))
    monkeypatch.setenv("DOORSTEP_MAIL__OUTBOX", str(tmp_path / "outbox"))
    monkeypatch.setenv("DOORSTEP_MAIL__SENDER", "desk@police.test")
    monkeypatch.setenv("DOORSTEP_MAIL__RECIPIENTS", '["chief@police.test"]')
    monkeypatch.setenv("DOORSTEP_MAIL__DESK_URL", "https://desk.test")
    with open_services(Settings()) as services:
        wanted = ask_for_digest(services, Neighbourhood((51.5, -0.12), 800), "watch@group.example.org")
        confirm_digest(services, wanted.secret)
        now = utc_now()
        publish(services.catalogue, 1, now + timedelta(seconds=1))
        publish(services.catalogue, 2, now + timedelta(seconds=1), block=(51.6, -0.12))
    return tmp_path


def said(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_everybody_sees_is_listed_and_the_news_are_mailed_once(store: Path) -> None:
    assert "a box was taken from the step" in said("near", "51.5,-0.12", "--days", "2")
    told = json.loads(said("near", "51.5,-0.12", "--json"))
    assert [one["report"]["report_id"] for one in told["reports"]] == ["nr-000000000001"]
    assert len(json.loads(said("near", "--json"))["reports"]) == 2

    (one,) = json.loads(said("digest", "list", "--json"))["confirmed"]
    assert "group.example" not in said("digest", "list")
    assert json.loads(said("digest", "send", "--json"))["letters"] == 1
    assert json.loads(said("digest", "send", "--json"))["quiet"] == 1
    assert "is over" in said("digest", "end", one["subscription_id"])
    assert "nobody gets" in said("digest", "list")
    assert len(list((store / "outbox").glob("*.eml"))) == 1


def test_each_example_of_the_help_finds_its_place_in_the_town_of_the_demo() -> None:
    epilog = next(one.epilog for one in near_app.registered_commands if one.name in (None, "near")) or ""
    examples = [shlex.split(one) for one in epilog.removeprefix("Examples: ").split(" | ")]
    settings = Settings(
        agency=AgencySettings(areas=AREAS), near=NearSettings(streets=STREET_MAP, postcode_countries=())
    )
    finder = open_town(settings).finder
    places = [words[2] for words in examples if len(words) > 2 and not words[2].startswith("-")]
    assert len(places) == len(examples) - 1 == 2
    assert [finder.find(place).places == () for place in places] == [False, False]
