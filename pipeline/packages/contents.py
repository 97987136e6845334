"""What goes into a package: gathered under the grants of one moment, before a byte is written."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera, CameraTrigger, FetchOutcome
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.incidents import AttachmentStatus, Highlight, Incident
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError, PackageError
from pipeline.night.incident_reports import report_of
from pipeline.night.leaving import as_far_as_granted, withheld
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, require_for_highlight
from pipeline.night.used_weights import used_weights
from pipeline.packages.sent import SentFile, sent_files
from pipeline.packages.used_weights import PackedWeights, packed_weights
from pipeline.reports import IncidentReport

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS = 26


@dataclass(frozen=True, slots=True)
class PackedClip:
    """An acquisition that a highlight comes from, or that a neighbour sent, with what was found in it and may be told.

    Attributes:
        clip: The original and how it came.
        camera: That recorded it.
        analyses: Every result, in the order in which they were written; their tracks as far as the grants let them out.
        events: Those that the grants let out, in order of time.
        withheld: Why the original's bytes stay here, in words; empty when they are inside.
        sent: How a neighbour sent it; None where a camera of a resident recorded it.
    """

    clip: AcquiredClip
    camera: Camera
    analyses: tuple[ClipAnalysis, ...]
    events: tuple[FoundEvent, ...]
    withheld: str = ""
    sent: SentFile | None = None


@dataclass(frozen=True, slots=True)
class NotHad:
    """A recording of the window that is not here.

    Attributes:
        trigger: Why the camera recorded.
        row: What came of asking for it last; None when it was not asked for.
    """

    trigger: CameraTrigger
    row: CoverageRow | None


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a package says, apart from bytes of objects and the custody log.

    Attributes:
        package_id: ``EV-`` and 26 characters.
        report: The record of the incident's report; its incident has the purpose that was asked for.
        moment: UTC: of the export.
        clips: In order of acquisition id, each once.
        grants: Every version of every grant that the export rests on, in order.
        left_out: Why attached highlights are not inside, one entry a highlight; no id, no name.
        sent_left_out: The same of what neighbours sent.
        weights: What looked at what is told of, and what judged it, and under what licence it is; in order of name.
    """

    package_id: str
    report: IncidentReport
    moment: datetime
    clips: tuple[PackedClip, ...]
    grants: tuple[SignedGrant, ...]
    left_out: tuple[str, ...] = ()
    sent_left_out: tuple[str, ...] = ()
    weights: tuple[PackedWeights, ...] = ()

    @property
    def incident(self) -> Incident:
        """The matter."""
        return self.report.incident

    @property
    def highlights(self) -> tuple[Highlight, ...]:
        """In the order that people gave them, else in order of time."""
        return tuple(part.highlight for part in self.report.highlights)

    @property
    def authorities(self) -> tuple[str, ...]:
        """The grants under which it leaves, as custody records name them; in order, each once."""
        named = {f"{part.grant_id} v{part.grant_version}" for part in self.report.highlights}
        return tuple(sorted(named | {part.authority for part in self.sent}))

    @property
    def sent(self) -> tuple[SentFile, ...]:
        """What neighbours sent, in order of acquisition id."""
        return tuple(part.sent for part in self.clips if part.sent is not None)

    @property
    def acquisition_ids(self) -> tuple[str, ...]:
        """Acquisitions of which something is inside, in order: of an event between two clips the earlier one too."""
        named = {part.clip.acquisition.acquisition_id for part in self.clips}
        sinces = (found.event.since for part in self.clips for found in part.events)
        return tuple(sorted(named | {since.acquisition_id for since in sinces if since is not None}))

    @property
    def originals(self) -> tuple[PackedClip, ...]:
        """One clip for each original whose bytes are inside, in order of digest."""
        inside = {part.clip.item.digest: part for part in self.clips if not part.withheld}
        return tuple(inside[digest] for digest in sorted(inside))


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands in a package, and is asked of the grants, in place of the incident's own; None leaves that."""

    purpose: str | None = None
    recipient: str | None = None
    case_number: str | None = None

    def of(self, incident: Incident) -> Incident:
        """The incident with these in place of its own."""
        return replace(
            incident,
            purpose=self.purpose or incident.purpose,
            recipient=self.recipient or incident.recipient,
            case_number=incident.case_number if self.case_number is None else self.case_number,
        )


INCIDENTS_OWN = Instead()


def gather(services: Services, incident_id: str, moment: datetime, instead: Instead = INCIDENTS_OWN) -> Contents:
    """What a package of this incident holds at ``moment``; the grants are asked for export, as they stand now.

    Args:
        services: The installation.
        incident_id: Which incident.
        moment: UTC; of the export.
        instead: What is asked of the grants, and said, in place of the incident's own.

    Raises:
        RecordNotFoundError: There is no such incident.
        ConsentError: Something is attached, and no live grant lets any of it out: revoked, expired, or out of scope.
        PackageError: Nothing is attached.
    """
    at_moment = replace(services, now=lambda: moment)
    incident = services.catalogue.incidents.get(incident_id)
    incident = instead.of(incident)
    sent, sent_left_out = sent_files(at_moment, incident)
    left_out = _left_out(at_moment, incident, has_more=bool(sent))
    report = report_of(at_moment, incident)
    clips = _clips(at_moment, report, sent)
    return Contents(
        package_id=package_id(moment, incident, services.catalogue.custody.checkpoint()),
        report=report,
        moment=moment,
        clips=clips,
        grants=_grants(services, report, clips),
        left_out=left_out,
        sent_left_out=sent_left_out,
        weights=_weights(services, report, clips),
    )


def _weights(services: Services, report: IncidentReport, clips: tuple[PackedClip, ...]) -> tuple[PackedWeights, ...]:
    results = {(one.model, one.settings_digest) for part in clips for one in part.analyses}
    results |= {(one.model, one.settings_digest) for part in clips for one in part.events}
    return packed_weights(services, (*used_weights(services, results), *report.weights))


def package_id(moment: datetime, incident: Incident, checkpoint: str) -> str:
    """A ULID whose 80 bits of chance are a digest, so that the same export has the same name.

    Source: the ULID specification (48 bits of milliseconds, Crockford's base 32).
    """
    words = "\n".join((incident.incident_id, incident.purpose, incident.recipient, moment.isoformat(), checkpoint))
    rest = hashlib.sha256(words.encode("utf-8", "replace")).digest()[:10]
    number = (int(moment.timestamp() * 1000) << 80) | int.from_bytes(rest, "big")
    return "EV-" + "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(_DIGITS)))


def _desk(services: Services, incident: Incident) -> ConsentDesk:
    return services.consent(incident.purpose, incident.recipient)


def _left_out(services: Services, incident: Incident, *, has_more: bool) -> tuple[str, ...]:
    """Why each attached highlight that no live grant lets out is refused; raises when that is all, and no more is."""
    attached = services.catalogue.incidents.attachments(incident.incident_id)
    wanted = [one for one in attached if one.status is not AttachmentStatus.REJECTED]
    if not wanted and not has_more:
        detail = "nothing is attached to the incident, or what was is deleted with its grant"
        raise PackageError(incident.incident_id, detail, "see `doorstep incident list`; attach a highlight first")
    refused: list[ConsentError] = []
    for one in wanted:
        try:
            require_for_highlight(services, _desk(services, incident), Use.EXPORT, one.shown_id)
        except ConsentError as error:
            refused.append(error)
    if refused and len(refused) == len(wanted) and not has_more:
        raise refused[0]
    return tuple(type(error).__name__ for error in refused)


def _clips(services: Services, report: IncidentReport, sent: tuple[SentFile, ...]) -> tuple[PackedClip, ...]:
    catalogue = services.catalogue
    names = {catalogue.highlights.acquisition_of(part.highlight.highlight_id) for part in report.highlights}
    sinces = (one.event.since for part in report.highlights for one in part.events)
    names |= {since.acquisition_id for since in sinces if since is not None}
    received = {one.medium.acquisition_id: one for one in sent}
    return tuple(_packed(services, report.incident, name, received.get(name)) for name in sorted(names | set(received)))


def _packed(services: Services, incident: Incident, acquisition_id: str, sent: SentFile | None) -> PackedClip:
    catalogue = services.catalogue
    clip = catalogue.clips.get(acquisition_id)
    camera = catalogue.cameras.get(clip.acquisition.camera_id)
    analyses = tuple(catalogue.analyses.get(key) for key in catalogue.analyses.keys_of(acquisition_id))
    wanted = EventFilter(acquisition_ids=(acquisition_id,), superseded=True)
    events = tuple(_let_out(services, incident, catalogue.search.find(wanted)))
    desk = _desk(services, incident)
    why, told = withheld(services, desk, clip, analyses), as_far_as_granted(services, desk, clip, analyses)
    return PackedClip(clip, camera, told, events, why, sent)


def _let_out(services: Services, incident: Incident, found: Iterable[FoundEvent]) -> Iterable[FoundEvent]:
    for event in found:
        try:
            require_for_event(services, _desk(services, incident), Use.EXPORT, event)
        except ConsentError:
            continue
        yield event


def not_had(services: Services, contents: Contents) -> Iterable[NotHad]:
    """Recordings of the window that did not come, by camera and in order of time; those that a grant lets be told.

    What a camera that no live grant covers recorded is not told, nor what it recorded outside the grant's hours.
    """
    desk, incident = _desk(services, contents.incident), contents.incident
    for told in contents.report.coverage:
        if not told.granted:
            continue
        camera, last = services.catalogue.cameras.get(told.camera_id), services.catalogue.coverage.last(told.camera_id)
        for trigger in services.catalogue.triggers.list(told.camera_id, incident.starts_at, incident.ends_at):
            row = last.get(trigger.trigger_id)
            if (row is None or row.outcome is not FetchOutcome.READY) and _may_tell(desk, camera, trigger.at):
                yield NotHad(trigger, row)


def _may_tell(desk: ConsentDesk, camera: Camera, at: datetime) -> bool:
    try:
        desk.require(Use.EXPORT, camera, at)
    except ConsentError:
        return False
    return True


def _grants(services: Services, report: IncidentReport, clips: Iterable[PackedClip]) -> tuple[SignedGrant, ...]:
    names = {part.grant_id for part in report.highlights} | {part.clip.acquisition.grant_id for part in clips}
    return tuple(signed for name in sorted(names) for signed in services.catalogue.grants.history(name))
