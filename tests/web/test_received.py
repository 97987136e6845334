"""What neighbours sent, on the page of the incident that it was accepted into."""

from pipeline.domain.agents import Role
from pipeline.domain.custody_actions import CustodyAction
from tests.web.desk import Desk
from tests.web.incident_things import INCIDENTS


def test_a_photo_of_a_neighbour_stands_on_the_page_of_its_incident_for_whoever_works_on_it(desk: Desk) -> None:
    things = INCIDENTS["incident_received"](desk, Role.INVESTIGATOR)
    incident, medium = things.own["incident_id"], things.own["medium_id"]
    ina, rob = desk.client(), desk.client(Role.RECORDS_OFFICER)
    page = ina.get(f"/incidents/{incident}").text
    assert "What neighbours sent" in page
    assert 'href="/triage/nr-' in page
    assert "Ask for approval" in page, "it could be handed out"
    assert 'href="/triage/nr-' not in rob.get(f"/incidents/{incident}").text, "records officers do no triage"
    for browser in (ina, rob):
        shown = browser.get(f"/incidents/{incident}/received/{medium}")
        assert (shown.status_code, shown.content[:2]) == (200, b"\xff\xd8")
    *_, last = desk.services.catalogue.custody.records()
    assert last.entry.action is CustodyAction.ACCESSED
    assert last.entry.detail["incident"] == incident, "so that its case finds the look"

    assert things.hidden is not None
    other, hidden = things.hidden["incident_id"], things.hidden["medium_id"]
    assert ina.get(f"/incidents/{other}/received/{hidden}").status_code == 404
    assert ina.get(f"/incidents/{incident}/received/{hidden}").status_code == 404
    assert desk.client(Role.AUDITOR).get(f"/incidents/{incident}/received/{medium}").status_code == 404
