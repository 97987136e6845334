"""A report on an incident: what is attached, what was looked at, and what was not, under the grants of that moment."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from pipeline import __version__
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera, FetchOutcome
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Attachment, AttachmentStatus, Incident, metres_between
from pipeline.domain.search import EventFilter
from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.video import Timestamp
from pipeline.errors import ConsentError, RecordNotFoundError
from pipeline.night.ingest import authority
from pipeline.night.morning import agency
from pipeline.night.said import reported_events
from pipeline.night.sent import received_files
from pipeline.night.services import Services
from pipeline.night.shown import analysis_of_cut, cut_highlight, require_for_read
from pipeline.night.used_weights import used_weights
from pipeline.reports import (
    CameraCoverage,
    IncidentReport,
    IncidentReportFiles,
    OtherClip,
    OutcomeCount,
    ReportedHighlight,
    SilentClip,
    write_incident_report,
)

_BEFORE = timedelta(minutes=10)
"""A clip that begins this long before a window may still reach into it."""


def write_report(
    services: Services, incident_id: str, folder: Path, agent: str, action: CustodyAction
) -> tuple[IncidentReport, IncidentReportFiles]:
    """Writes an incident's report as page, paper and JSON, and the custody of every original that it shows.

    Args:
        services: The installation.
        incident_id: Which incident.
        folder: Made when it is not there.
        agent: Who asks for it.
        action: ``disseminated`` when it leaves the house, ``derived`` when the night makes it.

    Raises:
        RecordNotFoundError: There is no such incident.
        ReportError, StorageError: It cannot be made or written.
    """
    report = report_on(services, incident_id)
    files = write_incident_report(report, services.derivatives.read, folder)
    shown = [(part.highlight.highlight_id, f"{part.grant_id} v{part.grant_version}") for part in report.highlights]
    told = [(one.digest, one.consent) for one in report.received]
    detail = {"incident": incident_id, "case": report.incident.case_number, "as": "incident report"}
    services.catalogue.custody.append(
        tuple(CustodyEntry(report.made_at, agent, action, subject, grant, detail) for subject, grant in (*shown, *told))
    )
    return report, files


def report_on(services: Services, incident_id: str) -> IncidentReport:
    """The record that a report is made of; what no live grant lets out any more is left out.

    Raises:
        RecordNotFoundError: There is no such incident.
    """
    return report_of(services, services.catalogue.incidents.get(incident_id))


def report_of(services: Services, incident: Incident) -> IncidentReport:
    """As ``report_on``, of an incident whose purpose may be another than the one that it was opened with."""
    scope = _Scope(services, incident)
    attached = services.catalogue.incidents.attachments(incident.incident_id)
    shown = [scope.highlight(one) for one in attached if one.status is not AttachmentStatus.REJECTED]
    highlights = tuple(sorted((one for one in shown if one), key=lambda one: (one.attachment.position, one.starts_at)))
    cameras = scope.cameras()
    silent = tuple(scope.silent_clips(cameras))
    told = {part.highlight.clip for part in highlights} | {part.clip for part in silent}
    return IncidentReport(
        incident=incident,
        agency=agency(services),
        time_zone=cameras[0].time_zone if cameras else services.settings.night.time_zone,
        made_at=services.now(),
        made_by=f"doorstep {__version__}",
        highlights=highlights,
        coverage=tuple(scope.coverage(camera) for camera in cameras),
        silent_clips=silent,
        other_clips=tuple(part for part in scope.other_clips(cameras) if part.clip not in told),
        received=received_files(services, incident),
        weights=used_weights(services, scope.looked),
    )


@dataclass(frozen=True, slots=True)
class _Scope:
    """An incident's surroundings.

    Attributes:
        services: The installation.
        incident: Which.
        looked: Weights and digest of the settings of every result that was told of so far.
    """

    services: Services
    incident: Incident
    looked: set[tuple[ModelIdentity, str]] = field(default_factory=set)

    def cameras(self) -> list[Camera]:
        """The cameras inside the incident's radius, each once, in order of id."""
        catalogue = self.services.catalogue
        listed = sorted({camera.camera_id for camera in catalogue.cameras.list()})
        return [camera for camera in map(catalogue.cameras.get, listed) if self._is_near(camera)]

    def highlight(self, attachment: Attachment) -> ReportedHighlight | None:
        catalogue = self.services.catalogue
        cut = cut_highlight(self.services, attachment.shown_id)
        clip = cut.clip
        camera = catalogue.cameras.get(clip.acquisition.camera_id)
        try:
            grant = require_for_read(self.services, self._desk, Use.EXPORT, cut)
        except ConsentError:
            return None
        analysis = analysis_of_cut(self.services, cut)
        self.looked.add((analysis.model, analysis.settings_digest))
        self.looked.update((one.model, one.settings_digest) for one in cut.shown)
        return ReportedHighlight(
            attachment=attachment,
            highlight=cut.highlight,
            events=tuple(
                replace(one, colours=analysis.colours_of(one.event.inferred))
                for one in reported_events(self.services, self._desk, cut.shown)
            ),
            camera=camera,
            metres=metres_between(camera.position, self.incident.place) if camera.position else None,
            clock=clip.clock,
            first=analysis.probe.first,
            grant_id=grant.grant.grant_id,
            grant_version=grant.grant.version,
            model=analysis.model,
            sampling=analysis.sampling,
            acquisition=clip.acquisition,
        )

    def coverage(self, camera: Camera) -> CameraCoverage:
        """What was asked of the camera for the incident's window; without a live grant only why, and whether it was."""
        catalogue = self.services.catalogue
        granted, why = self._standing(camera)
        if not granted:
            told = catalogue.coverage.last(camera.camera_id).values()
            was_asked = any(row.outcome is not FetchOutcome.NOT_GRANTED for row in told)
            return CameraCoverage(camera.camera_id, camera.name, granted, why, 0, (), was_asked)
        triggers = catalogue.triggers.list(camera.camera_id, self.incident.starts_at, self.incident.ends_at)
        last = catalogue.coverage.last(camera.camera_id)
        rows = [last[trigger.trigger_id] for trigger in triggers if trigger.trigger_id in last]
        counts = Counter(row.outcome for row in rows)
        whys = {row.outcome: row.detail for row in rows}
        outcomes = tuple(
            OutcomeCount(outcome, counts[outcome], "" if outcome is FetchOutcome.READY else whys[outcome])
            for outcome in FetchOutcome
            if counts[outcome]
        )
        return CameraCoverage(camera.camera_id, camera.name, granted, why, len(triggers), outcomes)

    def silent_clips(self, cameras: list[Camera]) -> Iterable[SilentClip]:
        """Clips of the window in which nothing was found and that may be spoken of, in order of time."""
        catalogue = self.services.catalogue
        names = {camera.camera_id: camera for camera in cameras}
        clips = self._clips(names)
        wanted = EventFilter(acquisition_ids=tuple(clip.acquisition.acquisition_id for clip in clips))
        heard = {found.acquisition_id for found in catalogue.search.find(wanted)}
        for clip in clips:
            if clip.acquisition.acquisition_id in heard:
                continue
            silent = self._silent(clip, names[clip.acquisition.camera_id])
            if silent is not None:
                yield silent

    def other_clips(self, cameras: list[Camera]) -> Iterable[OtherClip]:
        """Every clip of the window, in order of time, also those that no analysis could be made of."""
        names = {camera.camera_id: camera for camera in cameras}
        for clip in self._clips(names):
            looked_at, reaches = self._reach(clip)
            if reaches:
                name = names[clip.acquisition.camera_id].name
                yield OtherClip(clip.item.digest, name, clip.clock.starts_at, looked_at)

    def _clips(self, cameras: Mapping[str, Camera]) -> list[AcquiredClip]:
        """Clips that may reach into the window and that a live grant lets out."""
        since, until = self.incident.starts_at - _BEFORE, self.incident.ends_at
        found = self.services.catalogue.clips.list(tuple(cameras), since, until)
        return [clip for clip in found if self._may_leave(clip, cameras[clip.acquisition.camera_id])]

    def _may_leave(self, clip: AcquiredClip, camera: Camera) -> bool:
        try:
            self._desk.require(Use.EXPORT, camera, clip.clock.starts_at)
        except ConsentError:
            return False
        return True

    def _reach(self, clip: AcquiredClip) -> tuple[bool, bool]:
        """Whether it was looked at, and whether it reaches into the window; of an unseen one only the begin."""
        try:
            analysis = self.services.catalogue.analyses.newest(clip.acquisition.acquisition_id)
        except RecordNotFoundError:
            return False, True
        last = Timestamp(analysis.sampling.last.pts, analysis.sampling.last.time_base)
        return True, clip.clock.at(last, analysis.probe.first) >= self.incident.starts_at

    def _silent(self, clip: AcquiredClip, camera: Camera) -> SilentClip | None:
        try:
            analysis = self.services.catalogue.analyses.newest(clip.acquisition.acquisition_id)
        except RecordNotFoundError:
            return None
        seconds = analysis.sampling.last.seconds - analysis.probe.first.seconds
        last = Timestamp(analysis.sampling.last.pts, analysis.sampling.last.time_base)
        if clip.clock.at(last, analysis.probe.first) < self.incident.starts_at:
            return None
        self.looked.add((analysis.model, analysis.settings_digest))
        return SilentClip(
            clip=clip.item.digest,
            camera_name=camera.name,
            time_zone=camera.time_zone,
            starts_at=clip.clock.starts_at,
            seconds=Fraction(seconds),
            looked_at=len(analysis.sampling.sampled),
            shortest_missable=analysis.sampling.shortest_missable,
        )

    def _is_near(self, camera: Camera) -> bool:
        position = camera.position
        return position is not None and metres_between(position, self.incident.place) <= self.incident.radius

    @property
    def _desk(self) -> ConsentDesk:
        return self.services.consent(self.incident.purpose, self.incident.recipient)

    def _standing(self, camera: Camera) -> tuple[bool, str]:
        try:
            return True, authority(self._desk.require(Use.FETCH, camera, None))
        except ConsentError as error:
            return False, str(error)
