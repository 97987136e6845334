"""What everybody sees: a block, an hour, words that name nobody, copies in which nobody is and nothing is said."""

import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.casework.jobs import JobRoom, new_job
from pipeline.casework.neighbours.accepting import accept
from pipeline.casework.neighbours.ending import sweep_reports, withdraw
from pipeline.casework.neighbours.publishing import (
    Publication,
    block_of,
    hour_of,
    publish,
    require_publishable,
    unpublish,
)
from pipeline.casework.works import WORKS
from pipeline.domain.custody_actions import CustodyAction
from pipeline.domain.incidents import metres_between
from pipeline.domain.jobs import JobKind
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, PublishedMedium
from pipeline.domain.redaction import METHOD
from pipeline.errors import InputRefusedError, RecordNotFoundError, ReportDecidedError
from pipeline.highlights.mask_film import FILL
from pipeline.night.hiding import everybody_in_picture
from pipeline.sampling import probe_clip
from pipeline.settings import RedactionSettings
from tests.casework.neighbours.neighbourhood import GPS_WORDS, JANE, RITA, STEP, Neighbourhood, suffix_of, turned
from tests.footage import RedFigureDetector, wall, with_figure

WHY = "it shows the taking"
EYE = "pipeline.casework.neighbours.publishing.faint_detector"


@pytest.fixture(autouse=True)
def eye(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sees a person wherever it is red."""
    monkeypatch.setattr(EYE, lambda _: RedFigureDetector())


def accepted(town: Neighbourhood, *files: bytes, **changes: object) -> NeighbourReport:
    report = town.tell(**changes).report
    for number, content in enumerate(files):
        town.send(report, f"file-{number}.{suffix_of(content)}", content)
    return accept(town.services, JANE, report.report_id, WHY)


def copied(town: Neighbourhood, report: NeighbourReport) -> tuple[PublishedMedium, ...]:
    room = JobRoom(town.services, WORKS)
    job = new_job(town.services, JANE, JobKind.PUBLIC_COPIES, report.report_id)
    ended = room.work(job.job_id)
    room.close()
    assert ended is not None
    assert ended.error == ""
    return town.services.catalogue.neighbour_reports.copies(report.report_id)


@pytest.mark.parametrize("metres", [50.0, 150.0, 2000.0])
def test_every_place_of_a_block_is_published_as_its_middle(metres: float) -> None:
    middle = block_of(STEP, metres)
    assert block_of(middle, metres) == middle
    assert metres_between(middle, STEP) <= metres
    step = metres / 111_195 / 20
    found = {
        block_of((STEP[0] + row * step, STEP[1] + column * step), metres) for row in range(9) for column in range(9)
    }
    assert len(found) <= 4
    for edge in ((90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)):
        assert all(math.isfinite(value) for value in block_of(edge, metres))


@pytest.mark.parametrize(
    "words",
    [
        "ask Mrs Brown",
        "call 020 7946 0018",
        "a Black man",
        "the plate is plate AB12 CDE",
        "write to a@b.org",
        "it was Ann Lee",
    ],
)
def test_words_that_name_or_describe_people_are_not_published(words: str) -> None:
    with pytest.raises(InputRefusedError):
        require_publishable(words)


def test_what_everybody_sees_has_nobody_and_no_facts(town: Neighbourhood, photo: bytes, video: bytes) -> None:
    report = accepted(town, photo, video)
    copies = copied(town, report)
    assert town.services.catalogue.neighbour_reports.published() == ()
    published = publish(
        town.services, RITA, report.report_id, Publication("a box was taken", tuple(one.name for one in copies))
    )
    assert published.block != report.place
    assert published.happened_at == hour_of(report.happened_at)
    assert published.media == tuple(one.name for one in copies)
    assert [one.kind for one in copies] == [MediumKind.PHOTO, MediumKind.VIDEO]
    assert [one.masked for one in copies] == [1, 1]
    for copy, original in zip(copies, (photo, video), strict=True):
        content = town.services.derivatives.read(copy.digest)
        assert GPS_WORDS in original
        for told in (GPS_WORDS, b"51.5001", b"Exif", b"xmpmeta", b"location", b"comment"):
            assert told not in content
        assert not _has_red(content, copy.name, town.services.settings.store.directory)
    assert GPS_WORDS in town.services.originals.read(
        town.services.catalogue.neighbour_files.of_report(report.report_id)[0].digest
    )
    assert town.actions()[-3:] == [CustodyAction.REPORT_PUBLISHED] + [CustodyAction.DISSEMINATED] * 2
    assert METHOD.startswith("solid fill")


def _has_red(content: bytes, name: str, folder: Path) -> bool:
    path = folder / name
    path.write_bytes(content)
    film = cv2.VideoCapture(str(path))
    found = False
    while True:
        is_there, frame = film.read()
        if not is_there:
            return found
        blue, green, red = (frame[..., channel].astype(int) for channel in range(3))
        found |= bool(((red - blue > 100) & (red - green > 100)).sum() > 50)


def test_a_copy_of_a_photo_stands_upright_and_does_not_say_how_it_was_held(town: Neighbourhood) -> None:
    done, encoded = cv2.imencode(".jpg", np.full((240, 320, 3), 90, np.uint8))
    assert done
    (copy,) = copied(town, accepted(town, turned(encoded.tobytes(), 6)))
    content = town.services.derivatives.read(copy.digest)
    shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    assert shown is not None
    assert shown.shape[:2] == (320, 240)
    assert b"Exif" not in content


def test_a_copy_of_a_video_is_silent_and_no_longer_than_allowed(town: Neighbourhood, video: bytes) -> None:
    neighbours = town.services.settings.neighbours.model_copy(update={"published_seconds": 0.5})
    object.__setattr__(town.services, "settings", town.services.settings.model_copy(update={"neighbours": neighbours}))
    (copy,) = copied(town, accepted(town, video))
    with town.services.derivatives.path_of(copy.digest) as path:
        probe = probe_clip(path, town.services.settings.sampling)
    assert probe.audio_codecs == ()
    assert probe.duration <= 0.7


def test_everybody_in_a_photo_is_filled() -> None:
    picture = with_figure(with_figure(wall(), 200, 330), 460, 330)
    people, boxes = everybody_in_picture(picture, RedFigureDetector(), RedactionSettings())
    assert people >= 1
    from pipeline.highlights.public_copy import masked_picture

    masked = masked_picture(picture, boxes, 0.1)
    assert np.any(np.all(masked == FILL, axis=-1))


def test_only_what_was_accepted_and_may_be_is_published(town: Neighbourhood, photo: bytes) -> None:
    waiting, private = town.tell().report, accepted(town, photo, may_publish=False)
    for report, words in ((waiting, "only what was accepted"), (private, "does not let it be published")):
        with pytest.raises(ReportDecidedError, match=words):
            publish(town.services, RITA, report.report_id, Publication("words"))
    report = accepted(town, photo)
    with pytest.raises(RecordNotFoundError, match="make the copies"):
        publish(town.services, RITA, report.report_id, Publication("words", (f"pm-{1:020x}.jpg",)))
    with pytest.raises(InputRefusedError, match="what is to be published"):
        publish(town.services, RITA, report.report_id, Publication(""))
    assert town.services.catalogue.neighbour_reports.published() == ()


def test_what_is_published_goes_with_its_report(town: Neighbourhood, photo: bytes) -> None:
    report = accepted(town, photo)
    (copy,) = copied(town, report)
    publish(town.services, RITA, report.report_id, Publication("a box was taken", (copy.name,)))
    withdraw(town.services, report)
    assert town.services.catalogue.neighbour_reports.published() == ()
    assert list(town.services.derivatives.digests()) == []
    (stone,) = town.services.catalogue.disposals.of_grant(report.grant_id)
    assert "masked copy on the public pages" in stone.disclosed[0]


def test_what_is_published_is_taken_off_by_hand_or_by_time(town: Neighbourhood) -> None:
    report = accepted(town)
    publish(town.services, RITA, report.report_id, Publication("a box was taken"))
    assert unpublish(town.services, "jane", report.report_id)
    assert not unpublish(town.services, "jane", report.report_id)
    publish(town.services, RITA, report.report_id, Publication("a box was taken"))
    town.clock.at += timedelta(days=31)
    assert sweep_reports(town.services).unpublished == 1
    assert town.services.catalogue.neighbour_reports.published() == ()
    assert town.services.catalogue.neighbour_reports.get(report.report_id) == report


@pytest.mark.parametrize("name", ["jane", "Jane"])
def test_whoever_accepted_it_does_not_publish_it(town: Neighbourhood, name: str) -> None:
    report = accepted(town)
    before = town.actions()
    with pytest.raises(ReportDecidedError, match="another person"):
        publish(town.services, replace(JANE, agent=name), report.report_id, Publication("a box was taken"))
    assert town.services.catalogue.neighbour_reports.published() == ()
    assert town.actions() == before
