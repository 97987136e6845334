"""C2PA: what is read of a source, and what is written into a copy; with the real library, nothing mocked."""

import hashlib
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.domain.evidence import Seal, SealState
from pipeline.errors import SealError
from pipeline.evidence import seal as seal_module
from pipeline.evidence.seal import judged, read_seal
from pipeline.evidence.seal_copy import CUSTODY_LABEL, seal_copy
from pipeline.evidence.seal_keys import SealKey
from pipeline.ffmpeg import find_ffmpeg
from pipeline.settings import SealSettings
from tests.evidence.seals import SOURCE, a_key, an_order, changed, manifest_of, seal
from tests.footage import wall, with_figure, write_clip

SETTINGS = SealSettings()
OPENSSL = shutil.which("openssl") or "openssl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seals")


@pytest.fixture(scope="module")
def maker(folder: Path) -> SealKey:
    return a_key(folder / "maker")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Path:
    return write_clip(folder / "plain.mp4", lambda at: with_figure(wall((320, 240)), 100 + 40 * at, 200), 1.0)


@pytest.fixture(scope="module")
def sealed(folder: Path, plain: Path, maker: SealKey) -> Path:
    return seal(plain, folder / "sealed.mp4", maker)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def trusting(folder: Path, key: SealKey) -> SealSettings:
    anchors = folder / "anchors.pem"
    anchors.write_text(key.root)
    return SealSettings(trust_anchors=anchors)


def test_a_clip_without_a_seal_has_none_and_no_process_is_started(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(seal_module, "ask", refuse)
    assert read_seal(plain, SETTINGS) == Seal(SealState.ABSENT)


def test_a_seal_that_holds_is_verified_and_trusted_only_under_the_operator_s_anchors(
    sealed: Path, maker: SealKey, tmp_path: Path
) -> None:
    before = digest(sealed)
    found, trusted = read_seal(sealed, SETTINGS), read_seal(sealed, trusting(tmp_path, maker))

    assert (found.state, found.is_trusted, found.detail) == (SealState.VERIFIED, False, "")
    assert found.signer == "A maker of cameras, Doorstep seals"
    assert found.reader.startswith("c2pa-python ")
    assert (trusted.state, trusted.is_trusted) == (SealState.VERIFIED, True)
    assert digest(sealed) == before


def test_a_flipped_bit_breaks_the_seal(sealed: Path, tmp_path: Path) -> None:
    found = read_seal(changed(sealed, tmp_path / "changed.mp4"), SETTINGS)
    assert (found.state, found.detail) == (SealState.BROKEN, "assertion.bmffHash.mismatch")


def test_a_clip_made_of_a_tampered_one_is_broken_though_its_own_seal_says_trusted(
    plain: Path, sealed: Path, maker: SealKey, tmp_path: Path
) -> None:
    tampered = changed(sealed, tmp_path / "tampered.mp4")
    derived = seal(plain, tmp_path / "derived.mp4", maker, parent=tampered)
    grandchild = seal(plain, tmp_path / "grandchild.mp4", maker, parent=derived)
    anchors = trusting(tmp_path, maker)

    for path, ingredients in ((derived, 1), (grandchild, 2)):
        state, _ = manifest_of(path)
        found = read_seal(path, anchors)
        assert state in ("Valid", "Trusted"), "the state at the top says nothing of it"
        assert found.state is SealState.BROKEN
        assert "assertion.bmffHash.mismatch" in found.detail
        assert found.ingredients == ingredients
        assert not found.is_trusted


def test_a_clip_made_of_a_whole_one_is_verified(plain: Path, sealed: Path, maker: SealKey, tmp_path: Path) -> None:
    found = read_seal(seal(plain, tmp_path / "derived.mp4", maker, parent=sealed), trusting(tmp_path, maker))
    assert (found.state, found.ingredients, found.detail) == (SealState.VERIFIED, 1, "")


def test_a_remux_strips_the_seal(sealed: Path, tmp_path: Path) -> None:
    out = tmp_path / "remuxed.mp4"
    subprocess.run([str(find_ffmpeg()), "-v", "error", "-i", str(sealed), "-c", "copy", str(out)], check=True)
    assert read_seal(out, SETTINGS).state is SealState.ABSENT


def test_without_the_library_a_seal_is_not_read_and_a_copy_is_not_sealed(
    sealed: Path, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maker: SealKey
) -> None:
    monkeypatch.setattr(seal_module, "is_installed", lambda: False)
    found = read_seal(sealed, SETTINGS)
    assert (found.state, found.detail.partition(",")[0]) == (SealState.NOT_READ, "c2pa is not installed")
    with pytest.raises(SealError, match="not installed"):
        seal_copy(an_order(plain, tmp_path / "out.mp4"), maker, SETTINGS)


def test_broken_manifests_end_in_a_state_and_never_in_a_fault(sealed: Path, tmp_path: Path) -> None:
    """Bytes of the manifest itself are changed: what comes of it is said, and it is never called whole."""
    random_ = random.Random(4)
    start = sealed.read_bytes().index(b"jumb")
    for number in range(6):

        def change(content: bytearray) -> None:
            for _ in range(4):
                content[start + random_.randrange(3000)] = random_.randrange(256)

        found = read_seal(changed(sealed, tmp_path / f"{number}.mp4", change), SETTINGS)
        assert found.state in (SealState.BROKEN, SealState.NOT_READ, SealState.ABSENT), found


def test_a_child_that_outlives_patience_is_ended_and_that_is_said(sealed: Path) -> None:
    found = read_seal(sealed, SealSettings(wall_seconds=0.01))
    assert found == Seal(SealState.NOT_READ, "patience with the sealing child ended")


def test_a_seal_that_lies_elsewhere_is_not_fetched_and_that_is_said() -> None:
    assert judged({"absent": "ManifestNotFound"}, is_elsewhere=True).state is SealState.NOT_READ


def test_a_report_without_a_bottom_is_broken() -> None:
    report: dict[str, object] = {"validation_results": {}}
    for _ in range(60):
        report = {"below": report}
    assert judged({"report": report, "state": "Valid"}).detail == "the report is nested too deep"


@pytest.mark.parametrize("report", [None, [], {"manifests": 3, "active_manifest": []}, {"validation_status": "x"}])
def test_a_report_of_another_shape_ends_in_a_state(report: object) -> None:
    assert judged({"report": report, "state": "Invalid"}).state is SealState.BROKEN


def test_a_sealed_copy_names_its_original_and_our_record_and_neither_source_is_written_to(
    plain: Path, sealed: Path, tmp_path: Path
) -> None:
    key, out = a_key(tmp_path / "keys", "An agency"), tmp_path / "copy.mp4"
    before = digest(plain), digest(sealed)
    seal_copy(an_order(plain, out, original=sealed), key, SETTINGS)

    assert (digest(plain), digest(sealed)) == before
    state, report = manifest_of(out)
    active = report["manifests"][report["active_manifest"]]
    (parent,) = active["ingredients"]
    assert state == "Valid"
    assert (parent["relationship"], parent["title"]) == ("parentOf", f"sha256:{SOURCE}")
    assert len(report["manifests"]) == 2, "the original's own manifest is carried along"
    (custody,) = [one["data"] for one in active["assertions"] if one["label"] == CUSTODY_LABEL]
    assert (custody["custody_record"], custody["original_sha256"]) == (17, SOURCE)
    (actions,) = [one["data"]["actions"] for one in active["assertions"] if one["label"].startswith("c2pa.actions")]
    assert [one["action"] for one in actions] == ["c2pa.opened", "c2pa.trimmed", "c2pa.transcoded", "c2pa.edited"]
    assert read_seal(out, trusting(tmp_path, key)).is_trusted


def test_a_copy_that_hides_people_carries_nothing_of_its_original_s_manifest(plain: Path, tmp_path: Path) -> None:
    """Another's manifest may hold a thumbnail of what the copy hides."""
    key, out = a_key(tmp_path / "keys", "An agency"), tmp_path / "copy.mp4"
    seal_copy(an_order(plain, out, hidden="2 people"), key, SETTINGS)

    _, report = manifest_of(out)
    active = report["manifests"][report["active_manifest"]]
    assert len(report["manifests"]) == 1
    assert [one["relationship"] for one in active["ingredients"]] == ["parentOf"]
    assert "redacted: 2 people" in str(active["assertions"])
    assert "thumbnail" not in str(report)
    with pytest.raises(ValueError, match="carry"):
        an_order(plain, out, hidden="2 people", original=plain)


def test_a_seal_is_never_written_into_its_source(plain: Path, sealed: Path) -> None:
    for changes in ({"out": plain}, {"out": sealed, "original": sealed}):
        with pytest.raises(ValueError, match="never written"):
            an_order(plain, **{"out": plain, **changes})


def test_the_certificates_stay_and_their_root_is_the_store_s_key(tmp_path: Path) -> None:
    one, again = a_key(tmp_path, "An agency"), a_key(tmp_path, "Another name")
    assert one.chain == again.chain
    pem = tmp_path / "root.pem"
    pem.write_text(one.root)
    told = subprocess.run(
        [OPENSSL, "x509", "-in", str(pem), "-noout", "-pubkey"], check=True, capture_output=True, text=True
    ).stdout
    assert told == (tmp_path / "signing.pub").read_text()
    leaf = tmp_path / "leaf.pem"
    leaf.write_text(one.chain)
    subprocess.run([OPENSSL, "verify", "-CAfile", str(pem), str(leaf)], check=True, capture_output=True)
