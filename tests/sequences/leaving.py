"""What leaves the house: every byte of a package and of a report is held against the law of that moment."""

import zipfile

from pipeline.casework.exports import ExportOrder, ReportOrder, export_package
from pipeline.casework.exports import make_report as write_report
from pipeline.casework.jobs import JobRoom, new_job
from pipeline.casework.works import PACKAGES, REPORTS, WORKS
from pipeline.domain.agents import Matter
from pipeline.domain.incidents import AttachmentStatus, Incident
from pipeline.domain.jobs import Job, JobKind, JobState
from pipeline.errors import ApprovalMissingError, PackageError
from tests.sequences.checks import BreachError, highlight_asked, require_marks, tried
from tests.sequences.street import Street


def export(street: Street, incident: Incident, matter: Matter, *, redacted: bool) -> None:
    """A package, by a job of the desk or by hand."""
    services = street.services
    asker = (incident.purpose, incident.recipient)
    attached = services.catalogue.incidents.attachments(incident.incident_id)
    wanted = [one for one in attached if one.status is not AttachmentStatus.REJECTED]
    may = any(street.law.allows_all(asker, highlight_asked(street, one.shown_id), street.clock.at) for one in wanted)
    folder = street.folder / PACKAGES
    before = set(folder.glob("*.zip"))
    if redacted:
        done = _worked(street, new_job(services, matter, JobKind.EXPORT, incident.incident_id, {"redacted": "yes"}))
        if done.state is JobState.DONE and not may:
            raise BreachError(f"a package of {incident.incident_id} was made, and nobody allows it")
    else:
        try:
            order = ExportOrder(folder)
            tried(street, "a package", may, lambda: export_package(services, matter, incident.incident_id, order))
        except (ApprovalMissingError, PackageError):
            pass
    for path in set(folder.glob("*.zip")) - before:
        street.count("packages")
        with zipfile.ZipFile(path) as opened:
            told = "\n".join(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())
        require_marks(street, told, [asker], f"package {path.name}")


def cut_by_a_job(
    street: Street, incident: Incident, matter: Matter, acquisition_id: str, reason: str, *, may: bool
) -> None:
    """A cut as the desk makes it: the order and the result are written down beside it."""
    order = {"acquisition": acquisition_id, "from": "", "to": "", "boxes": "yes", "masked": "no", "reason": reason}
    before = len(street.book.highlights())
    done = _worked(street, new_job(street.services, matter, JobKind.CUT, incident.incident_id, order))
    made = len(street.book.highlights()) - before
    if done.state is JobState.DONE and not may:
        raise BreachError(f"a job cut {acquisition_id}, and nobody allows it")
    if done.state is JobState.FAILED and (may or made):
        raise BreachError(f"a job that may cut {acquisition_id} failed: {done.error}")
    street.count("jobs")


def _worked(street: Street, job: Job) -> Job:
    room = JobRoom(street.services, WORKS)
    done = room.work(job.job_id)
    room.close()
    return done or street.services.catalogue.jobs.get(job.job_id)


def report(street: Street, incident: Incident, matter: Matter) -> None:
    """A report for people, with whoever is not part of an event hidden."""
    folder = street.folder / REPORTS / incident.incident_id
    write_report(street.services, matter, incident.incident_id, ReportOrder(folder))
    street.count("reports")
    told = "\n".join(path.read_text("utf-8", errors="replace") for path in folder.rglob("*") if path.is_file())
    require_marks(street, told, [(incident.purpose, incident.recipient)], f"the report of {incident.incident_id}")
