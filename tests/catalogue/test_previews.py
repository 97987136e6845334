"""What was made for somebody who looked is named as long as its acquisition is there, and goes with it."""

import pytest

from pipeline.catalogue import Catalogue
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, Recipe
from pipeline.domain.previews import Preview, PreviewWay
from pipeline.domain.retention import Decision, DisposalReason, Leftover
from pipeline.errors import RecordNotFoundError
from tests.builders import EVENING
from tests.catalogue.stories import a_clip, a_highlight, an_entry, digest_of, inferred, with_events


def a_preview(source: str, name: str = "preview") -> Preview:
    recipe = Recipe(source, 0, 9, "1/90000", "none", "c=copy without sound", "ffmpeg 8")
    acquisition_id = a_clip().acquisition.acquisition_id
    return Preview(acquisition_id, source, PreviewWay.SILENT, "", digest_of(name), "video/mp4", recipe, EVENING)


def test_the_first_preview_of_a_kind_stays(catalogue: Catalogue) -> None:
    with_events(catalogue, a_clip(), inferred(EventKind.PERSON_VISIT))
    clip, name = a_clip(), a_clip().acquisition.acquisition_id
    first = a_preview(clip.item.digest)
    assert catalogue.previews.find(name, clip.item.digest, PreviewWay.SILENT) is None
    assert catalogue.previews.save(first, [an_entry(name, CustodyAction.DERIVED)])
    before = catalogue.custody.count()
    assert not catalogue.previews.save(a_preview(clip.item.digest, "other"), [an_entry(name)])
    assert catalogue.custody.count() == before
    assert catalogue.previews.find(name, clip.item.digest, PreviewWay.SILENT) == first
    assert catalogue.previews.find(name, clip.item.digest, PreviewWay.ENCODED) is None
    assert first.digest in catalogue.stored.named(Leftover.DERIVATIVE)
    assert digest_of("other") not in catalogue.stored.named(Leftover.DERIVATIVE)


def test_previews_of_a_clip_and_of_its_highlights_go_with_it(catalogue: Catalogue) -> None:
    (event,) = with_events(catalogue, a_clip(), inferred(EventKind.PERSON_VISIT))
    clip, name = a_clip(), a_clip().acquisition.acquisition_id
    highlight = a_highlight(clip, event)
    catalogue.highlights.save(name, "2026-03-10", highlight, [])
    made = a_preview(clip.item.digest), a_preview(highlight.digest, "of the highlight")
    for preview in made:
        catalogue.previews.save(preview, [])
    stone = catalogue.disposals.decide(name, lambda _: Decision(DisposalReason.REVOKED, "gr-1 v2"), EVENING)
    assert stone is not None
    tasks = {task.name for task in catalogue.disposals.tasks(Leftover.DERIVATIVE)}
    assert {preview.digest for preview in made} <= tasks
    assert not catalogue.stored.named(Leftover.DERIVATIVE) & {preview.digest for preview in made}
    with pytest.raises(RecordNotFoundError):
        catalogue.previews.save(made[0], [])
