"""What neighbours report: received, decided on by an agent, and, as a decision of its own, published."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.evidence import require_digest

LONGEST_WORDS = 4000
LONGEST_NAME = 120
LONGEST_CONTACT = 200
"""Characters."""
_REPORT_ID = re.compile(r"nr-[0-9a-f]{12}")
_MEDIUM_ID = re.compile(r"nm-[0-9a-f]{12}")
_PUBLISHED_NAME = re.compile(r"pm-[0-9a-f]{20}\.(jpg|mp4)")


class ReportCategory(StrEnum):
    """What a report is about, in the sender's own choice."""

    CRIME = "crime"
    SUSPICIOUS = "suspicious"
    SAFETY = "safety"
    LOST_AND_FOUND = "lost and found"
    OTHER = "other"


class ReportState(StrEnum):
    """What became of a report that is kept."""

    RECEIVED = "received"
    """Nobody decided yet; nothing of it is evidence."""
    ACCEPTED = "accepted"
    """Its files are evidence, under the sender's consent."""
    DECLINED = "declined"
    """Nothing of it became evidence; it goes after a short time."""


class ReportEnd(StrEnum):
    """Why nothing is kept of a report but that it was there."""

    WITHDRAWN = "its sender took it back"
    DECLINED = "it was declined, and its time ran out"
    UNDECIDED = "nobody decided about it in time"
    CONSENT_ENDED = "its sender's consent ended"


class MediumKind(StrEnum):
    """What a file is by its content; its name says nothing."""

    PHOTO = "photo"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class NeighbourReport:
    """What somebody told, without an account.

    Attributes:
        report_id: ``nr-`` and 12 hexadecimal digits.
        category: What it is about.
        happened_at: UTC, as the sender says.
        place: Latitude and longitude in degrees (WGS 84), exact; the published copy has it blurred.
        words: What the sender wrote; may be empty where a file says it.
        area_id: The agency's area that holds the place.
        beat: The beat inside of it; empty when the place lies in none.
        sent_at: UTC, our clock.
        keeps_until: UTC; as long the sender lets it be kept and looked at, unless it is withdrawn before.
        may_publish: Whether the sender lets a blurred and masked copy be published; without that none ever is.
        state: What became of it.
        decided_at: UTC; None before somebody decided.
        decided_by: Which agent; empty before.
        reason: Why it was accepted or declined; empty before.
        incident_id: What it was accepted into; empty for none.
        grant_id: The sender's consent as a grant; empty unless it was accepted with a file.
    """

    report_id: str
    category: ReportCategory
    happened_at: datetime
    place: tuple[float, float]
    words: str
    area_id: str
    beat: str
    sent_at: datetime
    keeps_until: datetime
    may_publish: bool = False
    state: ReportState = ReportState.RECEIVED
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    incident_id: str = ""
    grant_id: str = ""

    def __post_init__(self) -> None:
        require_report_id(self.report_id)
        _require_moments(self.happened_at, self.sent_at, self.keeps_until)
        _require_place(self.place)
        if len(self.words) > LONGEST_WORDS:
            raise ValueError(f"a report has at most {LONGEST_WORDS} characters, got {len(self.words)}")
        if self.state is not ReportState.RECEIVED and not (self.reason.strip() and self.decided_by):
            raise ValueError("a decision about a report has an agent and a reason")

    @property
    def is_waiting(self) -> bool:
        """Whether nobody decided yet."""
        return self.state is ReportState.RECEIVED


@dataclass(frozen=True, slots=True)
class ReportMedium:
    """A photo or video of a report, whole.

    Attributes:
        medium_id: ``nm-`` and 12 hexadecimal digits.
        report_id: Of which report.
        kind: By its content.
        name: The sender's own, made harmless; only shown.
        digest: SHA-256 of its bytes.
        size: Bytes.
        arrived_at: UTC, our clock: the last byte.
        acquisition_id: As evidence; empty before the report was accepted, and for good where it was not.
    """

    medium_id: str
    report_id: str
    kind: MediumKind
    name: str
    digest: str
    size: int
    arrived_at: datetime
    acquisition_id: str = ""

    def __post_init__(self) -> None:
        if not _MEDIUM_ID.fullmatch(self.medium_id):
            raise ValueError(f"no id of a file of a report: {self.medium_id!r}")
        require_report_id(self.report_id)
        require_digest(self.digest)
        if not self.name or len(self.name) > LONGEST_NAME:
            raise ValueError(f"the name of a file has 1 to {LONGEST_NAME} characters")
        if self.size < 1:
            raise ValueError("a file of a report has bytes")
        _require_moments(self.arrived_at)


@dataclass(frozen=True, slots=True)
class PartialUpload:
    """A file on its way; how much of it is here, its file says.

    Attributes:
        upload_id: ``nu-`` and 12 hexadecimal digits; it opens nothing.
        report_id: For which report.
        name: The sender's own, made harmless; only shown.
        size: Bytes that will come.
        begun_at: UTC, our clock.
        ends_at: UTC; afterwards what came of it is swept away.
    """

    upload_id: str
    report_id: str
    name: str
    size: int
    begun_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        require_report_id(self.report_id)
        if self.size < 1:
            raise ValueError("an upload has bytes")
        _require_moments(self.begun_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """What everybody may see of a report.

    Attributes:
        report_id: Of which report.
        category: What it is about.
        happened_at: UTC, to the hour.
        published_at: UTC, our clock.
        block: Latitude and longitude in degrees of the middle of the block; never of the place itself.
        words: What an agent let be published; may be empty.
        area: Name of the agency's area.
        media: Names of its masked copies, in order; empty when it has none.
    """

    report_id: str
    category: ReportCategory
    happened_at: datetime
    published_at: datetime
    block: tuple[float, float]
    words: str
    area: str
    media: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_report_id(self.report_id)
        _require_moments(self.happened_at, self.published_at)
        _require_place(self.block)
        if (self.happened_at.minute, self.happened_at.second, self.happened_at.microsecond) != (0, 0, 0):
            raise ValueError("a published report says when it happened to the hour")
        for name in self.media:
            if not _PUBLISHED_NAME.fullmatch(name):
                raise ValueError(f"no name of a published copy: {name!r}")


@dataclass(frozen=True, slots=True)
class PublishedMedium:
    """A masked copy that everybody may see, without place, time and other facts inside.

    Attributes:
        name: ``pm-``, 20 hexadecimal digits and ``.jpg`` or ``.mp4``; nothing follows from it.
        report_id: Of which report.
        medium_id: Of which of its files.
        acquisition_id: Of which original; the copy goes with it.
        digest: SHA-256 of the copy in the store of derivatives.
        masked: How many people are hidden in it, as far as they were told apart.
    """

    name: str
    report_id: str
    medium_id: str
    acquisition_id: str
    digest: str
    masked: int

    def __post_init__(self) -> None:
        if not _PUBLISHED_NAME.fullmatch(self.name):
            raise ValueError(f"no name of a published copy: {self.name!r}")
        require_digest(self.digest)

    @property
    def kind(self) -> MediumKind:
        """Photo or video."""
        return MediumKind.PHOTO if self.name.endswith(".jpg") else MediumKind.VIDEO

    @property
    def media_type(self) -> str:
        """As browsers know it."""
        return "image/jpeg" if self.kind is MediumKind.PHOTO else "video/mp4"


@dataclass(frozen=True, slots=True)
class ReportTombstone:
    """What stays of a report: that it was, and why it went.

    Attributes:
        report_id: Of which report.
        end: Why.
        at: UTC, our clock.
        files: How many photos and videos went with it.
        was_accepted: Whether they were evidence; each then has a tombstone of its own, or a hold that keeps it.
    """

    report_id: str
    end: ReportEnd
    at: datetime
    files: int
    was_accepted: bool

    def __post_init__(self) -> None:
        require_report_id(self.report_id)
        _require_moments(self.at)


def require_report_id(report_id: str) -> str:
    """Returns ``report_id`` when it is one.

    Raises:
        ValueError: It is not.
    """
    if not _REPORT_ID.fullmatch(report_id):
        raise ValueError(f"no id of a report: {report_id!r}")
    return report_id


def _require_moments(*moments: datetime) -> None:
    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("a report needs aware datetimes")


def _require_place(place: tuple[float, float]) -> None:
    latitude, longitude = place
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees
        raise ValueError(f"no place on earth has latitude {latitude} and longitude {longitude}")
