"""From a plan to files: the highlight, its poster, its contact sheet and its tags. The original is only read."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pipeline
from pipeline.domain.evidence import Recipe
from pipeline.domain.redaction import Redaction
from pipeline.ffmpeg import ffmpeg_version, find_ffmpeg
from pipeline.highlights.context import RenderContext, Shape, shape_of
from pipeline.highlights.cut import OVERLAY, SOUND, Cut, CutOrder, cut, finish
from pipeline.highlights.evidence_pictures import (
    PictureOrder,
    TakenPicture,
    recipe_words,
    wanted_moments,
    write_pictures,
)
from pipeline.highlights.mask_film import MASK_FILM, write_mask_film
from pipeline.highlights.masks import Masks
from pipeline.highlights.overlay import STEPS_PER_SECOND, draw_overlay
from pipeline.highlights.plan import RECIPE_VERSION, CutPlan
from pipeline.highlights.stills import contact_moments, frames_of, nearest, write_contact_sheet, write_poster
from pipeline.highlights.tagging import tags_of, to_ffmetadata, to_json, with_redaction
from pipeline.settings import HighlightSettings

__all__ = ["RenderContext", "RenderedHighlight", "render"]


@dataclass(frozen=True, slots=True)
class RenderedHighlight:
    """The files of one highlight, and how they were made.

    Attributes:
        mp4: H.264 that a browser plays, with tags and chapters.
        poster: JPEG of the moment that matters.
        contact_sheet: JPEG of up to nine moments.
        tags: JSON with all that is known of it.
        recipe: For the custody record.
        pictures: Before, during and after each event.
    """

    mp4: Path
    poster: Path
    contact_sheet: Path
    tags: Path
    recipe: Recipe
    pictures: tuple[TakenPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """What is hidden in a copy, and what its record says of that."""

    masks: Masks
    redaction: Redaction


def render(
    plan: CutPlan,
    source: Path,
    context: RenderContext,
    out_dir: Path,
    settings: HighlightSettings,
    *,
    with_audio: bool = False,
) -> RenderedHighlight:
    """Renders a planned highlight. The same input gives the same bytes with the same ffmpeg, on any machine.

    Args:
        plan: What to cut.
        source: The original's bytes; opened for reading alone.
        context: What is known of the clip.
        out_dir: Made when it is not there; the files in it are named by the highlight's id.
        settings: Width, quality and limits.
        with_audio: Whether the grant allows sound; without it the highlight is silent.

    Raises:
        FfmpegError: ffmpeg fails or is ended by a limit.
        UnreadableClipError: The span holds no frame that decodes.
        StorageError: A file cannot be written.
    """
    order = _RenderOrder(plan, source, context, out_dir, settings)
    return _render(order, plan.highlight_id, with_audio=with_audio and bool(context.probe.audio_codecs))


def render_redacted(
    plan: CutPlan, source: Path, context: RenderContext, out_dir: Path, settings: HighlightSettings, cover: Cover
) -> RenderedHighlight:
    """Renders a highlight with its pictures anew from the original, with what ``cover`` says hidden.

    The files are named by the highlight's id and ``-redacted``. The same input gives the same bytes.

    Raises:
        FfmpegError, UnreadableClipError, StorageError: As ``render``.
    """
    order = _RenderOrder(plan, source, context, out_dir, settings, cover)
    return _render(order, f"{plan.highlight_id}-redacted", with_audio=cover.redaction.has_sound)


@dataclass(frozen=True, slots=True)
class _RenderOrder:
    plan: CutPlan
    source: Path
    context: RenderContext
    out_dir: Path
    settings: HighlightSettings
    cover: Cover | None = None

    @property
    def masks(self) -> Masks:
        return Masks(()) if self.cover is None else self.cover.masks


def _render(order: _RenderOrder, stem: str, *, with_audio: bool) -> RenderedHighlight:
    plan, context, settings = order.plan, order.context, order.settings
    shape = shape_of(context.probe, settings.width)
    order.out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".highlight-", dir=order.out_dir) as name:
        directory = Path(name)
        draw_overlay(plan, context, shape, directory / OVERLAY)
        if order.masks.masks:
            write_mask_film(order.masks, context.probe, plan.span, shape, directory / MASK_FILM)
        made = cut(_order(order), shape, settings, directory)
        pictures = write_pictures(
            PictureOrder(
                plan.events, context.tracks, context.probe, order.source, order.out_dir, settings, order.masks
            ),
            made.frames,
        )
        recipe = replace(_recipe(plan, made, with_audio=with_audio), pictures=recipe_words(pictures))
        tags = tags_of(plan, context, made, recipe, with_audio=with_audio)
        if order.cover is not None:
            tags = with_redaction(tags, order.cover.redaction)
        metadata = directory / "tags.txt"
        metadata.write_text(to_ffmetadata(tags), encoding="utf-8")
        whole = finish(made, metadata, settings, audio_of=order.source if with_audio else None)
        result = replace(_named(order.out_dir, stem, recipe), pictures=pictures)
        _write_stills(plan, context, shape, made, result)
        result.tags.write_bytes(to_json(tags))
        whole.replace(result.mp4)
    return result


def _named(out_dir: Path, highlight_id: str, recipe: Recipe) -> RenderedHighlight:
    stem = out_dir / highlight_id
    mp4, poster, sheet, tags = (Path(f"{stem}{end}") for end in (".mp4", ".jpg", "-sheet.jpg", ".json"))
    return RenderedHighlight(mp4, poster, sheet, tags, recipe)


def _order(order: _RenderOrder) -> CutOrder:
    plan, context = order.plan, order.context
    start = plan.span.start.seconds
    starts = sorted({max(event.inferred.span.start.seconds - start, Fraction(0)) for event in plan.events})
    return CutOrder(
        clip=plan.clip,
        source=order.source,
        container=context.probe.container,
        span=plan.span,
        key_frames=tuple(starts),
        wanted=wanted_moments(plan.events),
        size=(context.probe.width, context.probe.height),
        mask_film=MASK_FILM if order.masks.masks else "",
    )


def _recipe(plan: CutPlan, made: Cut, *, with_audio: bool) -> Recipe:
    base = made.stamps[0].time_base
    what = "from tracks and events" if plan.has_boxes else "without boxes"
    drawn = f"overlay drawn {STEPS_PER_SECOND} times a second {what}, recipe {RECIPE_VERSION}"
    return Recipe(
        source=plan.clip,
        first_pts=made.stamps[0].pts,
        last_pts=made.stamps[-1].pts,
        time_base=f"{base.numerator}/{base.denominator}",
        filters=f"{made.filters}; {drawn}",
        encoder=made.encoder + (_words(SOUND) if with_audio else " without sound"),
        tool=f"doorstep {pipeline.__version__}, ffmpeg {ffmpeg_version(find_ffmpeg())}",
    )


def _words(options: Mapping[str, object]) -> str:
    return "".join(f" {key}={value}" for key, value in options.items())


def _write_stills(plan: CutPlan, context: RenderContext, shape: Shape, made: Cut, result: RenderedHighlight) -> None:
    key = nearest(made.stamps, plan.key_moment)
    numbers = contact_moments(plan, made.stamps)
    pictures = frames_of(made.video, [key, *numbers])
    write_poster(pictures[key], result.poster)
    cells = [(made.stamps[number], pictures[number]) for number in numbers]
    write_contact_sheet(cells, made.stamps[0], context, shape, result.contact_sheet)
