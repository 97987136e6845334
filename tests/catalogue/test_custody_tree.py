"""The tree over the custody log in the database: proofs, erased words, and what appending costs."""

from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.catalogue import Catalogue
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import ProofError, RecordNotFoundError
from pipeline.evidence.checkpoint import verify_checkpoint
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.merkle import verify_consistency, verify_inclusion
from pipeline.evidence.signing import SigningKey
from pipeline.settings import StoreSettings
from tests.catalogue.stories import an_entry


def test_proofs_hold_for_every_record_and_every_state(catalogue: Catalogue, key: SigningKey) -> None:
    notes = [catalogue.custody.checkpoint()]
    for number in range(13):
        catalogue.custody.append([an_entry(str(number))])
        notes.append(catalogue.custody.checkpoint())
    states = [verify_checkpoint(note, [key.verifying]) for note in notes]
    records = tuple(catalogue.custody.records())
    for state in states[1:]:
        proofs = catalogue.custody.inclusions(range(state.size), state.size)
        for index, proof in proofs.items():
            assert proof == catalogue.custody.inclusion(index, state.size)
            verify_inclusion(bytes.fromhex(records[index].digest), index, state.size, proof, state.root)
        for old in states[: state.size + 1]:
            proof = catalogue.custody.consistency(old.size, state.size)
            verify_consistency(old.size, old.root, state.size, state.root, proof)
    with pytest.raises(ProofError):
        catalogue.custody.inclusion(13, 13)
    assert catalogue.custody.record(12) == records[12]
    with pytest.raises(RecordNotFoundError):
        catalogue.custody.record(13)
    assert verify_log(catalogue.custody, [key.verifying], notes).checkpoints == 14


def test_words_are_erased_and_the_tree_stays(catalogue: Catalogue, key: SigningKey, settings: StoreSettings) -> None:
    log = catalogue.custody
    by = an_entry("gr-1", agent="officer", authority="gr-1 v2")
    log.append([an_entry("a", agent="jane", detail={"purpose": "a burglary", "size": "5"}), an_entry("b", agent="bob")])
    log.append([an_entry("c", agent="ann"), an_entry("a", agent="jane", detail={"purpose": "theft of a parcel"})])
    before, root = tuple(log.records()), log.head()
    assert log.erase_openings(by, words=["nobody"], subjects=["nothing"]) == 0
    assert log.head() == root, "nothing was erased, so nothing is written"
    assert log.erase_openings(by, words=["jane", "ann"]) == 3
    assert log.erase_openings(by, subjects=["a"]) == 2
    after = tuple(log.records())
    assert [one.leaf for one in after[:4]] == [one.leaf for one in before]
    assert [one.entry.agent[:7] for one in after] == ["sealed ", "bob", "sealed ", "sealed ", "officer", "officer"]
    assert after[0].entry.detail["purpose"].startswith("sealed ")
    assert after[0].entry.detail["size"] == "5"
    assert [one.entry.detail["erased"] for one in after[4:]] == ["agent 0 2-3", "detail.purpose 0 3"]
    assert {one.entry.action for one in after[4:]} == {CustodyAction.OPENINGS_ERASED}
    found = verify_log(log, [key.verifying])
    assert (found.head.size, found.erased) == (6, 5)
    with Catalogue.open(settings, CustodyChain(key)) as again:
        assert again.custody.erase_openings(by, words=["jane"], subjects=["a"]) == 0


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_erased_words_are_no_longer_in_the_file(
    catalogue: Catalogue, settings: StoreSettings, intruder: sa.Engine
) -> None:
    catalogue.custody.append([an_entry("a", detail={"purpose": "the burglary at Mrs Jones's"})])
    catalogue.custody.erase_openings(an_entry("gr-1"), subjects=["a"])
    catalogue.close()
    with intruder.connect() as connection:
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    for file in settings.directory.glob("catalogue.sqlite*"):
        assert b"Mrs Jones" not in file.read_bytes()


def test_appending_reads_no_more_of_a_long_log_than_of_a_short_one(catalogue: Catalogue) -> None:
    """Rows that are read and written, and not seconds: of the log, the head alone."""
    statements: list[str] = []
    engine = catalogue._database._engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement.split("WHERE")[0])

    catalogue.custody.append([an_entry(str(number)) for number in range(8)])
    sa.event.listen(engine, "before_cursor_execute", note)
    catalogue.custody.append([an_entry("a")])
    short = list(statements)
    sa.event.remove(engine, "before_cursor_execute", note)
    catalogue.custody.append([an_entry(str(number)) for number in range(700)])
    if catalogue.custody.count() % 2:
        catalogue.custody.append([an_entry("even")])
    statements.clear()
    sa.event.listen(engine, "before_cursor_execute", note)
    catalogue.custody.append([an_entry("a")])
    sa.event.remove(engine, "before_cursor_execute", note)
    assert statements == short
    assert sum("SELECT" in statement and "FROM custody" in statement for statement in short) == 1
