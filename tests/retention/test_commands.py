"""The commands as people run them: revoke and receipt, holds, the sweep, backup and restore, by exit code and JSON."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785

from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import DisposalLeftError, EvidenceDisposedError, RecordNotFoundError, StorageError
from pipeline.evidence.custody_check import verify_log
from pipeline.reports.receipt import SEALED
from tests.builders import EVENING
from tests.catalogue.stories import an_entry
from tests.cli.runner import run
from tests.retention.story import Kept, Town


@pytest.fixture
def home(village: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The village, which this process's settings name."""
    store = village.settings.store
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(store.directory))
    monkeypatch.setenv("DOORSTEP_STORE__CHECKPOINT_DIRECTORY", str(store.checkpoint_directory))
    return village


def test_revoke_and_receipt(home: Town, tmp_path: Path) -> None:
    home.grant()
    kept, held = home.keep(), home.keep("held", minutes=5)
    order = ("--instrument", "court order", "--id", "26-CV-1")
    run("hold", "place", *order, "--original", held.clip.item.digest, "--json")

    revoked = json.loads(run("grant", "revoke", "gr-1", "--json").output)
    plain = json.loads(run("grant", "receipt", "gr-1", "--json").output)
    written = run("grant", "receipt", "gr-1", "--out", str(tmp_path / "receipt")).output
    words = run("grant", "receipt", "gr-1").output

    assert revoked["left_to_do"] == []
    assert [line["digest"] for line in plain["receipt"]["deleted"]] == [kept.clip.item.digest]
    assert "court order 26-CV-1" in plain["receipt"]["kept"][0]["why"]
    assert "1 recording and all that was made of it was deleted" in words
    assert SEALED in words
    assert [line.rpartition(".")[2] for line in written.split()] == ["json", "txt", "pdf"]
    assert (tmp_path / "receipt" / "receipt-gr-1.pdf").read_bytes().startswith(b"%PDF")
    (tombstone,) = revoked["tombstones"]
    shown = json.loads(run("retention", "tombstone", tombstone, "--json").output)
    assert shown["tombstone"]["digest"] == kept.clip.item.digest
    assert f"original {kept.clip.item.digest}" in run("retention", "tombstone", tombstone).output


def test_a_receipt_is_signed_and_says_what_cannot_be_recalled(home: Town) -> None:
    home.grant()
    kept = home.keep()
    assert kept.highlight is not None
    entry = _disseminated(kept)
    home.services.catalogue.custody.append((entry,))
    run("grant", "revoke", "gr-1")
    plain = json.loads(run("grant", "receipt", "gr-1", "--json").output)
    (line,) = plain["receipt"]["disclosed"]
    assert "incident report" in line
    assert kept.highlight.highlight_id in line
    form, signature = rfc8785.dumps(plain["receipt"]), bytes.fromhex(plain["signature"])
    assert home.services.keys.is_signed(form, signature, plain["key_id"])
    assert not home.services.keys.is_signed(
        form.replace(b"incident report", b"nothing at all"), signature, plain["key_id"]
    )


def _disseminated(kept: Kept) -> CustodyEntry:
    assert kept.highlight is not None
    return an_entry(kept.highlight.highlight_id, CustodyAction.DISSEMINATED, detail={"as": "incident report"})


def test_what_cannot_be_deleted_ends_with_exit_code_1_and_the_sweep_finishes_it(
    home: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.grant()
    home.keep()

    def refuse(*_: object) -> bool:
        raise StorageError("delete an object", "it is locked")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.evidence.local.LocalObjectStore.delete", refuse)
        with pytest.raises(DisposalLeftError, match="it is locked"):
            run("grant", "revoke", "gr-1")
        words = run("grant", "receipt", "gr-1").output
    assert "1 can no longer be read" in words
    assert "1 gone" in run("retention", "sweep").output
    assert home.objects() == (set(), set())


def test_holds_are_listed_and_sealed_ones_are_kept_from_residents(home: Town) -> None:
    home.grant()
    kept = home.keep()
    order = ("--instrument", "court order", "--id")
    placed = json.loads(
        run("hold", "place", *order, "CV-alpha", "--original", kept.clip.item.digest, "--sealed", "--json").output
    )
    span = ("--since", "2026-03-10T18:00Z", "--until", "2026-03-11T06:00Z")
    run("hold", "place", *order, "26-2", "--camera", "ring:1001", *span)
    assert {one["instrument_id"] for one in json.loads(run("hold", "list", "--json").output)} == {"CV-alpha", "26-2"}
    assert [one["instrument_id"] for one in json.loads(run("hold", "list", "--for-resident", "--json").output)] == [
        "26-2"
    ]
    assert "lifted" in run("hold", "lift", placed["hold_id"], "--id", "26-3").output
    assert "CV-alpha" not in run("hold", "list").output
    assert "lifted" in run("hold", "list", "--all").output
    assert run("hold", "place", *order, "26-4").exit_code == 2
    assert run("hold", "place", *order, "26-4", "--camera", "ring:1001").exit_code == 2


def test_a_backup_and_a_restore_by_command(home: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.grant()
    kept = home.keep()
    result = run("backup", str(tmp_path / "backup"), "--with-keys", "--json")
    assert json.loads(result.stdout)["originals"] == 1
    assert "private keys" in result.stderr
    run("grant", "revoke", "gr-1")
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path / "new"))

    said = run("restore", str(tmp_path / "backup")).output

    assert "done again: revocation of gr-1" in said
    with pytest.raises(EvidenceDisposedError):
        run("hold", "place", "--instrument", "court order", "--id", "1", "--original", kept.clip.item.digest)
    assert run("custody", "verify").exit_code == 0
    with pytest.raises(RecordNotFoundError):
        run("retention", "tombstone", "ts-none")


def test_notes_about_what_footage_shows_go_with_it_and_who_looked_stays(home: Town) -> None:
    home.grant(expires_at=EVENING + timedelta(days=4000))
    kept = home.keep()
    home.attach(home.open_incident(), kept)
    assert kept.highlight is not None
    run("incident", "judge", "in-1", kept.highlight.highlight_id, "--confirm", "--note", "a man with a red cap")

    run("grant", "revoke", "gr-1")

    found = [one.entry for one in home.services.catalogue.custody.records(subject=kept.highlight.highlight_id)]
    (judged,) = [entry for entry in found if entry.action is CustodyAction.JUDGED]
    assert "red cap" not in str(judged)
    assert judged.agent
    check = verify_log(home.services.catalogue.custody, home.services.keys)
    assert check.erased == 1


def test_the_number_of_an_instrument_may_hold_brackets(home: Town) -> None:
    home.grant()
    kept = home.keep()
    order = ("--instrument", "court order", "--id", "26-[/x]-[b]1")
    said = run("hold", "place", *order, "--original", kept.clip.item.digest).output
    assert "court order 26-[/x]-[b]1" in said
    assert "court order 26-[/x]-[b]1" in run("hold", "list").output


@pytest.mark.parametrize("words", [("hold", "lift", "ho-1", "--id", "7"), ("retention", "tombstone", "ts-1")])
def test_what_is_not_there_says_where_to_look(home: Town, words: tuple[str, ...]) -> None:
    with pytest.raises(RecordNotFoundError) as refused:
        run(*words)
    assert "doorstep" in refused.value.remedy


def test_a_record_that_is_not_there_is_no_forgery(home: Town) -> None:
    home.grant()
    with pytest.raises(RecordNotFoundError, match="no custody record 999 among the"):
        run("custody", "proof", "999")


def test_a_checkpoint_that_is_not_there_is_a_slip_of_the_command_line(home: Town, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.checkpoint")
    for words in (
        ("consistency", missing),
        ("proof", "0", "--checkpoint", missing),
        ("verify", "--checkpoint", missing),
    ):
        assert run("custody", *words).exit_code == 2
