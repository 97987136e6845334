"""What must be so after every act, and what must be gone after a revocation, a night or a sweep."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from pipeline.catalogue.facts import events_of, highlights_of
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import Verdict
from pipeline.domain.retention import Hold
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError, EvidenceDisposedError, PipelineError, RecordNotFoundError
from tests.catalogue.stories import at
from tests.sequences.law import Asked
from tests.sequences.street import Street
from tests.sequences.takes import EVENT_MARK, MARK, PAIR_MARK, RAW, Take, between
from tests.sequences.traces import ids_in_files, ids_in_rows, marks_on_disk, rows

T = TypeVar("T")
MARGIN = 2.0
"""Seconds before and after an event that go with it."""


class BreachError(AssertionError):
    """A promise was broken."""


def asked_by(street: Street, mark: str, *, sound: bool = False) -> list[Asked]:
    """What a grant must cover for the event of this mark to be used."""
    pair = PAIR_MARK.fullmatch(mark)
    if pair:
        return between(street.takes[pair[1]], street.takes[pair[2]])
    take = street.takes[mark[:14]]
    (happening,) = (one for one in take.happenings if one.mark == mark)
    return [take.asked(happening, sound=sound)]


def mark_of(found: FoundEvent) -> str:
    return found.event.inferred.sentence.rpartition(" ")[2]


def is_allowed(street: Street, asker: tuple[str, str], mark: str, *, sound: bool = False) -> bool:
    return street.law.allows_all(asker, asked_by(street, mark, sound=sound), street.clock.at)


def kept_events(street: Street, **wanted: object) -> tuple[FoundEvent, ...]:
    return street.services.catalogue.search.find(EventFilter(**wanted))  # type: ignore[arg-type]


def highlight_asked(street: Street, highlight_id: str, *, sound: bool = False) -> list[Asked]:
    """What a grant must cover for a highlight to be used: its events, and every moment of its span."""
    catalogue = street.services.catalogue
    highlight = catalogue.highlights.get(highlight_id)
    acquisition_id = catalogue.highlights.acquisition_of(highlight_id)
    shown = kept_events(street, event_ids=highlight.event_ids, acquisition_ids=(acquisition_id,), superseded=True)
    asked = [one for found in shown for one in asked_by(street, mark_of(found), sound=sound)]
    first, last = (float(stamp.seconds - at(0).seconds) for stamp in (highlight.span.start, highlight.span.end))
    take = take_of(street, acquisition_id)
    if highlight.cut is not None:
        return [*asked, *(replace(one, at=take.stretch(first, last).at) for one in whole_of(street, take, sound=sound))]
    return [*asked, take.stretch(first, last, sound=sound)]


def require_within(street: Street, asker: tuple[str, str], take: Take, first: float, last: float) -> None:
    """Each second of a part that is shown of a take lies beside an event of it that may be shown."""
    marks = {mark_of(one) for one in kept_events(street, superseded=True)}
    begins = [one.second for one in take.happenings if one.mark in marks and is_allowed(street, asker, one.mark)]
    pairs = (PAIR_MARK.fullmatch(mark) for mark in marks)
    begins += [0 for pair in pairs if pair and pair[2] == take.mark and is_allowed(street, asker, pair.group())]
    for moment in (first, *(number / 4 for number in range(int(first * 4) + 1, int(last * 4) + 1)), last):
        if not any(begin - MARGIN <= moment <= begin + 1 + MARGIN for begin in begins):
            raise BreachError(f"{moment} s of {take.mark} were shown, and no granted event lies there")
        if not street.law.allows(asker, take.stretch(moment, moment), street.clock.at):
            raise BreachError(f"{moment} s of {take.mark} were shown, and no grant covers it")


def whole_of(street: Street, take: Take, *, sound: bool = False) -> list[Asked]:
    """What a grant must cover for all of a take to be used: what is kept of its events counts."""
    known = {
        mark_of(one)
        for clip in street.services.catalogue.clips.list((take.camera,))
        if clip.acquisition.trigger_id == take.trigger
        for one in kept_events(street, acquisition_ids=(clip.acquisition.acquisition_id,), superseded=True)
    }
    return take.whole((part for mark in sorted(known) for part in asked_by(street, mark)[-1:]), sound=sound)


def take_of(street: Street, acquisition_id: str) -> Take:
    trigger = street.services.catalogue.clips.get(acquisition_id).acquisition.trigger_id
    return next(one for one in street.takes.values() if one.trigger == trigger)


def tried(street: Street, what: str, allowed: bool, work: Callable[[], T]) -> T | None:
    """Does what is allowed, and sees that what is not raises and leaves nothing behind."""
    before = None if allowed else left_by(street)
    try:
        made = work()
    except ConsentError as error:
        if before is None:
            raise BreachError(f"{what} is allowed, and was refused: {error}") from error
        if left_by(street) != before:
            raise BreachError(f"{what} was refused, and left something") from error
        street.count("refused")
        return None
    except (RecordNotFoundError, EvidenceDisposedError):
        street.count("not there")
        return None
    if not allowed:
        raise BreachError(f"{what} is not allowed, and was done")
    street.count("done")
    return made


def left_by(street: Street) -> tuple[object, ...]:
    services = street.services
    return rows(services), set(services.originals.digests()), set(services.derivatives.digests())


def require_no_breach(street: Street) -> None:
    if street.breaches:
        raise BreachError("; ".join(street.breaches))


def require_marks(street: Street, text: str, askers: list[tuple[str, str]], where: str) -> set[str]:
    """Every event that a text tells of is allowed for one of those who ask, and no original stands in it unless all is.

    Returns:
        The marks of the takes that it tells of.
    """
    told = set(EVENT_MARK.findall(text)) | {match.group() for match in PAIR_MARK.finditer(text)}
    for mark in told:
        if not any(is_allowed(street, asker, mark) for asker in askers):
            raise BreachError(f"{where} tells of {mark}, which nobody allows")
    for mark in set(RAW.findall(text)):
        whole = whole_of(street, street.takes[mark], sound=street.takes[mark].has_sound)
        if not any(street.law.allows_all(one, whole, street.clock.at) for one in askers):
            raise BreachError(f"{where} holds all of {mark}, which nobody allows")
    return set(MARK.findall(text))


def remember_ids(street: Street) -> None:
    """Notes every id and digest that is there, so that it can be looked for when it should be gone."""
    catalogue = street.services.catalogue
    with catalogue._database.read() as connection:
        for clip in catalogue.clips.list():
            name = clip.acquisition.acquisition_id
            take = take_of(street, name)
            mine = street.ids.setdefault(take.mark, set())
            mine |= {name, clip.item.digest}
            mine |= set(connection.execute(events_of(name)).scalars())
            shown = set(connection.execute(highlights_of(name)).scalars())
            mine |= shown | {still.digest for still in catalogue.stills.of_acquisition(name)}
            for highlight_id in shown:
                mine |= set(catalogue.highlights.get(highlight_id).digests)
            street.fetched.setdefault(take.mark, set()).add(clip.acquisition.grant_id)


def is_held(street: Street, take: Take) -> bool | None:
    """Whether a hold names a take; None where that hangs on seconds."""
    said = [_names(street, hold, take) for hold in street.services.catalogue.holds.list()]
    return True if True in said else None if None in said else False


def _names(street: Street, hold: Hold, take: Take) -> bool | None:
    scope = hold.scope
    if scope.digest:
        return scope.digest in street.ids.get(take.mark, set())
    if scope.incident_id:
        return None  # what is attached, and what lies in its place and window: told by the catalogue alone
    if scope.camera_id != take.camera or scope.since is None or scope.until is None:
        return False
    inside = scope.since <= take.at < scope.until
    near = min(abs((take.at - edge).total_seconds()) for edge in (scope.since, scope.until)) < 900
    return inside or (None if near else False)


def require_gone(street: Street) -> None:
    """What is revoked and not held left nothing; what went otherwise left its label at most; what is held is there."""
    clips = street.services.catalogue.clips.list()
    here = {take_of(street, clip.acquisition.acquisition_id).mark: clip for clip in clips}
    for mark in street.fetched:
        held = is_held(street, street.takes[mark])
        _require_ended(street, street.takes[mark], here.get(mark), held)
        if held:
            _require_kept(street, mark, here.get(mark))
    gone = street.fetched.keys() - here.keys()
    nameless = {one.mark for one in street.takes.values() if not street.law.lets_be_known(one.camera, one.at)}
    require_no_trace(street, gone, nameless - here.keys())


def _require_ended(street: Street, take: Take, clip: AcquiredClip | None, held: bool | None) -> None:
    if clip is None or held is not False or street.law.keeps(take.camera, take.at, street.clock.at):
        return
    own = clip.acquisition.grant_id
    if street.law.has_let_go(own, take.camera, take.at):
        raise BreachError(f"{take.mark} was fetched under {own}, which has let go of it, and is still there")


def _require_kept(street: Street, mark: str, clip: AcquiredClip | None) -> None:
    if clip is not None:
        street.held.add(mark)
    if mark in street.held and (clip is None or not street.services.originals.has(clip.item.digest)):
        raise BreachError(f"{mark} is held, and is gone")


def require_no_trace(street: Street, gone: set[str], labels: set[str]) -> None:
    """No byte, row or name of these takes is left; of ``labels`` not even that the camera recorded."""
    for found, where in marks_on_disk(street.folder.parent).items():
        if found[:14] in (labels if found.endswith("label") else gone):
            raise BreachError(f"{found} is gone, and stands in {', '.join(sorted(where))}")
    ids = {one: mark for mark in gone for one in street.ids[mark]}
    for what, named in (("row of", ids_in_rows(street.services)), ("file", ids_in_files(street.folder.parent))):
        for one in ids.keys() & named.keys():
            raise BreachError(f"{one} of {ids[one]} is gone, and is named in {what} {', '.join(sorted(named[one]))}")
    street.count("takes gone", len(gone - street.seen_gone))
    street.seen_gone |= gone


def require_index(street: Street, before: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Whatever is newly known of a take is allowed now; gives what is known now."""
    known = {(found.event.event_id, mark_of(found)) for found in kept_events(street, superseded=True)}
    for _, mark in known - before:
        if not is_allowed(street, street.night_asker, mark):
            raise BreachError(f"{mark} was kept, and nobody allows it")
    return known


def works(work: Callable[[], T]) -> T | None:
    """Does something whose refusal for other reasons than consent is fine."""
    try:
        return work()
    except PipelineError:
        return None


def is_shown(found: FoundEvent) -> bool:
    inferred = found.event.inferred
    return inferred.verdict is Verdict.SEEN or inferred.kind.value.startswith("package")
