"""The shared view of a package: redacted copies of its highlights beside the originals, each with what was hidden."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.domain.plain import to_plain
from pipeline.night.incident_reports import report_of
from pipeline.night.redaction import Redactor, SharedCopy, Sharing
from pipeline.night.services import Services
from pipeline.packages.bag import Bag
from pipeline.packages.contents import Instead
from pipeline.packages.documents import SHARED, dump
from pipeline.packages.progress import COPIES, Teller


def redacted_copies(  # noqa: PLR0913 - what an export is asked for
    services: Services,
    redactor: Redactor,
    incident_id: str,
    agent: str,
    folder: Path,
    instead: Instead,
    *,
    tell: Teller,
) -> tuple[SharedCopy, ...]:
    """A copy of each highlight that the incident's grants let out, in order of time.

    Args:
        services: The installation.
        redactor: Makes them, and writes into the custody log what each hides.
        incident_id: Which incident.
        agent: Who exports.
        folder: Scratch, for the copies' files.
        instead: What is asked of the grants, and said, in place of the incident's own.
        tell: Hears how far it is.

    Raises:
        RecordNotFoundError: There is no such incident.
        PipelineError: As ``Redactor.redact``; nothing is shared in a copy's place.
    """
    incident = services.catalogue.incidents.get(incident_id)
    incident = instead.of(incident)
    order = Sharing(
        purpose=incident.purpose,
        recipient=incident.recipient,
        agent=agent,
        folder=folder,
        case=incident.case_number,
        incident=incident_id,
    )
    parts = report_of(services, incident).highlights
    copies = []
    for number, part in enumerate(parts):
        tell(COPIES, number, len(parts), "steps")
        copies.append(redactor.redact(part.highlight.highlight_id, order))
    return tuple(copies)


def write_shared(copies: tuple[SharedCopy, ...], bag: Bag) -> None:
    """Puts the copies into a bag: the film, and beside it what was hidden, from when to when, and what was not.

    Raises:
        StorageError: They cannot be read or written.
    """
    for copy in copies:
        name = copy.highlight.highlight_id
        bag.copy(f"{SHARED}/{name}.mp4", copy.video)
        said = {"redaction": copy.redaction, "recipe": copy.highlight.recipe, "sealed_by": copy.sealed_by}
        bag.write(f"{SHARED}/{name}.json", dump(said))


def shared_rows(copies: tuple[SharedCopy, ...]) -> Iterator[dict[str, Any]]:
    """The copies in the table of contents."""
    for copy in copies:
        name = copy.highlight.highlight_id
        yield {
            "path": f"{SHARED}/{name}.mp4",
            "what_was_hidden": f"{SHARED}/{name}.json",
            "sha256": copy.highlight.digest,
            "highlight_id": name,
            "people_hidden": to_plain(copy.redaction.people),
        }
