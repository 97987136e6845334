"""The custody log: whole, or the first record that does not fit is named."""

import hashlib
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.evidence import ChainHead, Checkpoint, CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.plain import to_plain
from pipeline.domain.sealed import Opening, erased_in_words, is_open, read_erased
from pipeline.errors import CheckpointError, CustodyChainError, EvidenceError
from pipeline.evidence.checkpoint import sign_checkpoint
from pipeline.evidence.custody import CustodyChain, read_chain_heads, read_checkpoints, write_checkpoint
from pipeline.evidence.custody_check import require_going_on, verify_log
from pipeline.evidence.files import make_once
from pipeline.evidence.leaves import commitment, digest_of, seal, sealed_words
from pipeline.evidence.merkle import GrowingTree
from pipeline.evidence.signing import SigningKey
from tests.builders import EVENING
from tests.evidence.kept_log import ORIGIN, MemoryLog, a_log, an_entry, chain, chain_head


@pytest.fixture
def log(key: SigningKey) -> MemoryLog:
    return a_log(key, 6)


def rewritten(log: MemoryLog, records: list[CustodyRecord]) -> MemoryLog:
    """What the database's owner can make of it without our key: records and tree anew, the signed head as it was."""
    note = log.note
    forged = MemoryLog(log.key).append(*records)
    forged.note = note
    return forged


def test_a_leaf_is_canonical_json_with_salted_digests() -> None:
    record = seal(3, an_entry("aq-1", authority="gr-1 v2", once="acquired aq-1"))
    agent, purpose = record.openings
    assert (agent.name, agent.words) == ("agent", "jane")
    assert (purpose.name, purpose.words) == ("detail.purpose", "looking for aq-1")
    assert agent.salt != purpose.salt
    assert record.leaf == (
        '{"action":"acquired","agent":{"sealed":"' + commitment(agent) + '"},"at":"2026-03-10T22:30:00+00:00",'
        '"authority":"gr-1 v2","detail":{"purpose":{"sealed":"' + commitment(purpose) + '"},"size":"5"},"index":3,'
        '"once":"acquired aq-1","subject":"aq-1","version":2}'
    )
    assert record.digest == hashlib.sha256(b"\0" + record.leaf.encode()).hexdigest()
    assert "jane" not in record.leaf
    assert seal(3, an_entry("aq-1")).digest != seal(3, an_entry("aq-1")).digest, "salts are fresh"
    elsewhere = EVENING.astimezone(tz=datetime.now(UTC).astimezone().tzinfo)
    assert json.loads(seal(3, an_entry("aq-1", at=elsewhere)).leaf)["at"] == "2026-03-10T22:30:00+00:00"


def test_a_stranger_checks_leaf_and_opening_with_sha256sum(tmp_path: Path) -> None:
    record = seal(0, an_entry("aq-1", detail={"purpose": "a burglary in Ünnagasse %s"}))
    (tmp_path / "leaf").write_text(record.leaf, "utf-8")
    shell = "(printf '\\0'; cat leaf) | sha256sum"
    done = subprocess.run(["/bin/sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == record.digest
    for one in record.openings:
        shell = 'printf \'%s:%s\' "$SALT" "$WORDS" | sha256sum'
        around = {"SALT": one.salt, "WORDS": one.words}
        done = subprocess.run(["/bin/sh", "-c", shell], env=around, capture_output=True, text=True, check=True)
        assert done.stdout.split()[0] == sealed_words(json.loads(record.leaf))[one.name]


@pytest.mark.parametrize(
    ("name", "words", "is_kept"),
    [
        ("agent", "pipeline 0.1.0", True),
        ("agent", "doorstep demo", True),
        ("agent", "pipeline", False),
        ("agent", "jane", False),
        ("agent", "pipeline of jane", False),
        ("authority", "gr-0123456789ab v1", True),
        ("authority", "gr-1 v1, gr-2 v13", True),
        ("authority", "CASE-17 of Mrs Jones", False),
        ("detail.purpose", "a burglary", False),
        ("detail.case", "17-2026", False),
        ("detail.earlier_authority", "gr-1 v1", True),
        ("detail.never_heard_of", "x", False),
        ("detail.never_heard_of", "a" * 64, True),
        ("detail.never_heard_of", "", True),
        ("detail.recipe_filters", "scale=640:-2", True),
        ("detail.size", "12", True),
    ],
)
def test_what_a_person_chose_or_nobody_knows_is_sealed(name: str, words: str, is_kept: bool) -> None:
    assert is_open(name, words) is is_kept


@pytest.mark.parametrize("name", ["Front door", "", "a;b", "Ä", "a b"])
def test_the_name_of_a_fact_is_a_word_of_code(name: str) -> None:
    with pytest.raises(ValueError, match="word of code"):
        an_entry("a", detail={name: "x"})


@pytest.mark.parametrize("size", [0, 1, 2, 6])
def test_a_whole_log_is_whole(size: int, key: SigningKey) -> None:
    found = verify_log(a_log(key, size), [key.verifying])
    assert (found.head.size, found.sealed, found.erased, found.chained) == (size, 2 * size, 0, 0)


@pytest.mark.parametrize("index", range(6))
@pytest.mark.parametrize("change", [("aq-", "aq_"), ("22:30", "22:31"), ("acquired", "disposed"), ('"5"', '"6"')])
def test_a_changed_word_is_found_at_its_record(index: int, change: tuple[str, str], log: MemoryLog) -> None:
    keys = [log.key.verifying]
    log.kept[index] = replace(log.kept[index], leaf=log.kept[index].leaf.replace(*change))
    with pytest.raises(CustodyChainError) as caught:
        verify_log(log, keys)
    assert caught.value.index == index
    log.kept[index] = replace(log.kept[index], digest=digest_of(log.kept[index].leaf))
    with pytest.raises(CustodyChainError, match="signed root"):
        verify_log(rewritten(log, log.kept), keys)


def test_a_missing_moved_or_doubled_record_is_found(log: MemoryLog) -> None:
    r = log.kept
    for forged in ([*r[:5]], r[1:], r[:2] + r[3:], [*r[:2], r[3], r[2], *r[4:]], [*r, r[-1]][1:], []):
        for changed in (rewritten(log, forged), replace(log, kept=forged)):
            with pytest.raises(CustodyChainError):
                verify_log(changed, [log.key.verifying])
    again = [replace(seal(i, one.entry), openings=()) for i, one in enumerate((*r[:2], r[3], r[2], *r[4:]))]
    with pytest.raises(CustodyChainError, match="signed root"):
        verify_log(rewritten(log, again), [log.key.verifying])


def test_a_head_of_another_key_is_refused(log: MemoryLog, tmp_path: Path) -> None:
    stranger = SigningKey.at(tmp_path / "stranger.pem")
    forged = a_log(stranger, 6)
    with pytest.raises(CheckpointError, match="no key of ours"):
        verify_log(forged, [log.key.verifying])
    assert verify_log(forged, [log.key.verifying, stranger.verifying]).head.size == 6, "older keys of ours stay good"


@pytest.mark.parametrize("at", range(6))
def test_a_log_that_somebody_with_the_key_wrote_anew_is_found_by_an_older_checkpoint(at: int, log: MemoryLog) -> None:
    """From the changed record on, everything is consistent and signed; only what was kept elsewhere tells."""
    kept = [a_log(log.key, 0).note]
    for size in range(1, 7):
        kept.append(MemoryLog(log.key).append(*log.kept[:size]).note)
    assert verify_log(log, [log.key.verifying], kept).checkpoints == 7
    forged = MemoryLog(log.key).append(*log.kept[:at], seal(at, an_entry("forged")), *log.kept[at + 1 :])
    forged.append(seal(6, an_entry("more")))
    assert verify_log(forged, [log.key.verifying]).head.size == 7
    assert verify_log(forged, [log.key.verifying], kept[: at + 1]).checkpoints == at + 1
    for note in kept[at + 1 :]:
        with pytest.raises(CustodyChainError):
            verify_log(forged, [log.key.verifying], [note])


@pytest.mark.parametrize("at", range(6))
def test_proofs_alone_tell_whether_a_log_went_on(at: int, log: MemoryLog) -> None:
    kept = [MemoryLog(log.key).append(*log.kept[:size]).note for size in range(7)]
    assert require_going_on(log, [log.key.verifying], kept).size == 6
    forged = MemoryLog(log.key).append(*log.kept[:at], seal(at, an_entry("forged")), *log.kept[at + 1 :])
    assert require_going_on(forged, [log.key.verifying], kept[: at + 1]).size == 6
    for note in kept[at + 1 :]:
        with pytest.raises(CustodyChainError):
            require_going_on(forged, [log.key.verifying], [note])
    with pytest.raises(CustodyChainError, match="by a checkpoint"):
        require_going_on(MemoryLog(log.key).append(*log.kept[:at]), [log.key.verifying], kept)


def test_a_log_that_is_shorter_than_a_checkpoint_is_found(log: MemoryLog) -> None:
    cut = MemoryLog(log.key).append(*log.kept[:4])
    with pytest.raises(CustodyChainError, match="6 records by a checkpoint"):
        verify_log(cut, [log.key.verifying], [log.note])


def test_two_heads_of_one_size_are_a_fork(log: MemoryLog) -> None:
    fork = MemoryLog(log.key).append(*log.kept[:5], seal(5, an_entry("fork")))
    with pytest.raises(CustodyChainError, match="root"):
        verify_log(log, [log.key.verifying], [fork.note])


def test_a_checkpoint_of_another_log_is_refused(log: MemoryLog) -> None:
    other = sign_checkpoint(Checkpoint("doorstep/custody/other", 0, GrowingTree().root()), log.key)
    with pytest.raises(CheckpointError, match="another log"):
        verify_log(log, [log.key.verifying], [other])


@pytest.mark.parametrize("place", [(1, 0), (1, 2), (2, 0)])
def test_a_damaged_tree_is_found_though_the_leaves_are_whole(place: tuple[int, int], log: MemoryLog) -> None:
    right = log.subtrees[place]
    for wrong in (bytes(32), None):
        log.subtrees[place] = wrong or b""
        if wrong is None:
            del log.subtrees[place]
        with pytest.raises(CustodyChainError, match="subtree of level"):
            verify_log(log, [log.key.verifying])
    log.subtrees[place] = right
    assert verify_log(log, [log.key.verifying]).head.size == 6


def test_words_that_were_exchanged_are_found(log: MemoryLog) -> None:
    agent, purpose = log.kept[2].openings
    for forged in (replace(agent, words="bob"), replace(agent, salt="0" * 32), replace(agent, name="authority")):
        log.kept[2] = replace(log.kept[2], openings=(forged, purpose))
        with pytest.raises(CustodyChainError, match="other words"):
            verify_log(log, [log.key.verifying])


def test_words_may_go_but_not_without_a_record(log: MemoryLog) -> None:
    tree = log.note
    log.kept[2] = replace(log.kept[2], openings=log.kept[2].openings[1:])
    log.kept[3] = replace(log.kept[3], openings=log.kept[3].openings[1:])
    with pytest.raises(CustodyChainError, match="record of their erasure") as caught:
        verify_log(log, [log.key.verifying])
    assert caught.value.index == 2
    assert log.note == tree, "the signed head holds as before"
    facts = {"openings": "1", "erased": "agent 2"}
    log.append(seal(6, an_entry("gr-1", action=CustodyAction.OPENINGS_ERASED, agent="pipeline 1", detail=facts)))
    with pytest.raises(CustodyChainError, match="record of their erasure") as caught:
        verify_log(log, [log.key.verifying])
    assert caught.value.index == 3
    facts = {**facts, "erased": "agent 3-40"}
    log.append(seal(7, an_entry("gr-1", action=CustodyAction.OPENINGS_ERASED, agent="pipeline 1", detail=facts)))
    found = verify_log(log, [log.key.verifying])
    assert (found.sealed, found.erased) == (12, 2)
    late = seal(8, an_entry("late"))
    log.append(replace(late, openings=()))
    with pytest.raises(CustodyChainError, match="record of their erasure"):
        verify_log(log, [log.key.verifying])  # a record of erasure says nothing of records after it


@given(
    st.dictionaries(st.sampled_from(["agent", "authority", "detail.x"]), st.sets(st.integers(0, 2000), max_size=900))
)
def test_what_was_erased_is_written_and_read(erased: dict[str, set[int]]) -> None:
    texts = erased_in_words(erased)
    found: dict[str, set[int]] = {}
    for text in texts:
        assert len(text) < 8000
        for name, span in read_erased(text):
            found.setdefault(name, set()).update(span)
    assert found == {name: indices for name, indices in erased.items() if indices}


def test_a_chain_that_became_leaves_is_still_a_chain(key: SigningKey, tmp_path: Path) -> None:
    old = chain([an_entry(f"aq-{index}") for index in range(5)])
    log = MemoryLog(key, chained=chain_head(old, key)).append(*old, seal(5, an_entry("new")))
    heads = [chain_head(old[:3], key), chain_head(old, key)]
    found = verify_log(log, [key.verifying], [], heads)
    assert (found.head.size, found.chained, found.checkpoints, found.sealed) == (6, 5, 2, 2)

    stranger = SigningKey.at(tmp_path / "stranger.pem")
    forged = chain([an_entry("forged"), *(an_entry(f"aq-{index}") for index in range(1, 5))])
    cases = {
        "wrong signature": (log, [chain_head(old, stranger)]),
        "index": (MemoryLog(key, chained=log.chained).append(*old[1:2], *old[1:]), heads),
        "form of its time": (MemoryLog(key).append(*old), []),
        "expected": (MemoryLog(key, chained=log.chained).append(*forged, seal(5, an_entry("new"))), []),
        "previous": (MemoryLog(key, chained=log.chained).append(*forged[:1], *old[1:], seal(5, an_entry("n"))), []),
    }
    for words, (changed, others) in cases.items():
        with pytest.raises(CustodyChainError, match=words):
            verify_log(changed, [key.verifying], [], others)
    again = MemoryLog(key, chained=chain_head(forged, key)).append(*forged)
    assert verify_log(again, [key.verifying]).chained == 5
    with pytest.raises(CustodyChainError):
        verify_log(again, [key.verifying], [], heads[:1])


def test_nothing_is_signed_over_another_state(key: SigningKey, tmp_path: Path, log: MemoryLog) -> None:
    chain_of_custody = CustodyChain(key)
    tree = GrowingTree()
    for record in log.kept:
        tree.append(bytes.fromhex(record.digest))
    assert chain_of_custody.resume(log.note, 6, tree.peaks).root() == tree.root()
    for size, peaks in ((5, tree.peaks), (6, tree.peaks[::-1]), (6, tree.peaks[:1]), (7, (*tree.peaks, bytes(32)))):
        with pytest.raises(CustodyChainError):
            chain_of_custody.resume(log.note, size, peaks)
    stranger = SigningKey.at(tmp_path / "stranger.pem")
    with pytest.raises(CheckpointError):
        CustodyChain(stranger).resume(log.note, 6, tree.peaks)
    assert CustodyChain(stranger, [key.verifying]).resume(log.note, 6, tree.peaks).size == 6


def test_a_checkpoint_is_written_once_and_read_only(log: MemoryLog, tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, log.note)
    assert write_checkpoint(tmp_path, log.note) == path
    assert path.stat().st_mode & 0o222 == 0
    assert path.read_text("utf-8").startswith(f"{ORIGIN}\n6\n")
    assert read_checkpoints(tmp_path) == (log.note,)
    (tmp_path / "broken.checkpoint").write_text("{}")
    with pytest.raises(CheckpointError, match=r"broken\.checkpoint"):
        read_checkpoints(tmp_path)
    (tmp_path / "broken.checkpoint").write_bytes(b"\xff")
    with pytest.raises(EvidenceError, match="no text"):
        read_checkpoints(tmp_path)
    assert read_checkpoints(tmp_path / "nowhere") == ()


def test_heads_of_the_chain_are_still_read(key: SigningKey, tmp_path: Path) -> None:
    head = ChainHead(3, "ab" * 32, key.sign(b"x"), key.key_id)
    make_once(tmp_path / "000000000003-abababababab.json", json.dumps(to_plain(head)).encode())
    assert read_chain_heads(tmp_path) == (head,)
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(EvidenceError, match=r"broken\.json"):
        read_chain_heads(tmp_path)


@given(
    st.builds(
        CustodyEntry,
        at=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        agent=st.text(),
        action=st.sampled_from(CustodyAction),
        subject=st.text(),
        authority=st.text(),
        detail=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), st.text()),
        once=st.text(),
    )
)
def test_whatever_is_written_can_be_hashed_opened_and_found(entry: CustodyEntry) -> None:
    record = seal(7, entry)
    assert digest_of(record.leaf) == record.digest
    sealed = sealed_words(json.loads(record.leaf))
    assert sealed == {one.name: commitment(one) for one in record.openings}
    assert all("\0" not in one.words for one in record.openings)


def test_a_salt_is_never_used_twice() -> None:
    salts = [one.salt for number in range(200) for one in seal(number, an_entry("a")).openings]
    assert len(set(salts)) == 400
    assert commitment(Opening("agent", "0" * 32, "jane")) == hashlib.sha256(b"0" * 32 + b":jane").hexdigest()


def test_time_does_not_stand_still(key: SigningKey) -> None:
    later = an_entry("a", at=EVENING + timedelta(microseconds=1))
    assert json.loads(seal(0, later).leaf)["at"] == "2026-03-10T22:30:00.000001+00:00"
    assert verify_log(MemoryLog(key).append(seal(0, later)), [key.verifying]).head.size == 1
