"""The story of an incident on one page: what is in it and why, what is suggested, who works on it, where it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.casework.approval import approval_state
from pipeline.casework.attaching import suggestions, versions_of
from pipeline.casework.people import ReadNote, read_people
from pipeline.casework.reach import SEES_ALL, may, on_which_case
from pipeline.casework.received import Received, received
from pipeline.casework.tags import told_tags
from pipeline.domain.agents import Matter, Role
from pipeline.domain.approvals import Approval, ApprovalState
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.evidence import Disclosure
from pipeline.domain.incident_notes import IncidentVersion
from pipeline.domain.incidents import Attachment, AttachmentStatus, Highlight, Incident
from pipeline.domain.jobs import Job
from pipeline.domain.search import FoundEvent
from pipeline.domain.tags import Tag, as_said, is_rejected
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services
from pipeline.night.shown import analysis_behind, shown_events
from pipeline.reports.said_words import standing_words
from pipeline.reports.words import cut_words, heading_words, local_span


@dataclass(frozen=True, slots=True)
class CardEvent:
    """An event of a card, and what a person said of it; None when nobody did."""

    found: FoundEvent
    tag: Tag | None


@dataclass(frozen=True, slots=True)
class Card:
    """A highlight as a page shows it.

    Attributes:
        attachment: Why it is here, or would be.
        shown: The version that is shown.
        heading: What it shows, in words.
        cut: Who chose its span, in words; empty where its events did.
        camera: That recorded it.
        starts_at: UTC, by the camera's clock.
        ends_at: Likewise.
        events: In order of time; empty for a span without an event.
        versions: Every cut of it, the first included.
        grant: Under which it is shown.
    """

    attachment: Attachment
    shown: Highlight
    heading: str
    cut: str
    camera: Camera
    starts_at: datetime
    ends_at: datetime
    events: tuple[CardEvent, ...]
    versions: tuple[Highlight, ...]
    grant: SignedGrant

    @property
    def is_confirmed(self) -> bool:
        """Whether a person stands behind it."""
        return self.attachment.status is AttachmentStatus.CONFIRMED

    @property
    def when(self) -> str:
        """By the camera's clock, with its zone."""
        return local_span(self.starts_at, self.ends_at, self.camera.time_zone)

    @property
    def unsaid(self) -> int:
        """Of how many of its events nobody said anything yet, where a person confirmed that it belongs."""
        return sum(one.tag is None for one in self.events) if self.is_confirmed else 0

    @property
    def status(self) -> str:
        """Who stands behind it, in words; whoever confirmed a highlight spoke of it, and not of each event in it."""
        return standing_words(self.attachment.status, self.unsaid, len(self.events))

    @property
    def is_rejected(self) -> bool:
        """Whether it is left out of reports and packages."""
        return self.attachment.status is AttachmentStatus.REJECTED


@dataclass(frozen=True, slots=True)
class Story:
    """All that an incident's page shows.

    Attributes:
        incident: The matter.
        cards: What is attached and may be shown, in order.
        hidden: How many attachments no live grant lets whoever looks see.
        received: What neighbours sent with reports that were accepted into it, in order.
        suggested: What belongs and is not attached, each with its reason.
        state: Where the approval stands.
        approval: The last asking; None when nobody asked.
        versions: What the incident said before, the newest first.
        people: Notes about people; None where whoever looks may not read them.
        jobs: The newest first.
        packages: What left the house, in order of time.
        merged: Incidents that go on in this one.
        content: Digest of what is in it.
    """

    incident: Incident
    cards: tuple[Card, ...]
    hidden: int
    received: tuple[Received, ...]
    suggested: tuple[Card, ...]
    state: ApprovalState
    approval: Approval | None
    versions: tuple[IncidentVersion, ...]
    people: tuple[ReadNote, ...] | None
    jobs: tuple[Job, ...]
    packages: tuple[Disclosure, ...]
    merged: tuple[Incident, ...]
    content: str

    @property
    def may_be_asked_for(self) -> bool:
        """Whether there is anything that could leave."""
        return bool(self.cards or self.received)


def tell(services: Services, matter: Matter, role: Role, incident: Incident) -> Story:
    """Everything of an incident that may be shown; the looks are written down first.

    Raises:
        CatalogueError, StorageError: It cannot be read, or the look not be written down.
    """
    catalogue, name = services.catalogue, incident.incident_id
    attached = catalogue.incidents.attachments(name)
    cards = tuple(_cards(services, matter, incident, attached))
    suggested = tuple(_suggested(services, matter, incident))
    _write_down(services, matter, incident, (*cards, *suggested))
    state, approval = approval_state(services, name)
    is_theirs = matter.agent in incident.agents or role in SEES_ALL
    merged = catalogue.incidents.merged_into(name)
    handed = [one for each in (incident, *merged) for one in catalogue.disclosures.of_incident(each.incident_id)]
    return Story(
        incident=incident,
        cards=cards,
        hidden=len(attached) - len(cards),
        received=received(services, matter, incident),
        suggested=suggested,
        state=state,
        approval=approval,
        versions=tuple(reversed(catalogue.incidents.versions(name))),
        people=read_people(services, matter, name, role) if is_theirs else None,
        jobs=catalogue.jobs.of_incident(name),
        packages=tuple(sorted(handed, key=lambda one: one.at)),
        merged=merged,
        content=catalogue.approvals.content(name),
    )


def card_of(services: Services, matter: Matter, incident: Incident, attachment: Attachment) -> Card | None:
    """What is attached as a page shows it; None where no live grant lets whoever looks see it."""
    grant = may(services, matter, incident, Use.VIEW, attachment.shown_id)
    return None if grant is None else _card(services, matter, attachment, grant)


def _cards(services: Services, matter: Matter, incident: Incident, attached: Iterable[Attachment]) -> Iterator[Card]:
    for one in attached:
        card = card_of(services, matter, incident, one)
        if card is not None:
            yield card


def _suggested(services: Services, matter: Matter, incident: Incident) -> Iterator[Card]:
    found = suggestions(services, matter, incident.incident_id)
    yield from _cards(services, matter, incident, (one.attachment for one in found))


def _card(services: Services, matter: Matter, attachment: Attachment, grant: SignedGrant) -> Card:
    catalogue, name = services.catalogue, attachment.shown_id
    shown, clip = catalogue.highlights.get(name), _clip(services, name)
    first = analysis_behind(services, name).probe.first
    found = shown_events(services, name)
    tags = told_tags(services, services.consent(matter.purpose, matter.recipient), found)
    return Card(
        attachment=attachment,
        shown=shown,
        heading=_heading(found, tags),
        cut=cut_words(shown),
        camera=catalogue.cameras.get(clip.acquisition.camera_id),
        starts_at=clip.clock.at(shown.span.start, first),
        ends_at=clip.clock.at(shown.span.end, first),
        events=tuple(CardEvent(one, tags.get(one.event.event_id)) for one in found),
        versions=versions_of(services, attachment.highlight_id),
        grant=grant,
    )


def _heading(found: Sequence[FoundEvent], tags: Mapping[str, Tag]) -> str:
    """Every kind once, as people leave it; what they rejected is no heading."""
    ours = [(one.event.inferred, tags.get(one.event.event_id)) for one in found]
    left = heading_words(as_said(inferred, tag) for inferred, tag in ours if not is_rejected(tag))
    return left or ("Rejected by a person" if found else "Span chosen by a person")


def _clip(services: Services, highlight_id: str) -> AcquiredClip:
    return services.catalogue.clips.get(services.catalogue.highlights.acquisition_of(highlight_id))


def _write_down(services: Services, matter: Matter, incident: Incident, cards: Sequence[Card]) -> None:
    looks = [Look(card.shown.clip, card.camera.camera_id, card.grant) for card in cards]
    facts = {"incident": incident.incident_id, "as": "incident", **on_which_case(matter, incident)}
    write_down_looks(services, matter.agent, looks, facts)
