"""A package under the tools of others: what they say of a whole one, and that each break is found by one of them."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest

from pipeline.packages import verifier
from tests.packages.breaking import add, files_of, forged, remove, rename, some_flips, unnoticed, with_another_root
from tests.packages.conftest import Handed
from tests.packages.howto import commands, failing, paste


def tool(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    found = shutil.which(words[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert found, f"{words[0]} is missing: install what the Makefile names as PACKAGES"
    return subprocess.run([found, *words[1:]], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_commands_of_the_howto_succeed_by_copy_and_paste(handed: Handed) -> None:
    said = [paste(command, handed.folder) for command in commands(handed.folder)]

    assert [one.returncode for one in said] == [0] * 6, [one.stdout + one.stderr for one in said]
    words = [one.stdout + one.stderr for one in said]
    for text, wanted in zip(
        words, ("bytes: ok", "is valid", "files: ok", "Good ", "Signature Verified Successfully", "holds"), strict=True
    ):
        assert wanted in text
    assert "DOES NOT HOLD" not in words[5]
    fingerprint = verifier.fingerprint(handed.house.services.key.verifying.raw)
    assert all(fingerprint in text for text in (words[3], words[5])), "OpenSSH names the key as we do"


def test_a_library_of_others_finds_the_bag_valid(handed: Handed) -> None:
    bag = bagit.Bag(str(handed.folder))

    assert bag.is_valid()
    assert bag.version_info == (1, 0)
    assert bag.info["External-Identifier"] == handed.exported.contents.package_id


def test_the_graph_conforms_to_case(handed: Handed) -> None:
    said = tool("case_validate", "--built-version", "case-1.4.0", "data/case.jsonld", cwd=handed.folder)

    assert said.returncode == 0, said.stdout
    assert "Conforms: True" in said.stdout
    assert "warning" not in (said.stdout + said.stderr).lower()


@pytest.mark.parametrize("name", ["report.pdf", "certification-902.pdf"])
def test_the_papers_are_pdf_a_and_readable(handed: Handed, name: str) -> None:
    said = tool("pdfinfo", f"data/report/{name}", cwd=handed.folder)
    text = tool("pdftotext", f"data/report/{name}", "-", cwd=handed.folder)

    assert said.returncode == 0, said.stderr
    assert b"pdfaid:part" in (handed.folder / f"data/report/{name}").read_bytes()
    original = handed.exported.contents.originals[0].clip.item.digest
    assert original in text.stdout, "it names the original, so that whoever copies the digest finds the file"


@pytest.mark.parametrize(
    "count", [60, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(14_400)])], ids=["some", "many"]
)
def test_few_of_many_flips_of_a_byte_pass_unnoticed_and_that_few_is_none(
    copy: Path, count: int, share: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    flips = list(some_flips(copy, share(count), seed=11))
    record_property("flips", len(flips))
    assert unnoticed(copy, iter(flips)) == []


def test_flips_pass_unnoticed_by_our_own_check_neither(copy: Path) -> None:
    names = files_of(copy)
    own = [f"{sys.executable} -I -S {Path(verifier.__file__)} --folder ."]

    assert failing(copy, own) == []
    assert unnoticed(copy, some_flips(copy, 40, seed=12), own) == []
    assert files_of(copy) == names


@pytest.mark.parametrize("name", ["data/more.txt", "more.txt", "signatures/more", "data/originals/a b.mp4", ".hidden"])
def test_an_added_file_is_noticed(copy: Path, name: str) -> None:
    add(copy, name)
    assert failing(copy, commands(copy))


def test_a_removed_or_renamed_file_is_noticed(copy: Path, tmp_path: Path) -> None:
    for number, name in enumerate(files_of(copy)):
        for how in (remove, rename):
            if name == "data/HOWTO-VERIFY.txt":
                continue
            broken = Path(shutil.copytree(copy, tmp_path / f"{number}-{how.__name__}"))
            pasted = commands(broken)
            how(broken, name)
            assert failing(broken, pasted), f"{how.__name__} {name}"
            shutil.rmtree(broken)


def test_an_edited_log_is_noticed_also_when_the_manifests_are_written_anew(copy: Path) -> None:
    path = copy / "data/custody/events.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("ingested", "accessed"), encoding="utf-8")
    forged(copy)

    pasted = commands(copy)
    assert [number for number, command in enumerate(pasted, 1) if paste(command, copy).returncode] == [4, 6]


def test_a_checkpoint_with_another_root_is_noticed_by_openssl(copy: Path) -> None:
    with_another_root(copy)
    assert paste(commands(copy)[4], copy).returncode != 0


def test_another_key_is_noticed_by_whoever_knows_the_published_one(handed: Handed) -> None:
    said = verifier.verify(handed.folder, "SHA256:another")
    assert [name for name, holds, _ in said if not holds] == ["signer"]


def test_records_name_who_exported_and_the_package_is_found_among_the_disclosures(handed: Handed) -> None:
    services, disclosure = handed.house.services, handed.exported.disclosure

    assert services.catalogue.disclosures.get(disclosure.package_id) == disclosure
    assert disclosure in services.catalogue.disclosures.list()
    assert disclosure.tag_manifest == verifier.digest(handed.folder / verifier.TAG_MANIFEST)
    (record,) = services.catalogue.custody.records(subject=disclosure.package_id)
    assert (record.entry.agent, record.entry.authority) == ("kim", "gr-1 v1")
    assert record.entry.detail["case"] == "C-7"


def test_what_is_inside_says_what_was_not_looked_at(handed: Handed) -> None:
    coverage = json.loads((handed.folder / "data/coverage.json").read_bytes())
    rows = [json.loads(line) for line in (handed.folder / "data/detections.jsonl").read_text("utf-8").splitlines()]
    times = json.loads((handed.folder / "data/time_map.json").read_bytes())

    assert {camera["camera_id"]: camera["standing"] for camera in coverage["cameras"]} == {
        "ring:1001": "fetched, with clips that show nothing",
        "ring:2001": "not granted",
        "ring:3001": "not granted",
    }
    assert len(coverage["clips_that_show_nothing"]) == 1
    (looked,) = [row for row in rows if row["row"] == "analysis"]
    assert looked["looked_at"]
    settings = (handed.folder / f"data/analysis_settings/{looked['settings_sha256']}.json").read_bytes()
    assert hashlib.sha256(settings).hexdigest() == looked["settings_sha256"], "any tool shows whose settings they are"
    assert {"version", "sampling", "detection", "events", "zones"} <= json.loads(settings).keys()
    assert (times["clips"][0]["clock_source"], times["clips"][0]["uncertainty_seconds"]) == ("vendor", 6.0)
