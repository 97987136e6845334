"""One clip through every stage that looks at it: analysis, events under their grants, highlights with their recipes.

Each step is kept before the next begins, under ids that are the same whenever it runs; so a night that was killed goes
on at the first step that was not kept.
"""

import logging
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from pipeline.analysis import AnalysisRequest, settings_digest, settings_text
from pipeline.catalogue import AnalysisKey
from pipeline.catalogue.analyses import Beside
from pipeline.catalogue.work import MOST_FAILURES
from pipeline.domain.cameras import Camera, holds_photos
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.events import ClipAnalysis, Event, InferredEvent
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.nights import WorkItem, WorkState
from pipeline.domain.video import ClipSpan
from pipeline.errors import (
    ConsentError,
    ConsentOutOfScopeError,
    EvidenceDisposedError,
    PipelineError,
    RecordNotFoundError,
    UnexpectedFaultError,
)
from pipeline.highlights.context import RenderContext
from pipeline.highlights.plan import CutPlan, plan_highlights
from pipeline.night.allowed import granted_parts, granted_request, is_allowed, named, request_of
from pipeline.night.end_stills import keep_stills
from pipeline.night.facts import analysis_facts, key_words, recipe_facts
from pipeline.night.ingest import authority
from pipeline.night.keep import keep_highlight
from pipeline.night.services import AGENT
from pipeline.night.tonight import Tonight
from pipeline.night.workers import Eyes, LookedAt, RenderOrder, analyse_in_worker, render_in_worker

_logger = logging.getLogger(__name__)

STAGE = "look"
P = ParamSpec("P")
T = TypeVar("T")


def plan_work(tonight: Tonight, eyes: Eyes) -> int:
    """Puts every clip that these weights and settings have not looked at, and that a grant covers, on the night's list.

    So are clips that an earlier night looked at without coming to the end of their highlights.

    Returns:
        How many clips the night has to look at; those that are done, or failed for good, left out.
    """
    catalogue = tonight.services.catalogue
    new = [clip.acquisition.acquisition_id for clip in _unseen(tonight, eyes) if _may_be_looked_at(tonight, clip)]
    left_behind = catalogue.work.left_behind(tonight.key)
    carried = [name for name in left_behind if _may_be_looked_at(tonight, catalogue.clips.get(name))]
    catalogue.work.plan(tonight.lease, [*new, *carried], tonight.services.now())
    catalogue.work.again(tonight.lease, new, tonight.services.now())
    items = catalogue.work.of_night(tonight.key)
    left = sum(_is_left(item) for item in items)
    tonight.progress.begin(STAGE, left)
    return left


def _is_left(item: WorkItem) -> bool:
    may_pass = item.state is WorkState.FAILED and item.retryable and item.failures < MOST_FAILURES
    return may_pass or item.state in (WorkState.TODO, WorkState.DOING)


def claim_batch(tonight: Tonight) -> tuple[str, ...]:
    """Takes up the next clips, at most a batch; empty when nothing is left or the deadline has passed."""
    if tonight.is_over():
        return ()
    services = tonight.services
    return services.catalogue.work.claim(tonight.lease, services.settings.night.batch_size, services.now())


def look_at_batch(tonight: Tonight, acquisition_ids: tuple[str, ...], eyes: Eyes, pool: Executor) -> None:
    """Looks at clips one after another; what goes wrong with one is written down and stays with that one.

    At the deadline the rest of the batch is left for the next night. Again it goes over what is kept without effect.

    Raises:
        NightAlreadyRunningError: Another process took the lease.
    """
    for acquisition_id in acquisition_ids:
        if tonight.is_over():
            return
        look_at(tonight, acquisition_id, eyes, pool)


def look_at(tonight: Tonight, acquisition_id: str, eyes: Eyes, pool: Executor) -> None:
    """Takes one clip through all stages and marks it done, or failed with the reason.

    Raises:
        NightAlreadyRunningError: Another process took the lease.
    """
    services = tonight.services
    try:
        clip = services.catalogue.clips.get(acquisition_id)
    except EvidenceDisposedError as error:  # revoked since the batch was taken up
        tonight.progress.step(STAGE, str(error))
        return
    camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
    request = request_of(services, clip)
    key = AnalysisKey(acquisition_id, eyes.model.digest, request.settings_digest)
    look = ClipLook(tonight, clip, camera, request, pool)
    try:
        analysis = look.analysis(key)
        look.cut_highlights(analysis, services.catalogue.analyses.events_of(key))
    except PipelineError as error:
        _fail(tonight, clip, camera, key, error)
        return
    except Exception as error:
        _logger.exception("looking at acquisition %s failed", acquisition_id)
        _fail(tonight, clip, camera, key, UnexpectedFaultError(type(error).__name__, str(error)))
        return
    services.catalogue.work.done(tonight.lease, acquisition_id, services.now())
    kinds = sorted({event.kind.value for event in analysis.events})
    tonight.progress.step(STAGE, f"{camera.name}: {', '.join(kinds) or 'nothing'}")


def _fail(tonight: Tonight, clip: AcquiredClip, camera: Camera, key: AnalysisKey, error: PipelineError) -> None:
    services = tonight.services
    if services.catalogue.disposals.tombstone_of(clip.acquisition.acquisition_id):  # revoked in the middle of the look
        tonight.progress.step(STAGE, f"{camera.name}: {error}")
        return
    if not isinstance(error, ConsentError):  # a new grant may cover the clip another night
        services.catalogue.analyses.fail(key, error, services.now())
    services.catalogue.work.failed(tonight.lease, clip.acquisition.acquisition_id, error, services.now())
    tonight.progress.step(STAGE, f"{camera.name}: {error}")


@dataclass(frozen=True, slots=True)
class ClipLook:
    """One clip under the grants of tonight."""

    tonight: Tonight
    clip: AcquiredClip
    camera: Camera
    request: AnalysisRequest
    pool: Executor

    def analysis(self, key: AnalysisKey) -> ClipAnalysis:
        """What is kept under the key, or a new analysis of which only what is granted is kept."""
        analyses = self.tonight.services.catalogue.analyses
        try:
            return analyses.get(key)
        except RecordNotFoundError:
            self.tonight.taking.require(Use.INDEX, self.camera, self.clip.clock.starts_at)
        looked = self._analyse()
        allowed = tuple(event for event in looked.analysis.events if self._is_allowed(event, looked.analysis))
        shown = {track_id for event in allowed for track_id in event.track_ids}
        colours = tuple(mark for mark in looked.analysis.colours if mark.track_id in shown)
        analysis = replace(looked.analysis, events=allowed, colours=colours)
        stills = keep_stills(self.tonight.services.derivatives, self.clip, analysis, looked.stills)
        digest, words = self.clip.item.digest, key_words(key)
        custody = [self._custody(CustodyAction.ANALYSED, digest, analysis_facts(analysis), words)]
        for still in stills:
            facts = {"still": still.side.value, "output": still.digest, **recipe_facts(still.recipe)}
            custody.append(self._custody(CustodyAction.DERIVED, digest, facts, f"{still.side} {words}"))
        found = tuple(named(inferred, analysis, self.camera) for inferred in allowed)
        beside = Beside(stills, looked.vectors, _settings_of(self.request))
        analyses.save(key.acquisition_id, analysis, found, custody, self.tonight.services.now(), beside)
        return analysis

    def cut_highlights(self, analysis: ClipAnalysis, events: tuple[Event, ...]) -> None:
        """Renders what the plan asks for and is not kept yet, of events and moments that are still granted."""
        services = self.tonight.services
        kept = {highlight.highlight_id for highlight in services.catalogue.highlights.of_clip(self.clip.item.digest)}
        span = ClipSpan(analysis.probe.first, analysis.sampling.last)
        allowed = tuple(event for event in events if self._is_allowed(event.inferred, analysis))
        parts = granted_parts(self.tonight.taking, self.camera, self.clip, analysis, allowed)
        for part, ours in parts.items():
            for plan in plan_highlights(ours, span, services.settings.highlights, part):
                if plan.highlight_id not in kept:
                    self._cut(plan, analysis)

    def _analyse(self) -> LookedAt:
        with self.tonight.services.originals.path_of(self.clip.item.digest) as path:
            asked = granted_request(self.tonight.taking, self.camera, self.clip, self.request)
            return _in_pool(self.pool, analyse_in_worker, path, asked)

    def _is_allowed(self, inferred: InferredEvent, analysis: ClipAnalysis, *, with_audio: bool = False) -> bool:
        return is_allowed(self.tonight.taking, self.camera, self.clip, inferred, analysis, with_audio=with_audio)

    def _cut(self, plan: CutPlan, analysis: ClipAnalysis) -> None:
        services = self.tonight.services
        acquisition = self.clip.acquisition
        shown = tuple(self.clip.clock.at(end, analysis.probe.first) for end in (plan.span.start, plan.span.end))
        grant = self.tonight.taking.require_throughout(Use.INDEX, self.camera, (shown[0], shown[1]))
        context = RenderContext(
            tracks=analysis.tracks,
            clock=self.clip.clock,
            first=analysis.probe.first,
            camera=self.camera,
            grant_id=grant.grant.grant_id,
            grant_version=grant.grant.version,
            model=analysis.model,
            probe=analysis.probe,
        )
        with (
            tempfile.TemporaryDirectory(dir=self.tonight.scratch) as scratch,
            services.originals.path_of(self.clip.item.digest) as path,
        ):
            with_audio = self._has_audio(plan, analysis)
            order = RenderOrder(plan, path, context, Path(scratch), services.settings.highlights, with_audio)
            rendered = _in_pool(self.pool, render_in_worker, order)
            highlight = keep_highlight(services.derivatives, plan, rendered)
        facts = {"highlight": highlight.highlight_id, "output": highlight.digest, **recipe_facts(highlight.recipe)}
        custody = self._custody(CustodyAction.DERIVED, self.clip.item.digest, facts, highlight.highlight_id, shown[0])
        try:
            services.catalogue.highlights.save(acquisition.acquisition_id, self.tonight.key, highlight, (custody,))
        except (EvidenceDisposedError, RecordNotFoundError) as error:  # narrowed while it was rendered
            why = "what it shows is not granted any more"
            raise ConsentOutOfScopeError(self.camera.camera_id, grant.grant.grant_id, why) from error

    def _has_audio(self, plan: CutPlan, analysis: ClipAnalysis) -> bool:
        """Whether sound is granted for every event that the highlight shows."""
        return all(self._is_allowed(event.inferred, analysis, with_audio=True) for event in plan.events)

    def _custody(
        self, action: CustodyAction, subject: str, facts: dict[str, str], once: str, at: datetime | None = None
    ) -> CustodyEntry:
        """Under the grant of a moment; of the clip's first by default."""
        grant = self.tonight.taking.require(Use.INDEX, self.camera, at or self.clip.clock.starts_at)
        return CustodyEntry(
            at=self.tonight.services.now(),
            agent=AGENT,
            action=action,
            subject=subject,
            authority=authority(grant),
            detail={"acquisition": self.clip.acquisition.acquisition_id, **facts},
            once=f"{action} {once}",
        )


def _may_be_looked_at(tonight: Tonight, clip: AcquiredClip) -> bool:
    camera = tonight.services.catalogue.cameras.get(clip.acquisition.camera_id)
    try:
        tonight.taking.require(Use.INDEX, camera, clip.clock.starts_at)
    except ConsentError:
        return False
    return True


def _unseen(tonight: Tonight, eyes: Eyes) -> Iterator[AcquiredClip]:
    """Clips that were not looked at as it would be done now; zones give a camera's results names of their own."""
    catalogue = tonight.services.catalogue
    cameras: dict[str, list[str]] = defaultdict(list)
    for camera_id in sorted({camera.camera_id for camera in catalogue.cameras.list()}):
        if holds_photos(camera_id):
            continue
        cameras[settings_of_camera(tonight, eyes, camera_id)].append(camera_id)
    for digest, camera_ids in cameras.items():
        yield from catalogue.clips.without_analysis(eyes.model.digest, digest, tuple(camera_ids))


def settings_of_camera(tonight: Tonight, eyes: Eyes, camera_id: str) -> str:
    """The digest under which a camera's clips are looked at tonight; its zones are part of it."""
    settings = tonight.services.settings
    zones = tonight.services.catalogue.cameras.zones(camera_id)
    if not zones:
        return eyes.settings_digest
    return settings_digest(settings.sampling, settings.detection, settings.events, zones)


def _settings_of(request: AnalysisRequest) -> bytes:
    return settings_text(request.sampling, request.detection, request.events, request.zones)


def _in_pool(pool: Executor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return pool.submit(work, *args, **kwargs).result()
