"""What was rendered, put into the store and named by its digests."""

from pipeline.domain.incidents import EvidencePicture, HandCut, Highlight
from pipeline.evidence.store import ObjectStore
from pipeline.highlights.plan import CutPlan
from pipeline.highlights.render import RenderedHighlight


def keep_highlight(
    store: ObjectStore, plan: CutPlan, rendered: RenderedHighlight, cut: HandCut | None = None
) -> Highlight:
    """Puts every file of a highlight into the store; again it changes nothing.

    Args:
        store: Where.
        plan: What was planned.
        rendered: Its files.
        cut: Who chose its span; None where the events did.

    Raises:
        StorageError: One cannot be written.
    """
    put = store.put_file
    return Highlight(
        highlight_id=plan.highlight_id,
        clip=plan.clip,
        event_ids=tuple(event.event_id for event in plan.events),
        span=plan.span,
        digest=put(rendered.mp4).digest,
        poster=put(rendered.poster).digest,
        contact_sheet=put(rendered.contact_sheet).digest,
        tags=put(rendered.tags).digest,
        recipe=rendered.recipe,
        pictures=tuple(
            EvidencePicture(one.event_id, one.role, one.at, put(one.plain).digest, put(one.marked).digest)
            for one in rendered.pictures
        ),
        cut=cut,
    )
