"""How each kind of job of the desk is done, from the short strings of its order to those of its result."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from pipeline.casework.cuts import CutOrder, cut_span, recut
from pipeline.casework.exports import ExportOrder, ReportOrder, export_package, make_report
from pipeline.casework.jobs import Work
from pipeline.casework.neighbours.films import filming
from pipeline.casework.neighbours.publishing import copying
from pipeline.casework.uploads import Brought, attach_whole, bring, open_hands
from pipeline.domain.agents import Matter
from pipeline.domain.incidents import Attachment
from pipeline.domain.jobs import Job, JobKind
from pipeline.errors import RecordNotFoundError
from pipeline.night.services import Services
from pipeline.packages.progress import Teller

_YES = "yes"
_SECONDS = re.compile(r"\d{1,6}(\.\d{1,9})?", re.ASCII)
PACKAGES = "packages"
REPORTS = "reports/incidents"


def cut_order(start: str, end: str, *, has_boxes: bool, is_masked: bool, reason: str = "") -> dict[str, str]:
    """What a job of cutting is asked, from words of a form; empty ones mean the clip's own ends.

    Raises:
        ValueError: A moment is no number of seconds; ``1e999999999`` would be one that takes all memory to write out.
    """
    if not all(_SECONDS.fullmatch(words) for words in filter(None, (start, end))):
        raise ValueError("a moment is in seconds, for example 2.5")
    return {
        "from": start,
        "to": end,
        "boxes": _YES if has_boxes else "",
        "masked": _YES if is_masked else "",
        "reason": reason,
    }


def export_order(*, redacted: bool) -> dict[str, str]:
    """What a job of exporting is asked."""
    return {"redacted": _YES if redacted else ""}


def report_path(services: Services, job: Job) -> Path:
    """Where the report of a job lies on paper.

    Raises:
        RecordNotFoundError: The job made none, or it was removed since: evidence that it showed was disposed of.
    """
    path = services.settings.store.directory / REPORTS / job.incident_id / "report.pdf"
    if job.kind is not JobKind.REPORT or not job.result or not path.is_file():
        raise RecordNotFoundError("report", job.job_id)
    return path


def package_path(services: Services, job: Job) -> Path:
    """Where the package of a job lies.

    Raises:
        RecordNotFoundError: The job made none, or it was removed since: evidence inside it was disposed of.
    """
    name = job.result.get("file", "")
    path = services.settings.store.directory / PACKAGES / name
    if not name or Path(name).name != name or not path.is_file():
        raise RecordNotFoundError("package", job.result.get("package", job.job_id))
    return path


def _export(services: Services, job: Job, matter: Matter, tell: Teller) -> Mapping[str, str]:
    folder = services.settings.store.directory / PACKAGES
    order = ExportOrder(folder, zipped=True, redacted=job.order.get("redacted") == _YES)
    made = export_package(services, matter, job.incident_id, order, tell)
    size = str(made.path.stat().st_size)
    return {
        "package": made.disclosure.package_id,
        "file": made.path.name,
        "bytes": size,
        "tag_manifest": made.disclosure.tag_manifest,
        "left_out": str(len(made.contents.left_out)),
    }


def _report(services: Services, job: Job, matter: Matter, tell: Teller) -> Mapping[str, str]:
    folder = services.settings.store.directory / REPORTS / job.incident_id
    tell("making copies in which people are hidden", 0, 0, "steps")
    made, files = make_report(services, matter, job.incident_id, ReportOrder(folder))
    return {"folder": str(files.html.parent), "highlights": str(len(made.highlights))}


def _cut(services: Services, job: Job, matter: Matter, tell: Teller) -> Mapping[str, str]:
    tell("cutting", 0, 0, "steps")
    order = job.order
    wanted = CutOrder(
        start=Fraction(order["from"]) if order["from"] else None,
        end=Fraction(order["to"]) if order["to"] else None,
        has_boxes=order["boxes"] == _YES,
        is_masked=order["masked"] == _YES,
        reason=order["reason"],
    )
    if order.get("highlight"):
        return _said(recut(services, matter, job.incident_id, order["highlight"], wanted))
    return _said(cut_span(services, matter, job.incident_id, order["acquisition"], wanted))


def _upload(services: Services, job: Job, matter: Matter, tell: Teller) -> Mapping[str, str]:
    tell("loading what looks at it", 0, 0, "steps")
    with open_hands(services) as hands:
        tell("looking at it", 0, 0, "steps")
        brought = Brought(Path(job.order["path"]), job.order["name"], job.order["camera"], job.order["reason"])
        made = bring(services, matter, job.incident_id, brought, hands)
    return _said(made)


def _neighbours_clip(services: Services, job: Job, matter: Matter, tell: Teller) -> Mapping[str, str]:
    clip = services.catalogue.clips.get(job.order["acquisition"])
    tell("loading what looks at it", 0, 0, "steps")
    with open_hands(services) as hands:
        tell("looking at it", 0, 0, "steps")
        made = attach_whole(services, matter, job.incident_id, clip, job.order["reason"], hands)
    return _said(made)


def _said(made: Attachment) -> dict[str, str]:
    return {"highlight": made.highlight_id, "shown": made.shown_id}


WORKS: Mapping[JobKind, Work] = {
    JobKind.EXPORT: _export,
    JobKind.REPORT: _report,
    JobKind.CUT: _cut,
    JobKind.UPLOAD: _upload,
    JobKind.PUBLIC_COPIES: copying,
    JobKind.TRIAGE_FILMS: filming,
    JobKind.NEIGHBOUR_CLIP: _neighbours_clip,
}
"""How each kind is done."""
