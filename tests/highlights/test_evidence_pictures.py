"""Before, during and after: which frames they are, what is drawn and what is not, and that nothing else is shown."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.domain.events import Event, EventKind
from pipeline.domain.incidents import Role
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan
from pipeline.highlights.evidence_pictures import PictureOrder, TakenPicture, moments_of, take_pictures
from pipeline.highlights.plan import plan_highlights
from pipeline.highlights.render import render
from pipeline.settings import HighlightSettings
from tests.highlights.clips import a_track, an_event, context_of, corner_of, probe_of, stamp, write_clip

MOMENTS = [0.2 * number for number in range(40)]
REGION = Box(200, 150, 240, 190)
SETTINGS = HighlightSettings()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("pictures") / "clip.mp4", MOMENTS)


def taken(clip: Path, event: Event, out: Path) -> tuple[TakenPicture, ...]:
    track = a_track(stamp(2.0), stamp(5.0), Box(20, 60, 80, 220))
    return take_pictures(PictureOrder((event,), (track,), probe_of(clip), clip, out, SETTINGS))


def parcel(clip: Path, **changes: object) -> Event:
    facts = {"region": REGION, "track_ids": (1,), "evidence": (stamp(2.6), stamp(3.2), stamp(4.4)), **changes}
    return an_event(clip, EventKind.PACKAGE_PICKED_UP, stamp(3.0), stamp(4.0), **facts)


def shown(path: Path) -> np.ndarray:
    return np.asarray(cv2.imread(str(path)))


def test_each_picture_is_the_frame_of_its_moment_with_the_region_marked(clip: Path, tmp_path: Path) -> None:
    pictures = taken(clip, parcel(clip), tmp_path)

    assert [one.role for one in pictures] == [Role.BEFORE, Role.DURING, Role.AFTER]
    assert [round(float(one.at.seconds), 3) for one in pictures] == [2.6, 3.2, 4.4]
    for picture, number in zip(pictures, (13, 16, 22), strict=True):
        whole, plain = shown(picture.marked), shown(picture.plain)
        assert whole.shape == (240, 320, 3)
        assert abs(int(whole[8, 8, 0]) - corner_of(number)) <= 4
        assert abs(int(whole[150, 220, 0]) - int(whole[150, 220, 2])) > 40, "the region's upper edge is blue"
        assert np.ptp(plain) < 12, "nothing is drawn on the untouched part"
        assert plain.shape[:2] == (136, 136), "the region with 48 pixels around it"
    assert abs(int(shown(pictures[1].marked)[60, 50, 2]) - int(shown(pictures[1].marked)[60, 50, 0])) > 40
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        path.name for one in pictures for path in (one.plain, one.marked)
    )


def test_the_same_bytes_alone_and_with_the_highlight(clip: Path, tmp_path: Path) -> None:
    event = parcel(clip)
    for name in ("alone", "again", "cut"):
        (tmp_path / name).mkdir()
    alone, again = (taken(clip, event, tmp_path / name) for name in ("alone", "again"))
    track = a_track(stamp(2.0), stamp(5.0), Box(20, 60, 80, 220))
    (plan,) = plan_highlights([event], ClipSpan(stamp(0), stamp(MOMENTS[-1])), SETTINGS)
    made = render(plan, clip, context_of(clip, [track]), tmp_path / "cut", SETTINGS)

    for one, two, three in zip(alone, again, made.pictures, strict=True):
        assert one.at == three.at
        assert one.plain.read_bytes() == two.plain.read_bytes() == three.plain.read_bytes()
        assert one.marked.read_bytes() == two.marked.read_bytes() == three.marked.read_bytes()
    assert f"{event.event_id} before {alone[0].at.pts}" in made.recipe.pictures


def test_without_a_region_the_tracks_are_shown_and_without_those_everything(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    event = parcel(clip, region=None)
    tracked = taken(clip, event, tmp_path / "a")
    bare = taken(clip, replace(event, inferred=replace(event.inferred, track_ids=())), tmp_path / "b")

    assert {shown(one.plain).shape[:2] for one in tracked} == {(240, 176)}
    assert {shown(one.plain).shape[:2] for one in bare} == {(240, 320)}


def test_a_moment_that_has_no_frame_has_no_picture(clip: Path, tmp_path: Path) -> None:
    event = parcel(clip, evidence=(stamp(3.2), stamp(90.0)))
    assert [one.role for one in taken(clip, event, tmp_path)] == [Role.DURING]


def test_of_many_moments_those_nearest_to_the_event_are_taken_and_of_none_its_middle(clip: Path) -> None:
    many = tuple(stamp(second) for second in (1.0, 2.0, 3.2, 3.4, 3.6, 4.5, 6.0))
    middle = moments_of(parcel(clip, evidence=()).inferred)

    assert moments_of(parcel(clip, evidence=many).inferred) == (
        (Role.BEFORE, stamp(2.0)),
        (Role.DURING, stamp(3.4)),
        (Role.AFTER, stamp(4.5)),
    )
    assert middle == ((Role.DURING, stamp(3.5)),)
