"""A backup and the way back: consistent while the town is at work, checked, and reviving nothing."""

import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from pydantic import SecretStr

from pipeline.casework.agents.accounts import add_agent
from pipeline.casework.agents.sessions import find_session, open_session
from pipeline.casework.agents.tokens import find_token, make_token
from pipeline.casework.proofs.visitors import Visitor
from pipeline.catalogue.upkeep import FixityRun
from pipeline.domain.agents import Role
from pipeline.domain.evidence import Checkpoint, CustodyAction
from pipeline.domain.retention import HoldScope, Instrument
from pipeline.errors import (
    BackupError,
    CustodyChainError,
    EvidenceDisposedError,
    RestoreRunningError,
    RestoreUnfinishedError,
)
from pipeline.evidence.checkpoint import sign_checkpoint
from pipeline.evidence.custody import write_checkpoint
from pipeline.night.services import Services, open_services
from pipeline.retention import restore as restoring
from pipeline.retention.backup import make_backup
from pipeline.retention.fixity import check_store
from pipeline.retention.holding import place_hold
from pipeline.retention.receipt import make_receipt
from pipeline.retention.restore import restore_backup
from pipeline.retention.revocation import revoke_grant
from pipeline.settings import Settings
from tests.catalogue.stories import digest_of
from tests.retention.conftest import emptied
from tests.retention.killed import Gate, restore, restore_slowly
from tests.retention.story import Clock, Town, a_town, tables_of
from tests.servers import POSTGRES_BIN

PATIENCE_SECONDS = 120


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(POSTGRES_BIN), prepend=":")


def elsewhere(settings: Settings, folder: Path) -> Settings:
    """An empty installation with the same second place, and on servers another database and bucket."""
    store = settings.store.model_copy(update={"directory": folder})
    if store.database_url is not None and store.s3_endpoint is not None:
        name, url = f"r{uuid4().hex[:12]}", store.database_url.get_secret_value()
        boto3.client("s3", endpoint_url=store.s3_endpoint).create_bucket(Bucket=name)
        database = SecretStr(emptied(url, "elsewhere"))
        store = store.model_copy(update={"database_url": database, "objects_url": f"s3://{name}/town"})
    return settings.model_copy(update={"store": store})


@contextmanager
def reopened(settings: Settings, clock: Clock) -> Iterator[Town]:
    with a_town(settings, clock) as opened:
        yield opened


def checkpoint(town: Town) -> None:
    place = town.settings.store.checkpoint_directory
    assert place is not None
    write_checkpoint(place, town.services.catalogue.custody.checkpoint())


def test_a_restored_town_is_the_town(town: Town, tmp_path: Path) -> None:
    town.grant()
    first, second = town.keep("first"), town.keep("second", minutes=5)
    town.between(first, second)
    town.attach(town.open_incident(), first)
    checkpoint(town)
    rows, objects = tables_of(town.services), town.objects()

    contents = make_backup(town.services, tmp_path / "backup", "operator", with_keys=True)
    target = elsewhere(town.settings, tmp_path / "new")
    made = restore_backup(target, tmp_path / "backup", "operator")

    assert contents.missing == ()
    assert (made.lost_records, made.done_again, made.wrong) == (0, (), ())
    assert made.checkpoints == 1
    with reopened(target, town.clock) as back:
        assert tables_of(back.services) == rows
        assert back.objects() == objects
        assert back.services.originals.read(digest_of("first")) == b"first"
        back.require_whole_log()
        last = list(back.services.catalogue.custody.records())[-1].entry
        assert last.action is CustodyAction.RESTORED


def test_a_restored_backup_revives_no_grant_and_nothing_that_was_deleted(town: Town, tmp_path: Path) -> None:
    town.grant()
    town.grant(grant_id="gr-2", camera_ids=("ring:1002",))
    kept = town.keep()
    make_backup(town.services, tmp_path / "backup", "operator", with_keys=True)
    revoke_grant(town.services, "gr-1", "tester")
    (stone,) = town.services.catalogue.disposals.of_grant("gr-1")
    checkpoint(town)
    target = elsewhere(town.settings, tmp_path / "new")

    made = restore_backup(target, tmp_path / "backup", "operator")

    assert "revocation of gr-1" in made.done_again
    assert f"tombstone {stone.tombstone_id}" in made.done_again
    assert made.lost_records > 0
    with reopened(target, town.clock) as back:
        grants = {one.grant.grant_id: one.grant for one in back.services.catalogue.grants.latest()}
        assert grants["gr-1"].revoked_at is not None
        assert grants["gr-2"].revoked_at is None
        assert back.objects() == (set(), set())
        with pytest.raises(EvidenceDisposedError):
            back.services.catalogue.clips.get(kept.name)
        assert stone.tombstone_id in {one.tombstone_id for one in back.services.catalogue.disposals.of_grant("gr-1")}
        back.require_whole_log()


def test_a_restore_that_was_killed_is_no_installation_and_begins_anew(town: Town, tmp_path: Path) -> None:
    town.grant()
    town.keep()
    make_backup(town.services, tmp_path / "backup", "operator", with_keys=True)
    revoke_grant(town.services, "gr-1", "tester")
    checkpoint(town)
    target = elsewhere(town.settings, tmp_path / "new")

    child = multiprocessing.get_context("forkserver").Process(
        target=restore, args=(target, tmp_path / "backup", dict(os.environ))
    )
    child.start()
    child.join()

    assert child.exitcode == -signal.SIGKILL
    if target.store.database_url is None:
        assert not (tmp_path / "new" / "catalogue.sqlite").exists()
    else:
        with pytest.raises(RestoreUnfinishedError), open_services(target):
            pass
    made = restore_backup(target, tmp_path / "backup", "operator")
    assert "revocation of gr-1" in made.done_again
    with reopened(target, town.clock) as back:
        assert back.objects() == (set(), set())
        back.require_whole_log()


@contextmanager
def a_restore_at_work(target: Settings, source: Path) -> Iterator[None]:
    """Another process restores, stands still in the middle until the block ends, and then comes to its end."""
    children = multiprocessing.get_context("forkserver")
    gate = Gate(children.Event(), children.Event())
    child = children.Process(target=restore_slowly, args=(target, source, dict(os.environ), gate))
    child.start()
    try:
        assert gate.is_reached.wait(PATIENCE_SECONDS)
        yield
    finally:
        gate.may_go_on.set()
        child.join()
    assert child.exitcode == 0


def test_a_second_restore_to_the_same_place_is_refused_and_touches_nothing(town: Town, tmp_path: Path) -> None:
    town.grant()
    town.keep("first")
    make_backup(town.services, tmp_path / "backup", "operator", with_keys=True)
    town.keep("second", minutes=5)
    make_backup(town.services, tmp_path / "later", "operator", with_keys=True)
    target = elsewhere(town.settings, tmp_path / "new")
    places = [tmp_path / "new"]
    if target.store.database_url is not None:
        places.append(tmp_path / "another machine")  # of the same database

    with a_restore_at_work(target, tmp_path / "backup"):
        for place in places:
            before = sorted(place.rglob("*"))
            second = target.model_copy(update={"store": target.store.model_copy(update={"directory": place})})
            with pytest.raises(RestoreRunningError, match="another restore is at work"):
                restore_backup(second, tmp_path / "later", "operator")
            assert sorted(place.rglob("*")) == before

    with reopened(target, town.clock) as back:
        assert back.objects()[0] == {digest_of("first")}
        back.require_whole_log()
        last = list(back.services.catalogue.custody.records())[-1].entry
        assert last.action is CustodyAction.RESTORED
    with pytest.raises(BackupError, match="already"):
        restore_backup(target, tmp_path / "later", "operator")


def test_two_restores_from_two_folders_into_one_file_are_not_both_let_in(village: Town, tmp_path: Path) -> None:
    village.grant()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    url = SecretStr(f"sqlite:///{tmp_path}/shared/catalogue.sqlite")
    store = village.settings.store.model_copy(update={"database_url": url})
    first, second = (
        village.settings.model_copy(update={"store": store.model_copy(update={"directory": tmp_path / name})})
        for name in ("one", "two")
    )
    with (
        a_restore_at_work(first, tmp_path / "backup"),
        pytest.raises(RestoreRunningError),
    ):
        restore_backup(second, tmp_path / "backup", "operator")
    with open_services(first):
        pass


def test_a_catalogue_that_was_made_meanwhile_is_not_written_over(
    village: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.grant()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    target = elsewhere(village.settings, tmp_path / "new")

    def starting(services: Services) -> FixityRun:
        with open_services(target):
            pass
        return check_store(services)

    monkeypatch.setattr(restoring, "check_store", starting)
    with pytest.raises(BackupError, match="while this restore was at work"):
        restore_backup(target, tmp_path / "backup", "operator")
    with open_services(target) as services:
        assert services.catalogue.grants.latest() == ()


def test_what_was_held_since_the_backup_stays_held(village: Town, tmp_path: Path) -> None:
    village.grant()
    kept = village.keep()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    scope = HoldScope(digest=kept.clip.item.digest)
    place_hold(village.services, Instrument.COURT_ORDER, "26-1", scope, "clerk", sealed=False)
    revoke_grant(village.services, "gr-1", "tester")
    target = elsewhere(village.settings, tmp_path / "new")
    restore_backup(target, tmp_path / "backup", "operator")
    with reopened(target, village.clock) as back:
        assert back.services.originals.read(kept.clip.item.digest) == b"clip"
        assert back.services.catalogue.grants.get("gr-1").grant.revoked_at is not None


def test_without_a_second_place_it_is_refused_unless_somebody_says_so(village: Town, tmp_path: Path) -> None:
    village.grant()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    target = elsewhere(village.settings, tmp_path / "new")
    alone = target.model_copy(update={"store": target.store.model_copy(update={"checkpoint_directory": None})})
    with pytest.raises(BackupError, match="revoked since the backup"):
        restore_backup(alone, tmp_path / "backup", "operator")
    assert not (tmp_path / "new").exists()
    assert restore_backup(alone, tmp_path / "backup", "operator", without_second_place=True).done_again == ()


def test_the_private_keys_are_left_out_unless_asked_for_and_then_needed(village: Town, tmp_path: Path) -> None:
    village.grant()
    village.keep()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=False)
    assert [path.name for path in (tmp_path / "backup" / "keys").iterdir()] == ["signing.pub"]
    target = elsewhere(village.settings, tmp_path / "new")
    with pytest.raises(BackupError, match="no signing key"):
        restore_backup(target, tmp_path / "backup", "operator")
    keys = village.settings.store.directory / "keys"
    assert restore_backup(target, tmp_path / "backup", "operator", keys).wrong == ()


@pytest.mark.parametrize("what", ["database", "object", "contents", "unfinished"])
def test_a_backup_that_was_changed_is_refused_and_leaves_no_catalogue(village: Town, tmp_path: Path, what: str) -> None:
    village.grant()
    kept = village.keep()
    folder = tmp_path / "backup"
    make_backup(village.services, folder, "operator", with_keys=True)
    digest = kept.clip.item.digest
    path = {
        "database": folder / "catalogue.sqlite",
        "object": folder / "originals" / digest[:2] / digest,
        "contents": folder / "backup.json",
        "unfinished": folder / "backup.json",
    }[what]
    path.chmod(0o600)
    if what == "unfinished":
        path.unlink()
    elif what == "contents":
        plain = json.loads(path.read_text())
        plain["contents"]["records"] += 1
        path.write_text(json.dumps(plain))
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    target = elsewhere(village.settings, tmp_path / "new")
    with pytest.raises(BackupError):
        restore_backup(target, folder, "operator")
    assert not (tmp_path / "new" / "catalogue.sqlite").exists()


def test_a_log_that_does_not_agree_with_a_checkpoint_is_refused(village: Town, tmp_path: Path) -> None:
    """Somebody with the key kept a head of another log in the second place, or exchanged the log of the backup."""
    village.grant()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    place = village.settings.store.checkpoint_directory
    assert place is not None
    origin = village.services.catalogue.custody.head().origin
    write_checkpoint(place, sign_checkpoint(Checkpoint(origin, 1, b"\xab" * 32), village.services.key))
    target = elsewhere(village.settings, tmp_path / "new")
    with pytest.raises(CustodyChainError):
        restore_backup(target, tmp_path / "backup", "operator")
    assert not (tmp_path / "new" / "catalogue.sqlite").exists()


def test_it_never_writes_over_anything(village: Town, tmp_path: Path) -> None:
    village.grant()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    with pytest.raises(BackupError, match="a catalogue already"):
        restore_backup(village.settings, tmp_path / "backup", "operator")
    with pytest.raises(BackupError, match="not empty"):
        make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    with pytest.raises(BackupError, match="inside the store"):
        make_backup(village.services, village.settings.store.directory / "backup", "operator", with_keys=True)


def test_a_lost_object_is_named_and_the_rest_is_copied(village: Town, tmp_path: Path) -> None:
    village.grant()
    kept, lost = village.keep(), village.keep("lost", minutes=5)
    village.services.originals.delete(lost.clip.item.digest)
    contents = make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    assert len(contents.missing) == 1
    assert lost.clip.item.digest in contents.missing[0]
    target = elsewhere(village.settings, tmp_path / "new")
    made = restore_backup(target, tmp_path / "backup", "operator")
    assert len(made.wrong) == 1
    with reopened(target, village.clock) as back:
        assert back.services.originals.read(kept.clip.item.digest) == b"clip"


def test_the_receipt_names_backups_that_may_still_hold_something(village: Town, tmp_path: Path) -> None:
    village.grant()
    village.keep()
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=False)
    shutil.rmtree(tmp_path / "backup")
    revoke_grant(village.services, "gr-1", "tester")
    receipt = make_receipt(village.services, "gr-1").receipt
    assert receipt.backups == (f"{village.clock.at:%Y-%m-%d %H:%M} UTC",)


def test_what_opened_the_desk_before_opens_nothing_in_what_was_restored(village: Town, tmp_path: Path) -> None:
    account, _ = add_agent(village.services, "operator", "ann", Role.ADMINISTRATOR, "a sentence nobody guesses")
    opened = open_session(village.services, account, Visitor("127.0.0.1"))
    _, secret = make_token(village.services, "operator", account, "a program", 30)
    make_backup(village.services, tmp_path / "backup", "operator", with_keys=True)
    target = elsewhere(village.settings, tmp_path / "new")
    restore_backup(target, tmp_path / "backup", "operator")

    with reopened(target, village.clock) as back:
        assert find_session(back.services, opened.secret) is None
        assert find_token(back.services, secret, {}) is None
        assert [one.name for one in back.services.catalogue.agents.list()] == ["ann"]
    assert find_session(village.services, opened.secret) is not None
