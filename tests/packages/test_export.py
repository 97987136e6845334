"""Exporting: the same bytes for the same inputs, nothing without a grant, nothing half-made."""

import json
import multiprocessing
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.domain.evidence import CustodyAction
from pipeline.errors import ConsentRevokedError, PackageError, RecordNotFoundError, StorageError
from pipeline.ffmpeg.program import find_ffmpeg
from pipeline.night.attach import attach_highlights
from pipeline.night.leaving_notes import note_leaving
from pipeline.night.redaction import Redactor
from pipeline.night.services import open_services
from pipeline.packages import verifier
from pipeline.packages.bag import publish, zip_bag
from pipeline.packages.export import build, export_incident
from pipeline.retention.disposal import finish_disposals
from pipeline.retention.revocation import revoke_grant
from tests.footage import RedFigureDetector
from tests.night.story import MORNING, House, an_incident
from tests.night.test_reports import a_whole_night
from tests.packages.breaking import files_of
from tests.packages.conftest import INCIDENT, Handed
from tests.packages.killed import STEPS, export_and_die, export_and_die_at


def test_the_same_inputs_give_the_same_bytes(handed: Handed, tmp_path: Path) -> None:
    moment = MORNING + timedelta(hours=3)
    made = []
    for name in ("first", "second"):
        contents, tags = build(handed.house.services, INCIDENT, tmp_path / name, moment)
        folder = tmp_path / name / contents.package_id
        zip_bag(folder, tmp_path / f"{name}.zip")
        made.append((contents.package_id, tags, {one: (folder / one).read_bytes() for one in files_of(folder)}))

    assert made[0] == made[1]
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_the_originals_inside_are_the_bytes_that_were_received(handed: Handed, clips: Path) -> None:
    (original,) = (handed.folder / "data/originals").iterdir()
    assert original.read_bytes() == (clips / "visit.mp4").read_bytes()


def test_a_zip_is_stored_and_holds_the_folder(handed: Handed, tmp_path: Path) -> None:
    made = export_incident(
        handed.house.services, INCIDENT, tmp_path, "kim", zipped=True, moment=MORNING + timedelta(hours=4)
    )
    with zipfile.ZipFile(made.path) as archive:
        entries = archive.infolist()
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.filename.split("/")[0] for entry in entries} == {made.contents.package_id}
    assert [path.name for path in tmp_path.iterdir()] == [made.path.name], "nothing else is left"


def test_nothing_leaves_without_an_attachment_or_without_its_grant(tmp_path: Path, clips: Path) -> None:
    out = tmp_path / "out"
    with a_whole_night(tmp_path / "store", clips / "visit.mp4") as (house, _):
        with pytest.raises(PackageError, match="nothing is attached"):
            export_incident(house.services, INCIDENT, out, "kim")
        with pytest.raises(RecordNotFoundError):
            export_incident(house.services, "in-nowhere", out, "kim")

        attach_highlights(house.services)
        with pytest.raises(ConsentRevokedError):  # while the package is being written
            export_incident(house.services, INCIDENT, out, "kim", before_visible=house.revoke)
        with pytest.raises(ConsentRevokedError):
            export_incident(house.services, INCIDENT, out, "kim")
        assert list(out.iterdir()) == []
        assert house.services.catalogue.disclosures.list() == ()


def test_another_purpose_than_the_grants_is_refused(handed: Handed, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="its purpose is") as caught:
        export_incident(handed.house.services, INCIDENT, tmp_path, "kim", purpose="curiosity")
    assert type(caught.value).__name__ == "ConsentOutOfScopeError"


def test_what_a_killed_export_left_is_taken_away_by_the_next(handed: Handed, tmp_path: Path) -> None:
    left = tmp_path / ".doorstep-export" / "EV-HALF"
    left.mkdir(parents=True)
    export_incident(handed.house.services, INCIDENT, tmp_path, "kim", moment=MORNING + timedelta(hours=5))
    assert not left.exists()


def test_a_package_that_is_there_already_is_not_written_over(handed: Handed, tmp_path: Path) -> None:
    moment = MORNING + timedelta(hours=6)
    contents, _ = build(handed.house.services, INCIDENT, tmp_path / "probe", moment)
    (tmp_path / contents.package_id).mkdir()
    with pytest.raises(PackageError, match="there already"):
        export_incident(handed.house.services, INCIDENT, tmp_path, "kim", moment=moment)


def test_a_folder_that_cannot_be_written_is_said(handed: Handed, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        export_incident(handed.house.services, INCIDENT, tmp_path / "file", "kim")
    shutil.rmtree(tmp_path / "file", ignore_errors=True)


def test_redacted_copies_lie_beside_the_originals_and_say_what_they_hide(handed: Handed, tmp_path: Path) -> None:
    redactor = Redactor(handed.house.services, lambda _: RedFigureDetector())
    made = export_incident(
        handed.house.services, INCIDENT, tmp_path, "kim", moment=MORNING + timedelta(hours=7), redactor=redactor
    )
    (shared,) = json.loads((made.path / "data/package.json").read_bytes())["shared_copies"]
    assert verifier.digest(made.path / shared["path"]) == shared["sha256"]
    assert "masked" in json.loads((made.path / shared["what_was_hidden"]).read_bytes())["redaction"]
    assert (made.path / shared["path"].replace("shared", "highlights")).is_file()
    assert all(holds for _, holds, _ in verifier.verify(made.path))


def test_an_original_with_sound_is_kept_back_where_no_sound_is_granted(tmp_path: Path, clips: Path) -> None:
    film = with_tone(clips / "visit.mp4", tmp_path / "loud.mp4")
    with a_whole_night(tmp_path / "store", film) as (house, _):
        attach_highlights(house.services)
        made = export_incident(house.services, INCIDENT, tmp_path / "out", "kim")
        assert not (made.path / "data/originals").exists()
        said = json.loads((made.path / "data/package.json").read_bytes())
        assert [row["why"] for row in said["originals_withheld"]] == [
            "the original has sound, and no grant allows sound"
        ]
        assert said["originals_withheld"][0]["sha256"] == verifier.digest(film)
        assert all(holds for _, holds, _ in verifier.verify(made.path))


def with_tone(source: Path, target: Path) -> Path:
    """The same film with a tone."""
    program = find_ffmpeg()
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3"]
    command = [str(program), "-v", "error", "-i", str(source), *tone, "-c:v", "copy", "-c:a", "aac", str(target)]
    subprocess.run(command, check=True)
    return target


def test_a_story_incident_is_what_these_tests_think(handed: Handed) -> None:
    assert handed.exported.contents.incident == an_incident(case_number="C-7")


@pytest.mark.parametrize("zipped", [False, True])
def test_a_package_that_becomes_visible_while_its_grant_is_revoked_is_taken_away(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool
) -> None:
    """Whoever revokes just before the rename is served: nothing stays, and the log says that it was there."""
    out, seen = tmp_path / "out", []
    with a_whole_night(tmp_path / "store", clips / "visit.mp4") as (house, _):
        attach_highlights(house.services)

        def revoked_and_published(made: Path, target: Path) -> None:
            house.revoke()
            publish(made, target)
            seen.append(target.exists())

        monkeypatch.setattr("pipeline.packages.export.publish", revoked_and_published)
        with pytest.raises(ConsentRevokedError):
            export_incident(house.services, INCIDENT, out, "kim", zipped=zipped)
        assert seen == [True]
        assert list(out.iterdir()) == []
        (told,) = house.services.catalogue.disclosures.list()
        record = list(house.services.catalogue.custody.records())[-1].entry
        assert (record.action, record.subject) == (CustodyAction.PACKAGE_WITHDRAWN, told.package_id)
        assert record.detail["why"] == "ConsentRevokedError"


@pytest.mark.parametrize("revoking", [True, False])
def test_what_an_export_that_was_killed_before_its_second_question_left_is_asked_about_by_the_next_sweep(
    tmp_path: Path, clips: Path, revoking: bool
) -> None:
    out = tmp_path / "out"
    with a_whole_night(tmp_path / "store", clips / "visit.mp4") as (house, _):
        attach_highlights(house.services)
        order = (house.services.settings, INCIDENT, out, revoking)
        child = multiprocessing.get_context("spawn").Process(target=export_and_die, args=order)
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        (told,) = house.services.catalogue.disclosures.list()
        lying = out / f"{told.package_id}.zip"
        assert lying.exists()

        finished = finish_disposals(house.services)

        assert finished.failed == ()
        assert finished.withdrawn == ((lying.name,) if revoking else ())
        assert lying.exists() is not revoking
        actions = [one.entry.action for one in house.services.catalogue.custody.records(subject=told.package_id)]
        assert (CustodyAction.PACKAGE_WITHDRAWN in actions) is revoking
        house.revoke()
        assert finish_disposals(house.services).withdrawn == (), "a package that was asked about is out"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Iterator[House]:
    """A house whose incident can be exported."""
    with a_whole_night(tmp_path_factory.mktemp("ready"), clips / "visit.mp4") as (house, _):
        attach_highlights(house.services)
        yield house


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_an_export_that_is_killed_at_any_step_stops_no_other_and_leaves_nothing_that_is_revoked(
    ready: House, tmp_path: Path, step: str, after: bool
) -> None:
    store = shutil.copytree(ready.services.settings.store.directory, tmp_path / "store")
    settings = ready.services.settings.model_copy(
        update={"store": ready.services.settings.store.model_copy(update={"directory": store})}
    )
    out, children = tmp_path / "out", multiprocessing.get_context("spawn")
    child = children.Process(target=export_and_die_at, args=(settings, INCIDENT, out, step), kwargs={"after": after})
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL

    with open_services(settings, lambda: MORNING + timedelta(hours=2)) as services:
        elsewhere = export_incident(services, INCIDENT, tmp_path / "elsewhere", "kim", zipped=True)
        assert elsewhere.path.is_file()
        revoke_grant(services, "gr-1", "ann")
        assert finish_disposals(services).failed == ()
        is_out = (step, after) == ("settle_leaving", True)  # it was whole, and asked about twice
        assert [path.suffix for path in out.rglob("*")] == ([".zip"] if is_out else [])
        assert list((store / "leaving").iterdir()) == []


def test_a_package_that_cannot_be_asked_about_does_not_keep_the_others(tmp_path: Path, clips: Path) -> None:
    """A note of a package that a restored database does not know, one of a folder that we may not look into."""
    out = tmp_path / "out"
    with a_whole_night(tmp_path / "store", clips / "visit.mp4") as (house, _):
        attach_highlights(house.services)
        made = export_incident(house.services, INCIDENT, out, "kim")
        (out / "unknown").mkdir()
        note_leaving(house.services, "EV-0", out / "unknown")
        (house.services.settings.store.directory / "leaving" / "EV-00.json").write_text("{", "utf-8")  # damaged
        note_leaving(house.services, "EV-1", tmp_path / ("a" * 300) / "away.zip")
        note_leaving(house.services, made.disclosure.package_id, made.path)
        house.revoke()

        finished = finish_disposals(house.services)

        assert [one.partition(":")[0] for one in finished.failed] == ["package EV-0", "package EV-00"]
        assert finished.withdrawn == (made.path.name,)
        assert not made.path.exists()
