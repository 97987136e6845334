"""Looking again at stored originals with other weights or settings, and what that changes.

The new result stands beside the old one, which stays: a highlight or an attachment that rests on an event of the old
result is named and left where it is. It runs under the night's own lease, step by step as a night does, so that what a
kill leaves is taken up by the next run or by the next night.
"""

import getpass
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

from pipeline.catalogue import AnalysisKey
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.differences import Compared, compare_events
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import ConsentError, PipelineError, RecordNotFoundError
from pipeline.night.allowed import granted_request, is_allowed, named, request_of
from pipeline.night.attach import attach_highlights
from pipeline.night.between import compare_clips
from pipeline.night.ingest import authority
from pipeline.night.look import STAGE, look_at
from pipeline.night.progress import Progress, current_progress
from pipeline.night.reanalysis import ClipDifference, Failure, Plan, Reanalysis, Resting, Scope, TaggedBefore
from pipeline.night.services import Services
from pipeline.night.tonight import Tonight, open_night
from pipeline.night.workers import Eyes, analyse_in_worker, worker_count

_SHORTEST_DIGEST = 8
"""Digits of a digest that name a clip."""
_NO_NIGHT = ""
"""No night's key: what any night, or a look again that was killed, left between an analysis and its highlights."""


def plan_reanalysis(services: Services, scope: Scope, eyes: Eyes) -> Plan:
    """Which clips of the scope are left to look at.

    Raises:
        RecordNotFoundError: No stored clip has one of the digests.
        EvidenceDisposedError: It had, and the clip was disposed of; only a whole digest is known after that.
    """
    desk, unfinished = night_desk(services), set(services.catalogue.work.left_behind(_NO_NIGHT))
    todo, done, closed = [], 0, 0
    for clip in _in_scope(services, scope):
        name = clip.acquisition.acquisition_id
        is_known = _key(services, clip, eyes) in services.catalogue.analyses.keys_of(name)
        if is_known and name not in unfinished:
            done += 1
        elif _may_be_looked_at(services, desk, clip):
            todo.append(clip)
        else:
            closed += 1
    return Plan(tuple(todo), done, closed)


def reanalyse(services: Services, plan: Plan, eyes: Eyes, pool: Executor) -> Reanalysis:
    """Looks at each planned clip, keeps its result beside the old one, cuts its highlights and attaches them.

    Args:
        services: With the settings to look with.
        plan: Made with the same settings and ``eyes``.
        eyes: What looks.
        pool: Where clips are analysed.

    Raises:
        NightAlreadyRunningError: A night runs.
    """
    before = {clip.acquisition.acquisition_id: _before(services, clip, eyes) for clip in plan.todo}
    with open_night(services) as tonight:
        names = list(before)
        tonight.services.catalogue.work.plan(tonight.lease, names, services.now())
        tonight.services.catalogue.work.again(tonight.lease, names, services.now())
        tonight.progress.begin(STAGE, len(names))
        _look_at_all(tonight, names, eyes, pool)
        compare_clips(tonight, eyes, pool)
        attached = attach_highlights(services)
    differences, failures = [], []
    for clip in plan.todo:
        key = _key(services, clip, eyes)
        try:
            analysis = services.catalogue.analyses.get(key)
        except RecordNotFoundError:
            failures.append(Failure(clip, _why_not(services, key)))
            continue
        events = services.catalogue.analyses.events_of(key)
        differences.append(_difference(services, clip, before[key.acquisition_id], analysis, events))
    _write_down(services, differences, "reanalyse")
    return Reanalysis(eyes, plan, tuple(differences), tuple(failures), attached, is_kept=True)


def try_reanalysis(services: Services, plan: Plan, eyes: Eyes, pool: Executor) -> Reanalysis:
    """As ``reanalyse``, and keeps nothing but the custody record of the look: no result, no event, no highlight."""
    progress = current_progress()
    progress.begin(STAGE, len(plan.todo))
    differences: list[ClipDifference] = []
    failures: list[Failure] = []
    with ThreadPoolExecutor(worker_count(services.settings)) as threads:
        tries = [threads.submit(_try, services, clip, eyes, pool, progress) for clip in plan.todo]
        for clip, made in zip(plan.todo, tries, strict=True):
            try:
                differences.append(made.result())
            except PipelineError as error:
                failures.append(Failure(clip, str(error)))
    _write_down(services, differences, "reanalyse, nothing kept")
    return Reanalysis(eyes, plan, tuple(differences), tuple(failures), (), is_kept=False)


def night_desk(services: Services) -> ConsentDesk:
    """Asks for the night's purpose and recipient."""
    return services.consent(services.settings.night.purpose, services.settings.night.recipient)


def _in_scope(services: Services, scope: Scope) -> list[AcquiredClip]:
    found = services.catalogue.clips.list(scope.camera_ids, scope.since, scope.until)
    if scope.clips is None:
        return list(found)
    for digest in scope.clips:
        if len(digest) < _SHORTEST_DIGEST or not any(clip.item.digest.startswith(digest.lower()) for clip in found):
            if len(digest) >= _SHORTEST_DIGEST:
                services.catalogue.disposals.require_not_disposed(digest.lower())
            raise RecordNotFoundError("clip in this scope", digest)
    wanted = tuple(digest.lower() for digest in scope.clips)
    return [clip for clip in found if clip.item.digest.startswith(wanted)]


def _key(services: Services, clip: AcquiredClip, eyes: Eyes) -> AnalysisKey:
    settings_digest = request_of(services, clip).settings_digest
    return AnalysisKey(clip.acquisition.acquisition_id, eyes.model.digest, settings_digest)


def _before(services: Services, clip: AcquiredClip, eyes: Eyes) -> AnalysisKey | None:
    """The newest result that is not the one which these weights and settings make."""
    ours = _key(services, clip, eyes)
    keys = services.catalogue.analyses.keys_of(clip.acquisition.acquisition_id)
    return next((key for key in reversed(keys) if key != ours), None)


def _may_be_looked_at(services: Services, desk: ConsentDesk, clip: AcquiredClip) -> bool:
    camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
    try:
        desk.require(Use.INDEX, camera, clip.clock.starts_at)
    except ConsentError:
        return False
    return True


def _look_at_all(tonight: Tonight, names: Iterable[str], eyes: Eyes, pool: Executor) -> None:
    """Side by side as many as there are workers; what ends one clip is written down and ends no other."""
    with ThreadPoolExecutor(worker_count(tonight.services.settings)) as threads:
        for ended in [threads.submit(look_at, tonight, name, eyes, pool) for name in names]:
            ended.result()


def _why_not(services: Services, key: AnalysisKey) -> str:
    failed = services.catalogue.analyses.failures(key.model_digest, key.settings_digest).get(key.acquisition_id)
    return failed.detail if failed is not None else "no live grant covers it any more"


def _try(services: Services, clip: AcquiredClip, eyes: Eyes, pool: Executor, progress: Progress) -> ClipDifference:
    desk, camera = night_desk(services), services.catalogue.cameras.get(clip.acquisition.camera_id)
    desk.require(Use.INDEX, camera, clip.clock.starts_at)
    try:
        with services.originals.path_of(clip.item.digest) as path:
            asked = granted_request(desk, camera, clip, request_of(services, clip))
            analysis = pool.submit(analyse_in_worker, path, asked).result().analysis
    except PipelineError as error:
        progress.step(STAGE, f"{camera.name}: {error}")
        raise
    events = tuple(
        named(inferred, analysis, camera)
        for inferred in analysis.events
        if is_allowed(desk, camera, clip, inferred, analysis)
    )
    progress.step(STAGE, f"{camera.name}: {', '.join(sorted({one.inferred.kind for one in events})) or 'nothing'}")
    return _difference(services, clip, _before(services, clip, eyes), analysis, events)


def _difference(
    services: Services,
    clip: AcquiredClip,
    before: AnalysisKey | None,
    analysis: ClipAnalysis,
    events: tuple[Event, ...],
) -> ClipDifference:
    camera, desk = services.catalogue.cameras.get(clip.acquisition.camera_id), night_desk(services)
    old: tuple[Event, ...] = ()
    if before is not None:
        earlier, kept = services.catalogue.analyses.get(before), services.catalogue.analyses.events_of(before)
        old = tuple(event for event in kept if is_allowed(desk, camera, clip, event.inferred, earlier))
    compared = compare_events(old, events, analysis.probe.first)
    resting, tagged = tuple(_resting(services, compared)), tuple(_tagged(services, compared))
    return ClipDifference(clip, camera, before, analysis, compared, resting, tagged)


def _resting(services: Services, compared: Iterable[Compared]) -> Iterable[Resting]:
    for one in compared:
        if one.before is None or not one.difference.loses_a_statement:
            continue
        for shown in services.catalogue.highlights.of_event(one.before.event_id):
            for attachment in services.catalogue.incidents.attachments_of(shown.highlight_id):
                yield Resting(attachment, one.before.event_id)


def _tagged(services: Services, compared: Sequence[Compared]) -> Iterable[TaggedBefore]:
    tags = services.catalogue.tags.latest(one.before.event_id for one in compared if one.before is not None)
    for one in compared:
        if one.before is not None and one.before.event_id in tags:
            now = one.after.event_id if one.after is not None else ""
            yield TaggedBefore(tags[one.before.event_id], one.difference, now)


def _write_down(services: Services, differences: Iterable[ClipDifference], word: str) -> None:
    """One record a clip whose events are about to be shown."""
    desk = night_desk(services)
    services.catalogue.custody.append(
        tuple(
            CustodyEntry(
                at=services.now(),
                agent=getpass.getuser(),
                action=CustodyAction.ACCESSED,
                subject=one.clip.item.digest,
                authority=authority(desk.require(Use.VIEW, one.camera, one.clip.clock.starts_at)),
                detail={
                    "camera": one.camera.camera_id,
                    "model": one.analysis.model.digest,
                    "settings": one.analysis.settings_digest,
                    "as": word,
                },
            )
            for one in differences
        )
    )
