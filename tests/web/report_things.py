"""Reports of neighbours with which the routes of the triage, and the public ones, are walked."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.accepting import accept
from pipeline.casework.proofs.secrets import digest_of
from pipeline.domain.agents import Matter, Role
from pipeline.domain.neighbour_reports import (
    MediumKind,
    NeighbourReport,
    PartialUpload,
    PublishedMedium,
    ReportCategory,
    ReportMedium,
)
from tests.builders import PURPOSE, RECIPIENT
from tests.catalogue.stories import an_entry
from tests.web.desk import Desk
from tests.web.things import Things

ABSENT = {
    "report_id": "nr-000000000000",
    "medium_id": "nm-000000000000",
    "number": "0",
    "name": f"pm-{0:020x}.jpg",
    "secret": "nothing",
}


def a_sent_report(desk: Desk, photo: bytes = b"") -> tuple[NeighbourReport, str]:
    """A report with one photo, and the id of that photo; its bytes are made up where none are given."""
    services, now = desk.services, desk.now
    tail = secrets.token_hex(6)
    report = NeighbourReport(
        f"nr-{tail}", ReportCategory.CRIME, now - timedelta(hours=2), (51.5, -0.12), "a box was taken", "north", "",
        now, now + timedelta(days=30), may_publish=True,
    )  # fmt: skip
    sealed = services.box.seal(f"contact of {report.report_id}", b"me@example.org")
    services.catalogue.neighbour_reports.add(report, digest_of(tail), sealed, [an_entry(report.report_id)])
    content = photo + f"photo of {tail}".encode()
    upload = PartialUpload(f"nu-{tail}", report.report_id, "photo.jpg", len(content), now, now + timedelta(hours=1))
    medium = ReportMedium(
        f"nm-{tail}",
        report.report_id,
        MediumKind.PHOTO,
        "photo.jpg",
        hashlib.sha256(content).hexdigest(),
        len(content),
        now,
    )
    services.catalogue.neighbour_files.begin(upload, digest_of(f"secret {tail}"))
    services.catalogue.neighbour_files.finish(upload, medium, [an_entry(medium.digest)])
    shelf.path_of(services, medium.medium_id).write_bytes(content)
    shelf.picture_path(services, medium.medium_id, 0).write_bytes(b"a picture")
    return report, medium.medium_id


def _waiting(desk: Desk, role: Role) -> Things:
    report, medium_id = a_sent_report(desk)
    own = {"report_id": report.report_id, "medium_id": medium_id, "number": "0"}
    return Things(own, None, ABSENT, {"reason": "it shows the taking"})


def _accepted(desk: Desk, role: Role) -> Things:
    report, medium_id = a_sent_report(desk)
    accept(desk.services, Matter("whoever accepted", PURPOSE, RECIPIENT), report.report_id, "it shows the taking")
    medium = desk.services.catalogue.neighbour_files.get(report.report_id, medium_id)
    digest = desk.services.derivatives.put(f"copy of {medium_id}".encode()).digest
    name = f"pm-{secrets.token_hex(10)}.jpg"
    copy = PublishedMedium(name, report.report_id, medium_id, medium.acquisition_id, digest, 1)
    desk.services.catalogue.neighbour_reports.keep_copies(report.report_id, [copy], [])
    return Things({"report_id": report.report_id, "name": name}, None, ABSENT, {"words": "a box was taken"})


def _accepted_for_a_new_one(desk: Desk, role: Role) -> Things:
    return replace(_accepted(desk, role), form={"incident": "new"})


def _filmed(desk: Desk, role: Role) -> Things:
    things = _waiting(desk, role)
    shelf.film_path(desk.services, things.own["medium_id"]).write_bytes(b"a film")
    return things


def _upload(desk: Desk, role: Role) -> Things:
    report, _ = a_sent_report(desk)
    return Things({"secret": f"secret {report.report_id[3:]}", "name": ABSENT["name"]}, None, ABSENT)


REPORTS: Mapping[str, Callable[[Desk, Role], Things]] = {
    "triage_report": _waiting,
    "triage_picture": _waiting,
    "triage_contact": _waiting,
    "triage_accept": _waiting,
    "triage_decline": _waiting,
    "triage_incident": _accepted_for_a_new_one,
    "triage_films": _waiting,
    "triage_film": _filmed,
    "triage_copies": _accepted,
    "triage_copy": _accepted,
    "triage_publish": _accepted,
    "triage_unpublish": _accepted,
    "near_upload_offset": _upload,
    "near_upload_piece": _upload,
    "near_upload_end": _upload,
    "near_medium": _upload,
}
