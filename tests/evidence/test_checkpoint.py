"""The checkpoint: a C2SP signed note that openssl checks, and that says nothing when it is not signed by us."""

import base64
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.evidence import Checkpoint
from pipeline.errors import CheckpointError
from pipeline.evidence.checkpoint import (
    key_id,
    note_text,
    proof_text,
    read_checkpoint,
    read_proof,
    read_verifier_key,
    sign_checkpoint,
    verifier_key,
    verify_checkpoint,
)
from pipeline.evidence.merkle import EMPTY_ROOT
from pipeline.evidence.signing import SigningKey

STATE = Checkpoint("doorstep/custody/0123456789abcdef", 20_852_163, bytes(range(32)))


@pytest.fixture
def note(key: SigningKey) -> str:
    return sign_checkpoint(STATE, key)


def test_a_note_has_the_lines_of_a_checkpoint(note: str, key: SigningKey) -> None:
    lines = note.split("\n")
    assert lines[:3] == [STATE.origin, "20852163", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
    assert (lines[3], lines[5:]) == ("", [""])
    dash, name, signature = lines[4].split(" ")
    assert (dash, name) == ("\u2014", STATE.origin)
    assert len(base64.b64decode(signature)) == 4 + 64
    assert verify_checkpoint(note, [key.verifying]) == read_checkpoint(note) == STATE


def test_the_id_of_a_key_is_that_of_published_keys() -> None:
    """Source: the verifier key of sum.golang.org, as the go command has it."""
    published = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    name, key = read_verifier_key(published)
    assert name == "sum.golang.org"
    assert key_id(name, key.raw).hex() == "033de0ae"
    assert verifier_key(name, key.raw) == published
    for broken in (published[:-1], published.replace("033d", "033e"), published.replace("golang", "other"), "", "a+b"):
        with pytest.raises(CheckpointError):
            read_verifier_key(broken)


_SHELL = r"""
sed '/^$/,$d' checkpoint > signed
sed -n 's/^— [^ ]* //p' checkpoint | base64 -d | tail -c 64 > signature
openssl pkeyutl -verify -rawin -pubin -inkey signing.pub -in signed -sigfile signature
"""


@pytest.mark.parametrize("change", ["", "2s/0/1/", "3s/A/B/", "1s/doorstep/doorstop/"])
def test_openssl_checks_the_signature(note: str, key: SigningKey, change: str, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text(note, "utf-8")
    (tmp_path / "signing.pub").write_bytes(key.verifying.pem)
    shell = f"sed -i '{change}' checkpoint\n{_SHELL}"
    done = subprocess.run(["/bin/bash", "-ec", shell], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ((tmp_path / "checkpoint").read_text("utf-8") != note) is bool(change)
    said = done.stdout + done.stderr
    assert ("Signature Verified Successfully" in said) is not bool(change), said
    assert (done.returncode == 0) is not bool(change)


def test_whatever_is_changed_is_refused(note: str, key: SigningKey) -> None:
    for place in range(len(note)):
        changed = note[:place] + ("x" if note[place] != "x" else "y") + note[place + 1 :]
        with pytest.raises(CheckpointError):
            verify_checkpoint(changed, [key.verifying])


def test_a_stranger_signs_nothing(note: str, key: SigningKey, tmp_path: Path) -> None:
    stranger = SigningKey.at(tmp_path / "stranger.pem")
    forged = sign_checkpoint(STATE, stranger)
    with pytest.raises(CheckpointError, match="no key of ours"):
        verify_checkpoint(forged, [key.verifying])
    both = note + forged.rpartition("\n\n")[2]
    assert verify_checkpoint(both, [key.verifying]) == STATE, "a witness may add a signature"
    stolen = sign_checkpoint(replace(STATE, origin="another/log"), key).rpartition("\n\n")[2]
    with pytest.raises(CheckpointError):
        verify_checkpoint(note.rpartition("\n\n")[0] + "\n\n" + stolen, [key.verifying])


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "\n",
        "a\n1\n",
        "a\n1\n\n\u2014 a AAAAAAA=\n",
        "a\n01\n{root}\n\n{line}\n",
        "a\n-1\n{root}\n\n{line}\n",
        "a\n1\n{root}x\n\n{line}\n",
        "a\n1\nAAAA\n\n{line}\n",
        "a\n1\n{root}\n\n{line}",
        "a\n1\n{root}\n\n",
        "a\n1\n{root}\n\n- a AAAA\n",
        "a\n1\n{root}\n\n\u2014 a AAAA\n",
        "a\r\n1\n{root}\n\n{line}\n",
        "\n1\n{root}\n\n{line}\n",
        "a\n1\n{root}\n\n" + "{line}\n" * 9000,
    ],
)
def test_what_is_no_checkpoint_is_said_to_be_none(broken: str) -> None:
    root = base64.b64encode(EMPTY_ROOT).decode()
    line = "\u2014 a " + base64.b64encode(bytes(68)).decode()
    assert read_checkpoint(f"a\n1\n{root}\nextension\n\n{line}\n") == Checkpoint("a", 1, EMPTY_ROOT)
    with pytest.raises(CheckpointError):
        read_checkpoint(broken.format(root=root, line=line))


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_what_was_written_is_read(size: int, root: bytes) -> None:
    state = Checkpoint("doorstep/custody/1", size, root)
    line = "\u2014 a " + base64.b64encode(bytes(68)).decode()
    assert read_checkpoint(f"{note_text(state)}\n{line}\n") == state


def test_a_log_has_a_name_without_spaces() -> None:
    for name in ("", "a b", "a+b", "a\n"):
        with pytest.raises(ValueError, match="name of a log"):
            note_text(replace(STATE, origin=name))


def test_a_proof_goes_with_its_checkpoint(note: str) -> None:
    proof = (bytes(32), bytes(range(32)))
    text = proof_text(7, proof, note)
    assert text.startswith(f"c2sp.org/tlog-proof@v1\nindex 7\n{'A' * 43}=\n")
    assert text.endswith(f"\n\n{note}")
    assert read_proof(text) == (7, proof, note)
    assert read_proof(text.replace("index", "extra AAAA\nindex")) == (7, proof, note)
    assert read_proof(proof_text(0, (), note)) == (0, (), note)
    for broken in (note, text.replace("index 7", "index 07"), text.replace("v1", "v2"), text.replace("AAA=", "AA=")):
        with pytest.raises(CheckpointError):
            read_proof(broken)
