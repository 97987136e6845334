"""Files made to break whoever opens them, on the way of a real night: each has its outcome, nobody else is harmed.

The thousand are `make trust-report`'s; here go one of each way of breaking, and every bomb, disguise and name.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.hostile.bombs import bombs
from bench.hostile.boxes import box, find, places, replaced
from bench.hostile.corpus import Examined, examine
from bench.hostile.disguises import NAMES, disguises, named
from bench.hostile.files import HostileFile, Seed, seeds
from bench.hostile.mutations import mutants
from bench.trust.media import CAP_MEGABYTES, PATIENCE_SECONDS
from bench.trust.watched import opened_by_children

SOUND = 2
TYPED = {"", "UnreadableClipError", "DecoderDiedError", "FfmpegError"}
UNASKED = 2
"""A name that begins with a dot is no clip's, and a clip of the year 9999 lies in no night's span."""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seed, ...]:
    return seeds(tmp_path_factory.mktemp("sound"), "plain", "fragments", "quicktime")


def require_unharmed(examined: Examined) -> None:
    """What must hold of every night, whatever was sent."""
    assert {one.error for one in examined.hostile} <= TYPED
    assert [one for one in examined.hostile if one.state == "failed" and not one.error] == []
    assert [one for one in examined.hostile if one.outcome == "ready" and not one.is_kept] == []
    assert [one for one in examined.hostile if one.seconds > PATIENCE_SECONDS] == []
    assert examined.trial.peak_megabytes < CAP_MEGABYTES
    assert [(one.state, len(one.events)) for one in examined.sound] == [("done", 1)] * SOUND


@pytest.mark.parametrize(
    "count", [13, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])], ids=["some", "many"]
)
@pytest.mark.timeout(300)
def test_broken_clips(
    clips: tuple[Seed, ...], tmp_path: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    examined = examine(mutants(clips, count, number=4), clips[:SOUND], tmp_path / "night")
    assert len(examined.hostile) == count
    require_unharmed(examined)
    for name, number in Counter(one.error or one.state for one in examined.hostile).items():
        record_property(name, number)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("family", ["bombs", "disguises", "names"])
def test_every_made_one(clips: tuple[Seed, ...], tmp_path: Path, family: str) -> None:
    plain = clips[0]
    made: dict[str, Callable[[], Iterator[HostileFile]]] = {
        "bombs": lambda: bombs(plain, tmp_path),
        "disguises": lambda: disguises(plain, "http://127.0.0.1:9", "/etc/hostname"),
        "names": lambda: named(plain),
    }
    examined = examine(made[family](), clips[:SOUND], tmp_path / "night")
    require_unharmed(examined)
    if family == "names":
        assert len(examined.hostile) == len(NAMES) - UNASKED


def test_the_dice_fall_the_same_again(clips: tuple[Seed, ...]) -> None:
    first, second = list(mutants(clips, 26)), list(mutants(clips, 26))
    assert first == second
    assert len({file.content for file in first}) == 26
    assert len({file.family for file in first}) == 13


def test_a_box_put_in_leaves_a_clip_that_fits_together(clips: tuple[Seed, ...]) -> None:
    (plain, *_) = clips
    moov = find(plain.content, b"moov")
    larger = replaced(plain.content, moov, box(b"moov", plain.content[moov.content : moov.end], box(b"free", b"x" * 9)))
    assert [place.kind for place in places(larger) if place.kind != b"free"] == [
        place.kind for place in places(plain.content) if place.kind != b"free"
    ]
    assert len(larger) == len(plain.content) + 17


def test_the_watch_sees_what_only_a_confined_process_opens(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    log.write_text(
        '10 execve("/usr/bin/python3", ["python3", "-m", "bench.hostile.trial"], 0x7 /* 9 vars */) = 0\n'
        '10 openat(AT_FDCWD, "/home/secret", O_RDONLY) = 3\n'
        '11 execve("/usr/bin/python3", ["python3", "-I", "/x/pipeline/sampling/child.py"], 0x7 /* 1 var */) = 0\n'
        '11 openat(AT_FDCWD, "/usr/lib/libc.so", O_RDONLY) = 3\n'
        "11 clone3({flags=CLONE_VM} <unfinished ...>\n"
        "11 <... clone3 resumed> => {parent_tid=[12]}, 88) = 12\n"
        '12 openat(AT_FDCWD, "/home/other", O_RDONLY <unfinished ...>\n'
        "12 <... openat resumed>)             = -1 EACCES (Permission denied)\n"
        '12 openat(AT_FDCWD, "/home/none", O_RDONLY) = -1 ENOENT (No such file or directory)\n'
        "12 connect(4, {sa_family=AF_INET, sin_port=htons(80)}, 16) = -1 ENETUNREACH (Network is unreachable)\n"
    )
    found = opened_by_children(log, ("/usr",))
    assert {one for one in found if not one.startswith("connect")} == {"/home/other"}
    assert len(found) == 2
