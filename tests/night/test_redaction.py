"""What leaves the house: copies that hide whoever is not part of the event, and what the log says of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.domain.evidence import CustodyAction, CustodyEntry, SealState
from pipeline.domain.redaction import RedactionOrder
from pipeline.domain.tracks import Box, Detection, ModelIdentity, ObjectClass
from pipeline.errors import ConsentError, RedactionError
from pipeline.highlights.mask_film import FILL
from pipeline.night.attach import attach_highlights
from pipeline.night.redaction import Redactor, SharedCopy, Sharing
from pipeline.night.sharing import ReportSharing, share_report
from tests.builders import PURPOSE, RECIPIENT
from tests.evidence.seals import manifest_of
from tests.footage import Picture, RedFigureDetector, wall, with_figure, write_clip
from tests.night.story import House
from tests.night.test_reports import a_whole_night

SIZE = (640, 360)
GREEN = (40, 200, 40)


class TwoColours(RedFigureDetector):
    """Sees a person wherever the picture is red, and another wherever it is green."""

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("two-colours", "6" * 64)

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
        rows, columns = np.nonzero((green > 150) & (red < 100) & (blue < 100))
        found = super().detect(picture)
        if len(rows) < 50:
            return found
        box = Box(float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
        return (*found, Detection(ObjectClass.PERSON, "person", 0.9, box))


def two_people(seconds: float) -> Picture:
    """A visitor in red, whom the night's own detector sees; somebody in green passes, whom it does not name."""
    picture = wall(SIZE) if seconds < 1 else with_figure(wall(SIZE), 180 + 60 * seconds, 330)
    left = int(600 - 60 * seconds)
    picture[120:300, max(left, 0) : max(left + 40, 0)] = GREEN
    return picture


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("two") / "two.mp4", two_people, 3.5)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[House]:
    with a_whole_night(tmp_path_factory.mktemp("store"), clip) as (house, _):
        attach_highlights(house.services)
        yield house


@pytest.fixture
def house(lasting: House) -> House:
    """One for all of these tests; what the log says is read from where it stood at a test's start."""
    _began[0] = lasting.services.catalogue.custody.head().size
    return lasting


_began = [0]


@pytest.fixture(scope="module")
def made(lasting: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[SharedCopy, list[CustodyEntry]]:
    """One copy that several tests look at, and the records that were written with it."""
    size = lasting.services.catalogue.custody.head().size
    copy = share(lasting, tmp_path_factory.mktemp("made"), case="2026-77")
    return copy, [record.entry for record in lasting.services.catalogue.custody.records(size)]


def share(house: House, folder: Path, order: RedactionOrder | None = None, **changes: object) -> SharedCopy:
    (highlight,) = house.services.catalogue.highlights.list()
    sharing = Sharing(PURPOSE, RECIPIENT, "ann", folder, order or RedactionOrder())
    redactor = Redactor(house.services, lambda _: TwoColours())
    return redactor.redact(highlight.highlight_id, replace(sharing, **changes))  # type: ignore[arg-type]


def entries(house: House, action: CustodyAction) -> list[CustodyEntry]:
    return [
        record.entry for record in house.services.catalogue.custody.records(_began[0]) if record.entry.action is action
    ]


def colours(path: Path) -> tuple[int, int, int]:
    """Most pixels of a frame that are green, red, and of the mask's colour."""
    with av.open(str(path)) as movie:
        frames = [frame.to_ndarray(format="bgr24").astype(int)[:360] for frame in movie.decode(video=0)]
    green = max(int(((one[..., 1] > 150) & (one[..., 0] < 100) & (one[..., 2] < 100)).sum()) for one in frames)
    red = max(int(((one[..., 2] > 150) & (one[..., 0] < 100) & (one[..., 1] < 100)).sum()) for one in frames)
    filled = max(int((np.abs(one - FILL).max(axis=2) < 8).sum()) for one in frames)
    return green, red, filled


def test_the_passer_is_hidden_in_every_frame_and_the_visitor_stays(
    house: House, made: tuple[SharedCopy, list[CustodyEntry]], tmp_path: Path
) -> None:
    copy, _ = made
    (kept,) = house.services.catalogue.highlights.list()
    (tmp_path / "kept.mp4").write_bytes(house.services.derivatives.read(kept.digest))

    green, red, filled = colours(copy.video)
    assert colours(tmp_path / "kept.mp4")[0] > 3000, "the night's own highlight shows him"
    assert green == 0
    assert red > 5000
    assert filled > 5000
    assert copy.redaction.people == 1
    assert copy.redaction.shown_tracks != ()


def test_the_pictures_and_the_poster_hide_him_too(made: tuple[SharedCopy, list[CustodyEntry]]) -> None:
    copy, _ = made
    pictures = [copy.highlight.poster, copy.highlight.contact_sheet]
    pictures += [digest for one in copy.highlight.pictures for digest in (one.plain, one.marked)]
    assert len(pictures) >= 4
    for digest in pictures:
        picture = np.asarray(cv2.imread(str(copy.files[digest]))).astype(int)
        assert int(((picture[..., 1] > 150) & (picture[..., 0] < 90) & (picture[..., 2] < 90)).sum()) < 20


def test_the_copy_is_sealed_with_our_record_and_the_log_says_what_was_hidden(
    house: House, made: tuple[SharedCopy, list[CustodyEntry]]
) -> None:
    copy, (redacted, sealed) = made
    assert (redacted.action, sealed.action) == (CustodyAction.REDACTED, CustodyAction.SEALED)
    state, report = manifest_of(copy.video)

    assert (redacted.subject, redacted.authority, redacted.agent) == (copy.highlight.clip, "gr-1 v1", "ann")
    assert redacted.detail["masked"].split(",")[0] == "m1"
    assert redacted.detail["case"] == "2026-77"
    assert (sealed.detail["unsealed"], sealed.detail["output"]) == (redacted.detail["output"], copy.highlight.digest)
    assert state == "Valid"
    record = list(house.services.catalogue.custody.records())[int(sealed.detail["names_record"])]
    assert record.entry == redacted
    assert f'"custody_record": {record.index}' in json.dumps(report)


def test_the_same_order_gives_the_same_bytes_but_for_the_seal_and_changes_nothing_that_is_kept(
    house: House, made: tuple[SharedCopy, list[CustodyEntry]], tmp_path: Path
) -> None:
    (kept,) = house.services.catalogue.highlights.list()
    before = house.services.originals.read(kept.clip), house.services.derivatives.read(kept.digest)
    again = share(house, tmp_path / "again", seals=False, case="2026-77")

    assert again.sealed_by == ""
    assert again.highlight == replace(made[0].highlight, digest=made[1][0].detail["output"])
    assert house.services.catalogue.highlights.list() == (kept,)
    assert (house.services.originals.read(kept.clip), house.services.derivatives.read(kept.digest)) == before


def test_showing_him_needs_a_reason_and_is_an_act_of_its_own(house: House, tmp_path: Path) -> None:
    order = RedactionOrder(show=frozenset({"m1"}), reason="the witness, statement 14")
    copy = share(house, tmp_path / "out", order)
    (unmasked,) = entries(house, CustodyAction.UNMASKED)

    assert colours(copy.video)[0] > 3000
    assert unmasked.detail["unmasked"].split(",")[0] == "m1"
    assert unmasked.detail["reason"] == "the witness, statement 14"
    assert copy.redaction.people == 0
    assert json.loads(copy.read(copy.highlight.tags))["redaction"]["reason"] == "the witness, statement 14"


def test_a_mask_that_there_is_none_of_is_refused_and_nothing_is_logged(house: House, tmp_path: Path) -> None:
    with pytest.raises(RedactionError, match="m9"):
        share(house, tmp_path / "out", RedactionOrder(show=frozenset({"m9"}), reason="a slip"))
    assert entries(house, CustodyAction.REDACTED) == []


def test_without_a_grant_for_the_recipient_no_copy_is_made(house: House, tmp_path: Path) -> None:
    with pytest.raises(ConsentError):
        share(house, tmp_path / "out", recipient="a newspaper")
    assert not (tmp_path / "out").exists()
    assert entries(house, CustodyAction.REDACTED) == []


def test_a_report_that_leaves_shows_redacted_copies_and_says_so(house: House, tmp_path: Path) -> None:
    sharing = ReportSharing("ann", tmp_path / "report", RedactionOrder())

    def slow(_: object) -> TwoColours:
        house.clock.jump(seconds=40)
        return TwoColours()

    report, files = share_report(house.services, "in-000000000001", sharing, Redactor(house.services, slow))

    (part,) = report.highlights
    (video,) = (tmp_path / "report").rglob("*.mp4")
    assert colours(video)[0] == 0
    page = files.html.read_text()
    assert "1 person; found by machine" in page
    assert "Seal of the original (C2PA)" in page
    assert part.acquisition is not None
    assert part.acquisition.seal.state is SealState.ABSENT
    last = [record.entry for record in house.services.catalogue.custody.records()][-1]
    assert (last.action, last.detail["redacted"]) == (CustodyAction.DISSEMINATED, "true")
    (redacted,) = entries(house, CustodyAction.REDACTED)
    assert last.at >= redacted.at > report.made_at, "it leaves after it was redacted"


def test_a_report_that_hides_nobody_needs_a_reason_that_the_log_keeps(house: House, tmp_path: Path) -> None:
    sharing = ReportSharing("ann", tmp_path / "report", RedactionOrder(show_everyone=True, reason="court order 12"))
    share_report(house.services, "in-000000000001", sharing, Redactor(house.services, lambda _: TwoColours()))
    (unmasked,) = entries(house, CustodyAction.UNMASKED)
    (video,) = (tmp_path / "report").rglob("*.mp4")
    assert unmasked.detail["reason"] == "court order 12"
    assert colours(video)[0] > 3000
