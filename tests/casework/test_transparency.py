"""A transparency report counts what happened, tells nothing of few households, and is published once for good."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.casework.transparency import (
    figures,
    make_report,
    measured_rates,
    publish_report,
    span_between,
)
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.domain.transparency import by_key
from pipeline.errors import TransparencyError
from pipeline.night.morning import agency
from pipeline.reports import transparency_json, write_transparency
from pipeline.retention.revocation import revoke_grant
from pipeline.settings import NightSettings, Settings, StoreSettings
from tests.builders import EVENING
from tests.casework.nights import run_night
from tests.catalogue.stories import digest_of
from tests.conftest import ROOT
from tests.retention.story import Town, a_town

SIX = tuple(f"re-{number:012x}" for number in range(6))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    store = StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second")
    with a_town(Settings(store=store, night=NightSettings(time_zone="UTC"))) as made:
        yield made


def live(town: Town) -> None:
    """Six households grant; one revokes; everybody's clips are looked at, one's twenty times."""
    for number, who in enumerate(SIX):
        town.grant(grant_id=f"gr-{number}", resident_id=who, camera_ids=(f"ring:{number}",))
    for number in range(len(SIX)):
        for _ in range(20 if number == 0 else 1):
            look(town, f"gr-{number} v1")
    look(town, "gr-0 v1", agent="pipeline 0.1.0")
    revoke_grant(town.services, "gr-5", "tester")
    run_night(town, "2026-03-10")


def look(town: Town, authority: str, agent: str = "jane") -> None:
    detail = {"camera": "ring:1", "purpose": "package theft", "case": "C-1"}
    entry = CustodyEntry(town.clock.now(), agent, CustodyAction.ACCESSED, digest_of("clip"), authority, detail)
    town.services.catalogue.custody.append((entry,))


def lines(
    town: Town, since: str = "2026-03", until: str = "2026-03"
) -> dict[str, tuple[tuple[int | None, ...], int | None]]:
    report = make_report(town.services, span_between(town.services, since, until))
    return {key: (line.numbers, line.total) for key, line in by_key(report).items()}


def test_acts_are_counted_and_those_of_few_households_hidden(town: Town) -> None:
    live(town)
    told = lines(town)
    assert told["grants_given"] == ((6,), 6)
    assert told["grants_revoked"] == ((None,), None)
    assert told["looks"] == ((25,), 25)
    assert told["searches"] == ((0,), 0)
    assert told["nights_finished"] == ((1,), 1)


def test_other_months_are_empty_and_the_total_tells_nothing_more(town: Town) -> None:
    live(town)
    town.clock.jump(days=32)
    look(town, "gr-1 v1")
    assert lines(town, "2026-02", "2026-04")["looks"] == ((0, None, None), 26)


def test_a_package_is_one_disclosure_however_much_is_inside(town: Town) -> None:
    for number, who in enumerate(SIX):
        town.grant(grant_id=f"gr-{number}", resident_id=who, camera_ids=(f"ring:{number}",))
    for number in range(6):
        at, authority = town.clock.now() + timedelta(minutes=number), f"gr-{number} v1"
        detail = {"as": "evidence package", "package": f"EV-{number}"}
        for subject in (f"EV-{number}", digest_of(f"{number}"), f"hl-{number:020x}"):
            town.services.catalogue.custody.append(
                (CustodyEntry(at, "jane", CustodyAction.DISSEMINATED, subject, authority, detail),)
            )
        report = {"as": "incident report", "incident": f"in-{number}"}
        for subject in (f"hl-{number:020x}", f"hl-{number + 9:020x}"):
            town.services.catalogue.custody.append(
                (CustodyEntry(at, "jane", CustodyAction.DISSEMINATED, subject, authority, report),)
            )
    told = lines(town)
    assert told["packages"] == ((6,), 6)
    assert told["reports"] == ((6,), 6)
    assert told["copies"] == ((0,), 0)


def test_nothing_names_a_household_a_camera_or_an_agent(town: Town) -> None:
    live(town)
    text = transparency_json(make_report(town.services, span_between(town.services, "2026-03", "2026-03"))).decode()
    assert not re.search(r"re-[0-9a-f]{12}|gr-\d|ring:|jane", text)


def test_what_is_published_is_signed_into_the_log_and_never_again(town: Town) -> None:
    live(town)
    with pytest.raises(TransparencyError, match="2026-03 is not over"):
        publish_report(town.services, "rita", span_between(town.services, "2026-03", "2026-03"))
    town.clock.jump(days=40)
    made = publish_report(town.services, "rita", span_between(town.services, "2026-02", "2026-03"))

    (kept,) = town.services.catalogue.transparency.list()
    assert kept == made
    assert hashlib.sha256(transparency_json(kept.report)).hexdigest() == kept.digest
    (record,) = (
        one.entry
        for one in town.services.catalogue.custody.records()
        if one.entry.action is CustodyAction.TRANSPARENCY_PUBLISHED
    )
    assert (record.agent, record.subject, record.detail["output"]) == ("rita", made.report_id, made.digest)
    for since, until in (("2026-03", "2026-03"), ("2026-01", "2026-02"), ("2026-Q1", "2026-Q1")):
        with pytest.raises(TransparencyError, match="was published on"):
            publish_report(town.services, "rita", span_between(town.services, since, until))
    town.require_whole_log()


def test_without_a_span_it_is_the_last_month_that_is_over(town: Town) -> None:
    assert str(span_between(town.services, "", "").first) == "2026-02"
    assert str(span_between(town.services, "2025-Q3", "").last) == "2025-Q4"
    for since, until in (("2026-3", ""), ("2026-03", "2026-01"), ("2026-01", "2026-Q1")):
        with pytest.raises(TransparencyError):
            span_between(town.services, since, until)


def test_page_paper_and_json_say_the_same(town: Town, tmp_path: Path) -> None:
    live(town)
    report = make_report(town.services, span_between(town.services, "2026-03", "2026-03"))
    made = write_transparency(report, agency(town.services), tmp_path / "out")
    assert json.loads(made.json.read_text()) == json.loads(json.dumps(to_plain(report)))
    page = made.html.read_text()
    assert "not an emergency service" in page
    assert page.count('<td class="number">hidden</td>') == figures(report)["hidden"]
    assert made.pdf.read_bytes().startswith(b"%PDF")


def test_rates_are_those_of_the_projects_own_pages() -> None:
    pages = {name: (ROOT / "docs" / name).read_text("utf-8") for name in ("recognition.md", "redaction.md")}
    rows = "\n".join(line for page in pages.values() for line in page.splitlines() if line.startswith("|"))
    shipped = pages["recognition.md"].split("\n## Composites\n", 1)[1].split("\n## ", 1)[0]
    for rate in measured_rates():
        if "docs/recognition.md" in rate.source:
            kind = next((one for one in ("delivered", "picked up") if one in rate.what), "**all**").replace(" ", "_")
            row = next(one for one in shipped.splitlines() if one.count("|") == 11 and kind in one.split("|")[1])
            _, _, true, found, missed, false, *_ = (part.strip() for part in row.split("|"))
            wrong = f"{false} of {int(found) + int(false)}," if "wrong" in rate.what else f"{missed} of {true},"
            assert rate.value.startswith(wrong), row
        else:
            share = re.search(r"[\d.]+%", rate.value)
            assert share is not None
            assert share.group() in rows


def test_the_moment_of_a_count_is_that_of_the_installations_zone(tmp_path: Path) -> None:
    store = StoreSettings(directory=tmp_path / "doorstep")
    with a_town(Settings(store=store, night=NightSettings(time_zone="Pacific/Kiritimati"))) as town:
        for number, who in enumerate(SIX):
            at = EVENING.replace(day=31)
            town.grant(
                grant_id=f"gr-{number}", resident_id=who, camera_ids=(f"ring:{number}",), granted_at=at,
                expires_at=at + timedelta(days=9),
            )  # fmt: skip
        assert lines(town, "2026-03", "2026-04")["grants_given"] == ((0, 6), 6)
