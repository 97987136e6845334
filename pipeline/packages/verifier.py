#!/usr/bin/env python3
"""Checks an evidence package with Python's standard library alone: no network, nothing installed, nothing written.

Run it in the package's folder, and name the fingerprint that the custodian publishes outside the package:

    python3 -I -S data/verify.py [--key SHA256:...] [--checkpoint FILE]

It ends with 0 when everything holds and with 1 when anything does not. It is a convenience: HOWTO-VERIFY.txt does the
same with tools that come from elsewhere, and this file is only worth what its own digest in the manifest is worth.

Source: RFC 8493 (BagIt), PROTOCOL.sshsig of OpenSSH, RFC 8032 (Ed25519), RFC 6962 and c2sp.org/tlog-checkpoint.
"""

import base64
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

NAMESPACE = "evidence-package@doorstep"
SIGNATURE, TAG_MANIFEST, MANIFEST = "signatures/tagmanifest.sshsig", "tagmanifest-sha256.txt", "manifest-sha256.txt"
MOST_FILES, MOST_TEXT, MOST_BYTES = 20_000, 256 << 20, 64 << 30
Files = dict[str, int]
Point = tuple[int, int, int, int]
Head = tuple[str, int, bytes]
Result = tuple[str, bool, str]
_NAME = re.compile(r"[A-Za-z0-9._/-]{1,200}")
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P


class Fault(Exception):  # noqa: N818 - no error of the program: what was found
    """What does not hold, in words."""


def inventory(folder: Path) -> dict[str, int]:
    """Relative name and size of every file; refuses links, devices and anything else that leads out of the folder."""
    found: dict[str, int] = {}
    waiting, total = [folder], 0
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda one: one.name):
            name, about = Path(entry.path).relative_to(folder).as_posix(), entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                waiting.append(Path(entry.path))
            elif not stat.S_ISREG(about.st_mode):
                raise Fault(f"{name!r} is a link or a device, and no file")
            elif not is_safe(name):
                raise Fault(f"{name!r} is no name that a package has")
            else:
                found[name] = about.st_size
                total += about.st_size
            if len(found) + len(waiting) > MOST_FILES or total > MOST_BYTES:
                raise Fault("there are more files or bytes than a package may have")
    return found


def is_safe(name: str) -> bool:
    """Whether a name stays inside the folder on every system."""
    return bool(_NAME.fullmatch(name)) and all(part not in ("", ".", "..") for part in name.split("/"))


def read(folder: Path, name: str, files: Files) -> bytes:
    """A text file's bytes."""
    if name not in files:
        raise Fault(f"{name} is missing")
    if files[name] > MOST_TEXT:
        raise Fault(f"{name} is too long")
    return (folder / name).read_bytes()


def read_json(folder: Path, name: str, files: Files) -> Any:
    """A JSON file."""
    try:
        return json.loads(read(folder, name, files))
    except (ValueError, RecursionError) as error:
        raise Fault(f"{name} is no JSON: {error}") from error


def digest(path: Path) -> str:
    """SHA-256 of a file, read in portions."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            seen.update(part)
    return seen.hexdigest()


def manifest(folder: Path, name: str, files: Files) -> dict[str, str]:
    """Digests by file name, exactly as written: no other spelling of a line is taken."""
    text = read(folder, name, files).decode("utf-8", "strict")
    listed: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if not match or not is_safe(match[2]) or match[2] in listed:
            raise Fault(f"{name} has a line that is no digest and name, or the same name twice: {line[:90]!r}")
        listed[match[2]] = match[1]
    if "".join(f"{value}  {key}\n" for key, value in listed.items()) != text:
        raise Fault(f"{name} is not written as a manifest is")
    return listed


def check_files(folder: Path, files: Files) -> str:
    """Every byte of every file, and that there is no other file."""
    listed = manifest(folder, MANIFEST, files)
    tags = manifest(folder, TAG_MANIFEST, files)
    if any(not name.startswith("data/") for name in listed) or MANIFEST not in tags:
        raise Fault("the manifests do not cover what they must")
    wanted = listed | tags
    faults = [f"{name} is missing" for name in sorted(set(wanted) - set(files))]
    faults += [f"{name} was added" for name in sorted(set(files) - set(wanted) - {SIGNATURE, TAG_MANIFEST})]
    both = sorted(set(wanted) & set(files))
    faults += [f"{name} was changed" for name in both if digest(folder / name) != wanted[name]]
    if faults:
        raise Fault("; ".join(faults[:6]) + (f"; and {len(faults) - 6} more" if len(faults) > 6 else ""))
    return f"{len(wanted)} files, none changed, added or missing"


def check_signature(folder: Path, files: Files) -> bytes:
    """The Ed25519 signature over the tag manifest, which covers every file; gives the signer's key."""
    text = read(folder, SIGNATURE, files).decode("ascii", "replace")
    head, foot = "-----BEGIN SSH SIGNATURE-----\n", "\n-----END SSH SIGNATURE-----\n"
    try:
        blob = base64.b64decode(text[len(head) : -len(foot)].replace("\n", ""), validate=True)
    except ValueError as error:
        raise Fault(f"{SIGNATURE} is no SSH signature") from error
    if armoured(blob) != text or blob[:10] != b"SSHSIG\x00\x00\x00\x01":
        raise Fault(f"{SIGNATURE} is no SSH signature")
    public, name, reserved, how, signed = parts(blob[10:], 5)
    kind, key = parts(public, 2)
    kind_of_signature, signature = parts(signed, 2)
    if (kind, kind_of_signature, name, reserved, how) != (
        b"ssh-ed25519", b"ssh-ed25519", NAMESPACE.encode(), b"", b"sha512",
    ):  # fmt: skip
        raise Fault(f"{SIGNATURE} is a signature of another kind or for another purpose")
    message = hashlib.sha512(read(folder, TAG_MANIFEST, files)).digest()
    if not ed25519(key, b"SSHSIG" + b"".join(map(packed, (name, reserved, how, message))), signature):
        raise Fault(f"{SIGNATURE} does not sign this {TAG_MANIFEST}")
    return key


def packed(part: bytes) -> bytes:
    """A string as SSH writes it."""
    return len(part).to_bytes(4, "big") + part


def parts(blob: bytes, count: int) -> list[bytes]:
    """As many strings as SSH packed into a blob, and nothing after them."""
    found = []
    for _ in range(count):
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size:
            raise Fault("an SSH string is cut short")
        found.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    if blob:
        raise Fault("there is something after the last SSH string")
    return found


def armoured(blob: bytes) -> str:
    """The text form of an SSH signature."""
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----"]) + "\n"


def fingerprint(key: bytes) -> str:
    """The name of a key as ssh-keygen prints it."""
    seen = hashlib.sha256(packed(b"ssh-ed25519") + packed(key)).digest()
    return "SHA256:" + base64.b64encode(seen).decode().rstrip("=")


def ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's over the message (RFC 8032, 5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    point, shared = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if point is None or shared is None or scalar >= _L:
        return False
    seen = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    left, right = _times(scalar, _base()), _add(shared, _times(seen, point))
    return all((left[i] * right[2] - right[i] * left[2]) % _P == 0 for i in (0, 1))


def _base() -> Point:
    y = 4 * pow(5, _P - 2, _P) % _P
    base = _point(y.to_bytes(32, "little"))
    assert base is not None
    return base


def _point(packed_point: bytes) -> Point | None:
    """A point in extended coordinates from its 32 bytes; None when they name none."""
    y = int.from_bytes(packed_point, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


def _add(first: Point, second: Point) -> Point:
    a = (first[1] - first[0]) * (second[1] - second[0]) % _P
    b = (first[1] + first[0]) * (second[1] + second[0]) % _P
    c, d = 2 * first[3] * second[3] * _D % _P, 2 * first[2] * second[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        total = _add(total, point) if scalar & 1 else total
        point, scalar = _add(point, point), scalar >> 1
    return total


def read_checkpoint(note: str, key: bytes) -> Head:
    """Name, size and root of a checkpoint (a C2SP signed note) that the key signed."""
    text, gap, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) < 3 or not lines[1].isdecimal():
        raise Fault("the checkpoint is no signed note")
    origin = lines[0]
    known = hashlib.sha256(origin.encode() + b"\n\x01" + key).digest()[:4]
    for line in tail.split("\n"):
        words = line.split(" ")
        signature = base64.b64decode(words[-1]) if len(words) == 3 and words[1] == origin else b""
        if signature[:4] == known and ed25519(key, (text + "\n").encode(), signature[4:]):
            return origin, int(lines[1]), base64.b64decode(lines[2])
    raise Fault("the checkpoint is not signed by the key that signed the package")


def leaf_hash(leaf: str) -> bytes:
    """RFC 6962, 2.1."""
    return hashlib.sha256(b"\x00" + leaf.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root to which a proof of inclusion leads (RFC 9162, 2.1.3.2)."""
    place, last, seen = index, size - 1, leaf
    for beside in proof:
        if last == 0 or len(beside) != 32:
            raise Fault(f"the proof of record {index} is too long or no proof")
        if place & 1 or place == last:
            seen = node(beside, seen)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            seen = node(seen, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise Fault(f"the proof of record {index} is too short")
    return seen


def root_of(leaves: list[bytes]) -> bytes:
    """The root over leaf hashes (RFC 6962, 2.1)."""
    peaks: list[bytes] = []
    for index, leaf in enumerate(leaves):
        seen, place = leaf, index
        while place & 1:
            seen, place = node(peaks.pop(), seen), place >> 1
        peaks.append(seen)
    seen = peaks.pop() if peaks else hashlib.sha256(b"").digest()
    while peaks:
        seen = node(peaks.pop(), seen)
    return seen


def check_log(folder: Path, files: Files, key: bytes) -> tuple[list[Any], Head]:
    """That every custody record inside lies in the log whose signed head is inside; gives the records."""
    origin, size, root = read_checkpoint(read(folder, "data/custody/checkpoint", files).decode(), key)
    proofs = read_json(folder, "data/custody/inclusion.json", files)
    lines = read(folder, "data/custody/events.jsonl", files).decode().splitlines()
    records = [json.loads(line) for line in lines]
    if [str(one["index"]) for one in records] != list(proofs["proofs"]):
        raise Fault("the custody records and the proofs do not belong together")
    for one in records:
        proof = [bytes.fromhex(part) for part in proofs["proofs"][str(one["index"])]]
        if not 0 <= one["index"] < size or root_from(leaf_hash(one["leaf"]), one["index"], size, proof) != root:
            raise Fault(f"custody record {one['index']} is not in the log that {origin} signed")
        check_openings(one)
    return records, (origin, size, root)


def check_openings(record: Any) -> None:
    """That the words beside a record are those behind its salted digests."""
    leaf = json.loads(record["leaf"])
    if leaf["index"] != record["index"]:
        raise Fault(f"custody record {record['index']} says that it is {leaf['index']}")
    for opening in record["openings"]:
        first, _, fact = opening["name"].partition(".")
        sealed = leaf[first][fact] if fact else leaf[first]
        if hashlib.sha256(f"{opening['salt']}:{opening['words']}".encode()).hexdigest() != sealed["sealed"]:
            raise Fault(f"custody record {record['index']}: the words of {opening['name']} are not those sealed")


def check_origin(folder: Path, files: Files, records: list[Any]) -> tuple[int, int]:
    """That every original has the digest of its name and its custody, and every highlight its original."""
    leaves = [json.loads(record["leaf"]) for record in records]
    acts = [leaf.get("entry", leaf) for leaf in leaves]  # a log that began as a hash chain has leaves of two forms
    known = {(act["action"], act["subject"]) for act in acts}
    package = read_json(folder, "data/package.json", files)
    for item in package["originals"]:
        if digest(folder / item["path"]) != item["sha256"] or Path(item["path"]).stem != item["sha256"]:
            raise Fault(f"{item['path']} has not the digest of its name")
        if not {("acquired", item["sha256"]), ("ingested", item["sha256"])} <= known:
            raise Fault(f"the log does not say how {item['path']} was acquired")
    withheld = {item["sha256"] for item in package["originals_withheld"]}
    digests = withheld | {item["sha256"] for item in package["originals"]}
    if not all(("acquired", item) in known for item in withheld):
        raise Fault("the log does not say how an original that was kept back was acquired")
    for item in package["highlights"]:
        recipe = read_json(folder, item["recipe"], files)["recipe"]
        if recipe["source"] not in digests or digest(folder / item["path"]) != item["sha256"]:
            raise Fault(f"{item['path']} does not come from an original that is named")
    return len(package["originals"]), len(package["highlights"])


def check_grants(folder: Path, files: Files, key: bytes) -> str:
    """That every grant carries the signature that the custodian gave when it was entered."""
    unknown, grants = 0, read_json(folder, "data/custody/consent.json", files)["grants"]
    for grant in grants:
        if grant["public_key"] != key.hex():
            unknown += 1
        elif not ed25519(key, grant["signed_text"].encode(), bytes.fromhex(grant["signature"])):
            raise Fault(f"grant {grant['grant_id']} v{grant['version']} does not carry its signature")
    return f"{len(grants)} grants as signed" + (f", {unknown} of them by another key, not checked here" * bool(unknown))


def check_kept(folder: Path, files: Files, head: Head, key: bytes, note: str) -> str:
    """That the log inside goes on from, or is, a checkpoint that was kept elsewhere."""
    origin, size, root = read_checkpoint(note, key)
    if origin != head[0]:
        raise Fault(f"the checkpoint is of another log: {origin}")
    if size > head[1]:
        raise Fault(
            f"the checkpoint ({size} records) is newer than the package ({head[1]}): ask for a consistency proof"
        )
    text = read(folder, "data/custody/leaf-hashes.txt", files).decode()
    leaves = [bytes.fromhex(line) for line in text.split()]
    if len(leaves) != head[1] or root_of(leaves) != head[2]:
        raise Fault("the list of all leaf hashes is not the log's")
    if root_of(leaves[:size]) != root:
        raise Fault(f"the log was rewritten: its first {size} records are not those of the checkpoint")
    return f"the log goes on from the checkpoint of {size} records"


def _kept(folder: Path, state: dict[str, Any], note: str) -> str:
    return check_kept(folder, state["files"], state["head"], state["key"], note)


def verify(folder: Path, expected_key: str = "", kept: Sequence[str] = ()) -> list[Result]:
    """Runs every check; gives (name, whether it holds, words) in order. A check that cannot be made does not hold."""
    results: list[Result] = []
    state: dict[str, Any] = {}

    def run(name: str, check: Callable[[], str]) -> None:
        try:
            results.append((name, True, check()))
        except Fault as fault:
            results.append((name, False, str(fault)))
        except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError, IndexError) as error:
            results.append((name, False, f"cannot be read: {type(error).__name__} {error}"[:300]))

    def signature() -> str:
        state["key"] = check_signature(folder, state["files"])
        return f"by {fingerprint(state['key'])}"

    def custody() -> str:
        state["records"], state["head"] = check_log(folder, state["files"], state["key"])
        return f"{len(state['records'])} records, all in the signed log of {state['head'][1]}"

    def signer() -> str:
        found = fingerprint(state["key"])
        if expected_key and found != expected_key:
            raise Fault(f"the package is signed by {found}, and not by {expected_key}")
        return "the signer is the one you named"

    def origin() -> str:
        return "{} originals with their custody, {} highlights made of them".format(
            *check_origin(folder, state["files"], state["records"])
        )

    run("names", lambda: f"{len(state.setdefault('files', inventory(folder)))} files, no link, no name that leads out")
    run("files", lambda: check_files(folder, state["files"]))
    run("signature", signature)
    if expected_key:
        run("signer", signer)
    run("custody log", custody)
    run("origin", origin)
    run("grants", lambda: check_grants(folder, state["files"], state["key"]))
    for note in kept:
        run("kept checkpoint", partial(_kept, folder, state, note))
    return results


def main(words: list[str]) -> int:
    """Prints every check and gives the exit code."""
    options = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or set(options) - {"--key", "--checkpoint", "--folder"}:
        print(__doc__)
        return 2
    folder = Path(options.get("--folder") or Path(__file__).resolve().parent.parent)
    kept = [Path(options["--checkpoint"]).read_text(encoding="utf-8")] if "--checkpoint" in options else []
    results = verify(folder, options.get("--key", ""), kept)
    for name, holds, said in results:
        print(f"{'holds        ' if holds else 'DOES NOT HOLD'}  {name}: {said}")
    if "--key" not in options:
        print("not checked    who signed: compare the fingerprint above with the one that the custodian publishes")
    return 0 if all(holds for _, holds, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
