"""Signing and sealing keys: files of our own, made once."""

import multiprocessing
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import EvidenceError
from pipeline.evidence.sealing import TokenBox
from pipeline.evidence.signing import KeyRing, SigningKey, VerifyingKey


def test_a_key_is_made_once_and_signs_the_same(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    first, second = SigningKey.at(path), SigningKey.at(path)
    assert first.key_id == second.key_id
    assert first.sign(b"words") == second.sign(b"words")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_signature_holds_for_its_words_and_its_key(tmp_path: Path) -> None:
    key, other = SigningKey.at(tmp_path / "a.pem"), SigningKey.at(tmp_path / "b.pem")
    signature = key.sign(b"words")
    public = VerifyingKey.from_raw(key.verifying.raw)
    assert public.is_signed(b"words", signature, key.key_id)
    assert not public.is_signed(b"other words", signature, key.key_id)
    assert not public.is_signed(b"words", other.sign(b"words"), key.key_id)
    assert not public.is_signed(b"words", other.sign(b"words"), other.key_id)
    assert not public.is_signed(b"words", b"short", key.key_id)
    ring = KeyRing([public])
    assert ring.is_signed(b"words", signature, key.key_id)
    assert not ring.is_signed(b"words", signature, other.key_id)


def test_a_ring_that_said_yes_says_no_to_every_change(tmp_path: Path) -> None:
    """It remembers its answers, under every byte of the question."""
    key, other = SigningKey.at(tmp_path / "a.pem"), SigningKey.at(tmp_path / "b.pem")
    words = b"what a resident allows"
    signature, ring = key.sign(words), KeyRing([key.verifying, other.verifying])
    for _ in range(2):
        assert ring.is_signed(words, signature, key.key_id)
        for place in range(len(words) * 8):
            assert not ring.is_signed(_flipped(words, place), signature, key.key_id)
        for place in range(0, len(signature) * 8, 7):
            assert not ring.is_signed(words, _flipped(signature, place), key.key_id)
        assert not ring.is_signed(words, signature, other.key_id)
    assert not KeyRing([other.verifying]).is_signed(words, signature, key.key_id)


def _flipped(content: bytes, place: int) -> bytes:
    return (int.from_bytes(content) ^ (1 << place)).to_bytes(len(content))


def test_openssl_checks_what_we_sign(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl, "install openssl"
    key = SigningKey.at(tmp_path / "signing.pem")
    (tmp_path / "words").write_bytes(b"words")
    (tmp_path / "signature").write_bytes(key.sign(b"words"))
    arguments = ["-pubin", "-inkey", "signing.pub", "-in", "words", "-sigfile", "signature"]
    done = subprocess.run(
        [openssl, "pkeyutl", "-verify", "-rawin", *arguments], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _key_id(path: str) -> str:
    return SigningKey.at(Path(path)).key_id


def _seal(path: str) -> bytes:
    return TokenBox.at(Path(path)).seal("account", b"token")


def test_processes_that_come_first_together_get_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(6) as pool:
        ids = pool.map(_key_id, [str(tmp_path / "signing.pem")] * 24)
        sealed = pool.map(_seal, [str(tmp_path / "sealing.key")] * 24)
    assert len(set(ids)) == 1
    box = TokenBox.at(tmp_path / "sealing.key")
    assert {box.open("account", token) for token in sealed} == {b"token"}
    assert (tmp_path / "signing.pub").read_bytes() == SigningKey.at(tmp_path / "signing.pem").verifying.pem


@pytest.mark.parametrize("kind", [SigningKey, TokenBox])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, kind: type[SigningKey | TokenBox]) -> None:
    path = tmp_path / "key"
    kind.at(path)
    path.chmod(0o644)
    with pytest.raises(EvidenceError, match="chmod 600"):
        kind.at(path)


@pytest.mark.parametrize("kind", [SigningKey, TokenBox])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, kind: type[SigningKey | TokenBox]) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"\xffno key")
    path.chmod(0o600)
    with pytest.raises(EvidenceError, match="holds no"):
        kind.at(path)


def test_a_token_is_sealed_for_one_account(tmp_path: Path) -> None:
    box = TokenBox.at(tmp_path / "sealing.key")
    sealed = box.seal("ring-1", b"refresh me")
    assert b"refresh" not in sealed
    assert box.seal("ring-1", b"refresh me") != sealed
    assert box.open("ring-1", sealed) == b"refresh me"
    with pytest.raises(EvidenceError):
        box.open("ring-2", sealed)
    with pytest.raises(EvidenceError):
        TokenBox.at(tmp_path / "another.key").open("ring-1", sealed)


def test_each_changed_byte_of_a_sealed_token_is_noticed(tmp_path: Path) -> None:
    box = TokenBox.at(tmp_path / "sealing.key")
    sealed = box.seal("ring-1", b"token")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(EvidenceError):
            box.open("ring-1", changed)
    for length in range(len(sealed)):
        with pytest.raises(EvidenceError):
            box.open("ring-1", sealed[:length])


def test_a_pseudonym_is_steady_and_says_nothing(tmp_path: Path) -> None:
    box = TokenBox.at(tmp_path / "sealing.key")
    assert box.pseudonym("Ann@Example.org ") == box.pseudonym("ann@example.org")
    assert "ann" not in box.pseudonym("ann@example.org")
    assert TokenBox.at(tmp_path / "another.key").pseudonym("ann@example.org") != box.pseudonym("ann@example.org")
