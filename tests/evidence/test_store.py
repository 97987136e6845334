"""What every store keeps to, on disk and on a server."""

import hashlib
from pathlib import Path

import boto3
import pytest

from pipeline.domain.evidence import EvidenceItem
from pipeline.errors import EvidenceNotFoundError, FixityError, SettingsError, StorageError
from pipeline.evidence.fixity import FixityLevel, check_fixity
from pipeline.evidence.store import Namespace, ObjectStore, open_store
from pipeline.settings import StoreSettings

CONTENT = b"a clip" * 10_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def damage(settings: StoreSettings, content: bytes) -> None:
    """Puts other bytes under the name, behind the store's back."""
    if settings.objects_url is None:
        path = settings.directory / "originals" / DIGEST[:2] / DIGEST
        path.chmod(0o600)
        path.write_bytes(content)
        return
    bucket = settings.objects_url.split("/")[2]
    client = boto3.client("s3", endpoint_url=settings.s3_endpoint)
    client.put_object(Bucket=bucket, Key=f"town/originals/{DIGEST[:2]}/{DIGEST}", Body=content)


def test_what_is_put_comes_back(store: ObjectStore) -> None:
    assert store.put(CONTENT) == EvidenceItem(DIGEST, len(CONTENT))
    assert store.read(DIGEST) == CONTENT
    assert store.has(DIGEST)
    assert store.size(DIGEST) == len(CONTENT)
    assert store.measure(DIGEST) == EvidenceItem(DIGEST, len(CONTENT))
    with store.path_of(DIGEST) as path:
        assert path.read_bytes() == CONTENT


def test_a_file_is_put_as_its_bytes_are(store: ObjectStore, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(CONTENT)
    assert store.put_file(file) == EvidenceItem(DIGEST, len(CONTENT))
    assert store.read(DIGEST) == CONTENT
    assert file.read_bytes() == CONTENT


def test_the_same_bytes_are_one_object(store: ObjectStore) -> None:
    store.put(CONTENT)
    store.put(CONTENT)
    store.put(b"another")
    assert list(store.digests()) == sorted([DIGEST, hashlib.sha256(b"another").hexdigest()])


def test_nothing_at_all_is_an_object_too(store: ObjectStore) -> None:
    item = store.put(b"")
    assert store.read(item.digest) == b""
    assert item.size == 0


def test_the_first_bytes_under_a_name_stay(store: ObjectStore, settings: StoreSettings) -> None:
    """Putting again does not mend a damaged object behind the back of a fixity check."""
    store.put(CONTENT)
    damage(settings, b"x" * len(CONTENT))
    store.put(CONTENT)
    with pytest.raises(FixityError):
        store.read(DIGEST)


def test_what_was_never_put_is_not_found(store: ObjectStore) -> None:
    assert not store.has(DIGEST)
    assert list(store.digests()) == []
    for ask in (store.read, store.size, store.measure):
        with pytest.raises(EvidenceNotFoundError) as caught:
            ask(DIGEST)
        assert caught.value.digest == DIGEST
    with pytest.raises(EvidenceNotFoundError), store.path_of(DIGEST):
        pass


@pytest.mark.parametrize("name", ["../../etc/passwd", "ABC", "", DIGEST.upper(), DIGEST + "0"])
def test_a_name_that_is_no_digest_reaches_no_store(store: ObjectStore, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.has(name)
    with pytest.raises(ValueError, match="SHA-256"):
        store.read(name)


def test_an_object_can_be_removed(store: ObjectStore) -> None:
    store.put(CONTENT)
    assert store.delete(DIGEST)
    assert not store.has(DIGEST)
    assert not store.delete(DIGEST)


def test_originals_and_derivatives_do_not_meet(settings: StoreSettings) -> None:
    originals = open_store(settings, Namespace.ORIGINALS)
    derivatives = open_store(settings, Namespace.DERIVATIVES)
    originals.put(CONTENT)
    assert not derivatives.has(DIGEST)
    assert list(derivatives.digests()) == []


def test_a_flipped_bit_is_found_and_named(store: ObjectStore, settings: StoreSettings) -> None:
    item = store.put(CONTENT)
    check_fixity(store, item)
    damage(settings, bytes([CONTENT[0] ^ 1]) + CONTENT[1:])
    check_fixity(store, item, FixityLevel.SIZE)
    with pytest.raises(FixityError) as caught:
        check_fixity(store, item)
    assert caught.value.expected == DIGEST
    assert caught.value.found != DIGEST
    with pytest.raises(FixityError):
        store.read(DIGEST)


def test_a_cut_object_is_found_by_its_size(store: ObjectStore, settings: StoreSettings) -> None:
    item = store.put(CONTENT)
    damage(settings, CONTENT[:-1])
    check_fixity(store, item, FixityLevel.PRESENCE)
    with pytest.raises(FixityError, match="59999 bytes"):
        check_fixity(store, item, FixityLevel.SIZE)


def test_a_missing_object_is_found(store: ObjectStore) -> None:
    item = store.put(CONTENT)
    store.delete(DIGEST)
    with pytest.raises(EvidenceNotFoundError):
        check_fixity(store, item, FixityLevel.PRESENCE)


def test_nobody_works_on_bytes_that_have_another_digest(store: ObjectStore, settings: StoreSettings) -> None:
    store.put(CONTENT)
    damage(settings, b"forged")
    with pytest.raises(FixityError), store.path_of(DIGEST):
        pytest.fail("the block must not begin")


def test_a_server_that_is_away_is_said_to_be(s3_settings: StoreSettings) -> None:
    from pipeline.evidence.s3 import S3ObjectStore

    nobody = S3ObjectStore.at("s3://bucket/x", "originals", "http://127.0.0.1:9", patience_seconds=0.2)
    with pytest.raises(StorageError) as caught:
        nobody.put(CONTENT)
    assert caught.value.retryable
    assert "\n" not in caught.value.detail


def test_a_bucket_that_is_not_there_is_said_to_be(s3_settings: StoreSettings) -> None:
    elsewhere = s3_settings.model_copy(update={"objects_url": "s3://no-such-bucket/x"})
    with pytest.raises(StorageError):
        open_store(elsewhere, Namespace.ORIGINALS).put(CONTENT)


@pytest.mark.parametrize("url", ["https://bucket/x", "s3://", "bucket"])
def test_a_url_that_names_no_bucket_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="s3://bucket/prefix"):
        open_store(StoreSettings(directory=tmp_path, objects_url=url), Namespace.ORIGINALS)


def test_an_object_on_disk_is_read_only(tmp_path: Path) -> None:
    store = open_store(StoreSettings(directory=tmp_path), Namespace.ORIGINALS)
    store.put(CONTENT)
    with store.path_of(DIGEST) as path:
        assert path.stat().st_mode & 0o777 == 0o444
        assert list((path.parent.parent / ".stage").iterdir()) == []
