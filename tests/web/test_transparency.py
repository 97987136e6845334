"""Who makes and publishes a transparency report, and who reads it: everybody, without signing in."""

import hashlib
import re

import pytest

from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from tests.web.desk import Desk


def test_a_records_officer_publishes_and_everybody_reads(desk: Desk) -> None:
    stranger = desk.browser()
    assert "No report was published yet" in stranger.get("/transparency").text
    officer = desk.client(Role.RECORDS_OFFICER)
    shown = officer.get("/records/transparency", params={"since": "2026-01", "until": "2026-02"})
    assert "Publish 2026-01 to 2026-02" in shown.text

    went = officer.post("/records/transparency", {"since": "2026-01", "until": "2026-02"})
    (made,) = desk.services.catalogue.transparency.list()
    assert (went.status_code, went.headers["location"]) == (303, f"/transparency/{made.report_id}")
    page = stranger.get(f"/transparency/{made.report_id}")
    assert "What residents allowed" in page.text
    assert not re.search(rf"\b{made.published_by}\b", page.text)
    assert "Transparency report, 2026-01 to 2026-02" in stranger.get("/transparency").text
    handed = stranger.get(f"/transparency/{made.report_id}.json").content
    assert hashlib.sha256(handed).hexdigest() == made.digest
    acts = [one.entry.action for one in desk.services.catalogue.custody.records()]
    assert acts.count(CustodyAction.TRANSPARENCY_PUBLISHED) == 1

    again = officer.post("/records/transparency", {"since": "2026-02", "until": "2026-02"})
    assert again.status_code == 422
    assert "was published on" in again.text


def test_an_auditor_reads_it_beforehand_and_does_not_publish(desk: Desk) -> None:
    auditor = desk.client(Role.AUDITOR)
    assert "Publish" not in auditor.get("/records/transparency", params={"since": "2026-01"}).text
    assert auditor.post("/records/transparency", {"since": "2026-01", "until": "2026-01"}).status_code == 404
    assert desk.services.catalogue.transparency.list() == ()


@pytest.mark.parametrize("since", ["2026-13", "now", "2099-01"])
def test_periods_that_are_none_or_are_not_over_are_refused_in_words(desk: Desk, since: str) -> None:
    officer = desk.client(Role.RECORDS_OFFICER)
    assert officer.post("/records/transparency", {"since": since, "until": since}).status_code == 422
    assert desk.services.catalogue.transparency.list() == ()


def test_a_report_that_is_not_there_is_not_found(desk: Desk) -> None:
    for path in ("/transparency/tr-000000000000", "/transparency/tr-000000000000.json"):
        assert desk.browser().get(path).status_code == 404
