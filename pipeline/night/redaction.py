"""Copies that are shared: everybody who is not part of a highlight's events is hidden, unless a reason is given (P8).

A copy is made at the moment of sharing, from the original, and is not kept: what was hidden stands in its tags and in
the custody log, and the same order gives the same bytes again.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import rfc8785

from pipeline.bystanders import CloseLookOrder
from pipeline.consent.desk import ConsentDesk
from pipeline.detection.detector import Detector
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.incidents import EvidencePicture, Highlight
from pipeline.domain.plain import to_plain
from pipeline.domain.redaction import Redaction, RedactionOrder
from pipeline.domain.search import FoundEvent
from pipeline.domain.video import ClipSpan
from pipeline.errors import ConsentError, EvidenceNotFoundError, RedactionError, StorageError
from pipeline.evidence.seal_process import installed_version, is_installed
from pipeline.highlights.context import RenderContext
from pipeline.highlights.masks import Masks
from pipeline.highlights.plan import CutPlan, plan_of
from pipeline.highlights.render import Cover, RenderedHighlight, render_redacted
from pipeline.night.facts import recipe_facts
from pipeline.night.hiding import faint_detector, masks_of
from pipeline.night.ingest import authority
from pipeline.night.sealing import ToSeal, seal_shared
from pipeline.night.services import Services
from pipeline.night.shown import (
    analysis_behind,
    require_for_cut,
    require_for_event,
    require_for_highlight,
    shown_events,
)
from pipeline.reports.words import hidden_words
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class SharedCopy:
    """A redacted copy of a highlight and of its pictures.

    Attributes:
        highlight: As it is kept, with the digests and the recipe of the copy in place of its own.
        redaction: What was hidden.
        grant: Under which it leaves.
        files: The copy's files by digest.
        sealed_by: Version of c2pa-python that sealed the MP4; empty where it has no seal.
    """

    highlight: Highlight
    redaction: Redaction
    grant: SignedGrant
    files: Mapping[str, Path]
    sealed_by: str = ""

    @property
    def video(self) -> Path:
        """The MP4."""
        return self.files[self.highlight.digest]

    def read(self, digest: str) -> bytes:
        """The bytes of one of the files.

        Raises:
            EvidenceNotFoundError: It is none of the copy's.
            StorageError: It cannot be read.
        """
        if digest not in self.files:
            raise EvidenceNotFoundError(digest)
        try:
            return self.files[digest].read_bytes()
        except OSError as error:
            raise StorageError("read a shared copy", str(error)) from error


@dataclass(frozen=True, slots=True)
class Sharing:
    """For what and for whom a copy is made.

    Attributes:
        purpose: Asked of the grants.
        recipient: Likewise.
        agent: Who asks.
        folder: Of the copy's files; made when it is not there.
        order: What is hidden, and what is not.
        seals: Whether the copy is given a C2PA manifest.
        case: The agency's case number; empty when there is none.
        incident: The incident that it is shared with; empty when there is none.
    """

    purpose: str
    recipient: str
    agent: str
    folder: Path
    order: RedactionOrder = field(default_factory=RedactionOrder)
    seals: bool = True
    case: str = ""
    incident: str = ""


class Redactor:
    """Makes shared copies; the weights are loaded for the first.

    Args:
        services: The installation.
        open_detector: Gives the detector; by default the settings' weights, asked for faint sightings too.
    """

    def __init__(self, services: Services, open_detector: Callable[[Settings], Detector] | None = None) -> None:
        self._services = services
        self._open = open_detector or faint_detector

    @cached_property
    def _detector(self) -> Detector:
        return self._open(self._services.settings)

    def masks_at(self, clip: str, analysis: ClipAnalysis, events: tuple[Event, ...], span: ClipSpan) -> Masks:
        """What a picture of these events hides, for moments inside the span; everybody whom they do not name.

        Raises:
            VideoError, DetectionError, EvidenceError: The clip cannot be looked at.
        """
        settings = self._services.settings
        with self._services.originals.path_of(clip) as source:
            order = CloseLookOrder(source, analysis.probe, span, settings.sampling, settings.redaction)
            masks, _, _ = masks_of(order, analysis, events, RedactionOrder(), self._detector)
        return masks

    def redact(self, highlight_id: str, sharing: Sharing) -> SharedCopy:
        """Makes the copy, writes into the custody log what was hidden and what not, and seals it where c2pa is here.

        Raises:
            RecordNotFoundError: There is no such highlight.
            ConsentError: No live grant lets all of it out.
            RedactionError: The order names a mask that there is none of.
            VideoError, DetectionError, StorageError: It cannot be made.
        """
        made = _Copying(self._services, highlight_id, sharing).make(self._detector)
        record, *_ = self._services.catalogue.custody.append(_custody(made, sharing, self._services))
        return _sealed(self._services, made, record) if sharing.seals and is_installed() else made


@dataclass(frozen=True, slots=True)
class _Copying:
    services: Services
    highlight_id: str
    sharing: Sharing

    def make(self, eye: Detector) -> SharedCopy:
        catalogue, settings = self.services.catalogue, self.services.settings
        highlight = catalogue.highlights.get(self.highlight_id)
        grant = require_for_highlight(self.services, self._desk, Use.EXPORT, self.highlight_id)
        shown = shown_events(self.services, self.highlight_id)
        analysis = analysis_behind(self.services, self.highlight_id)
        context = self._context(analysis, grant)
        plan = plan_of(highlight, [one.event for one in shown], ClipSpan(analysis.probe.first, analysis.sampling.last))
        with self.services.originals.path_of(highlight.clip) as source:
            order = CloseLookOrder(source, analysis.probe, plan.span, settings.sampling, settings.redaction)
            masks, off, redaction = masks_of(order, analysis, plan.events, self.sharing.order, eye)
            self._require_known(off)
            cover = Cover(masks, replace(redaction, has_sound=self._has_sound(analysis, shown, highlight)))
            rendered = render_redacted(plan, source, context, self.sharing.folder, settings.highlights, cover)
        return _copy(highlight, plan, rendered, cover.redaction, grant)

    @property
    def _desk(self) -> ConsentDesk:
        return self.services.consent(self.sharing.purpose, self.sharing.recipient)

    def _context(self, analysis: ClipAnalysis, grant: SignedGrant) -> RenderContext:
        clip = self._clip
        return RenderContext(
            tracks=analysis.tracks,
            clock=clip.clock,
            first=analysis.probe.first,
            camera=self.services.catalogue.cameras.get(clip.acquisition.camera_id),
            grant_id=grant.grant.grant_id,
            grant_version=grant.grant.version,
            model=analysis.model,
            probe=analysis.probe,
        )

    @property
    def _clip(self) -> AcquiredClip:
        catalogue = self.services.catalogue
        return catalogue.clips.get(catalogue.highlights.acquisition_of(self.highlight_id))

    def _has_sound(self, analysis: ClipAnalysis, shown: tuple[FoundEvent, ...], highlight: Highlight) -> bool:
        """Whether there is sound, and the grants let it out for every event, and for a span as a whole."""
        if not analysis.probe.audio_codecs:
            return False
        try:
            for found in shown:
                require_for_event(self.services, self._desk, Use.EXPORT, found, with_audio=True)
            require_for_cut(self.services, self._desk, Use.EXPORT, self._clip, highlight, with_audio=True)
        except ConsentError:
            return False
        return True

    def _require_known(self, off: Masks) -> None:
        unknown = self.sharing.order.show - {mask.mask_id for mask in off.masks}
        if unknown:
            raise RedactionError(self.highlight_id, f"no mask is called {', '.join(sorted(unknown))}")


def _copy(
    highlight: Highlight, plan: CutPlan, rendered: RenderedHighlight, redaction: Redaction, grant: SignedGrant
) -> SharedCopy:
    files: dict[str, Path] = {}

    def named(path: Path) -> str:
        digest = _digest_of(path)
        files[digest] = path
        return digest

    copy = replace(
        highlight,
        digest=named(rendered.mp4),
        poster=named(rendered.poster),
        contact_sheet=named(rendered.contact_sheet),
        tags=named(rendered.tags),
        recipe=rendered.recipe,
        pictures=tuple(
            EvidencePicture(one.event_id, one.role, one.at, named(one.plain), named(one.marked))
            for one in rendered.pictures
        ),
        event_ids=tuple(event.event_id for event in plan.events),
    )
    return SharedCopy(copy, redaction, grant, files)


def _sealed(services: Services, made: SharedCopy, record: CustodyRecord) -> SharedCopy:
    hidden = hidden_words(made.redaction)
    digest = seal_shared(services, ToSeal(made.highlight, made.video, record, hidden))
    files = {name: path for name, path in made.files.items() if name != made.highlight.digest}
    return replace(
        made,
        highlight=replace(made.highlight, digest=digest),
        files={**files, digest: made.video},
        sealed_by=installed_version(),
    )


def _digest_of(path: Path) -> str:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise StorageError("read a shared copy", str(error)) from error


def _custody(made: SharedCopy, sharing: Sharing, services: Services) -> tuple[CustodyEntry, ...]:
    """That a copy was made, and, where somebody is shown whom the default hides, that as an act of its own."""
    redaction = made.redaction
    facts = {
        "highlight": made.highlight.highlight_id,
        "output": made.highlight.digest,
        "redaction": hashlib.sha256(rfc8785.dumps(to_plain(redaction))).hexdigest(),
        "masked": ",".join(one.mask_id for one in redaction.masked),
        "unmasked": ",".join(redaction.unmasked),
        "model": redaction.model.digest,
        "sound": str(redaction.has_sound).lower(),
        **({"incident": sharing.incident} if sharing.incident else {}),
        **({"case": sharing.case} if sharing.case else {}),
    }
    at, clip, grant = services.now(), made.highlight.clip, authority(made.grant)
    first = CustodyEntry(
        at, sharing.agent, CustodyAction.REDACTED, clip, grant, {**facts, **recipe_facts(made.highlight.recipe)}
    )
    if not sharing.order.unmasks:
        return (first,)
    return first, CustodyEntry(
        at, sharing.agent, CustodyAction.UNMASKED, clip, grant, {**facts, "reason": redaction.reason}
    )
