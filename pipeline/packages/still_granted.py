"""Whether all that a package says and shows may still leave: asked when it is written, and again when it is visible."""

from pipeline.night.services import Services
from pipeline.night.told import Told, ToldClip, require_told
from pipeline.packages.contents import Contents


def require_still_granted(services: Services, contents: Contents) -> None:
    """Asks once more: at the last moment before a package becomes visible, and when it has.

    Raises:
        ConsentError: A grant was revoked, paused or narrowed since.
        RecordNotFoundError, EvidenceDisposedError: Something that it shows or tells of was deleted since.
    """
    desk = services.consent(contents.incident.purpose, contents.incident.recipient).for_one_answer()
    require_told(services, desk, told_of(contents))


def told_of(contents: Contents) -> Told:
    """What the grants are asked for."""
    report = contents.report
    named = [ToldClip(one.clip, one.starts_at) for one in report.silent_clips]
    named += [ToldClip(one.clip, one.starts_at) for one in report.other_clips]
    return Told(
        acquisition_ids=contents.acquisition_ids,
        highlight_ids=tuple(one.highlight_id for one in contents.highlights),
        original_ids=tuple(part.clip.acquisition.acquisition_id for part in contents.originals),
        event_ids=tuple(sorted({one.event.event_id for part in contents.clips for one in part.events})),
        sent_ids=tuple(one.clip.acquisition.acquisition_id for one in contents.clips if one.sent is not None),
        camera_ids=tuple(camera.camera_id for camera in report.coverage if camera.granted),
        clips=tuple(named),
    )
