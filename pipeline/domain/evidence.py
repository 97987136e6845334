"""Originals, derivatives and their custody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.domain.sealed import Opening, require_fact_name

_SHA256 = re.compile(r"[0-9a-f]{64}")


def require_digest(digest: str) -> str:
    """Returns ``digest`` if it is a SHA-256 in 64 lower-case hexadecimal digits.

    Raises:
        ValueError: It is not.
    """
    if not _SHA256.fullmatch(digest):
        raise ValueError(f"not a SHA-256 digest: {digest!r}")
    return digest


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One immutable original, named by the SHA-256 of its bytes."""

    digest: str
    size: int

    def __post_init__(self) -> None:
        require_digest(self.digest)
        if self.size < 0:
            raise ValueError("size is in bytes and not negative")


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How, when and with what authority an original was obtained (SWGDE 23-F-004).

    Attributes:
        acquisition_id: The same for the same camera and trigger: ``aq-`` and 20 hexadecimal digits.
        digest: The evidence item.
        camera_id: Of which camera.
        trigger_id: Of the source; for an upload the item's own digest.
        method: ``ring_share_link``, ``ring_direct`` or ``folder``.
        grant_id: The authority.
        grant_version: Its version at that time.
        tool: Name and version of what fetched it.
        started_at: UTC, our clock.
        ended_at: UTC, our clock.
        file_name: The uploader's own name for it; empty when there is none.
    """

    acquisition_id: str
    digest: str
    camera_id: str
    trigger_id: str
    method: str
    grant_id: str
    grant_version: int
    tool: str
    started_at: datetime
    ended_at: datetime
    file_name: str = ""


class CustodyAction(StrEnum):
    """What happened to the subject; words of PREMIS where it has one."""

    ACQUIRED = "acquired"
    INGESTED = "ingested"
    FIXITY_CHECKED = "fixity_checked"
    ACCESSED = "accessed"
    ANALYSED = "analysed"
    DERIVED = "derived"
    ATTACHED = "attached"
    JUDGED = "judged"
    DISSEMINATED = "disseminated"
    DISPOSED = "disposed"
    GRANT_SIGNED = "grant_signed"
    GRANT_REVOKED = "grant_revoked"
    ACCOUNT_LINKED = "account_linked"
    ZONES_DRAWN = "zones_drawn"
    INCIDENT_OPENED = "incident_opened"
    INCIDENT_CLOSED = "incident_closed"
    INCIDENT_REOPENED = "incident_reopened"
    OPENINGS_ERASED = "openings_erased"


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """What happened, in the words of whoever did it, before it has a place in the log.

    Attributes:
        at: UTC, our clock.
        agent: Who acted, for example ``pipeline 0.1.0``; a person's name is sealed.
        action: What was done.
        subject: Digest or id of what it was done to; never a name or an address, since it stands in the leaf for good.
        authority: Grant id and version; a case number, which is sealed; empty when none is needed.
        detail: Facts as short strings, named by words of code. What ``domain.sealed`` does not know is sealed.
        once: A key of ids under which the entry is written at most once; empty when each call is an act of its own.
    """

    at: datetime
    agent: str
    action: CustodyAction
    subject: str
    authority: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    once: str = ""

    def __post_init__(self) -> None:
        for name in self.detail:
            require_fact_name(name)


@dataclass(frozen=True, slots=True)
class CustodyRecord:
    """One entry in its place of the append-only log.

    Attributes:
        index: Counts from 0, without a gap.
        leaf: Canonical JSON (RFC 8785), the very text whose UTF-8 bytes are hashed.
        digest: The leaf's hash (RFC 6962) in hexadecimal digits.
        entry: What happened; of erased words it says that they are sealed.
        openings: The words behind the leaf's salted digests, as far as they were not erased.
    """

    index: int
    leaf: str
    digest: str
    entry: CustodyEntry
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last signed state of a log of the first kind, a hash chain: how many records, and the digest of the last."""

    size: int
    digest: str
    signature: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the custody log at one size.

    Attributes:
        origin: The log's own name, the same for its whole life.
        size: How many records.
        root: Root of the Merkle tree over them, 32 bytes.
    """

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a derivative was made, so that another can make it again (P11).

    Attributes:
        source: SHA-256 of the original.
        first_pts: First stamp used, in units of ``time_base``.
        last_pts: Last stamp used.
        time_base: Seconds a unit, as ``numerator/denominator``.
        filters: ffmpeg's filter graph, or ours in words.
        encoder: Encoder and its options.
        tool: Name and version of what ran.
        pictures: How the evidence pictures were made, in words; empty when there are none.
    """

    source: str
    first_pts: int
    last_pts: int
    time_base: str
    filters: str
    encoder: str
    tool: str
    pictures: str = ""
