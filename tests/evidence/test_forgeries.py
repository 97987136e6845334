"""Forgeries of every sort, drawn by chance, by somebody who holds the database and the key: an older checkpoint tells.

The forger rewrites, cuts, reorders, doubles or forks the log from some record on, makes the tree anew, and signs the
new head with our key. A checkpoint from after the first touched record was kept elsewhere.
"""

import random
from collections.abc import Callable

import pytest

from pipeline.domain.evidence import CustodyRecord
from pipeline.errors import CheckpointError, CustodyChainError, ProofError
from pipeline.evidence.checkpoint import read_checkpoint
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.leaves import seal
from pipeline.evidence.merkle import verify_consistency
from pipeline.evidence.signing import SigningKey
from tests.evidence.kept_log import MemoryLog, a_log, an_entry

Forge = Callable[[list[CustodyRecord], int, random.Random], list[CustodyRecord]]
LONGEST = 40


def _rewrite(records: list[CustodyRecord], at: int, dice: random.Random) -> list[CustodyRecord]:
    return [*records[:at], seal(at, an_entry(f"forged-{dice.random()}")), *records[at + 1 :]]


def _cut(records: list[CustodyRecord], at: int, _dice: random.Random) -> list[CustodyRecord]:
    return records[:at]


def _reorder(records: list[CustodyRecord], at: int, dice: random.Random) -> list[CustodyRecord]:
    other = dice.choice([place for place in range(len(records)) if place != at])
    moved = list(records)
    moved[at], moved[other] = seal(at, records[other].entry), seal(other, records[at].entry)
    return moved


def _double(records: list[CustodyRecord], at: int, _dice: random.Random) -> list[CustodyRecord]:
    entries = [one.entry for one in (*records[:at], records[at - 1], *records[at:])]
    return [*records[:at], *(seal(index, entries[index]) for index in range(at, len(entries)))]


def _take_out(records: list[CustodyRecord], at: int, _dice: random.Random) -> list[CustodyRecord]:
    left = [*records[:at], *records[at + 1 :]]
    return [*left[:at], *(seal(index, left[index].entry) for index in range(at, len(left)))]


def _fork(records: list[CustodyRecord], at: int, dice: random.Random) -> list[CustodyRecord]:
    length = dice.randrange(at + 1, LONGEST + 10)
    return [*records[:at], *(seal(index, an_entry(f"another-{index}")) for index in range(at, length))]


FORGERIES: tuple[Forge, ...] = (_rewrite, _cut, _reorder, _double, _take_out, _fork)


@pytest.mark.parametrize("count", [120, pytest.param(6000, marks=[pytest.mark.slow])], ids=["some", "many"])
def test_every_forgery_is_found_by_an_older_checkpoint(count: int, key: SigningKey) -> None:
    dice, found = random.Random(20261125), 0
    for number in range(count):
        log = a_log(key, dice.randrange(2, LONGEST))
        size = len(log.kept)
        kept = MemoryLog(key).append(*log.kept[: dice.randrange(1, size + 1)]).note
        assert verify_log(log, [key.verifying], [kept]).checkpoints == 1
        at = dice.randrange(read_checkpoint(kept).size)
        forged = MemoryLog(key).append(*FORGERIES[number % len(FORGERIES)](log.kept, at, dice))
        with pytest.raises((CustodyChainError, CheckpointError)):
            verify_log(forged, [key.verifying], [kept])
        found += _is_found_by_a_proof(forged, kept)
    assert found == count


def _is_found_by_a_proof(forged: MemoryLog, kept: str) -> bool:
    """Also by somebody who has two checkpoints and asks the forger for a proof, and sees no record."""
    old, new = read_checkpoint(kept), read_checkpoint(forged.note)
    if new.size < old.size:
        return True
    try:
        verify_consistency(old.size, old.root, new.size, new.root, forged.consistency(old.size, new.size))
    except ProofError:
        return True
    return False
