"""A camera's doorstep over the night: the end of each clip is compared with the start of the next.

What was there at the end of one clip and is not at the start of the next went in between, and no clip shows it. The
event belongs to the later clip's analysis and names the earlier. Each gap is compared once, and what is found has the
same ids whenever it is; when a clip arrives that divides a gap, the events of its two parts supersede the gap's own.
"""

import logging
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.analysis import LIKENESS_DIGEST, embedded_likeness, event_id
from pipeline.catalogue import AnalysisKey, Gap
from pipeline.consent.desk import Place
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.doorstep import KeptStill, Side
from pipeline.domain.events import ClipAnalysis, EarlierLook, Event, EventKind, InferredEvent
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.tracks import Box
from pipeline.errors import ConsentError, PipelineError, UnexpectedFaultError
from pipeline.events.across import BetweenView, ThingsBetweenClips, left_lying
from pipeline.night.allowed import request_of
from pipeline.night.gaps import ClipEnds, divides, neighbours
from pipeline.night.ingest import authority
from pipeline.night.look import ClipLook, settings_of_camera
from pipeline.night.places import places_of
from pipeline.night.services import AGENT
from pipeline.night.tonight import Tonight
from pipeline.night.workers import Eyes
from pipeline.scene.beside import side_by_side
from pipeline.scene.doorstep import Still, compare
from pipeline.scene.edges import decoded

_logger = logging.getLogger(__name__)

STAGE = "between"


def compare_clips(tonight: Tonight, eyes: Eyes, pool: Executor) -> int:
    """Compares every two neighbouring clips that were not compared yet, and cuts what the found events show.

    Grants must cover both moments, and each event's kind and place at both. At the deadline the rest is left for the
    next night, and so is a gap with which something goes wrong. Again it changes nothing.

    Returns:
        How many gaps were compared.
    """
    cameras = tonight.services.catalogue.cameras
    names = sorted({camera.camera_id for camera in cameras.list()})
    return sum(_Doorstep(tonight, cameras.get(name), eyes, pool).look_between() for name in names)


@dataclass(frozen=True, slots=True)
class _Doorstep:
    tonight: Tonight
    camera: Camera
    eyes: Eyes
    pool: Executor

    def look_between(self) -> int:
        catalogue = self.tonight.services.catalogue
        model, settings = self.eyes.model.digest, settings_of_camera(self.tonight, self.eyes, self.camera.camera_id)
        clips = self._clips(model, settings)
        pairs = {
            Gap(one.acquisition_id, two.acquisition_id, model, settings): (one, two) for one, two in neighbours(clips)
        }
        catalogue.comparisons.settle(tuple(pairs), [clip.acquisition_id for clip in clips], model, settings)
        compared = catalogue.comparisons.of_camera(self.camera.camera_id, model, settings)
        others = self._looked_at_otherwise(clips)
        return sum(
            self._take(gap, pair, compared)
            for gap, pair in pairs.items()
            if not self.tonight.is_over() and not any(divides(moment, *pair) for moment in others)
        )

    def _looked_at_otherwise(self, clips: list[ClipEnds]) -> list[datetime]:
        """When clips begin that were looked at in another way and not in this one yet: they would divide a gap."""
        catalogue = self.tonight.services.catalogue
        seen = catalogue.stills.looked_at(self.camera.camera_id, self.tonight.oldest)
        others = seen - {clip.acquisition_id for clip in clips}
        there = catalogue.clips.list((self.camera.camera_id,))  # one that was revoked meanwhile divides nothing
        return [clip.clock.starts_at for clip in there if clip.acquisition.acquisition_id in others]

    def _clips(self, model: str, settings: str) -> list[ClipEnds]:
        catalogue, camera_id = self.tonight.services.catalogue, self.camera.camera_id
        ends: dict[str, dict[Side, KeptStill]] = {}
        for still in catalogue.stills.of_camera(camera_id, model, settings, self.tonight.oldest):
            ends.setdefault(still.acquisition_id, {})[still.side] = still
        whole = {name: sides for name, sides in ends.items() if len(sides) == len(Side)}
        clips = [clip for clip in catalogue.clips.list((camera_id,)) if clip.acquisition.acquisition_id in whole]
        return [
            ClipEnds(clip, sides[Side.FIRST], sides[Side.LAST])
            for clip in clips
            for sides in [whole[clip.acquisition.acquisition_id]]
        ]

    def _take(self, gap: Gap, pair: tuple[ClipEnds, ClipEnds], compared: Mapping[Gap, tuple[Event, ...]]) -> bool:
        """Whether the gap was compared now."""
        between = _Between(self.tonight, self.camera, gap, *pair)
        try:
            events = compared[gap] if gap in compared else between.compare()
            if events:
                between.cut(events, self.pool)
        except ConsentError:
            return False  # another grant may cover both ends another night
        except PipelineError as error:
            _logger.warning("the gap before acquisition %s waits for the next night: %s", gap.later, error)
            self._fail(pair, error)
            return False
        except Exception as error:
            _logger.exception("comparing the clips around the gap before acquisition %s failed", gap.later)
            fault = UnexpectedFaultError(type(error).__name__, str(error))
            self._fail(pair, fault)
            return False
        return gap not in compared

    def _fail(self, pair: tuple[ClipEnds, ClipEnds], error: PipelineError) -> None:
        earlier, later = pair
        between = f"between {earlier.ends_at:%Y-%m-%d %H:%M:%S} and {later.starts_at:%H:%M:%S} UTC"
        self.tonight.failed_gaps.append(f"{self.camera.name}, what came and went {between}: {error}")
        self.tonight.progress.step(STAGE, f"{self.camera.name}: {error}")


@dataclass(frozen=True, slots=True)
class _Between:
    tonight: Tonight
    camera: Camera
    gap: Gap
    earlier: ClipEnds
    later: ClipEnds

    def compare(self) -> tuple[Event, ...]:
        """Compares the two clips and keeps what came of it, also that nothing did.

        Raises:
            ConsentError: No grant covers one of the two moments.
            EvidenceError: A picture is no longer held, or is not what it was.
        """
        services = self.tonight.services
        grants = self._require()
        analysis = services.catalogue.analyses.get(self._key(self.later))
        stills = [
            Still(*decoded(services.derivatives.read(kept.digest))) for kept in (self.earlier.last, self.later.first)
        ]
        found = [
            inferred
            for inferred in self._infer(stills[0], stills[1], analysis)
            if inferred.score >= services.settings.events.least_score and self._is_allowed(inferred, analysis)
        ]
        events = tuple(self._event(inferred, analysis, stills[0], stills[1]) for inferred in found)
        catalogue = services.catalogue
        catalogue.comparisons.save(
            self.gap, events, self.later.starts_at, self._custody(events, grants), services.now()
        )
        kinds = ", ".join(sorted({event.inferred.kind.value for event in events}))
        self.tonight.progress.step(STAGE, f"{self.camera.name}: {kinds or 'nothing'}")
        return events

    def cut(self, events: tuple[Event, ...], pool: Executor) -> None:
        """Cuts the start of the later clip, where the place is shown as it was found; what is kept stays."""
        clip = self.later.clip
        analysis = self.tonight.services.catalogue.analyses.get(self._key(self.later))
        allowed = tuple(event for event in events if self._is_allowed(event.inferred, analysis))
        look = ClipLook(self.tonight, clip, self.camera, request_of(self.tonight.services, clip), pool)
        look.cut_highlights(analysis, allowed)

    def _infer(self, before: Still, after: Still, analysis: ClipAnalysis) -> tuple[InferredEvent, ...]:
        services = self.tonight.services
        before_it = services.catalogue.analyses.get(self._key(self.earlier))
        probe = before_it.probe
        known = left_lying(before_it.events, probe.width, probe.height, self.earlier.last.span.end)
        view = BetweenView(
            comparison=compare(before, after, [thing.box for thing in known], embedded_likeness()),
            known=known,
            looks=self.later.first.span,
            words=self._words(),
            width=analysis.probe.width,
            height=analysis.probe.height,
            zones=services.catalogue.cameras.zones(self.camera.camera_id),
        )
        return ThingsBetweenClips().infer(view)

    def _words(self) -> str:
        """The interval by the camera's clock in its own time zone; the days only where there are two."""
        zone = ZoneInfo(self.camera.time_zone)
        start, end = (moment.astimezone(zone) for moment in (self.earlier.ends_at, self.later.starts_at))
        if start.date() == end.date():
            return f"between {start:%H:%M:%S} and {end:%H:%M:%S}"
        return f"between {start:%Y-%m-%d %H:%M:%S} and {end:%Y-%m-%d %H:%M:%S}"

    def _event(self, inferred: InferredEvent, analysis: ClipAnalysis, before: Still, after: Still) -> Event:
        services, clip = self.tonight.services, self.earlier.clip
        box = None if inferred.region is None else _shares(inferred.region, analysis)
        picture = side_by_side((before.image, before.seen), (after.image, after.seen), box)
        since = EarlierLook(
            clip=clip.item.digest,
            acquisition_id=clip.acquisition.acquisition_id,
            at=self.earlier.last.span.end,
            moment=self.earlier.ends_at,
            uncertainty=clip.clock.uncertainty,
            stills=(self.earlier.last.digest, self.later.first.digest),
            picture=services.derivatives.put(picture).digest,
        )
        camera_id, model, settings = self.camera.camera_id, self.gap.model_digest, self.gap.settings_digest
        name = event_id(analysis.clip, camera_id, model, settings, inferred, since)
        return Event(name, analysis.clip, camera_id, inferred, since)

    def _require(self, kind: EventKind | None = None, places: tuple[Place, ...] = ()) -> tuple[SignedGrant, ...]:
        moments = (self.earlier.ends_at, self.later.starts_at)
        return tuple(self.tonight.taking.require(Use.INDEX, self.camera, at, kind, places) for at in moments)

    def _is_allowed(self, inferred: InferredEvent, analysis: ClipAnalysis) -> bool:
        try:
            self._require(inferred.kind, places_of(inferred, analysis))
        except ConsentError:
            return False
        return True

    def _key(self, ends: ClipEnds) -> AnalysisKey:
        return AnalysisKey(ends.acquisition_id, self.gap.model_digest, self.gap.settings_digest)

    def _custody(self, events: tuple[Event, ...], grants: tuple[SignedGrant, ...]) -> tuple[CustodyEntry, ...]:
        facts = {
            "acquisition": self.gap.later,
            "earlier_acquisition": self.gap.earlier,
            "earlier": self.earlier.clip.item.digest,
            "earlier_authority": authority(grants[0]),
            "before": self.earlier.last.digest,
            "after": self.later.first.digest,
            "model": self.gap.model_digest,
            "settings": self.gap.settings_digest,
            "package_likeness": LIKENESS_DIGEST,
            "events": str(len(events)),
        }
        once = "-".join((self.gap.earlier, self.gap.later, self.gap.model_digest[:16], self.gap.settings_digest[:16]))
        entries = [self._entry(CustodyAction.ANALYSED, grants, facts, once)]
        for event in events:
            if event.since is not None:
                derived = {"event": event.event_id, "before": facts["before"], "after": facts["after"]}
                derived |= {"earlier": facts["earlier"], "output": event.since.picture, "as": "side by side"}
                entries.append(self._entry(CustodyAction.DERIVED, grants, derived, event.event_id))
        return tuple(entries)

    def _entry(
        self, action: CustodyAction, grants: tuple[SignedGrant, ...], facts: Mapping[str, str], once: str
    ) -> CustodyEntry:
        return CustodyEntry(
            at=self.tonight.services.now(),
            agent=AGENT,
            action=action,
            subject=self.later.clip.item.digest,
            authority=authority(grants[1]),
            detail=facts,
            once=f"{action} between {once}",
        )


def _shares(box: Box, analysis: ClipAnalysis) -> Box:
    return box.scaled(1 / analysis.probe.width, 1 / analysis.probe.height)
