"""Something goes wrong at every step in turn: what was said to be safe is safe, and the next run comes to the same.

A step is a call by which a file or folder of the installation changes, or a message to a server. The fault is injected
at the boundary of the process: a shim before libc lets the n-th call fail, or ends the process there. What a disk does
when the power goes is another matter: see ``test_power``.
"""

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.faults.acts import ACTS, EXPORT, prepare
from tests.faults.conftest import Places, gone
from tests.faults.disturbed import Disturbed, Ended, Place, require_sound, state_of
from tests.faults.shim import Fault, Kind
from tests.retention.story import a_town

KILLED, FAILING = (Kind.KILL, Kind.TORN), (Kind.IO_ERROR, Kind.DISK_FULL)
ON_SERVERS = (Kind.KILL, Kind.CUT_OFF)
QUICK = ("take in", "revoke")
NAMES = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in ACTS]
PROPERTY = Callable[[str, object], None]
SHARE = Callable[[int], int]
extents = pytest.mark.parametrize(
    "points",
    [1, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])],
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
@pytest.mark.parametrize("kinds", [KILLED, FAILING], ids=["killed", "failing"])
@pytest.mark.parametrize("name", [*NAMES, EXPORT])
def test_on_a_disk(  # noqa: PLR0913, PLR0917 - fixtures
    request: pytest.FixtureRequest,
    process: Disturbed,
    on_disk: Places,
    name: str,
    kinds: tuple[Kind, ...],
    points: int,
    share: SHARE,
    record_property: PROPERTY,
) -> None:
    start: Place = request.getfixturevalue("a_night") if name == EXPORT else prepared(name, on_disk)
    start = start.copy(on_disk().folder / "start")
    undisturbed = start.copy(start.folder.with_name("undisturbed"))
    whole = process.act(name, undisturbed)
    assert (whole.code, whole.refused, whole.fault) == (0, "", "")
    require_sound(undisturbed, whole.safe)
    wanted = state_of(undisturbed)
    tried = []
    for fault in chosen(whole.steps, min(points, share(whole.steps)), kinds):
        place = start.copy(start.folder.with_name(f"{fault.kind.name}-{fault.at}"))
        ended = process.act(name, place, fault)
        require_mended(process, name, place, ended, wanted)
        tried.append(ended)
        gone(place)
    record(tried, whole.steps, record_property)


@extents
@pytest.mark.parametrize("name", NAMES)
def test_on_servers(
    process: Disturbed, on_servers: Places, name: str, points: int, share: SHARE, record_property: PROPERTY
) -> None:
    undisturbed = prepared(name, on_servers)
    whole = process.act(name, undisturbed)
    assert (whole.code, whole.refused, whole.fault) == (0, "", "")
    require_sound(undisturbed, whole.safe)
    wanted = state_of(undisturbed)
    tried = []
    for fault in chosen(whole.steps, min(points, share(whole.steps)), ON_SERVERS):
        place = prepared(name, on_servers)
        ended = process.act(name, place, fault)
        require_mended(process, name, place, ended, wanted)
        tried.append(ended)
        gone(place)
    record(tried, whole.steps, record_property)


def record(tried: list[Ended], steps: int, record_property: PROPERTY) -> None:
    """For `make trust-report`."""
    record_property("faults", len(tried))
    record_property("killed", sum(ended.code == -signal.SIGKILL for ended in tried))
    record_property("refused", sum(bool(ended.refused) for ended in tried))
    record_property("safe", sum(len(ended.safe) for ended in tried))
    record_property("steps", steps)
