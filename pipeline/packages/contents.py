"""What goes into a package: gathered under the grants of one moment, before a byte is written."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.incidents import AttachmentStatus, Highlight, Incident
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError, PackageError
from pipeline.night.incident_reports import report_of
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, require_for_highlight
from pipeline.reports import IncidentReport

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS = 26


@dataclass(frozen=True, slots=True)
class PackedClip:
    """An acquisition that a highlight comes from, with all that was found in it and may be told.

    Attributes:
        clip: The original and how it came.
        camera: That recorded it.
        analyses: Every result, in the order in which they were written.
        events: Those that the grants let out, in order of time.
        withheld: Why the original's bytes stay here, in words; empty when they are inside.
    """

    clip: AcquiredClip
    camera: Camera
    analyses: tuple[ClipAnalysis, ...]
    events: tuple[FoundEvent, ...]
    withheld: str = ""


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
    """

    package_id: str
    report: IncidentReport
    moment: datetime
    clips: tuple[PackedClip, ...]
    grants: tuple[SignedGrant, ...]
    left_out: tuple[str, ...] = ()

    @property
    def incident(self) -> Incident:
        """The matter."""
        return self.report.incident

    @property
    def highlights(self) -> tuple[Highlight, ...]:
        """In order of time."""
        return tuple(part.highlight for part in self.report.highlights)

    @property
    def authorities(self) -> tuple[str, ...]:
        """The grants under which highlights leave, as custody records name them; in order, each once."""
        return tuple(sorted({f"{part.grant_id} v{part.grant_version}" for part in self.report.highlights}))

    @property
    def originals(self) -> tuple[PackedClip, ...]:
        """One clip for each original whose bytes are inside, in order of digest."""
        inside = {part.clip.item.digest: part for part in self.clips if not part.withheld}
        return tuple(inside[digest] for digest in sorted(inside))


def gather(services: Services, incident_id: str, moment: datetime, purpose: str | None = None) -> Contents:
    """What a package of this incident holds at ``moment``; the grants are asked for export, as they stand now.

    Args:
        services: The installation.
        incident_id: Which incident.
        moment: UTC; of the export.
        purpose: Asked of the grants in place of the incident's own.

    Raises:
        RecordNotFoundError: There is no such incident.
        ConsentError: Something is attached, and no live grant lets any of it out: revoked, expired, or out of scope.
        PackageError: Nothing is attached.
    """
    at_moment = replace(services, now=lambda: moment)
    incident = services.catalogue.incidents.get(incident_id)
    incident = replace(incident, purpose=purpose or incident.purpose)
    left_out = _left_out(at_moment, incident)
    report = report_of(at_moment, incident)
    clips = _clips(at_moment, report)
    return Contents(
        package_id=package_id(moment, incident, services.catalogue.custody.checkpoint()),
        report=report,
        moment=moment,
        clips=clips,
        grants=_grants(services, report, clips),
        left_out=left_out,
    )


def require_still_granted(services: Services, contents: Contents) -> None:
    """Asks once more, at the last moment before a package becomes visible.

    Raises:
        ConsentError: A grant was revoked since.
    """
    desk = _desk(services, contents.incident)
    for highlight in contents.highlights:
        require_for_highlight(services, desk, Use.EXPORT, highlight.highlight_id)


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


def _left_out(services: Services, incident: Incident) -> tuple[str, ...]:
    """Why each attached highlight that no live grant lets out is refused; raises when that is all of them."""
    attached = services.catalogue.incidents.attachments(incident.incident_id)
    wanted = [one for one in attached if one.status is not AttachmentStatus.REJECTED]
    if not wanted:
        detail = "nothing is attached to the incident, or what was is deleted with its grant"
        raise PackageError(incident.incident_id, detail, "see `doorstep incident list`; attach a highlight first")
    refused: list[ConsentError] = []
    for one in wanted:
        try:
            require_for_highlight(services, _desk(services, incident), Use.EXPORT, one.highlight_id)
        except ConsentError as error:
            refused.append(error)
    if len(refused) == len(wanted):
        raise refused[0]
    return tuple(type(error).__name__ for error in refused)


def _clips(services: Services, report: IncidentReport) -> tuple[PackedClip, ...]:
    catalogue = services.catalogue
    names = {catalogue.highlights.acquisition_of(part.highlight.highlight_id) for part in report.highlights}
    sinces = (one.event.since for part in report.highlights for one in part.events)
    names |= {since.acquisition_id for since in sinces if since is not None}
    return tuple(_packed(services, report.incident, name) for name in sorted(names))


def _packed(services: Services, incident: Incident, acquisition_id: str) -> PackedClip:
    catalogue = services.catalogue
    clip = catalogue.clips.get(acquisition_id)
    camera = catalogue.cameras.get(clip.acquisition.camera_id)
    analyses = tuple(catalogue.analyses.get(key) for key in catalogue.analyses.keys_of(acquisition_id))
    wanted = EventFilter(acquisition_ids=(acquisition_id,), superseded=True)
    events = tuple(_let_out(services, incident, catalogue.search.find(wanted)))
    return PackedClip(clip, camera, analyses, events, _withheld(services, incident, clip, camera, analyses))


def _let_out(services: Services, incident: Incident, found: Iterable[FoundEvent]) -> Iterable[FoundEvent]:
    for event in found:
        try:
            require_for_event(services, _desk(services, incident), Use.EXPORT, event)
        except ConsentError:
            continue
        yield event


def _withheld(
    services: Services, incident: Incident, clip: AcquiredClip, camera: Camera, analyses: tuple[ClipAnalysis, ...]
) -> str:
    """An original leaves as it is or not at all: its begin must be granted too, and its sound where it has any.

    Whether a clip that was never looked at has sound is not known, so it counts as having it.
    """
    desk, begin = _desk(services, incident), clip.clock.starts_at
    has_sound = not analyses or any(analysis.probe.audio_codecs for analysis in analyses)
    try:
        desk.require(Use.EXPORT, camera, begin)
    except ConsentError:
        return "no grant lets the whole recording out"
    try:
        desk.require(Use.EXPORT, camera, begin, with_audio=has_sound)
    except ConsentError:
        return "the original has sound, and no grant allows sound"
    return ""


def _grants(services: Services, report: IncidentReport, clips: Iterable[PackedClip]) -> tuple[SignedGrant, ...]:
    names = {part.grant_id for part in report.highlights} | {part.clip.acquisition.grant_id for part in clips}
    return tuple(signed for name in sorted(names) for signed in services.catalogue.grants.history(name))
