"""``doorstep custody``: what it prints, what it finds, and with which exit code."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.catalogue import Catalogue
from pipeline.cli.custody import app
from pipeline.cli.doctor import Health
from pipeline.cli.doctor import _second_place as second_place
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import EvidenceItem
from pipeline.errors import CheckpointError, CustodyChainError, ProofError, RecordNotFoundError, SettingsError
from pipeline.evidence.checkpoint import (
    read_checkpoint,
    read_proof,
    read_verifier_key,
    sign_checkpoint,
    verify_checkpoint,
)
from pipeline.evidence.custody import CustodyChain, write_checkpoint
from pipeline.evidence.keys import signing_key
from pipeline.evidence.merkle import GrowingTree, leaf_hash, verify_consistency, verify_inclusion
from pipeline.evidence.store import Namespace, open_store
from pipeline.settings import Settings, StoreSettings
from tests.catalogue.stories import NIGHT, a_clip, a_highlight, an_entry, inferred, with_events


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    return StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "elsewhere")


@pytest.fixture
def item(settings: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> EvidenceItem:
    """One original with a highlight, all of it stored and recorded."""
    monkeypatch.setenv("DOORSTEP_STORE__CHECKPOINT_DIRECTORY", str(settings.checkpoint_directory))
    for name in ("mp4", "poster", "sheet", "tags"):
        open_store(settings, Namespace.DERIVATIVES).put(name.encode())
    item = open_store(settings, Namespace.ORIGINALS).put(b"clip")
    with Catalogue.open(settings, CustodyChain(signing_key(settings))) as catalogue:
        clip = a_clip("clip")
        clip = type(clip)(item, clip.acquisition, clip.trigger, clip.clock)
        events = with_events(catalogue, clip, inferred(EventKind.PERSON_VISIT))
        catalogue.highlights.save(clip.acquisition.acquisition_id, NIGHT, a_highlight(clip, *events), [an_entry("hl")])
    return item


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.usefixtures("item")
def test_a_whole_store_is_said_to_be_whole_and_the_check_is_recorded() -> None:
    code, said = run("verify", "--json")
    report = json.loads(said)
    assert (code, report["whole"], report["log"]["records"]) == (0, True, 2)
    assert {name: found["looked_at"] for name, found in report["objects"].items()} == {
        "originals": 1,
        "derivatives": 4,
    }
    code, said = run("log", "--json", "--subject", "originals")
    (record,) = (json.loads(line) for line in said.splitlines())
    assert record["entry"]["action"] == "fixity_checked"
    assert record["entry"]["detail"] == {"level": "digest", "looked_at": "1", "wrong": "0"}
    code, said = run("verify")
    assert code == 0
    assert "4 records, whole" in said


@pytest.mark.usefixtures("item")
def test_a_stranger_hashes_what_the_log_prints() -> None:
    run("verify")
    _, said = run("log", "--json")
    records = [json.loads(line) for line in said.splitlines()]
    tree = GrowingTree()
    for record in records:
        assert hashlib.sha256(b"\0" + record["leaf"].encode()).hexdigest() == record["digest"]
        tree.append(bytes.fromhex(record["digest"]))
    _, note = run("checkpoint", "--print")
    assert read_checkpoint(note).root == tree.root()
    assert read_checkpoint(note).size == len(records) == 4


@pytest.mark.usefixtures("item")
def test_a_record_is_proved_with_what_the_commands_print(settings: StoreSettings, tmp_path: Path) -> None:
    """The leaf from the log, the proof in C2SP's form, the key from the command: nothing else is needed."""
    run("verify")
    kept = tmp_path / "kept"
    kept.write_text(run("checkpoint", "--print")[1], "utf-8")
    run("verify")
    name, key = read_verifier_key(run("key")[1])
    assert run("key", "--pem")[1].encode() == (settings.directory / "keys" / "signing.pub").read_bytes()
    leaves = [json.loads(line)["leaf"] for line in run("log", "--json")[1].splitlines()]
    for index, arguments in ((0, []), (5, []), (3, ["--checkpoint", str(kept)])):
        code, said = run("proof", str(index), *arguments)
        found, path, note = read_proof(said)
        head = verify_checkpoint(note, [key])
        assert (code, found, head.origin, head.size) == (0, index, name, 4 if arguments else 6)
        verify_inclusion(leaf_hash(leaves[index].encode()), index, head.size, path, head.root)
        facts = json.loads(run("proof", str(index), "--json", *arguments)[1])
        assert facts["leaf"] == leaves[index]
        assert facts["proof"] == [one.hex() for one in path]
        assert facts["checkpoint"] == note
    with pytest.raises(RecordNotFoundError, match="5 among the 4"):
        run("proof", "5", "--checkpoint", str(kept))
    code, said = run("consistency", str(kept))
    assert code == 0
    assert said.startswith("the log of 4 records is the beginning of the log of 6 records")
    facts = json.loads(run("consistency", str(kept), "--json")[1])
    old, new = facts["old"], facts["new"]
    hashes = [bytes.fromhex(one) for one in facts["proof"]]
    verify_consistency(old["size"], bytes.fromhex(old["root"]), new["size"], bytes.fromhex(new["root"]), hashes)


@pytest.mark.usefixtures("item")
def test_a_checkpoint_from_anywhere_is_compared(settings: StoreSettings, tmp_path: Path) -> None:
    good, forged = tmp_path / "good", tmp_path / "forged"
    note = run("checkpoint", "--print")[1]
    good.write_text(note, "utf-8")
    assert "1 checkpoints agree" in run("verify", "--checkpoint", str(good))[1]
    head = read_checkpoint(note)
    other = replace(head, root=bytes(32))
    forged.write_text(sign_checkpoint(other, signing_key(settings)), "utf-8")
    with pytest.raises(CustodyChainError, match="signed root"):
        run("verify", "--checkpoint", str(forged))
    with pytest.raises(ProofError):
        run("consistency", str(forged))
    forged.write_text(note.replace("\n2\n", "\n1\n"), "utf-8")
    with pytest.raises(CheckpointError):
        run("verify", "--checkpoint", str(forged))
    assert run("verify", "--checkpoint", str(tmp_path / "nowhere"))[0] == 2


def test_a_damaged_original_is_named_and_recorded(settings: StoreSettings, item: EvidenceItem) -> None:
    with open_store(settings, Namespace.ORIGINALS).path_of(item.digest) as path:
        path.chmod(0o600)
        path.write_bytes(b"clop")
    assert run("verify", "--level", "size")[0] == 0
    code, said = run("verify")
    assert code == 1
    assert item.digest in said
    assert "restore" in said
    _, said = run("log", "--subject", item.digest)
    assert "result=failed" in said
    assert f"{item.digest} by pipeline " in said, "a reader sees who did it"


def test_a_missing_derivative_and_an_unnamed_object_are_told_apart(settings: StoreSettings, item: EvidenceItem) -> None:
    store = open_store(settings, Namespace.DERIVATIVES)
    gone, extra = next(iter(store.digests())), store.put(b"left by a killed night")
    store.delete(gone)
    code, said = run("verify", "--json")
    found = json.loads(said)["objects"]
    assert code == 1
    assert list(found["derivatives"]["wrong"]) == [gone]
    assert found["derivatives"]["unnamed"] == [extra.digest]
    assert found["originals"]["wrong"] == {}
    assert item.size == 4


@pytest.mark.usefixtures("item")
def test_a_log_that_was_begun_anew_is_found_by_its_checkpoint(settings: StoreSettings) -> None:
    code, said = run("checkpoint")
    assert code == 0
    assert said.startswith("2 records")
    assert run("verify")[0] == 0
    (settings.directory / "catalogue.sqlite").unlink()
    for left in settings.directory.glob("catalogue.sqlite-*"):
        left.unlink()
    with pytest.raises(CheckpointError, match="another log"):
        run("verify")


@pytest.mark.usefixtures("item")
def test_the_doctor_sees_that_the_log_was_exchanged(settings: StoreSettings) -> None:
    whole = Settings(store=settings)
    run("checkpoint")
    (finding,) = second_place(whole)
    assert (finding.health, finding.found) == (Health.GOOD, f"{settings.checkpoint_directory}, 1 kept heads agree")
    head = read_checkpoint(run("checkpoint", "--print")[1])
    write_checkpoint(
        settings.directory.parent / "elsewhere", sign_checkpoint(replace(head, size=1), signing_key(settings))
    )
    (finding,) = second_place(whole)
    assert finding.health is Health.BAD
    assert "custody record 1" in finding.found
    assert finding.mend


def test_a_checkpoint_needs_a_second_place() -> None:
    with pytest.raises(SettingsError, match="CHECKPOINT_DIRECTORY"):
        run("checkpoint")


@pytest.mark.usefixtures("item")
def test_the_log_reads_like_a_list() -> None:
    code, said = run("log")
    assert code == 0
    assert said.splitlines()[0].split()[:2] == ["0", "2026-03-10"]
    assert len(said.splitlines()) == 2
