"""The custody chain: whole, or the first record that does not fit is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.plain import from_plain, to_plain
from pipeline.errors import CustodyChainError, EvidenceError
from pipeline.evidence.custody import (
    NO_RECORD,
    CustodyChain,
    canonical_form,
    link,
    read_checkpoints,
    sign_head,
    verify_chain,
    write_checkpoint,
)
from pipeline.evidence.signing import SigningKey
from tests.builders import EVENING


def an_entry(subject: str, **changes: object) -> CustodyEntry:
    entry = CustodyEntry(EVENING, "pipeline 0.1.0", CustodyAction.ACQUIRED, subject, detail={"size": "5"})
    return replace(entry, **changes)  # type: ignore[arg-type]


def a_log(size: int) -> tuple[CustodyRecord, ...]:
    records: list[CustodyRecord] = []
    for index in range(size):
        previous = records[-1].digest if records else NO_RECORD
        records.append(link(index, previous, an_entry(f"aq-{index}")))
    return tuple(records)


LOG = a_log(6)


def test_a_record_covers_its_place_and_its_words() -> None:
    assert canonical_form(0, NO_RECORD, an_entry("aq-0")) == (
        b'{"entry":{"action":"acquired","agent":"pipeline 0.1.0","at":"2026-03-10T22:30:00+00:00","authority":"",'
        b'"detail":{"size":"5"},"once":"","subject":"aq-0"},"index":0,"previous":"' + b"0" * 64 + b'"}'
    )
    elsewhere = EVENING.astimezone(tz=datetime.now(UTC).astimezone().tzinfo)
    assert link(0, NO_RECORD, an_entry("aq-0", at=elsewhere)).digest == LOG[0].digest


@pytest.mark.parametrize("size", [0, 1, 6])
def test_a_whole_log_is_whole(size: int, key: SigningKey) -> None:
    records = a_log(size)
    head = CustodyChain(key).sign_head(size, records[-1].digest if records else NO_RECORD)
    assert verify_chain(records, head, key.verifying) == size


@pytest.mark.parametrize("index", range(6))
@pytest.mark.parametrize(
    "change",
    [{"at": EVENING + timedelta(microseconds=1)}, {"agent": "x"}, {"subject": "x"}, {"detail": {}}, {"once": "x"}],
)
def test_a_changed_word_is_found_at_its_record(index: int, change: dict[str, object], key: SigningKey) -> None:
    head = sign_head(6, LOG[-1].digest, key)
    forged = list(LOG)
    forged[index] = replace(LOG[index], entry=replace(LOG[index].entry, **change))  # type: ignore[arg-type]
    with pytest.raises(CustodyChainError) as caught:
        verify_chain(forged, head, key.verifying)
    assert caught.value.index == index


def test_a_forger_who_counts_on_from_the_change_is_found_by_the_head(key: SigningKey) -> None:
    head = sign_head(6, LOG[-1].digest, key)
    forged = list(LOG[:3])
    for index in range(3, 6):
        entry = an_entry("forged") if index == 3 else LOG[index].entry
        forged.append(link(index, forged[-1].digest, entry))
    with pytest.raises(CustodyChainError) as caught:
        verify_chain(forged, head, key.verifying)
    assert caught.value.index == 5


@pytest.mark.parametrize(
    "forged",
    [LOG[:5], LOG[1:], LOG[:2] + LOG[3:], (*LOG[:2], LOG[3], LOG[2], *LOG[4:]), (*LOG, LOG[-1]), ()],
    ids=["cut", "beheaded", "one taken out", "two exchanged", "one twice", "all gone"],
)
def test_a_missing_moved_or_doubled_record_is_found(forged: tuple[CustodyRecord, ...], key: SigningKey) -> None:
    head = sign_head(6, LOG[-1].digest, key)
    with pytest.raises(CustodyChainError):
        verify_chain(forged, head, key.verifying)


def test_a_head_of_another_key_is_refused(key: SigningKey, tmp_path: Path) -> None:
    stranger = SigningKey.at(tmp_path / "stranger.pem")
    for head in (
        sign_head(6, LOG[-1].digest, stranger),
        replace(sign_head(6, LOG[-1].digest, stranger), key_id=key.key_id),
        replace(sign_head(6, LOG[-1].digest, key), size=5),
    ):
        with pytest.raises(CustodyChainError, match="wrong signature"):
            verify_chain(LOG[: head.size], head, key.verifying)


def test_a_log_that_was_exchanged_as_a_whole_is_found_by_a_checkpoint(key: SigningKey, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    write_checkpoint(place, sign_head(3, LOG[2].digest, key))
    write_checkpoint(place, sign_head(6, LOG[5].digest, key))
    checkpoints = read_checkpoints(place)
    assert verify_chain(LOG, sign_head(6, LOG[5].digest, key), key.verifying, checkpoints) == 6

    rewritten = [link(0, NO_RECORD, an_entry("forged"))]
    for index in range(1, 6):
        rewritten.append(link(index, rewritten[-1].digest, LOG[index].entry))
    with pytest.raises(CustodyChainError) as caught:
        verify_chain(rewritten, sign_head(6, rewritten[-1].digest, key), key.verifying, checkpoints[:1])
    assert caught.value.index == 2

    with pytest.raises(CustodyChainError, match="by a checkpoint"):
        verify_chain(LOG[:4], sign_head(4, LOG[3].digest, key), key.verifying, checkpoints)


def test_a_checkpoint_is_written_once_and_read_only(key: SigningKey, tmp_path: Path) -> None:
    head = sign_head(3, LOG[2].digest, key)
    path = write_checkpoint(tmp_path, head)
    assert write_checkpoint(tmp_path, head) == path
    assert path.stat().st_mode & 0o222 == 0
    assert read_checkpoints(tmp_path) == (head,)
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(EvidenceError, match=r"broken\.json"):
        read_checkpoints(tmp_path)
    assert read_checkpoints(tmp_path / "nowhere") == ()


@given(
    st.builds(
        CustodyEntry,
        at=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
        agent=st.text(st.characters(exclude_categories=["Cs"])),
        action=st.sampled_from(CustodyAction),
        subject=st.text(st.characters(exclude_categories=["Cs"])),
        detail=st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]))
        ),
    )
)
def test_a_record_that_was_stored_and_read_has_the_same_digest(entry: CustodyEntry) -> None:
    record = link(7, NO_RECORD, entry)
    back = from_plain(CustodyRecord, to_plain(record))
    assert link(back.index, back.previous, back.entry).digest == record.digest
