"""A second person approves what an incident says; what is approved is a digest, so that any change voids it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.evidence import require_digest
from pipeline.domain.incidents import Attachment, Highlight, Incident
from pipeline.domain.plain import to_plain


class ApprovalState(StrEnum):
    """Where an approval stands against what is in the incident now."""

    NONE = "not asked for"
    ASKED = "asked for"
    GIVEN = "approved"
    REFUSED = "refused"
    VOID = "void: something was changed since"


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody asked for approval, and what came of it.

    Attributes:
        approval_id: ``ap-`` and 12 hexadecimal digits.
        incident_id: Of which incident.
        content: SHA-256 of what was in it, as ``content_digest`` makes it.
        asked_by: Who asked.
        asked_at: UTC, our clock.
        decided_by: Who decided; empty while nobody has. Never who asked.
        decided_at: UTC; None while nobody has.
        is_given: Whether it was approved.
        note: What the one who decided wrote.
    """

    approval_id: str
    incident_id: str
    content: str
    asked_by: str
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    is_given: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        require_digest(self.content)
        if self.decided_by and self.decided_by == self.asked_by:
            raise ValueError("an approval needs four eyes: whoever asks for it does not decide it")

    def state(self, content: str) -> ApprovalState:
        """Where it stands, when this is the digest of what is in the incident now."""
        if self.decided_at is not None and not self.is_given:
            return ApprovalState.REFUSED
        if content != self.content:
            return ApprovalState.VOID
        return ApprovalState.GIVEN if self.is_given else ApprovalState.ASKED


def content_digest(
    incident: Incident, attached: Sequence[tuple[Attachment, Highlight]], sent: Sequence[str] = ()
) -> str:
    """SHA-256 of all that a report or a package would say of an incident; who works on it is no part of that.

    Args:
        incident: The matter.
        attached: What is attached, each with the version that is shown, in the order in which it is.
        sent: Digests of what neighbours sent with reports that were accepted into it; none leaves what was approved
            before there were any as it is.
    """
    said = {
        "incident": incident.incident_id,
        "title": incident.title,
        "narrative": incident.narrative,
        "place": list(incident.place),
        "radius": incident.radius,
        "window": [incident.starts_at.isoformat(), incident.ends_at.isoformat()],
        "kinds": sorted(kind.value for kind in incident.kinds),
        "purpose": incident.purpose,
        "recipient": incident.recipient,
        "case": incident.case_number,
        "attached": [
            {
                "highlight": one.highlight_id,
                "shown": shown.highlight_id,
                "sha256": shown.digest,
                "recipe": to_plain(shown.recipe),
                "caption": one.caption,
                "status": one.status.value,
                "reason": one.reason,
            }
            for one, shown in attached
        ],
        **({"sent": list(sent)} if sent else {}),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
