"""``doorstep verify`` on packages that were made to break it: a fault in words, and nothing outside is touched."""

import io
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import PackageError
from pipeline.packages import verifier
from pipeline.packages.bag import zip_bag
from pipeline.packages.opening import opened
from tests.cli.runner import run
from tests.packages.conftest import Handed


def a_zip(path: Path, *entries: tuple[str, bytes], mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries:
            about = zipfile.ZipInfo(name)
            about.external_attr = mode << 16
            archive.writestr(about, content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "EV/../../outside",
        "/etc/outside",
        "EV//x",
        "EV/./x",
        "C:\\x",
        "EV\\..\\x",
        "EV/a\nb",
        "EV/\u202egpj.exe",
        "loose",
    ],
)
def test_a_name_that_leads_out_is_refused_before_anything_is_laid_out(tmp_path: Path, name: str) -> None:
    path = a_zip(tmp_path / "bad.zip", ("EV/bagit.txt", b""), (name, b"x"))
    with pytest.raises(PackageError), opened(path):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["bad.zip"]


def test_links_doubles_bombs_and_what_is_no_zip_are_refused(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("EV/zeros", bytes(50_000_000))
    (tmp_path / "bomb.zip").write_bytes(bomb.getvalue())
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 this is none")
    a_zip(tmp_path / "link.zip", ("EV/link", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)
    a_zip(tmp_path / "double.zip", ("EV/a", b"1"), ("EV/A", b"2"))
    a_zip(tmp_path / "empty.zip")
    for path in sorted(tmp_path.glob("*.zip")):
        with pytest.raises(PackageError), opened(path):
            pass


def test_a_link_in_a_folder_is_a_fault_and_is_not_followed(copy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (copy / "data/verify.py").unlink()
    (copy / "data/verify.py").symlink_to(secret)
    said = verifier.verify(copy)
    assert [name for name, holds, _ in said if holds] == []
    assert "link" in said[0][2]
    (copy / "data/verify.py").unlink()
    os.mkfifo(copy / "data/verify.py")
    assert "link or a device" in verifier.verify(copy)[0][2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest-sha256.txt", b"0" * 64 + b"  ../../etc/passwd\n"),
        ("manifest-sha256.txt", b"\xff\xfe"),
        ("data/custody/events.jsonl", b"[" * 200_000),
        ("data/custody/inclusion.json", b'{"proofs": 3}'),
        ("data/custody/checkpoint", b""),
        ("data/package.json", b'{"originals": [{"path": "../../../etc/passwd"}]}'),
        ("signatures/tagmanifest.sshsig", b"-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n"),
    ],
)
def test_files_that_are_not_what_they_should_be_are_faults(copy: Path, name: str, content: bytes) -> None:
    (copy / name).write_bytes(content)
    said = verifier.verify(copy)
    assert not all(holds for _, holds, _ in said)


def test_the_command_says_what_holds_of_a_folder_and_of_a_zip(handed: Handed, tmp_path: Path) -> None:
    zip_bag(handed.folder, tmp_path / "one.zip")
    key = verifier.fingerprint(handed.house.services.key.verifying.raw)
    for path in (handed.folder, tmp_path / "one.zip"):
        said = run("verify", str(path), "--key", key, "--json")
        assert said.exit_code == 0, said.output
        assert json.loads(said.stdout)["holds"] is True
    said = run("verify", str(handed.folder))
    assert "Whose key it is was not checked" in said.output


def test_the_command_ends_with_1_and_names_the_fault(copy: Path) -> None:
    (copy / "data/package.json").write_bytes(b"{}")
    said = run("verify", str(copy))
    assert said.exit_code == 1
    assert "data/package.json was changed" in said.output


def test_an_older_checkpoint_is_held_against_the_log_inside(handed: Handed, tmp_path: Path) -> None:
    note = (handed.folder / "data/custody/checkpoint").read_text(encoding="utf-8")
    (tmp_path / "kept").write_text(note, encoding="utf-8")
    said = run("verify", str(handed.folder), "--checkpoint", str(tmp_path / "kept"), "--json")
    assert said.exit_code == 0, said.output
    (tmp_path / "kept").write_text(note.replace("\n\n", "\nmore\n\n"), encoding="utf-8")
    said = run("verify", str(handed.folder), "--checkpoint", str(tmp_path / "kept"), "--json")
    assert said.exit_code == 1


def test_a_truth_of_ed25519_is_told_as_openssl_tells_it(handed: Handed) -> None:
    key, signer = handed.house.services.key.verifying.raw, handed.house.services.key
    for number in range(8):
        message = bytes(range(number * 7))
        signature = signer.sign(message)
        assert verifier.ed25519(key, message, signature)
        for place in (0, 31, 32, 63):
            broken = bytearray(signature)
            broken[place] ^= 1 << number
            assert not verifier.ed25519(key, message, bytes(broken))
        assert not verifier.ed25519(key, message + b"x", signature)
