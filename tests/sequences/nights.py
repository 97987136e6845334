"""A whole night in the order of the flow, without the orchestrator."""

from pipeline.casework.morning_mail import send_mornings
from pipeline.casework.saved_searches import run_after_night
from pipeline.domain.evidence import CustodyAction
from pipeline.night.attach import attach_highlights
from pipeline.night.between import compare_clips
from pipeline.night.gather import gather_account
from pipeline.night.incident_reports import write_report
from pipeline.night.look import claim_batch, look_at_batch, plan_work
from pipeline.night.morning import report_folder, write_morning
from pipeline.night.services import AGENT
from pipeline.night.tonight import Tonight, open_night
from pipeline.retention.revocation import finish_revocations
from tests.sequences.checks import (
    known_of,
    remember_ids,
    require_gone,
    require_index,
    require_marks,
    require_no_breach,
)
from tests.sequences.stand_ins import Workers, eyes_of
from tests.sequences.street import NIGHTS, Street


def run_a_night(street: Street) -> None:
    """Fetches, looks, compares, attaches, reports and tells; and what came of it is held against the law."""
    services = street.services
    remember_ids(street)
    known = known_of(street)
    with open_night(services) as tonight:
        finish_revocations(services)
        for account in services.catalogue.accounts.list():
            gather_account(tonight, account)
        eyes, pool = eyes_of(street.settings), Workers(street)
        plan_work(tonight, eyes)
        while batch := claim_batch(tonight):
            look_at_batch(tonight, batch, eyes, pool)
        compare_clips(tonight, eyes, pool)
        require_no_breach(street)
        require_index(street, known)
        attach_highlights(services)
        _report(street, tonight)
        run_after_night(services, tonight.key)
        send_mornings(services, tonight.key)
    street.count("nights")
    street.released.clear()
    remember_ids(street)
    require_gone(street)


def _report(street: Street, tonight: Tonight) -> None:
    services = street.services
    reports, askers = {}, [NIGHTS]
    for incident in services.catalogue.incidents.live():
        folder = report_folder(services, tonight.key) / "incidents" / incident.incident_id
        write_report(services, incident.incident_id, folder, AGENT, CustodyAction.DERIVED)
        reports[incident.incident_id] = f"incidents/{incident.incident_id}/report.html"
        askers.append((incident.purpose, incident.recipient))
    _, files = write_morning(tonight, reports)
    tonight.finish(files.json.read_text(encoding="utf-8"))
    told = ""
    for path in sorted(report_folder(services, tonight.key).rglob("*")):
        if path.is_file():
            told += path.read_text("utf-8", errors="replace")
    require_marks(street, told, askers, f"a report of the night {tonight.key}")
