"""Cuts by hand: a highlight anew with another span, boxes or masks, a whole clip, a span in which nothing was found."""

import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from pipeline.bystanders import CloseLookOrder
from pipeline.casework.attaching import attach, choose_version
from pipeline.casework.reach import act, desks, live_incident
from pipeline.domain.agents import Matter
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Attachment, HandCut, Highlight, Incident
from pipeline.domain.redaction import Redaction, RedactionOrder
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.video import ClipSpan
from pipeline.errors import ConsentError, CutError
from pipeline.highlights.context import RenderContext
from pipeline.highlights.plan import CutPlan, HandChoice, is_shown, plan_by_hand
from pipeline.highlights.render import Cover, RenderedHighlight, render, render_redacted
from pipeline.night.facts import recipe_facts
from pipeline.night.hiding import faint_detector, masks_of
from pipeline.night.ingest import authority
from pipeline.night.keep import keep_highlight
from pipeline.night.moments import require_for_footage
from pipeline.night.services import Services
from pipeline.night.shown import analysis_behind, require_for_event


@dataclass(frozen=True, slots=True)
class CutOrder:
    """What a person wants cut.

    Attributes:
        start: Seconds from the clip's first frame; None for the first frame.
        end: Likewise; None for the last that was reached.
        has_boxes: Whether boxes are drawn.
        is_masked: Whether everybody who is not part of an event in it is hidden.
        reason: Why it belongs to the incident.
    """

    start: Fraction | None = None
    end: Fraction | None = None
    has_boxes: bool = True
    is_masked: bool = False
    reason: str = ""


def cut_span(services: Services, matter: Matter, incident_id: str, acquisition_id: str, order: CutOrder) -> Attachment:
    """Cuts a span of a clip, or all of it, and attaches it to an incident; the same order again changes nothing.

    Raises:
        RecordNotFoundError, IncidentError: There is no such clip, or incident that people still work on.
        ConsentError: No live grant allows all of the span, or an event in it.
        CutError: The span lies outside the clip, or ends before it starts.
        FfmpegError, UnreadableClipError, DetectionError: It cannot be cut.
    """
    incident = live_incident(services, incident_id)
    analysis = services.catalogue.analyses.newest(acquisition_id)
    made = _Cutting(services, matter, incident, acquisition_id, analysis, order).make("")
    return attach(services, matter, incident_id, made.highlight_id, order.reason or "chosen by hand")


def recut(services: Services, matter: Matter, incident_id: str, highlight_id: str, order: CutOrder) -> Attachment:
    """Cuts what is attached anew, as a version of it that reports and packages show from now on; older ones stay.

    Raises:
        RecordNotFoundError, IncidentError, ConsentError, CutError, VideoError, DetectionError: As ``cut_span``.
    """
    incident = live_incident(services, incident_id)
    acquisition_id = services.catalogue.highlights.acquisition_of(highlight_id)
    analysis = analysis_behind(services, highlight_id)
    made = _Cutting(services, matter, incident, acquisition_id, analysis, order).make(highlight_id)
    return choose_version(services, matter, incident_id, highlight_id, made.highlight_id)


@dataclass(frozen=True, slots=True)
class _Cutting:
    services: Services
    matter: Matter
    incident: Incident
    acquisition_id: str
    analysis: ClipAnalysis
    order: CutOrder

    def make(self, version_of: str) -> Highlight:
        services, catalogue = self.services, self.services.catalogue
        clip = catalogue.clips.get(self.acquisition_id)
        span = self._span()
        found = self._events(span)
        grant = self._require(clip, span, found)
        choice = HandChoice(self.order.has_boxes, self.order.is_masked, services.settings.highlights, version_of)
        plan = plan_by_hand(clip.item.digest, [one.event for one in found], span, choice)
        for known in catalogue.highlights.of_acquisition(self.acquisition_id):
            if known.highlight_id == plan.highlight_id:
                return known
        with (
            tempfile.TemporaryDirectory(prefix="doorstep-cut-") as scratch,
            services.originals.path_of(clip.item.digest) as source,
        ):
            with_audio = self._has_sound(clip, span, found)
            rendered, redaction = self._render(plan, source, Path(scratch), self._context(clip, grant), with_audio)
            cut = HandCut(self.matter.agent, services.now(), version_of, self.order.has_boxes, redaction)
            made = keep_highlight(services.derivatives, plan, rendered, cut)
        catalogue.highlights.save(self.acquisition_id, "", made, (self._custody(made, grant),))
        return made

    def _span(self) -> ClipSpan:
        first, last = self.analysis.probe.first, self.analysis.sampling.last
        start = first if self.order.start is None else first.after(self.order.start)
        end = last if self.order.end is None else first.after(self.order.end)
        if not first <= start < end <= last:
            length = float(last.seconds - first.seconds)
            detail = f"it must lie inside the clip, 0 to {length:.2f} s, and end after it starts"
            raise CutError(self.analysis.clip[:12], detail)
        return ClipSpan(start, end)

    def _events(self, span: ClipSpan) -> list[FoundEvent]:
        """Those of the analysis, shown in highlights, that share a moment with the span."""
        wanted = EventFilter(acquisition_ids=(self.acquisition_id,), superseded=True)
        ours = (self.analysis.model.digest, self.analysis.settings_digest)
        return [
            one
            for one in self.services.catalogue.search.find(wanted)
            if (one.model.digest, one.settings_digest) == ours
            and not one.is_superseded
            and is_shown(one.event)
            and one.event.inferred.span.start <= span.end
            and one.event.inferred.span.end >= span.start
        ]

    def _require(self, clip: AcquiredClip, span: ClipSpan, found: list[FoundEvent]) -> SignedGrant:
        grants = []
        for desk in desks(self.services, self.matter, self.incident):
            grants.append(require_for_footage(self.services, desk, Use.VIEW, clip, self.analysis, span))
            for event in found:
                require_for_event(self.services, desk, Use.VIEW, event)
        return grants[0]

    def _has_sound(self, clip: AcquiredClip, span: ClipSpan, found: list[FoundEvent]) -> bool:
        """Whether there is sound, and the grants allow it for the whole span and every event in it."""
        if not self.analysis.probe.audio_codecs:
            return False
        try:
            for desk in desks(self.services, self.matter, self.incident):
                require_for_footage(self.services, desk, Use.VIEW, clip, self.analysis, span, with_audio=True)
                for event in found:
                    require_for_event(self.services, desk, Use.VIEW, event, with_audio=True)
        except ConsentError:
            return False
        return True

    def _render(
        self, plan: CutPlan, source: Path, scratch: Path, context: RenderContext, with_audio: bool
    ) -> tuple[RenderedHighlight, Redaction | None]:
        settings = self.services.settings
        if not self.order.is_masked:
            return render(plan, source, context, scratch, settings.highlights, with_audio=with_audio), None
        look = CloseLookOrder(source, self.analysis.probe, plan.span, settings.sampling, settings.redaction)
        eye = faint_detector(settings)
        masks, _, redaction = masks_of(look, self.analysis, plan.events, RedactionOrder(), eye)
        redaction = replace(redaction, has_sound=with_audio)
        cover = Cover(masks, redaction)
        return render_redacted(plan, source, context, scratch, settings.highlights, cover), redaction

    def _context(self, clip: AcquiredClip, grant: SignedGrant) -> RenderContext:
        return RenderContext(
            tracks=self.analysis.tracks,
            clock=clip.clock,
            first=self.analysis.probe.first,
            camera=self.services.catalogue.cameras.get(clip.acquisition.camera_id),
            grant_id=grant.grant.grant_id,
            grant_version=grant.grant.version,
            model=self.analysis.model,
            probe=self.analysis.probe,
        )

    def _custody(self, made: Highlight, grant: SignedGrant) -> CustodyEntry:
        facts = {
            "acquisition": self.acquisition_id,
            "highlight": made.highlight_id,
            "output": made.digest,
            **recipe_facts(made.recipe),
        }
        return act(
            self.services,
            self.matter,
            self.incident,
            CustodyAction.DERIVED,
            facts,
            subject=made.clip,
            authority=authority(grant),
        )
