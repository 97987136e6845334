"""What is about to become visible outside is noted first: a crash in that moment leaves nothing that nobody asks about.

An export asks the grants twice, before its package has its name and after. What a killed one left in between lies there
with a note of ours, by which the next revocation, night or sweep finds it and asks the second question.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.evidence import CustodyAction, CustodyEntry, Disclosure
from pipeline.errors import ConsentError, ConsentOutOfScopeError, PipelineError, StorageError
from pipeline.evidence.files import make_once, writing
from pipeline.night.moments import granted_moments, require_whole, tracks_within
from pipeline.night.services import Services
from pipeline.night.shown import require_for_highlight


@dataclass(frozen=True, slots=True)
class Leaving:
    """A package that is about to have its name, or has it and was not asked about again.

    Attributes:
        package_id: Of the disclosure.
        target: The folder or zip on this machine.
    """

    package_id: str
    target: Path


def note_leaving(services: Services, package_id: str, target: Path) -> None:
    """Notes where a package is about to lie, on disk when this returns.

    Raises:
        StorageError: It cannot be written; then nothing may become visible.
    """
    content = json.dumps({"package": package_id, "target": str(target.absolute())})
    make_once(_folder(services) / f"{package_id}.json", content.encode())


def settle_leaving(services: Services, package_id: str) -> None:
    """Takes the note away: the second question was asked."""
    with writing("settle an export"):
        (_folder(services) / f"{package_id}.json").unlink(missing_ok=True)


def noted(services: Services) -> tuple[str, ...]:
    """Ids of the packages that were noted and not settled, in order; may be empty."""
    return tuple(sorted(path.stem for path in _folder(services).glob("*.json")))


def leaving(services: Services, package_id: str) -> Leaving | None:
    """What the note of a package says; None where it was settled since.

    Raises:
        StorageError: It cannot be read.
    """
    path = _folder(services) / f"{package_id}.json"
    try:
        with writing(f"read {path}"):
            said = json.loads(path.read_text("utf-8"))
        return Leaving(said["package"], Path(said["target"]))
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"read {path}", "it is damaged: see where its package lies, and delete the note") from error
    except StorageError:
        if not path.exists():
            return None
        raise


def is_noted(services: Services, package_id: str) -> bool:
    """Whether a package was still not asked about again."""
    return (_folder(services) / f"{package_id}.json").exists()


def require_may_lie(services: Services, disclosure: Disclosure) -> None:
    """Asks of a package that lies there what its export asks last: everything inside is still granted.

    Raises:
        ConsentError: Something inside is not granted any more.
        RecordNotFoundError: Something inside was deleted since.
    """
    desk = services.consent(disclosure.purpose, disclosure.recipient)
    for highlight_id in disclosure.highlight_ids:
        require_for_highlight(services, desk, Use.EXPORT, highlight_id)
    catalogue = services.catalogue
    for name in disclosure.acquisition_ids:
        clip = catalogue.clips.get(name)
        analyses = tuple(catalogue.analyses.get(key) for key in catalogue.analyses.keys_of(name))
        why = withheld(services, desk, clip, analyses) if clip.item.digest in disclosure.originals else ""
        if why:
            raise ConsentOutOfScopeError(clip.acquisition.camera_id, clip.acquisition.grant_id, why)


def withheld(services: Services, desk: ConsentDesk, clip: AcquiredClip, analyses: Sequence[ClipAnalysis]) -> str:
    """Why an original may not leave: all of it must be granted whatever it shows, and its sound where it has any.

    Whether a clip that was never looked at has sound is not known, so it counts as having it.

    Returns:
        Empty when it may.
    """
    ends = ends_in(clip, analyses)
    has_sound = not analyses or any(analysis.probe.audio_codecs for analysis in analyses)
    try:
        require_whole(services, desk, Use.EXPORT, clip, ends)
    except ConsentError:
        return "no grant lets the whole recording out"
    try:
        require_whole(services, desk, Use.EXPORT, clip, ends, with_audio=has_sound)
    except ConsentError:
        return "the original has sound, and no grant allows sound"
    return ""


def as_far_as_granted(
    services: Services, desk: ConsentDesk, clip: AcquiredClip, analyses: Sequence[ClipAnalysis]
) -> tuple[ClipAnalysis, ...]:
    """The results as they may leave: where things were in each frame is as much as the recording, so it goes as far."""
    try:
        require_whole(services, desk, Use.EXPORT, clip, ends_in(clip, analyses))
    except ConsentError:
        return tuple(
            replace(one, tracks=tracks_within(one.tracks, granted_moments(services, desk, Use.EXPORT, clip, one)))
            for one in analyses
        )
    return tuple(analyses)


def ends_in(clip: AcquiredClip, analyses: Sequence[ClipAnalysis]) -> tuple[datetime, datetime]:
    """From the first frame of a clip to the last that any result knows of, UTC."""
    ends = (clip.clock.starts_at, *(clip.clock.at(one.sampling.last, one.probe.first) for one in analyses))
    return min(ends), max(ends)


def withdrawn_entry(services: Services, disclosure: Disclosure, agent: str, error: PipelineError) -> CustodyEntry:
    """That a package was taken away where it had become visible, and why."""
    detail = {
        "package": disclosure.package_id,
        "output": disclosure.tag_manifest,
        "incident": disclosure.incident_id,
        "case": disclosure.case_number,
        "as": "evidence package",
        "why": type(error).__name__,
    }
    authority = ", ".join(disclosure.grants)
    action = CustodyAction.PACKAGE_WITHDRAWN
    once = f"{action} {disclosure.package_id}"
    return CustodyEntry(services.now(), agent, action, disclosure.package_id, authority, detail, once)


def _folder(services: Services) -> Path:
    return services.settings.store.directory / "leaving"
