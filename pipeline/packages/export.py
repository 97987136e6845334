"""An incident leaves the house: gathered, written, checked, recorded, and only then visible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline import __version__
from pipeline.domain.evidence import CustodyAction, CustodyEntry, Disclosure
from pipeline.errors import FixityError, PackageError, PipelineError
from pipeline.evidence.store import ObjectStore
from pipeline.night.leaving_notes import note_leaving, settle_leaving, withdrawn_entry, writing_into
from pipeline.night.redaction import Redactor, SharedCopy
from pipeline.night.services import Services
from pipeline.packages import documents, papers, verifier
from pipeline.packages.bag import Bag, publish, withdraw, zip_bag
from pipeline.packages.case_graph import case_graph
from pipeline.packages.contents import INCIDENTS_OWN, Contents, Instead, gather, not_had
from pipeline.packages.custody_slice import custody_files
from pipeline.packages.progress import CHECKING, PACKING, WRITING, Meter, Teller, silent
from pipeline.packages.sent import shared_copies
from pipeline.packages.shared import redacted_copies, shared_rows, write_shared
from pipeline.packages.sshsig import allowed_signers, public_line, sign
from pipeline.packages.still_granted import require_still_granted, told_of
from pipeline.packages.vouchers import vouchers
from pipeline.reports import incident_paper, pictures_of, to_json


@dataclass(frozen=True, slots=True)
class Exported:
    """A package that left the house.

    Attributes:
        path: The folder, or the zip.
        disclosure: What was written down of it.
        contents: What is inside.
    """

    path: Path
    disclosure: Disclosure
    contents: Contents


def export_incident(  # noqa: PLR0913 - what an export is asked for
    services: Services,
    incident_id: str,
    folder: Path,
    agent: str,
    *,
    purpose: str | None = None,
    zipped: bool = False,
    moment: datetime | None = None,
    redactor: Redactor | None = None,
    before_visible: Callable[[], None] = lambda: None,
    recipient: str | None = None,
    case_number: str | None = None,
    matter_case: str = "",
    tell: Teller = silent,
) -> Exported:
    """Writes a package, and what is recorded of it in the same transaction as its disclosure.

    The record comes before the package is visible: a crash between the two leaves a disclosure that nobody received,
    never a copy that nobody knows of. What is revoked between the last question and the rename is found by asking once
    more when the package is visible: it is then taken away again, which a further record says. A crash before that
    question leaves a note (``pipeline.night.leaving_notes``), by which the sweep finds the package and asks it. The
    folder in which it is written is noted as well, so that the sweep removes what a crash before that left.

    Args:
        services: The installation.
        incident_id: Which incident.
        folder: Where the package is to lie; made when it is not there.
        agent: Who exports.
        purpose: Asked of the grants in place of the incident's own.
        zipped: Whether it is one file.
        moment: UTC; of the export; now by default.
        redactor: Makes redacted copies of the highlights, to lie beside the originals; None for none.
        before_visible: Called when the package is whole and nobody has seen it yet.
        recipient: Who receives it, and asked of the grants, in place of the incident's own.
        case_number: Stands in the package in place of the incident's own.
        matter_case: On which case whoever exports it looks; said in the custody log where it is another.
        tell: Hears how far it is.

    Raises:
        RecordNotFoundError: There is no such incident.
        ConsentError: No live grant lets anything of it out.
        PackageError: Nothing is attached, or what was written does not pass its own checks.
        EvidenceNotFoundError, FixityError: An original or a highlight is not in the store as it must be.
        StorageError, ReportError: It cannot be written.
    """
    instead = Instead(purpose, recipient, case_number)
    with writing_into(services, folder) as scratch:
        copies: tuple[SharedCopy, ...] = ()
        if redactor is not None:
            copies = redacted_copies(services, redactor, incident_id, agent, scratch / "shared", instead, tell=tell)
        contents, tag_manifest = build(
            services, incident_id, scratch, moment or services.now(), instead, copies, tell=tell
        )
        made = scratch / contents.package_id
        target = folder / contents.package_id
        if zipped:
            total = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
            zip_bag(made, scratch / f"{contents.package_id}.zip", Meter(tell, PACKING, total).add)
            made, target = scratch / f"{contents.package_id}.zip", folder / f"{contents.package_id}.zip"
        if target.exists():
            raise PackageError(contents.package_id, f"{target} is there already", "it is the same package: use it")
        before_visible()
        require_still_granted(services, contents)
        disclosure = _disclosure(contents, agent, tag_manifest)
        services.catalogue.disclosures.save(disclosure, _custody(disclosure, matter_case))
        note_leaving(services, disclosure.package_id, target, told_of(contents))
        publish(made, target)
        _require_still_allowed(services, contents, target, disclosure)
        settle_leaving(services, disclosure.package_id)
    return Exported(target, disclosure, contents)


def _require_still_allowed(services: Services, contents: Contents, target: Path, disclosure: Disclosure) -> None:
    """Takes the package away where what is inside is not granted any more."""
    try:
        require_still_granted(services, contents)
    except PipelineError as error:
        try:  # its record first: of what is removed before, a crash would leave none
            services.catalogue.custody.append((withdrawn_entry(services, disclosure, disclosure.agent, error),))
        finally:
            withdraw(target)
        settle_leaving(services, disclosure.package_id)
        raise


def build(  # noqa: PLR0913 - what a package is made of
    services: Services,
    incident_id: str,
    folder: Path,
    moment: datetime,
    instead: Instead = INCIDENTS_OWN,
    copies: tuple[SharedCopy, ...] = (),
    *,
    tell: Teller = silent,
) -> tuple[Contents, str]:
    """Writes the bag into ``folder`` under its id and checks it; records nothing, and nobody is given anything.

    The same catalogue, objects, log, key and moment give the same bytes; redacted copies are made anew each time, and
    their seals bear the time of day.

    Returns:
        What is inside, and the SHA-256 of the tag manifest.

    Raises:
        As ``export_incident``.
    """
    checkpoint = services.catalogue.custody.checkpoint()
    contents = gather(services, incident_id, moment, instead)
    bag = Bag(folder / contents.package_id, Meter(tell, WRITING, _size(services, contents)).add)
    _copy_objects(services, contents, bag)
    write_shared(copies, bag)
    bag.write("data/package.json", documents.package(contents, tuple(shared_rows(copies))))
    _write_documents(services, contents, bag)
    for name, content in custody_files(services.catalogue, contents, checkpoint):
        bag.write(name, content)
    bag.write("data/case.jsonld", case_graph(contents, bag.sizes))
    key = services.key.verifying.raw
    bag.write("signatures/allowed_signers", allowed_signers(key))
    bag.write("signatures/custodian.pub", f"{public_line(key)}\n".encode())
    bag.write("signatures/custodian.pem", services.key.verifying.pem)
    tag_manifest = bag.seal(
        _about(contents),
        lambda tags: sign(tags, services.key, key),
        lambda manifest: vouchers(services.settings.packages, manifest),
    )
    tell(CHECKING, 0, 0, "steps")
    failed = [said for _, holds, said in verifier.verify(bag.folder, verifier.fingerprint(key)) if not holds]
    if failed:
        raise PackageError(
            contents.package_id, "; ".join(failed), "see `doorstep custody verify`; nothing was exported"
        )
    return contents, tag_manifest


def _size(services: Services, contents: Contents) -> int:
    """Bytes of the objects that go in; what is written beside them is a small part."""
    kept = [one.digest for one in contents.highlights] + list(pictures_of(contents.report))
    kept += [copy.digest for copy in shared_copies(contents.sent)]
    held = [digest for digest in kept if services.derivatives.has(digest)]
    return sum(part.clip.item.size for part in contents.originals) + sum(map(services.derivatives.size, held))


def _copy_objects(services: Services, contents: Contents, bag: Bag) -> None:
    for part in contents.originals:
        _copy(services.originals, part.clip.item.digest, documents.original_path(part), bag)
    for one in contents.highlights:
        _copy(services.derivatives, one.digest, f"{documents.HIGHLIGHTS}/{one.highlight_id}.mp4", bag)
        bag.write(f"{documents.HIGHLIGHTS}/{one.highlight_id}.tags.json", services.derivatives.read(one.tags))
    for copy in shared_copies(contents.sent):
        _copy(services.derivatives, copy.digest, documents.public_path(copy), bag)
    for digest in pictures_of(contents.report):
        _copy(services.derivatives, digest, f"{documents.PICTURES}/{digest}.jpg", bag)


def _copy(store: ObjectStore, digest: str, name: str, bag: Bag) -> None:
    with store.path_of(digest) as path:
        found = bag.copy(name, path)
    if found != digest:
        raise FixityError(digest, digest, found)


def _write_documents(services: Services, contents: Contents, bag: Bag) -> None:
    key = services.key.verifying
    names = [camera.camera_id for camera in contents.report.coverage if camera.granted]
    histories = {name: services.catalogue.coverage.last(name).get("") for name in names}
    for part in contents.report.highlights:
        bag.write(f"{documents.HIGHLIGHTS}/{part.highlight.highlight_id}.json", documents.highlight(part))
    _write_settings(services, contents, bag)
    for name, content in (
        ("data/acquisitions.json", documents.acquisitions(contents)),
        ("data/detections.jsonl", documents.detections(contents)),
        ("data/time_map.json", documents.time_map(contents)),
        ("data/coverage.json", documents.coverage(contents, histories, not_had(services, contents))),
        ("data/custody/consent.json", documents.consent(contents, {one.key_id: one.raw for one in services.keys})),
        ("data/report/report.json", to_json(contents.report)),
        ("data/report/report.pdf", incident_paper(contents.report, services.derivatives.read)),
        ("data/report/certification-902.txt", papers.certification_text(contents)),
        ("data/report/certification-902.pdf", papers.certification_pdf(contents)),
        ("data/HOWTO-VERIFY.txt", papers.howto(contents, key.raw)),
        ("data/verify.py", Path(verifier.__file__).read_bytes()),
    ):
        bag.write(name, content)


def _write_settings(services: Services, contents: Contents, bag: Bag) -> None:
    """What each result was made with: a file named by the digest that the result names, where it was kept."""
    results = {one.settings_digest for part in contents.clips for one in part.analyses}
    for digest in sorted(results):
        text = services.catalogue.analyses.settings_of(digest)
        if text:
            bag.write(documents.settings_name(digest), text)


def _about(contents: Contents) -> dict[str, str]:
    return {
        "Source-Organization": contents.report.agency.name,
        "External-Identifier": contents.package_id,
        "External-Description": f"Evidence on incident {contents.incident.incident_id}",
        "Bagging-Date": f"{contents.moment:%Y-%m-%d}",
        "Bag-Software-Agent": f"doorstep {__version__}",
    }


def _disclosure(contents: Contents, agent: str, tag_manifest: str) -> Disclosure:
    return Disclosure(
        package_id=contents.package_id,
        incident_id=contents.incident.incident_id,
        recipient=contents.incident.recipient,
        purpose=contents.incident.purpose,
        at=contents.moment,
        agent=agent,
        tag_manifest=tag_manifest,
        case_number=contents.incident.case_number,
        acquisition_ids=contents.acquisition_ids,
        originals=tuple(part.clip.item.digest for part in contents.originals),
        highlight_ids=tuple(one.highlight_id for one in contents.highlights),
        grants=contents.authorities,
    )


def _custody(disclosure: Disclosure, matter_case: str) -> tuple[CustodyEntry, ...]:
    """One record of the package, and one of each original and highlight inside: what left is found by its own name."""
    detail = {
        "package": disclosure.package_id,
        "output": disclosure.tag_manifest,
        "incident": disclosure.incident_id,
        "case": disclosure.case_number,
        "purpose": disclosure.purpose,
        "recipient": disclosure.recipient,
        "as": "evidence package",
        **({"matter_case": matter_case} if matter_case not in ("", disclosure.case_number) else {}),
    }
    authority = ", ".join(disclosure.grants)
    subjects = (disclosure.package_id, *disclosure.originals, *disclosure.highlight_ids)
    return tuple(
        CustodyEntry(disclosure.at, disclosure.agent, CustodyAction.DISSEMINATED, subject, authority, detail)
        for subject in subjects
    )
