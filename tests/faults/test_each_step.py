"""Something goes wrong at every step in turn: what was said to be safe is safe, and the next run comes to the same.

A step is a call by which a file or folder of the installation changes, or a message to a server. The fault is injected
at the boundary of the process: a shim before libc lets the n-th call fail, or ends the process there. What a disk does
when the power goes is another matter: see ``test_power``.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.acts import ACTS, prepare
from tests.faults.conftest import Places, gone
from tests.faults.disturbed import Disturbed, Ended, Place, require_sound, state_of
from tests.faults.shim import Fault, Kind
from tests.retention.story import a_town

ON_DISK = (Kind.KILL, Kind.TORN, Kind.IO_ERROR, Kind.DISK_FULL)
ON_SERVERS = (Kind.KILL, Kind.CUT_OFF)
PROPERTY = Callable[[str, object], None]
SHARE = Callable[[int], int]
extents = pytest.mark.parametrize(
    "points",
    [2, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])],
    ids=["some", "every"],
)


def prepared(name: str, places: Places) -> Place:
    place = places()
    with a_town(place.settings) as town:
        prepare(name, town)
    return place


def require_mended(process: Disturbed, name: str, place: Place, ended: Ended, wanted: dict[str, object]) -> None:
    """After a fault: nothing is lost, nothing is half there, and another run comes to what an undisturbed one does."""
    assert ended.fault == ""
    require_sound(place, ended.safe)
    mended = process.act(name, place, again=True)
    assert (mended.code, mended.refused, mended.fault) == (0, "", "")
    require_sound(place, (*ended.safe, *mended.safe))
    assert state_of(place) == wanted


def chosen(steps: int, points: int, kinds: tuple[Kind, ...]) -> Iterator[Fault]:
    """Each kind at every step, or at so many steps that lie evenly, not all kinds at the same."""
    stride = max(1, steps // points)
    for number, kind in enumerate(kinds):
        for at in range(1 + number * stride // len(kinds), steps + 1, stride):
            yield Fault(kind, at)


@extents
@pytest.mark.parametrize("name", ACTS)
def test_on_a_disk(
    process: Disturbed, on_disk: Places, name: str, points: int, share: SHARE, record_property: PROPERTY
) -> None:
    start = prepared(name, on_disk)
    undisturbed = start.copy(start.folder.with_name("undisturbed"))
    whole = process.act(name, undisturbed)
    assert (whole.code, whole.refused, whole.fault) == (0, "", "")
    require_sound(undisturbed, whole.safe)
    wanted = state_of(undisturbed)
    tried = {"kills": 0, "errors": 0, "safe": 0}
    for fault in chosen(whole.steps, min(points, share(whole.steps)), ON_DISK):
        place = start.copy(start.folder.with_name(f"{fault.kind.name}-{fault.at}"))
        ended = process.act(name, place, fault)
        require_mended(process, name, place, ended, wanted)
        tried["kills" if ended.code == -9 else "errors"] += 1
        tried["safe"] += len(ended.safe)
        gone(place)
    for what, number in tried.items():
        record_property(what, number)
    record_property("steps", whole.steps)


@extents
@pytest.mark.parametrize("name", ACTS)
def test_on_servers(
    process: Disturbed, on_servers: Places, name: str, points: int, share: SHARE, record_property: PROPERTY
) -> None:
    undisturbed = prepared(name, on_servers)
    whole = process.act(name, undisturbed)
    assert (whole.code, whole.refused, whole.fault) == (0, "", "")
    require_sound(undisturbed, whole.safe)
    wanted = state_of(undisturbed)
    kills = errors = 0
    for fault in chosen(whole.steps, min(points, share(whole.steps)), ON_SERVERS):
        place = prepared(name, on_servers)
        ended = process.act(name, place, fault)
        require_mended(process, name, place, ended, wanted)
        kills += ended.code == -9
        errors += ended.code != -9
        gone(place)
    record_property("kills", kills)
    record_property("errors", errors)
    record_property("steps", whole.steps)
