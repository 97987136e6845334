"""What neighbours sent with reports that were accepted into an incident: it leaves with the incident's package."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.domain.incidents import Incident
from pipeline.domain.neighbour_reports import NeighbourReport, PublishedMedium, ReportMedium
from pipeline.night.sent import public_copy, sent_to
from pipeline.night.services import Services

_HEAD = 16
_ENDINGS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG", "png"),
    (b"\x1a\x45\xdf\xa3", "mkv"),
    (b"RIFF", "avi"),
    (b"\x47", "ts"),
)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A photo or video that is evidence, by a neighbour's consent.

    Attributes:
        report: With which it came.
        medium: Which.
        ending: Of its name in the package, by its first bytes.
        authority: The sender's consent under which it leaves, as custody records name it.
        public: Its masked copy that everybody sees at the moment; None where none is published.
    """

    report: NeighbourReport
    medium: ReportMedium
    ending: str
    authority: str
    public: PublishedMedium | None

    def row(self, original: str | None, shared: str | None) -> dict[str, Any]:
        """Where it comes from, for the table of contents; the sender's name for the file stays here.

        Args:
            original: Its path in the package; None where its bytes stay here.
            shared: That of its masked copy; None where there is none.
        """
        copy = None
        if self.public is not None:
            copy = {"path": shared, "sha256": self.public.digest, "people_hidden": self.public.masked}
        return {
            "path": original,
            "sha256": self.medium.digest,
            "kind": self.medium.kind,
            "received": "from a neighbour, without an account, with a report",
            "report": self.report.report_id,
            "sent_at": self.report.sent_at,
            "arrived_at": self.medium.arrived_at,
            "happened_at_by_the_senders_word": self.report.happened_at,
            "accepted_at": self.report.decided_at,
            "consent": self.authority,
            "masked_copy_that_is_published": copy,
        }


def sent_files(services: Services, incident: Incident) -> tuple[tuple[SentFile, ...], tuple[str, ...]]:
    """What a live consent lets out for the incident's purpose, in order, and why others stay, an entry each."""
    found, refused = [], []
    for one in sent_to(services, incident):
        if one.refusal:
            refused.append(one.refusal)
            continue
        public = public_copy(services, one.medium)
        found.append(SentFile(one.report, one.medium, _ending(services, one.medium), one.authority, public))
    return tuple(found), tuple(refused)


def shared_copies(parts: tuple[SentFile, ...]) -> Iterator[PublishedMedium]:
    """The masked copies that go beside the originals."""
    yield from (part.public for part in parts if part.public is not None)


def _ending(services: Services, medium: ReportMedium) -> str:
    with services.originals.path_of(medium.digest) as path, path.open("rb") as file:
        head = file.read(_HEAD)
    return next((ending for magic, ending in _ENDINGS if head.startswith(magic)), "mp4")
