"""What the night came to: one record, of which the page, the JSON and the Markdown are made."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline import __version__
from pipeline.domain.cameras import Camera, FetchOutcome
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.coverage import CameraOutcome, CoverageRow
from pipeline.domain.events import PACKAGE_KINDS, ClipAnalysis, Verdict
from pipeline.domain.incidents import AttachmentStatus, Highlight
from pipeline.domain.nights import WorkItem, WorkState
from pipeline.domain.review import ClipOpinion
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tracks import ModelIdentity
from pipeline.errors import AccountRefusedError, ConsentError
from pipeline.night.counts import kind_counts, opinion_counts, outcome_counts, reason_counts
from pipeline.night.gather import oldest_wanted
from pipeline.night.review import opinions_of
from pipeline.night.services import Services
from pipeline.night.shown import cut_highlight, found_before, is_cut_visible, visible, visible_attachments
from pipeline.night.tonight import Tonight
from pipeline.reports import (
    Agency,
    Attention,
    AttentionKind,
    CameraNight,
    MorningReport,
    MorningReportFiles,
    NightHighlight,
    NightIncident,
    ReportedEvent,
    write_morning_report,
)
from pipeline.reports.words import count_words


def report_folder(services: Services, night: str) -> Path:
    """Where a night's reports lie."""
    return services.settings.store.directory / "reports" / night


def agency(services: Services) -> Agency:
    """Who answers for the installation."""
    section = services.settings.agency
    return Agency(section.name, section.non_emergency_number, section.emergency_number)


def write_morning(tonight: Tonight, reports: Mapping[str, str]) -> tuple[MorningReport, MorningReportFiles]:
    """Makes the morning report and writes its page, Markdown and JSON.

    Args:
        tonight: The night.
        reports: By incident id, where its report lies relative to the morning report's folder.

    Raises:
        ReportError: The page cannot be made.
        StorageError: A file cannot be written.
    """
    report = _Morning.of(tonight).report(reports)
    folder = report_folder(tonight.services, tonight.key)
    return report, write_morning_report(report, tonight.services.derivatives.read, folder)


@dataclass(frozen=True, slots=True)
class _Morning:
    tonight: Tonight
    rows: tuple[CoverageRow, ...]
    work: tuple[WorkItem, ...]
    clips: Mapping[str, AcquiredClip]
    events: Sequence[FoundEvent]
    opinions: Sequence[ClipOpinion]
    """The source's labels beside ours, of each clip that was looked at and may be shown."""
    highlights: Sequence[Highlight]
    shown: Mapping[str, tuple[FoundEvent, ...]]
    """What each highlight shows, by highlight id; at least one event each."""

    @classmethod
    def of(cls, tonight: Tonight) -> "_Morning":
        catalogue = tonight.services.catalogue
        work = catalogue.work.of_night(tonight.key)
        names = tuple(item.acquisition_id for item in work)
        found = catalogue.search.find(EventFilter(acquisition_ids=names))
        clips = {name: catalogue.clips.get(name) for name in names}
        made = [cut_highlight(tonight.services, one.highlight_id) for one in catalogue.highlights.of_night(tonight.key)]
        cuts = [cut for cut in made if is_cut_visible(tonight.services, tonight.consent, cut)]
        shown = {cut.highlight.highlight_id: cut.shown for cut in cuts}
        events = visible(tonight.services, tonight.consent, (*found, *found_before(shown.values(), names)))
        return cls(
            tonight=tonight,
            rows=catalogue.coverage.of_night(tonight.key),
            work=work,
            clips=clips,
            events=events,
            opinions=opinions_of(tonight.services, tonight.consent, tuple(clips.values())),
            highlights=[cut.highlight for cut in cuts],
            shown=shown,
        )

    def report(self, reports: Mapping[str, str]) -> MorningReport:
        services = self.tonight.services
        now = services.now()
        left = sum(item.state in (WorkState.TODO, WorkState.DOING) for item in self.work)
        unasked = self._unasked() if self.tonight.is_over() else 0
        return MorningReport(
            night=self.tonight.key,
            window=(self._window_start(), now),
            time_zone=services.settings.night.time_zone,
            agency=agency(services),
            started_at=services.catalogue.nights.get(self.tonight.key).opened_at,
            ended_at=now,
            is_complete=not left and not unasked,
            made_by=f"doorstep {__version__}",
            models=tuple(sorted({event.model for event in self.events}, key=lambda model: model.name))
            or self._models(),
            merged=self.tonight.merged,
            cameras=tuple(self._camera(camera) for camera in self._cameras()),
            highlights=tuple(self._highlight(highlight) for highlight in self.highlights),
            incidents=tuple(self._incidents(reports)),
            attention=tuple(self._attention(left, unasked)),
            stage_seconds=self._stage_seconds(),
            left_over=left + unasked,
        )

    def _window_start(self) -> datetime:
        starts = [clip.clock.starts_at for clip in self.clips.values()]
        return min([*starts, self.tonight.oldest]) if starts else self.tonight.oldest

    def _cameras(self) -> list[Camera]:
        """One a camera id, as its owner's account sees it."""
        listed = {camera.camera_id for camera in self.tonight.services.catalogue.cameras.list()}
        return [self.tonight.services.catalogue.cameras.get(camera_id) for camera_id in sorted(listed)]

    def _unasked(self) -> int:
        """Recordings that grants cover and that were not asked for tonight."""
        asked = {(row.camera_id, row.trigger_id) for row in self.rows}
        to_ask = self.tonight.services.catalogue.coverage.to_ask
        return sum(
            (trigger.camera_id, trigger.trigger_id) not in asked
            for camera in self._cameras()
            if self._grant(camera)[0]
            for trigger in to_ask(camera.camera_id, oldest_wanted(self.tonight, camera))
        )

    def _analyses(self) -> Iterable[ClipAnalysis]:
        for item in self.work:
            if item.state is WorkState.DONE:
                yield self.tonight.services.catalogue.analyses.newest(item.acquisition_id)

    def _models(self) -> tuple[ModelIdentity, ...]:
        return tuple(sorted({analysis.model for analysis in self._analyses()}, key=lambda model: model.name))

    def _stage_seconds(self) -> tuple[tuple[str, float], ...]:
        total: Counter[str] = Counter()
        for analysis in self._analyses():
            for stage, seconds in analysis.stage_seconds:
                total[stage] += seconds  # type: ignore[assignment]  # Counter adds any number
        return tuple(sorted((stage, round(seconds, 3)) for stage, seconds in total.items()))

    def _camera(self, camera: Camera) -> CameraNight:
        granted, grant = self._grant(camera)
        rows = [row for row in self.rows if row.camera_id == camera.camera_id and row.trigger_id]
        asked = [row for row in rows if isinstance(row.outcome, FetchOutcome)]
        items = [item for item in self.work if self._camera_of(item) == camera.camera_id]
        events = [event for event in self.events if event.event.camera_id == camera.camera_id]
        done = {item.acquisition_id for item in items if item.state is WorkState.DONE}
        return CameraNight(
            camera_id=camera.camera_id,
            name=camera.name,
            granted=granted,
            grant=grant,
            triggers=len(asked),
            outcomes=outcome_counts(asked),
            analysed=len(done),
            silent=len(done - {event.acquisition_id for event in events}),
            unreadable=sum(item.state is WorkState.FAILED for item in items),
            events=kind_counts(events),
            cannot_tell=reason_counts(events),
            opinions=opinion_counts(self._opinions_of(camera.camera_id)),
            highlights=sum(self._camera_of_highlight(highlight) == camera.camera_id for highlight in self.highlights),
        )

    def _opinions_of(self, camera_id: str) -> list[ClipOpinion]:
        return [one for one in self.opinions if one.camera_id == camera_id]

    def _camera_of(self, item: WorkItem) -> str:
        return self.clips[item.acquisition_id].acquisition.camera_id

    def _camera_of_highlight(self, highlight: Highlight) -> str:
        return self.shown[highlight.highlight_id][0].event.camera_id

    def _grant(self, camera: Camera) -> tuple[bool, str]:
        try:
            signed = self.tonight.consent.require(Use.FETCH, camera, None)
        except ConsentError as error:
            return False, str(error)
        return True, f"{signed.grant.grant_id} v{signed.grant.version}, until {signed.grant.expires_at:%Y-%m-%d}"

    def _highlight(self, highlight: Highlight) -> NightHighlight:
        catalogue = self.tonight.services.catalogue
        camera = catalogue.cameras.get(self._camera_of_highlight(highlight))
        attached = [
            (attachment.incident_id, attachment.reason)
            for attachment in catalogue.incidents.attachments_of(highlight.highlight_id)
        ]
        return NightHighlight(
            highlight=highlight,
            events=tuple(
                ReportedEvent(event.event, event.starts_at, event.ends_at, event.is_superseded)
                for event in self.shown[highlight.highlight_id]
            ),
            camera_name=camera.name,
            time_zone=camera.time_zone,
            attached=tuple(attached),
        )

    def _incidents(self, reports: Mapping[str, str]) -> Iterable[NightIncident]:
        catalogue = self.tonight.services.catalogue
        ours = {highlight.highlight_id for highlight in self.highlights}
        for incident in catalogue.incidents.live():
            names = [found.highlight_id for found in catalogue.incidents.attachments(incident.incident_id)]
            yield NightIncident(
                incident_id=incident.incident_id,
                title=incident.title,
                highlight_ids=tuple(name for name in names if name in ours),
                report=reports.get(incident.incident_id, ""),
            )

    def _attention(self, left: int, unasked: int) -> Iterable[Attention]:
        yield from self._refused()
        for item in self.work:
            if item.state is WorkState.FAILED:
                clip = self.clips[item.acquisition_id]
                action = "it is tried again in the next night" if item.retryable else "the original is kept as received"
                name = clip.acquisition.file_name or f"trigger {clip.acquisition.trigger_id}"
                what = f"{clip.acquisition.camera_id}, {name}: {item.detail}"
                yield Attention(AttentionKind.FAILURE, what, action)
        for gap in self.tonight.failed_gaps:
            yield Attention(AttentionKind.FAILURE, gap, "the next night compares the two clips again")
        yield from self._untold()
        yield from self._unconfirmed()
        yield from self._disputed()
        if unasked:
            yield Attention(AttentionKind.LEFT_OVER, f"{unasked} recordings were not asked for before the deadline")
        if left:
            yield Attention(AttentionKind.LEFT_OVER, f"{left} clips were not looked at before the deadline")

    def _refused(self) -> Iterable[Attention]:
        names = {camera.camera_id: camera.name for camera in self._cameras()}
        for row in self.rows:
            if row.outcome in (FetchOutcome.REFUSED, CameraOutcome.FAILED):
                refused = "refuses account" in row.detail
                kind = AttentionKind.LINK_AGAIN if refused else AttentionKind.FAILURE
                action = AccountRefusedError.remedy if refused else "the next night asks again"
                yield Attention(kind, f"{names.get(row.camera_id, row.camera_id)}: {row.detail}", action)

    def _untold(self) -> Iterable[Attention]:
        for found in self.events:
            inferred = found.event.inferred
            if inferred.verdict is Verdict.CANNOT_TELL and inferred.kind in PACKAGE_KINDS:
                highlight_id = found.highlight_ids[0] if found.highlight_ids else ""
                what = f"{found.camera_name}: {inferred.sentence}"
                yield Attention(AttentionKind.CANNOT_TELL, what, "look at it", highlight_id)

    def _disputed(self) -> Iterable[Attention]:
        disputed = sum(one.opinion.standing.is_disagreement for one in self.opinions)
        if disputed:
            what = f"in {count_words(disputed, 'clip')} the source's labels and ours disagree"
            yield Attention(AttentionKind.REVIEW, what, "see `doorstep review list`")

    def _unconfirmed(self) -> Iterable[Attention]:
        """Attachments that wait for a person, also those of earlier nights, under the grants of the incident."""
        services = self.tonight.services
        for incident in services.catalogue.incidents.live():
            for attachment in visible_attachments(services, incident):
                if attachment.status is AttachmentStatus.MACHINE:
                    what = f"{incident.title}: {attachment.reason}"
                    yield Attention(AttentionKind.CONFIRM, what, "confirm or reject it", attachment.highlight_id)
