"""Jobs of the desk: worked off once, told as they go, mended after a kill, failed with a remedy."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.casework.approval import ask_approval, decide_approval
from pipeline.casework.attaching import attach
from pipeline.casework.jobs import JobRoom, brought_folder, forget_unclaimed, new_job
from pipeline.casework.works import WORKS, package_path
from pipeline.catalogue.holders import this_process
from pipeline.domain.agents import Matter
from pipeline.domain.jobs import Job, JobKind, JobState
from pipeline.errors import ConsentRevokedError, RecordNotFoundError
from pipeline.night.services import Services
from pipeline.packages.opening import opened
from pipeline.packages.progress import Teller
from pipeline.packages.verifier import verify
from pipeline.retention.revocation import revoke_grant
from tests.casework.desk import KIM, LEE, Desk, a_desk
from tests.conftest import ROOT
from tests.night.conftest import clips
from tests.night.story import anns_grant

__all__ = ["clips"]


def approved(desk: Desk) -> str:
    name = desk.incident().incident_id
    attach(desk.services, KIM, name, desk.highlight(), "by hand")
    ask_approval(desk.services, KIM, name)
    decide_approval(desk.services, LEE, name, is_given=True)
    return name


def killed(desk: Desk, job: Job, attempts: int = 1) -> None:
    """The job as a process that was killed in the middle of it leaves it."""
    gone = "/".join((*this_process().split("/")[:3], "4194304", "1"))
    jobs = desk.services.catalogue.jobs
    for number in range(attempts):
        assert jobs.take(job.job_id, gone) is not None
        jobs.tell(job.job_id, "writing", 5, 9, "bytes")
        if number + 1 < attempts:
            jobs.mend(lambda holder: holder == gone, attempts, lambda one: one)


def test_an_export_is_worked_off_once_and_its_package_holds(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        job = new_job(desk.services, KIM, JobKind.EXPORT, approved(desk), {"redacted": ""})
        room = JobRoom(desk.services, WORKS)
        room.finish()

        done = desk.services.catalogue.jobs.get(job.job_id)
        assert (done.state, done.attempts, done.holder) == (JobState.DONE, 1, "")
        assert done.stage == "putting it into one file"
        assert done.done == done.total > 0
        path = package_path(desk.services, done)
        assert path.stat().st_size == int(done.result["bytes"])
        with opened(path) as folder:
            assert all(holds for _, holds, _ in verify(folder))
        assert room.work(job.job_id) is None, "nobody does it again"
        assert len(desk.services.catalogue.disclosures.list()) == 1

        revoke_grant(desk.services, "gr-1", "ann")
        with pytest.raises(RecordNotFoundError):
            package_path(desk.services, done)


def test_what_is_refused_is_said_with_its_remedy(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        job = new_job(desk.services, KIM, JobKind.EXPORT, approved(desk), {"redacted": ""})
        desk.house.revoke()
        room = JobRoom(desk.services, WORKS)
        room.finish()

        failed = desk.services.catalogue.jobs.get(job.job_id)
        assert failed.state is JobState.FAILED
        assert "revoked" in failed.error
        assert failed.remedy == ConsentRevokedError.remedy
        assert list((tmp_path / "packages").iterdir()) == []


def test_a_job_whose_process_was_killed_is_begun_again_once(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        name = approved(desk)
        once, twice = (new_job(desk.services, KIM, JobKind.EXPORT, name, {"redacted": ""}) for _ in range(2))
        killed(desk, once)
        killed(desk, twice, attempts=2)
        room = JobRoom(desk.services, WORKS)
        room.finish()

        again = desk.services.catalogue.jobs.get(once.job_id)
        assert (again.state, again.attempts) == (JobState.DONE, 2)
        given_up = desk.services.catalogue.jobs.get(twice.job_id)
        assert given_up.state is JobState.FAILED
        assert given_up.error == "the program ended in the middle of export, while writing"
        assert given_up.remedy
        assert given_up.ended_at == desk.services.now()


def test_a_job_of_a_living_process_is_left_alone(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        job = new_job(desk.services, KIM, JobKind.EXPORT, approved(desk), {"redacted": ""})
        assert desk.services.catalogue.jobs.take(job.job_id, this_process()) is not None
        room = JobRoom(desk.services, WORKS)
        assert room.mend() == ()
        room.finish()
        assert desk.services.catalogue.jobs.get(job.job_id).state is JobState.RUNNING


def test_an_export_killed_half_way_leaves_nothing_and_is_finished_by_the_next_start(
    tmp_path: Path, clips: Path
) -> None:
    """A process of its own is killed while it writes; the disclosure and the package are there exactly once."""
    grant = anns_grant(expires_at=datetime(2126, 1, 1, tzinfo=UTC))
    with a_desk(tmp_path, clips / "visit.mp4", grant=grant) as desk:
        job = new_job(desk.services, KIM, JobKind.EXPORT, approved(desk), {"redacted": ""})
        script = textwrap.dedent("""
            import os, sys
            from pathlib import Path
            from pipeline.casework.jobs import JobRoom
            from pipeline.casework.works import WORKS
            from pipeline.night.services import open_services
            from pipeline.packages import export
            from pipeline.settings import Settings, StoreSettings

            def kill(*_: object) -> None:
                os.kill(os.getpid(), 9)

            export.zip_bag = kill
            with open_services(Settings(store=StoreSettings(directory=Path(sys.argv[1])))) as services:
                JobRoom(services, WORKS).finish()
        """)
        words = [sys.executable, "-c", script, str(tmp_path)]
        ended = subprocess.run(words, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)

        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert desk.services.catalogue.jobs.get(job.job_id).state is JobState.RUNNING
        assert desk.services.catalogue.disclosures.list() == ()
        room = JobRoom(desk.services, WORKS)
        room.finish()
        done = desk.services.catalogue.jobs.get(job.job_id)
        assert (done.state, done.attempts) == (JobState.DONE, 2)
        assert [path.name for path in (tmp_path / "packages").iterdir()] == [done.result["file"]]
        assert len(desk.services.catalogue.disclosures.list()) == 1


def test_a_fault_of_ours_ends_one_job_and_is_said(
    tmp_path: Path, clips: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(services: Services, job: Job, matter: Matter, tell: Teller) -> Mapping[str, str]:
        raise ZeroDivisionError("a fault")

    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        job = new_job(desk.services, KIM, JobKind.REPORT, desk.incident().incident_id)
        room = JobRoom(desk.services, {**WORKS, JobKind.REPORT: fall})
        room.finish()

        failed = desk.services.catalogue.jobs.get(job.job_id)
        assert failed.state is JobState.FAILED
        assert "a fault of this program (ZeroDivisionError)" in failed.error
        assert "a job of the desk failed" in caplog.text
        caplog.clear()


def test_what_was_brought_and_no_job_has_in_hand_goes_at_the_next_start(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        folder = brought_folder(desk.services)
        folder.mkdir(parents=True)
        for name in ("claimed", "left"):
            (folder / name).write_bytes(b"somebody's clip")
        incident = desk.incident()
        new_job(desk.services, KIM, JobKind.UPLOAD, incident.incident_id, {"path": str(folder / "claimed")})
        forget_unclaimed(desk.services)
        assert [path.name for path in folder.iterdir()] == ["claimed"]
