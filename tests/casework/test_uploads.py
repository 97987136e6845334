"""Clips that are brought with an incident: under a grant of their resident, or not at all."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.analysis import settings_digest
from pipeline.casework import uploads
from pipeline.casework.cuts import CutOrder, cut_span
from pipeline.casework.incidents import merge_incidents
from pipeline.casework.jobs import JobRoom, brought_folder, new_job
from pipeline.casework.uploads import Brought, Hands, bring, folders, require_fit
from pipeline.casework.works import WORKS
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.consent import ConsentGrant, DailyHours
from pipeline.domain.events import EventKind
from pipeline.domain.jobs import JobKind, JobState
from pipeline.domain.video import ClockSource
from pipeline.errors import (
    ConsentError,
    ConsentMissingError,
    ConsentOutOfScopeError,
    KeptNotAttachedError,
    NightAlreadyRunningError,
    PipelineError,
    RecordNotFoundError,
    UploadRefusedError,
)
from pipeline.night.tonight import open_night
from pipeline.night.workers import Eyes
from pipeline.retention.receipt import make_receipt
from pipeline.retention.revocation import revoke_grant
from tests.casework.desk import KIM, Desk, a_desk
from tests.night.conftest import clips
from tests.night.story import EVENING, InThisProcess, anns_grant

__all__ = ["clips"]
CAROL = "folder:carol"
NAME = "20260310_223000.mp4"


@contextmanager
def a_desk_and_carol(tmp_path: Path, clips: Path, **grant: object) -> Iterator[Desk]:
    """Carol has linked a folder; with a grant for it where its words are given."""
    with a_desk(tmp_path / "store", clips / "empty.mp4") as desk:
        (tmp_path / "carol").mkdir()
        account = desk.services.accounts.link_folder("carol", "carol", tmp_path / "carol")
        asyncio.run(desk.services.accounts.refresh_cameras(account))
        if grant.pop("granted", True):
            desk.house.grant(carols_grant(**grant))
        yield desk


def carols_grant(**changes: object) -> ConsentGrant:
    return anns_grant(grant_id="gr-carol", resident_id="carol", camera_ids=(CAROL,), **changes)


def hands(desk: Desk) -> Hands:
    pool, settings = InThisProcess(), desk.services.settings
    digest = settings_digest(settings.sampling, settings.detection, settings.events)
    return Hands(Eyes(pool.detector.identity, digest), pool)


def counted(desk: Desk) -> tuple[int, int, int]:
    catalogue = desk.services.catalogue
    return (
        len(catalogue.clips.list()),
        len(set(desk.services.originals.digests())),
        sum(1 for _ in catalogue.custody.records()),
    )


def test_a_clip_is_taken_looked_at_and_attached_whole_once(tmp_path: Path, clips: Path) -> None:
    with a_desk_and_carol(tmp_path, clips) as desk:
        incident = desk.incident()
        brought = Brought(clips / "visit.mp4", NAME, CAROL, "from the house across")
        made = bring(desk.services, KIM, incident.incident_id, brought, hands(desk))
        again = bring(desk.services, KIM, incident.incident_id, brought, hands(desk))

        assert again == made
        assert (made.reason, made.attached_by) == ("from the house across", "kim")
        (clip,) = [one for one in desk.services.catalogue.clips.list() if one.acquisition.camera_id == CAROL]
        assert (clip.acquisition.method, clip.acquisition.grant_id, clip.acquisition.file_name) == (
            "folder",
            "gr-carol",
            NAME,
        )
        assert (clip.clock.starts_at, clip.clock.source) == (EVENING, ClockSource.FILE_NAME)
        shown = desk.services.catalogue.highlights.get(made.highlight_id)
        analysis = desk.services.catalogue.analyses.newest(clip.acquisition.acquisition_id)
        assert (shown.span.start, shown.span.end) == (analysis.probe.first, analysis.sampling.last)
        assert len(shown.event_ids) == 1, "somebody walks in"
        acts = [one.entry.agent for one in desk.records("acquired") if one.entry.subject == clip.item.digest]
        assert acts == ["kim"]
        ledger = desk.services.catalogue.coverage.last(CAROL)
        assert ledger[clip.trigger.trigger_id].outcome is FetchOutcome.READY

        revoke_grant(desk.services, "gr-carol", "carol")
        assert desk.services.catalogue.incidents.attachments(incident.incident_id) == ()
        assert not desk.services.originals.has(clip.item.digest)


@pytest.mark.parametrize(
    ("grant", "error"),
    [
        ({"granted": False}, ConsentMissingError),
        ({"purpose": "a street party"}, ConsentOutOfScopeError),
        ({"granted_at": EVENING + timedelta(hours=1)}, ConsentOutOfScopeError),
    ],
    ids=["no grant", "another purpose", "recorded before it"],
)
def test_without_a_grant_for_its_moment_nothing_of_it_is_kept(
    grant: dict[str, object], error: type[PipelineError], tmp_path: Path, clips: Path
) -> None:
    with a_desk_and_carol(tmp_path, clips, **grant) as desk:
        incident = desk.incident()
        before = counted(desk)
        with pytest.raises(ConsentError) as refused:
            bring(desk.services, KIM, incident.incident_id, Brought(clips / "visit.mp4", NAME, CAROL), hands(desk))
        assert type(refused.value) is error
        assert counted(desk) == before


@pytest.mark.parametrize("when", ["before its cut", "between cut and attachment"])
def test_a_clip_whose_incident_is_merged_meanwhile_is_attached_where_it_goes_on(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    with a_desk_and_carol(tmp_path, clips) as desk:
        gone, kept = desk.incident(), desk.incident()
        owner: object = uploads if when == "before its cut" else desk.services.catalogue.incidents
        name = "cut_span" if when == "before its cut" else "attach"
        whole = getattr(owner, name)

        def merging(*given: object) -> object:
            if desk.services.catalogue.incidents.get(gone.incident_id).is_live:
                merge_incidents(desk.services, KIM, gone.incident_id, kept.incident_id)
            return whole(*given)

        monkeypatch.setattr(owner, name, merging)
        made = bring(desk.services, KIM, gone.incident_id, Brought(clips / "visit.mp4", NAME, CAROL), hands(desk))

        assert made.incident_id == kept.incident_id
        assert desk.services.catalogue.incidents.attachments(gone.incident_id) == ()
        assert [one.highlight_id for one in desk.services.catalogue.incidents.attachments(kept.incident_id)] == [
            made.highlight_id
        ]


BRIEF = DailyHours(time(18), time(22, 30, 2))
"""Which end two seconds after the clip has begun."""


@pytest.mark.parametrize(
    ("film", "grant", "why", "only"),
    [
        ("visit.mp4", {"hours": (BRIEF,)}, "outside its hours", "0.00 to 2.00 s"),
        (
            "empty.mp4",
            {"hours": (DailyHours(time(18), time(22, 30, 0, 500_000)),)},
            "outside its hours",
            "0.00 to 0.50 s",
        ),
        (
            "visit.mp4",
            {"hours": (BRIEF, DailyHours(time(22, 30, 3), time(23)))},
            "outside its hours",
            "0.00 to 2.00 s, 3.00 to 3.40 s",
        ),
        ("visit.mp4", {"event_kinds": (EventKind.PACKAGE_DELIVERED,)}, "not whole recordings", "nothing"),
    ],
)
def test_a_clip_that_is_granted_in_part_is_kept_and_whoever_brings_it_reads_which_part_may_be_cut(
    tmp_path: Path, clips: Path, film: str, grant: dict[str, object], why: str, only: str
) -> None:
    with a_desk_and_carol(tmp_path, clips, **grant) as desk:
        incident = desk.incident(place=(51.5, -0.12)).incident_id
        with pytest.raises(KeptNotAttachedError) as refused:
            bring(desk.services, KIM, incident, Brought(clips / film, NAME, CAROL), hands(desk))

        said, name = str(refused.value), refused.value.acquisition_id
        assert f"{NAME} is kept as {name}, and not attached" in said
        assert why in said
        assert said.endswith(f"of this recording {'only ' if only != 'nothing' else ''}{only}")
        assert desk.services.catalogue.clips.get(name).acquisition.camera_id == CAROL
        assert desk.services.catalogue.incidents.attachments(incident) == ()
        told = [one.words for one in make_receipt(desk.services, "gr-carol").receipt.in_part]
        assert [words.startswith(f"only {only} of ") for words in told] == ([True] if only != "nothing" else [])
        if only != "nothing":
            cut = cut_span(desk.services, KIM, incident, name, CutOrder(end=Fraction(4, 10)))
            assert [one.highlight_id for one in desk.services.catalogue.incidents.attachments(incident)] == [
                cut.highlight_id
            ]


def test_what_is_no_clip_is_refused_by_its_name_and_what_cannot_be_read_is_said(tmp_path: Path, clips: Path) -> None:
    with a_desk_and_carol(tmp_path, clips) as desk:
        incident = desk.incident()
        (tmp_path / "nothing.mp4").write_bytes(b"")
        before = counted(desk)
        for path, name, camera in (
            (clips / "visit.mp4", "letter.pdf", CAROL),
            (tmp_path / "nothing.mp4", NAME, CAROL),
            (clips / "visit.mp4", NAME, "ring:1001"),
        ):
            with pytest.raises(UploadRefusedError):
                bring(desk.services, KIM, incident.incident_id, Brought(path, name, camera), hands(desk))
        with pytest.raises(RecordNotFoundError):
            bring(desk.services, KIM, incident.incident_id, Brought(clips / "visit.mp4", NAME, "folder:x"), hands(desk))
        assert counted(desk) == before

        with pytest.raises(KeptNotAttachedError, match=r"is kept as aq-\w+, and not attached: it cannot be looked at"):
            bring(desk.services, KIM, incident.incident_id, Brought(clips / "broken.mp4", NAME, CAROL), hands(desk))
        assert desk.services.catalogue.incidents.attachments(incident.incident_id) == ()


def test_while_a_night_runs_it_is_kept_and_looked_at_later(tmp_path: Path, clips: Path) -> None:
    with a_desk_and_carol(tmp_path, clips) as desk:
        incident, brought = desk.incident(), Brought(clips / "visit.mp4", NAME, CAROL)
        with open_night(desk.services), pytest.raises(NightAlreadyRunningError):
            bring(desk.services, KIM, incident.incident_id, brought, hands(desk))
        assert [one for one in desk.services.catalogue.clips.list() if one.acquisition.camera_id == CAROL]
        assert bring(desk.services, KIM, incident.incident_id, brought, hands(desk)).attached_by == "kim"


def test_only_folders_with_a_live_grant_are_offered(tmp_path: Path, clips: Path) -> None:
    with a_desk_and_carol(tmp_path, clips) as desk:
        incident = desk.incident().incident_id
        assert [one.camera_id for one in folders(desk.services, KIM, incident)] == [CAROL]
        require_fit(desk.services, KIM, incident, NAME, CAROL)
        with pytest.raises(UploadRefusedError, match="none of"):
            require_fit(desk.services, KIM, incident, "letter.pdf", CAROL)
        desk.house.revoke("gr-carol")
        assert folders(desk.services, KIM, incident) == ()
        with pytest.raises(UploadRefusedError, match="no live grant"):
            require_fit(desk.services, KIM, incident, NAME, CAROL)


def test_what_came_in_for_a_job_goes_when_the_job_is_over(tmp_path: Path, clips: Path) -> None:
    with a_desk_and_carol(tmp_path, clips, granted=False) as desk:
        path = brought_folder(desk.services) / "one"
        path.parent.mkdir()
        shutil.copy(clips / "visit.mp4", path)
        order = {"path": str(path), "name": NAME, "camera": CAROL, "reason": ""}
        job = new_job(desk.services, KIM, JobKind.UPLOAD, desk.incident().incident_id, order)
        room = JobRoom(desk.services, WORKS)
        room.finish()

        failed = desk.services.catalogue.jobs.get(job.job_id)
        assert failed.state is JobState.FAILED
        assert "no grant covers camera folder:carol" in failed.error
        assert not path.exists()
