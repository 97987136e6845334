"""The head of the custody log as a C2SP checkpoint, which any tool of that family reads; pure.

A checkpoint is a signed note: three lines (the log's name, how many records, the root in base64), an empty line, and
a signature line. The signature is Ed25519 over the three lines with their line ends, so that ``openssl pkeyutl -verify
-rawin`` checks it. A proof that a record is in the log goes with its checkpoint in one text.

Source: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-proof; RFC 8032.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence

from pipeline.domain.evidence import Checkpoint
from pipeline.errors import CheckpointError
from pipeline.evidence.merkle import HASH_BYTES
from pipeline.evidence.signing import SigningKey, VerifyingKey

_ED25519 = b"\x01"
"""C2SP's type of the signature."""

_KEY_ID_BYTES = 4
_PROOF_TITLE = "c2sp.org/tlog-proof@v1"
_MOST_CHARACTERS = 100_000
"""Far above sixteen signatures, which a reader must accept."""

_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE = re.compile(r"\N{EM DASH} ([^\s+]+) ([A-Za-z0-9+/=]+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def note_text(checkpoint: Checkpoint) -> str:
    """The three lines that are signed."""
    if not _NAME.fullmatch(checkpoint.origin):
        raise ValueError(f"the name of a log has no space and no plus: {checkpoint.origin!r}")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def sign_checkpoint(checkpoint: Checkpoint, signer: SigningKey) -> str:
    """The checkpoint as a note, signed by a key that goes by the log's name."""
    text = note_text(checkpoint)
    signature = key_id(checkpoint.origin, signer.public_key) + signer.sign(text.encode())
    return f"{text}\n\N{EM DASH} {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def read_checkpoint(note: str) -> Checkpoint:
    """What a note says, *not* whether it is signed; extension lines are passed over.

    Raises:
        CheckpointError: It is no checkpoint.
    """
    text, _ = _parts(note)
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):  # noqa: PLR2004 - name, size, root
        raise CheckpointError("it has not the lines of a checkpoint")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        raise CheckpointError(f"its second line is no number of records: {size[:40]!r}")
    return Checkpoint(origin, int(size), _decoded(root, HASH_BYTES, "its third line is no root"))


def verify_checkpoint(note: str, keys: Iterable[VerifyingKey]) -> Checkpoint:
    """What a note says, once it is known to be signed by one of our keys under the log's name.

    Signatures of keys that we do not know are passed over, as the format wants it: a witness may have added one.

    Args:
        note: The whole text.
        keys: Ours, the present one and older ones.

    Raises:
        CheckpointError: It is no checkpoint, a signature that names a key of ours is wrong, or none names one.
    """
    checkpoint = read_checkpoint(note)
    text, signatures = _parts(note)
    known = {key_id(checkpoint.origin, key.raw): key for key in keys}
    is_signed = False
    for name, said, signature in signatures:
        key = known.get(said)
        if key is None or name != checkpoint.origin:
            continue
        if not key.is_signed(text.encode(), signature, key.key_id):
            raise CheckpointError(f"the signature of {name} over {checkpoint.size} records is wrong")
        is_signed = True
    if not is_signed:
        raise CheckpointError(f"no key of ours signed it: {checkpoint.size} records of {checkpoint.origin}")
    return checkpoint


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line names an Ed25519 key.

    Args:
        name: The key's name; for ours it is the log's.
        public_key: Its 32 bytes.
    """
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_KEY_ID_BYTES]


def verifier_key(name: str, public_key: bytes) -> str:
    """The key as other tools for notes and checkpoints take it: ``name+id+key``."""
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(_ED25519 + public_key).decode()}"


def read_verifier_key(text: str) -> tuple[str, VerifyingKey]:
    """Name and key from what ``verifier_key`` gives.

    Raises:
        CheckpointError: It is no Ed25519 key in this form, or its parts do not belong together.
    """
    name, _, rest = text.strip().partition("+")
    said, _, encoded = rest.partition("+")
    packed = _decoded(encoded, len(_ED25519) + HASH_BYTES, "this is no verifier key")
    if packed[:1] != _ED25519 or key_id(name, packed[1:]).hex() != said or not _NAME.fullmatch(name):
        raise CheckpointError("this is no Ed25519 verifier key, or its id belongs to another")
    return name, VerifyingKey.from_raw(packed[1:])


def proof_text(index: int, proof: Sequence[bytes], note: str) -> str:
    """A proof of inclusion with the checkpoint that it leads to, in one text.

    Args:
        index: Of the record; counts from 0.
        proof: As ``merkle.inclusion_proof`` gives it for the checkpoint's size.
        note: The signed checkpoint.
    """
    hashes = "".join(f"{base64.b64encode(digest).decode()}\n" for digest in proof)
    return f"{_PROOF_TITLE}\nindex {index}\n{hashes}\n{note}"


def read_proof(text: str) -> tuple[int, tuple[bytes, ...], str]:
    """Index, proof and note from what ``proof_text`` gives; checks neither the proof nor the signature.

    Raises:
        CheckpointError: It is no such text.
    """
    head, _, note = text.partition("\n\n")
    title, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        del lines[0]
    index = lines[0].removeprefix("index ") if lines else ""
    if title != _PROOF_TITLE or not lines or not lines[0].startswith("index ") or not _SIZE.fullmatch(index):
        raise CheckpointError(f"it does not begin as a proof does: {_PROOF_TITLE}, then the index")
    proof = tuple(_decoded(line, HASH_BYTES, "a line of the proof is no hash") for line in lines[1:])
    read_checkpoint(note)
    return int(index), proof, note


def _parts(note: str) -> tuple[str, tuple[tuple[str, bytes, bytes], ...]]:
    """The signed text, and of each signature the key's name, its id and the signature's bytes."""
    if len(note) > _MOST_CHARACTERS or _CONTROL.search(note):
        raise CheckpointError("it is too long, or has characters that no note has")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise CheckpointError("it has no signature after an empty line")
    return f"{text}\n", tuple(_signature(line) for line in tail.removesuffix("\n").split("\n"))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise CheckpointError(f"this is no signature line: {line[:40]!r}")
    packed = _decoded(found[2], None, "a signature is no base64")
    if len(packed) <= _KEY_ID_BYTES:
        raise CheckpointError("a signature is too short")
    return found[1], packed[:_KEY_ID_BYTES], packed[_KEY_ID_BYTES:]


def _decoded(text: str, length: int | None, fault: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointError(fault) from error
    if (length is not None and len(found) != length) or base64.b64encode(found).decode() != text:
        raise CheckpointError(fault)
    return found
