"""Originals, derivatives and their custody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.domain.custody_actions import CustodyAction as CustodyAction
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


class SealState(StrEnum):
    """What a source's C2PA seal says of its bytes."""

    VERIFIED = "verified"
    """The bytes, and those of every source that it names, are as they were sealed."""
    BROKEN = "broken"
    """The bytes, or those of a source that it names, are not as they were sealed."""
    ABSENT = "absent"
    """There is no seal inside the file."""
    NOT_READ = "not_read"
    """Nobody looked, or the looking failed; the reason is beside it."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The C2PA state of a source, as it was read when it arrived.

    Attributes:
        state: What it says.
        detail: Failures, by the codes of C2PA, or why it was not read; empty when there is nothing to say.
        signer: Who signed by the certificate's own words; empty when unsealed.
        is_trusted: Whether the certificate leads to an anchor that the operator gave; intact is another thing.
        ingredients: How many sources it names, those of its sources counted too.
        reader: Name and version of what read it; empty when nothing did.
    """

    state: SealState
    detail: str = ""
    signer: str = ""
    is_trusted: bool = False
    ingredients: int = 0
    reader: str = ""


UNREAD = Seal(SealState.NOT_READ, "it came before seals were read")
"""Of an acquisition whose record says nothing of a seal."""


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How, when and with what authority an original was obtained (SWGDE 23-F-004).

    Attributes:
        acquisition_id: The same for the same camera and trigger: ``aq-`` and 20 hexadecimal digits.
        digest: The evidence item.
        camera_id: Of which camera.
        trigger_id: Of the source; for an upload the item's own digest.
        method: ``ring_share_link``, ``ring_direct``, ``ring_partner``, ``folder`` or ``neighbour``.
        grant_id: The authority.
        grant_version: Its version at that time.
        tool: Name and version of what fetched it.
        started_at: UTC, our clock.
        ended_at: UTC, our clock.
        file_name: The uploader's own name for it; empty when there is none.
        seal: The C2PA state of the bytes when they arrived.
        provenance: As of ``Recording``.
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
    seal: Seal = UNREAD
    provenance: str = ""


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


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A copy that left the house in a package: it cannot be recalled, and a resident is told of it (P3).

    Attributes:
        package_id: ``EV-`` and 26 characters; the name of the package.
        incident_id: What it is about.
        recipient: Who received it, as the grants name them.
        purpose: What for, as the grants name it.
        at: UTC, our clock: the moment of the export.
        agent: Who exported.
        tag_manifest: SHA-256 of the package's tag manifest, which covers every byte of it.
        case_number: The agency's; empty when there is none.
        acquisition_ids: Acquisitions whose original, or something made of it, is inside; in order.
        originals: SHA-256 of the originals inside, each once, in order.
        highlight_ids: Highlights inside, in order.
        grants: The authorities, each ``<grant id> v<version>``, once, in order.
    """

    package_id: str
    incident_id: str
    recipient: str
    purpose: str
    at: datetime
    agent: str
    tag_manifest: str
    case_number: str = ""
    acquisition_ids: tuple[str, ...] = ()
    originals: tuple[str, ...] = ()
    highlight_ids: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_digest(self.tag_manifest)
        if self.at.tzinfo is None:
            raise ValueError("a disclosure needs an aware datetime")
