"""Who looked: every search, view, play, tag and export that stood under a resident's grants, as they may read it.

It is read from the custody log, where each look was written before it happened. Nothing is written down about a
resident who reads this: whether they watch is theirs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.casework.spreadsheet import csv_line
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.sealed import grants_named, versions_named
from pipeline.errors import RecordNotFoundError
from pipeline.night.agents_shown import agent_in_words
from pipeline.night.services import AGENT, Services

PAGE = 50

ACTIONS = (
    CustodyAction.ACCESSED,
    CustodyAction.JUDGED,
    CustodyAction.ATTACHED,
    CustodyAction.REDACTED,
    CustodyAction.UNMASKED,
    CustodyAction.DISSEMINATED,
)
"""What counts as a look: somebody saw it, said something of it, put it somewhere, or handed it out."""

COLUMNS = ("number", "at", "what", "who", "purpose", "case", "recipient", "camera", "grants", "subject")

_ACCESSED = {
    "search": "found in a search",
    "similar": "found as similar to something",
    "morning": "told of in the morning's report",
    "timeline": "shown on the timeline",
    "side by side": "compared side by side",
    "play": "played",
    "picture": "looked at a picture",
    "cameras": "looked at which cameras are granted",
    "explain": "looked at how an event was recognised",
    "fetched package": "fetched a package",
    "fetched report": "fetched a report",
}
_OTHERS = {
    CustodyAction.JUDGED: "tagged",
    CustodyAction.ATTACHED: "put into an incident",
    CustodyAction.REDACTED: "made a copy that hides people",
    CustodyAction.UNMASKED: "made a copy that shows people who are hidden otherwise",
    CustodyAction.DISSEMINATED: "handed out",
}


@dataclass(frozen=True, slots=True)
class SeenLook:
    """One look.

    Attributes:
        number: Its place in the custody log, by which it can be proved.
        at: UTC.
        what: In words.
        who: In words, as the agency lets residents read it.
        purpose: As the looker gave it; of what the system did by itself, that which the grant had when it did.
        case_number: Likewise; else that which the incident had then in which it was done; empty where there was none.
        recipient: Who received what was handed out; empty otherwise.
        camera: The resident's name for it; empty where the record names none, or one of another household.
        grant_ids: The resident's own grants under which it happened; others' are never named.
        subject: Digest of the original or id of what was seen.
    """

    number: int
    at: datetime
    what: str
    who: str
    purpose: str
    case_number: str
    recipient: str
    camera: str
    grant_ids: tuple[str, ...]
    subject: str


@dataclass(frozen=True, slots=True)
class LooksPage:
    """Some looks.

    Attributes:
        looks: The newest first; may be empty.
        goes_on: Whether there are older ones; the last number leads there.
    """

    looks: tuple[SeenLook, ...]
    goes_on: bool


def looks(services: Services, resident_id: str, before: int | None = None, count: int = PAGE) -> LooksPage:
    """A page of who looked at what a resident's grants cover, ended ones too.

    Args:
        services: The installation.
        resident_id: Whose grants.
        before: Only those of a smaller number.
        count: At most so many.

    Raises:
        CustodyChainError: A record stands under a grant that its leaf does not name.
    """
    own = _own_grants(services, resident_id)
    page = services.catalogue.custody_reading.page_of_grants(own, ACTIONS, before, count)
    reader = _Reader(services, resident_id, own, _own_names(services, resident_id))
    return LooksPage(tuple(map(reader.seen, page.records)), page.goes_on)


def every_look(services: Services, resident_id: str) -> Iterator[SeenLook]:
    """All of them, the newest first, read in portions."""
    before: int | None = None
    while True:
        page = looks(services, resident_id, before, 500)
        yield from page.looks
        if not page.goes_on:
            return
        before = page.looks[-1].number


def as_table(found: Iterator[SeenLook]) -> Iterator[str]:
    """The looks for a spreadsheet, line by line, a headline first."""
    yield csv_line(COLUMNS)
    for one in found:
        own = " ".join(one.grant_ids)
        yield csv_line(
            (
                f"{one.number}", one.at.isoformat(), one.what, one.who, one.purpose, one.case_number, one.recipient,
                one.camera, own, one.subject,
            )
        )  # fmt: skip


def _own_grants(services: Services, resident_id: str) -> frozenset[str]:
    return frozenset(one.grant.grant_id for one in services.catalogue.grants.latest_of_resident(resident_id))


def _own_names(services: Services, resident_id: str) -> dict[str, str]:
    """By id, what the resident calls their cameras; a package holds those of other households as well."""
    granted = (one.grant.camera_ids for one in services.catalogue.grants.latest_of_resident(resident_id))
    found = {camera_id: camera_id for ids in granted for camera_id in ids}
    owned = (camera for camera in services.catalogue.cameras.list() if camera.owner_id == resident_id)
    return found | {camera.camera_id: camera.name for camera in owned}


@dataclass(frozen=True, slots=True)
class _Reader:
    services: Services
    resident_id: str
    own: frozenset[str]
    names: Mapping[str, str]

    def seen(self, record: CustodyRecord) -> SeenLook:
        entry = record.entry
        grants = tuple(one for one in grants_named(entry.authority) if one in self.own)
        return SeenLook(
            number=record.index,
            at=entry.at,
            what=_what(entry),
            who=agent_in_words(self.services, entry.agent, self.resident_id),
            purpose=entry.detail.get("purpose", "") or self._granted_purpose(entry),
            case_number=entry.detail.get("case", "") or self._case_of_incident(entry),
            recipient=entry.detail.get("recipient", "") if entry.action is CustodyAction.DISSEMINATED else "",
            camera=self.names.get(entry.detail.get("camera", ""), ""),
            grant_ids=grants,
            subject=entry.subject,
        )

    def _granted_purpose(self, entry: CustodyEntry) -> str:
        """What the system does by itself it does for what was granted then, and for nothing else."""
        if entry.agent != AGENT:
            return ""
        named = [one for one in versions_named(entry.authority) if one[0] in self.own]
        grants = (signed.grant for grant_id, _ in named for signed in self.services.catalogue.grants.history(grant_id))
        return ", ".join(dict.fromkeys(one.purpose for one in grants if (one.grant_id, one.version) in named))

    def _case_of_incident(self, entry: CustodyEntry) -> str:
        """The number that the incident had at the moment of the look, whatever it is today."""
        incident_id = entry.detail.get("incident", "")
        if not incident_id:
            return ""
        try:
            now = self.services.catalogue.incidents.get(incident_id)
        except RecordNotFoundError:
            return ""
        before = self.services.catalogue.incidents.versions(incident_id)
        then = next((one.said for one in before if entry.at < one.until), now)
        return then.case_number


def _what(entry: CustodyEntry) -> str:
    how = entry.detail.get("as", "")
    if entry.action is CustodyAction.ACCESSED:
        return _ACCESSED.get(how, f"looked at ({how})" if how else "looked at")
    said = _OTHERS[entry.action]
    return f"{said}: {how}" if how else said
