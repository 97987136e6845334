"""What must be so after every act, and what must be gone after a revocation, a night or a sweep."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from pipeline.domain.events import Verdict
from pipeline.domain.retention import Hold
from pipeline.errors import ConsentError, EvidenceDisposedError, PipelineError, RecordNotFoundError
from tests.catalogue.stories import at
from tests.sequences.book import Held, Known
from tests.sequences.law import Asked
from tests.sequences.street import Street
from tests.sequences.takes import EVENT_MARK, MARK, PAIR_MARK, RAW, Take, between
from tests.sequences.traces import in_rows, on_disk

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


def is_allowed(street: Street, asker: tuple[str, str], mark: str, *, sound: bool = False) -> bool:
    return street.law.allows_all(asker, asked_by(street, mark, sound=sound), street.clock.at)


def highlight_asked(street: Street, highlight_id: str, *, sound: bool = False) -> list[Asked]:
    """What a grant must cover for a highlight to be used: its events, and every moment of its span."""
    kept = street.book.highlight(highlight_id)
    if kept is None:
        raise RecordNotFoundError("highlight", highlight_id)
    acquisition_id, highlight = kept
    shown = [one for one in street.book.events() if one.acquisition_id == acquisition_id]
    told = [one for one in shown if one.event_id in highlight.event_ids]
    asked = [part for one in told for part in asked_by(street, one.mark, sound=sound)]
    first, last = (float(stamp.seconds - at(0).seconds) for stamp in (highlight.span.start, highlight.span.end))
    take = take_of(street, acquisition_id)
    if highlight.cut is not None:
        return [*asked, *(replace(one, at=take.stretch(first, last).at) for one in whole_of(street, take, sound=sound))]
    return [*asked, take.stretch(first, last, sound=sound)]


def require_within(street: Street, asker: tuple[str, str], take: Take, first: float, last: float) -> None:
    """Each second of a part that is shown of a take lies beside an event of it that may be shown."""
    marks = {one.mark for one in street.book.events()}
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
    here = {held.acquisition_id for held in street.book.clips() if held.trigger == take.trigger}
    known = {one.mark for one in street.book.events() if one.acquisition_id in here}
    return take.whole((part for mark in sorted(known) for part in asked_by(street, mark)[-1:]), sound=sound)


def take_of(street: Street, acquisition_id: str) -> Take:
    held = next(one for one in street.book.clips() if one.acquisition_id == acquisition_id)
    return taken(street, held)


def taken(street: Street, held: Held) -> Take:
    return next(one for one in street.takes.values() if one.trigger == held.trigger)


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
    return street.book.rows(), set(services.originals.digests()), set(services.derivatives.digests())


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
    made = street.book.made()
    for held in street.book.clips():
        mark = taken(street, held).mark
        street.ids.setdefault(mark, set()).update(made.get(held.acquisition_id, ()), (held.acquisition_id, held.digest))
        street.fetched.setdefault(mark, set()).add(held.grant)


def is_held(street: Street, take: Take, holds: Iterable[Hold]) -> bool | None:
    """Whether a hold names a take; None where that hangs on seconds."""
    said = [_names(street, hold, take) for hold in holds]
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
    here = {taken(street, held).mark: held for held in street.book.clips()}
    holds = street.services.catalogue.holds.list()
    for mark in street.fetched:
        held = is_held(street, street.takes[mark], holds)
        _require_ended(street, street.takes[mark], here.get(mark), held)
        if held:
            _require_kept(street, mark, here.get(mark))
    gone = street.fetched.keys() - here.keys()
    nameless = {one.mark for one in street.takes.values() if not street.law.lets_be_known(one.camera, one.at)}
    require_no_trace(street, gone, nameless - here.keys())


def _require_ended(street: Street, take: Take, clip: Held | None, held: bool | None) -> None:
    if clip is None or held is not False or take.mark in street.released:
        return
    if street.law.keeps(take.camera, take.at, street.clock.at):
        return
    if street.law.has_let_go(clip.grant, take.camera, take.at):
        raise BreachError(f"{take.mark} was fetched under {clip.grant}, which has let go of it, and is still there")


def _require_kept(street: Street, mark: str, clip: Held | None) -> None:
    if clip is not None:
        street.held.add(mark)
    if mark in street.held and (clip is None or not street.services.originals.has(clip.digest)):
        raise BreachError(f"{mark} is held, and is gone")


def require_no_trace(street: Street, gone: set[str], labels: set[str]) -> None:
    """No byte, row or name of these takes is left; of ``labels`` not even that the camera recorded."""
    ids = {one: mark for mark in gone for one in street.ids[mark]}
    files = on_disk(street.folder.parent, ids)
    for found, where in files.marks.items():
        if found[:14] in (labels if found.endswith("label") else gone):
            raise BreachError(f"{found} is gone, and stands in {', '.join(sorted(where))}")
    for what, named in (("row of", in_rows(street.book, ids)), ("file", files.names)):
        for one, where in named.items():
            raise BreachError(f"{one} of {ids[one]} is gone, and is named in {what} {', '.join(sorted(where))}")
    street.count("takes gone", len(gone - street.seen_gone))
    street.seen_gone |= gone


def require_index(street: Street, before: set[tuple[str, str]]) -> None:
    """Whatever is newly known of a take is allowed now."""
    for _, mark in known_of(street) - before:
        if not is_allowed(street, street.night_asker, mark):
            raise BreachError(f"{mark} was kept, and nobody allows it")


def known_of(street: Street) -> set[tuple[str, str]]:
    """By id and mark, every event that is kept."""
    return {(one.event_id, one.mark) for one in street.book.events()}


def works(work: Callable[[], T]) -> T | None:
    """Does something whose refusal for other reasons than consent is fine."""
    try:
        return work()
    except PipelineError:
        return None


def is_shown(known: Known) -> bool:
    return known.verdict == Verdict.SEEN.value or known.kind.startswith("package")
