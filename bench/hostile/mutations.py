"""Sound clips, broken at random and with intent: seeded, so that a broken file can be made again by its number."""

import random
import struct
from collections.abc import Callable, Iterator, Sequence

from bench.hostile.boxes import Place, box, places, replaced
from bench.hostile.files import HostileFile, Seed

_EDGES = (0, 1, 2, 7, 8, 15, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_TABLES = (b"stts", b"ctts", b"stsc", b"stsz", b"stco", b"elst", b"stss")
_CLOCKS = (b"mvhd", b"mdhd", b"tkhd")
_CODECS = (b"hev1", b"vp09", b"av01", b"mp4v", b"apch", b"dvh1", b"encv", b"tx3g", b"mp4a", b"raw ", b"\0\0\0\0")
_DEEP = 2000
_LEAST = 8

Mutate = Callable[[bytes, random.Random], bytes]


def mutants(clips: Sequence[Seed], count: int, number: int = 20261125) -> Iterator[HostileFile]:
    """``count`` different broken files, the kinds of breaking in turn.

    Args:
        clips: What they are made from.
        count: How many.
        number: Seed of the dice; the same gives the same files.
    """
    dice = random.Random(number)
    seen: set[bytes] = set()
    kinds = sorted(_MUTATIONS)
    while len(seen) < count:
        kind = kinds[len(seen) % len(kinds)]
        clip = dice.choice([one for one in clips if kind in _ANY or one.suffix in (".mp4", ".mov")])
        content = _MUTATIONS[kind](clip.content, dice)
        if content in seen or content == clip.content:
            continue
        seen.add(content)
        yield HostileFile(f"{len(seen):04d}-{kind}-{clip.name}{clip.suffix}".encode(), kind, content)


def truncated(content: bytes, dice: random.Random) -> bytes:
    """Cut anywhere."""
    return content[: dice.randrange(1, len(content))]


def hole(content: bytes, dice: random.Random) -> bytes:
    """A stretch of zeros in the middle."""
    start = dice.randrange(len(content))
    length = dice.randrange(1, 1 + len(content) // 4)
    return content[:start] + bytes(min(length, len(content) - start)) + content[start + length :]


def flipped(content: bytes, dice: random.Random) -> bytes:
    """From one to three hundred bytes changed."""
    changed = bytearray(content)
    for _ in range(dice.choice((1, 5, 30, 300))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def head_flipped(content: bytes, dice: random.Random) -> bytes:
    """Changes where the container describes itself: in its first or last two thousand bytes."""
    changed = bytearray(content)
    for _ in range(dice.choice((1, 3, 12))):
        at = dice.randrange(min(2000, len(changed)))
        changed[dice.choice((at, -1 - at))] = dice.randrange(256)
    return bytes(changed)


def repeated(content: bytes, dice: random.Random) -> bytes:
    """A piece of it once more, somewhere else."""
    start = dice.randrange(len(content))
    piece = content[start : start + dice.randrange(1, 20_000)]
    at = dice.randrange(len(content))
    return content[:at] + piece + content[at:]


def box_size(content: bytes, dice: random.Random) -> bytes:
    """A box whose size does not fit."""
    place = dice.choice(_boxes(content))
    size = dice.choice((*_EDGES, place.end - place.start - 1, place.end - place.start + 1))
    return content[: place.start] + struct.pack(">I", size) + content[place.start + 4 :]


def box_kind(content: bytes, dice: random.Random) -> bytes:
    """A box by another box's name."""
    one, other = dice.choice(_boxes(content)), dice.choice(_boxes(content))
    return content[: one.start + 4] + other.kind + content[one.start + 8 :]


def box_gone(content: bytes, dice: random.Random) -> bytes:
    """A box missing."""
    return replaced(content, dice.choice(_boxes(content)), b"")


def box_twice(content: bytes, dice: random.Random) -> bytes:
    """A box several times."""
    place = dice.choice(_boxes(content))
    return replaced(content, place, content[place.start : place.end] * dice.choice((2, 3, 50)))


def box_nested(content: bytes, dice: random.Random) -> bytes:
    """A box inside itself, and again."""
    place = dice.choice(_boxes(content))
    inner = content[place.start : place.end]
    for _ in range(dice.choice((1, 20, _DEEP))):
        inner = box(place.kind, inner)
    return replaced(content, place, inner)


def table(content: bytes, dice: random.Random) -> bytes:
    """A table of samples with a count, a length or an offset out of this world."""
    return _with_word(content, dice, _TABLES, first=4)


def clock(content: bytes, dice: random.Random) -> bytes:
    """A time scale, a length or a size out of this world."""
    return _with_word(content, dice, _CLOCKS, first=4)


def codec(content: bytes, dice: random.Random) -> bytes:
    """Another codec's name, or a parameter of the codec changed."""
    place = _one_of(content, dice, (b"stsd",))
    changed = bytearray(content)
    if dice.choice((True, False)):
        changed[place.content + 12 : place.content + 16] = dice.choice(_CODECS)
    else:
        changed[dice.randrange(place.content + 16, place.end)] = dice.randrange(256)
    return bytes(changed)


def _with_word(content: bytes, dice: random.Random, kinds: Sequence[bytes], *, first: int) -> bytes:
    place = _one_of(content, dice, kinds)
    words = range(place.content + first, place.end - 3, 4)
    changed = bytearray(content)
    struct.pack_into(">I", changed, dice.choice(words[:12]), dice.choice((*_EDGES, dice.randrange(1 << 32))))
    return bytes(changed)


def _one_of(content: bytes, dice: random.Random, kinds: Sequence[bytes]) -> Place:
    return dice.choice(
        [place for place in places(content) if place.kind in kinds and place.end > place.content + _LEAST]
    )


def _boxes(content: bytes) -> list[Place]:
    return list(places(content))


_ANY = {"truncated", "hole", "flipped", "head-flipped", "repeated"}
_MUTATIONS: dict[str, Mutate] = {
    "truncated": truncated,
    "hole": hole,
    "flipped": flipped,
    "head-flipped": head_flipped,
    "repeated": repeated,
    "box-size": box_size,
    "box-kind": box_kind,
    "box-gone": box_gone,
    "box-twice": box_twice,
    "box-nested": box_nested,
    "table": table,
    "clock": clock,
    "codec": codec,
}
