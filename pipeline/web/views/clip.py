"""What the page of one clip shows."""

from dataclasses import dataclass

from pipeline.casework.whole_clips import WholeClip
from pipeline.domain.tags import Miss
from pipeline.night.ingest import authority
from pipeline.reports import words
from pipeline.web.views.event import BYTES, Link, link_of
from pipeline.web.views.strip import Strip, strip_of


@dataclass(frozen=True, slots=True)
class SaidMiss:
    """What a person saw: in words, who and when, their note, and whether whoever looks may take it back."""

    miss_id: str
    what: str
    by: str
    note: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class ClipView:
    """The page; words are for people, addresses lead to the desk."""

    acquisition_id: str
    facts_url: str
    clip_url: str
    camera_name: str
    camera_time: str
    clock: str
    start: str
    width: int
    height: int
    strip: Strip
    bytes_are: str
    refused: str
    asks_for_place: bool
    events: tuple[Link, ...]
    misses: tuple[SaidMiss, ...]
    looked: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    day: str


def clip_view(found: WholeClip, agent: str) -> ClipView:
    """The page of a clip, for the agent of this name."""
    clip, analysis, zone = found.clip, found.analysis, found.camera.time_zone
    first = analysis.probe.first
    ends_at = clip.clock.at(analysis.sampling.last, first)
    return ClipView(
        acquisition_id=found.acquisition_id,
        facts_url=f"/clips/{found.acquisition_id}/playing",
        clip_url=f"/media/clips/{found.acquisition_id}",
        camera_name=found.camera.name,
        camera_time=words.local_span(clip.clock.starts_at, ends_at, zone),
        clock=words.clock_words(clip.clock),
        start="0.000",
        width=analysis.probe.width,
        height=analysis.probe.height,
        strip=strip_of(analysis, found.events),
        bytes_are=BYTES[found.way],
        refused=found.refused,
        asks_for_place=found.asks_for_place,
        events=tuple(link_of(one, zone, found.tags.get(one.event.event_id)) for one in found.events),
        misses=tuple(_said(one, found, agent) for one in found.misses),
        looked=words.looked_words(analysis.sampling, first.seconds),
        facts=(
            ("Camera's time", words.utc_span(clip.clock.starts_at, ends_at)),
            ("Model", f"{analysis.model.name}, {analysis.model.digest[:12]}"),
            ("Grant", authority(found.grant)),
            ("Recorded for", clip.trigger.kind.value.replace("_", " ")),
            ("Original, SHA-256", clip.item.digest),
        ),
        day=f"{clip.clock.starts_at:%Y-%m-%d}",
    )


def _said(miss: Miss, found: WholeClip, agent: str) -> SaidMiss:
    start, end = (float(edge.seconds - found.analysis.probe.first.seconds) for edge in (miss.span.start, miss.span.end))
    what = "Nothing is missing"
    if miss.kind is not None:
        what = f"{words.kind_words(miss.kind)}, {start:.1f} to {end:.1f} s"
    by = f"{miss.matter.agent}, {words.utc_words(miss.at)}"
    return SaidMiss(miss.miss_id, what, by, miss.note, miss.matter.agent == agent)
