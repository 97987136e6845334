"""Whether all that a package says and shows may still leave: asked when it is written, and again when it is visible."""

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.consent import Use
from pipeline.errors import ConsentOutOfScopeError, RecordNotFoundError
from pipeline.night.leaving import withheld
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, require_for_highlight
from pipeline.packages.contents import Contents


def require_still_granted(services: Services, contents: Contents) -> None:
    """Asks once more: at the last moment before a package becomes visible, and when it has.

    Raises:
        ConsentError: A grant was revoked, paused or narrowed since.
        RecordNotFoundError: A highlight, or a recording that is told of, was deleted since.
    """
    desk = services.consent(contents.incident.purpose, contents.incident.recipient).for_one_answer()
    for highlight in contents.highlights:
        require_for_highlight(services, desk, Use.EXPORT, highlight.highlight_id)
    for part in contents.originals:
        why = withheld(services, desk, part.clip, part.analyses)
        if why:
            raise ConsentOutOfScopeError(part.camera.camera_id, part.clip.acquisition.grant_id, why)
    _require_told(services, desk, contents)


def _require_told(services: Services, desk: ConsentDesk, contents: Contents) -> None:
    """Facts leave as well as footage: events that no highlight shows, files of neighbours, cameras and other clips."""
    for event in (one for part in contents.clips for one in part.events):
        require_for_event(services, desk, Use.EXPORT, event)
    for part in (one for one in contents.clips if one.sent is not None):
        desk.require(Use.EXPORT, part.camera, part.clip.clock.starts_at)
    _require_coverage(services, desk, contents)


def _require_coverage(services: Services, desk: ConsentDesk, contents: Contents) -> None:
    cameras, clips, report = services.catalogue.cameras, services.catalogue.clips, contents.report
    for camera in report.coverage:
        if camera.granted:
            desk.require(Use.FETCH, cameras.get(camera.camera_id), None)
    told = [(one.clip, one.starts_at) for one in report.silent_clips]
    told += [(one.clip, one.starts_at) for one in report.other_clips]
    for digest, starts_at in told:
        found = [one for one in clips.of_digest(digest) if one.clock.starts_at == starts_at]
        if not found:
            raise RecordNotFoundError("recording that the package tells of", digest)
        for clip in found:
            desk.require(Use.EXPORT, cameras.get(clip.acquisition.camera_id), starts_at)
