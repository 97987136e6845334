"""Derivatives that are made when somebody looks: what a browser cannot or must not play, and pictures of events."""

from dataclasses import dataclass, replace
from pathlib import Path

import pipeline
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.evidence import CustodyAction, CustodyEntry, Recipe
from pipeline.domain.incidents import Highlight, Role
from pipeline.domain.previews import Preview, PreviewWay
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import RecordNotFoundError
from pipeline.evidence.workshop import workshop
from pipeline.ffmpeg import ffmpeg_version, find_ffmpeg
from pipeline.highlights.evidence_pictures import recipe_words
from pipeline.highlights.preview import FrameStamps, encoded, frame_stamps, recipe_of, without_sound
from pipeline.night.explanation import Explanation, write_pictures
from pipeline.night.facts import recipe_facts
from pipeline.night.services import AGENT, Services

VIDEO, PICTURE = "video/mp4", "image/jpeg"


@dataclass(frozen=True, slots=True)
class PreviewMaker:
    """Makes each preview once, one at a time on a machine: it takes a processor for seconds.

    Attributes:
        services: The installation.
        grant: Id and version of the grant under which somebody looks.
    """

    services: Services
    grant: str

    def of_clip(self, clip: AcquiredClip, analysis: ClipAnalysis, way: PreviewWay) -> Preview:
        """The whole clip for a browser.

        Raises:
            FfmpegError: ffmpeg fails or is ended by a limit.
            EvidenceError: The original is not in the store, or no longer what it was.
            RecordNotFoundError: The acquisition is gone.
        """
        name, source = clip.acquisition.acquisition_id, clip.item.digest
        kept = self._kept(name, source, way)
        if kept is not None:
            return kept
        settings = self.services.settings.highlights
        with workshop(self._folder) as folder, self.services.originals.path_of(source) as path:
            if way is PreviewWay.SILENT:
                made, how = without_sound(path, folder, settings)
            else:
                has_sound = way is PreviewWay.ENCODED_WITH_SOUND
                made, how = encoded(path, analysis.probe, folder, settings, with_sound=has_sound)
            recipe = recipe_of(source, analysis.probe, analysis.sampling.last, how)
            return self._keep(made, Preview(name, source, way, "", source, VIDEO, recipe, self.services.now()))

    def of_part(self, filmed: Explanation, wanted: ClipSpan, *, has_sound: bool) -> tuple[Preview, ClipSpan]:
        """A part of a clip for a browser, with the stamps of its first and last frame.

        Args:
            filmed: Which clip, with the result that is shown.
            wanted: No frame outside it is in the part.
            has_sound: Whether a grant lets its sound be heard.

        Raises:
            FfmpegError: ffmpeg fails or is ended by a limit.
            UnreadableClipError: No frame lies in the part.
            EvidenceError: The original is not in the store, or no longer what it was.
            RecordNotFoundError: The acquisition is gone.
        """
        name, source = filmed.clip.acquisition.acquisition_id, filmed.clip.item.digest
        part = self.stamps(source, is_original=True).within(wanted, source)
        has_sound = has_sound and bool(filmed.analysis.probe.audio_codecs)
        way = PreviewWay.PART_WITH_SOUND if has_sound else PreviewWay.PART
        of = f"{part.start.pts}-{part.end.pts}"
        kept = self._kept(name, source, way, of)
        if kept is not None:
            return kept, part
        settings, probe = self.services.settings.highlights, filmed.analysis.probe
        with workshop(self._folder) as folder, self.services.originals.path_of(source) as path:
            made, how = encoded(path, probe, folder, settings, with_sound=has_sound, part=part)
            recipe = replace(recipe_of(source, probe, part.end, how), first_pts=part.start.pts)
            return self._keep(made, Preview(name, source, way, of, source, VIDEO, recipe, self.services.now())), part

    def silent_highlight(self, clip: AcquiredClip, highlight: Highlight) -> Preview:
        """A highlight that was cut with sound, without it.

        Raises:
            FfmpegError: ffmpeg fails or is ended by a limit.
            EvidenceError: The highlight is not in the store, or no longer what it was.
            RecordNotFoundError: The acquisition is gone.
        """
        name, source, way = clip.acquisition.acquisition_id, highlight.digest, PreviewWay.SILENT
        kept = self._kept(name, source, way)
        if kept is not None:
            return kept
        with workshop(self._folder) as folder, self.services.derivatives.path_of(source) as path:
            made, how = without_sound(path, folder, self.services.settings.highlights)
            old = highlight.recipe
            recipe = Recipe(source, old.first_pts, old.last_pts, old.time_base, "none", how, _tool())
            return self._keep(made, Preview(name, source, way, "", source, VIDEO, recipe, self.services.now()))

    def still(self, explanation: Explanation) -> Preview:
        """The whole frame during an event, with its region and its tracks.

        Raises:
            RecordNotFoundError: No frame of it decodes or is granted, or the acquisition is gone.
            FfmpegError: ffmpeg fails or is ended by a limit.
            EvidenceError: The original is not in the store, or no longer what it was.
        """
        event, name = explanation.found.event, explanation.found.acquisition_id
        kept = self._kept(name, event.clip, PreviewWay.STILL, event.event_id)
        base = explanation.analysis.probe.first.time_base
        if kept is not None and explanation.may_show(Timestamp(kept.recipe.first_pts, base)):
            return kept
        with workshop(self._folder) as folder:
            taken = [one for one in write_pictures(self.services, explanation, folder) if one.role is Role.DURING]
            if not taken:
                raise RecordNotFoundError("picture of event", event.event_id)
            units = f"{base.numerator}/{base.denominator}"
            recipe = Recipe(event.clip, taken[0].at.pts, taken[0].at.pts, units, recipe_words(taken), "JPEG", _tool())
            now, way = self.services.now(), PreviewWay.STILL
            preview = Preview(name, event.clip, way, event.event_id, event.clip, PICTURE, recipe, now)
            return self._keep(taken[0].marked, preview)

    def stamps(self, digest: str, *, is_original: bool) -> FrameStamps:
        """When each frame of a video in the store stands.

        Raises:
            FfmpegError: ffmpeg fails or is ended by a limit.
            UnreadableClipError: No packet has a stamp.
            EvidenceError: It is not in the store, or no longer what it was.
        """
        store = self.services.originals if is_original else self.services.derivatives
        with workshop(self._folder) as folder, store.path_of(digest) as path:
            return frame_stamps(path, folder, self.services.settings.highlights)

    @property
    def _folder(self) -> Path:
        return self.services.settings.store.directory / "previews"

    def _kept(self, acquisition_id: str, source: str, way: PreviewWay, of: str = "") -> Preview | None:
        kept = self.services.catalogue.previews.find(acquisition_id, source, way, of)
        return kept if kept is not None and self.services.derivatives.has(kept.digest) else None

    def _keep(self, made: Path, preview: Preview) -> Preview:
        """Stores the bytes, then writes down that they are there; what is not written down is swept one day."""
        kept = replace(preview, digest=self.services.derivatives.put_file(made).digest)
        facts = {
            "acquisition": kept.acquisition_id,
            "as": f"preview {kept.way}",
            "output": kept.digest,
            **recipe_facts(kept.recipe),
        }
        entry = CustodyEntry(
            at=kept.made_at,
            agent=AGENT,
            action=CustodyAction.DERIVED,
            subject=kept.source,
            authority=self.grant,
            detail=facts,
            once=f"preview {kept.acquisition_id} {kept.source} {kept.way} {kept.of}",
        )
        self.services.catalogue.previews.save(kept, (entry,))
        return kept


def _tool() -> str:
    return f"doorstep {pipeline.__version__}, ffmpeg {ffmpeg_version(find_ffmpeg())}"
