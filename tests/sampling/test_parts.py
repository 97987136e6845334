"""The pure parts: gate, plan, stamps, and how the child speaks."""

import numpy as np
import pytest

from pipeline.sampling.accounting import holes
from pipeline.sampling.gate import MotionGate, moved_cells
from pipeline.sampling.plan import Depth, PacketMark, group_packets, has_bump, later_slot, quiet_bytes, with_slots
from pipeline.sampling.stamps import StampReader
from pipeline.sampling.surges import surges
from pipeline.sampling.wire import HEADER, MAGIC, Kind, Picture, WireError, message, read_message
from tests.sampling.clips import Image

SCENE = np.random.default_rng(2).integers(40, 180, (90, 160), np.uint8)


def noisy(picture: Image, seed: int, spread: float = 1.0) -> Image:
    noise = np.random.default_rng(seed).normal(0, spread, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def test_noise_and_exposure_do_not_move() -> None:
    brighter = np.clip(SCENE * 1.25 + 12, 0, 255).astype(np.uint8)
    assert MotionGate().moved(SCENE, noisy(SCENE, 3)) == 0
    assert MotionGate().moved(SCENE, noisy(brighter, 4)) == 0


@pytest.mark.parametrize("contrast", [25, -25])
def test_a_far_person_moves_even_in_another_exposure(contrast: int) -> None:
    later = np.clip(SCENE * 0.8 + 5, 0, 255)
    later[40:45, 70:72] = np.clip(later[40:45, 70:72] + contrast, 0, 255)
    assert 0 < MotionGate().moved(SCENE, noisy(later.astype(np.uint8), 5, 0.5)) < 0.01


def test_one_cell_alone_is_no_motion() -> None:
    later = SCENE.copy()
    later[30, 30] = 255 - later[30, 30]
    assert not moved_cells(SCENE, later).any()


def test_a_burnt_in_clock_is_ignored_once_it_is_known_and_a_person_is_not() -> None:
    gate = MotionGate()

    def at(second: int) -> Image:
        picture = SCENE.copy()
        picture[1:5, 100:150] = np.where(np.random.default_rng(second).random((4, 50)) > 0.5, 250, 10)
        return picture

    shares = [gate.moved(at(second), at(second + 1)) for second in range(12)]
    assert shares[0] > 0
    assert shares[-1] == 0
    person = at(20)
    person[40:60, 30:36] = 5
    assert gate.moved(at(19), person) > 0


def marks(*sizes: int, key_every: int = 10, step: float = 0.1) -> tuple[PacketMark, ...]:
    return tuple(PacketMark(index * step, size, index % key_every == 0) for index, size in enumerate(sizes))


def test_packets_are_grouped_by_key_frame() -> None:
    groups = group_packets(marks(*[100] * 25))
    assert [(group.first, group.end) for group in groups] == [(0, 10), (10, 20), (20, 25)]
    assert groups[-1].ends_at == pytest.approx(2.4)


def test_a_bump_stands_out_of_the_clips_quiet_packets() -> None:
    sizes = [5000, *[50] * 9] * 5
    sizes[24:27] = [400, 500, 400]
    table = marks(*sizes)
    groups = group_packets(table)
    quiet = quiet_bytes(table, groups)
    assert [has_bump(table, group, quiet) for group in groups] == [False, False, True, False, False]


def test_slots_start_at_key_frames_and_follow_every_step() -> None:
    groups = group_packets(marks(*[100] * 30))
    depths = [Depth.UNTIL_LAST_SLOT, Depth.KEY_ONLY, Depth.ALL]
    planned = with_slots(groups, depths, 0.4)
    assert [tuple(round(slot, 3) for slot in group.slots) for group in planned] == [
        (0, 0.4, 0.8),
        (1.0,),
        (2.0, 2.4, 2.8),
    ]


def test_key_frames_closer_than_a_step_are_not_all_decoded() -> None:
    table = tuple(PacketMark(index / 10, 100, True) for index in range(21))
    groups = group_packets(table)
    planned = with_slots(groups, [Depth.KEY_ONLY] * 20 + [Depth.ALL], 0.5)
    chosen = [group.starts_at for group in planned if group.slots]
    assert chosen == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert {group.depth for group in planned if not group.slots} == {Depth.NOTHING}


def test_the_next_slot_is_later() -> None:
    assert later_slot([0, 0.5, 1], 0.5) == 1
    assert later_slot([0, 0.5, 1], 1) is None


def test_stamps_as_stated_are_kept() -> None:
    reader = StampReader()
    assert [reader.read(at, None, 10) for at in (5, 15, 40)] == [5, 15, 40]
    assert reader.inferred == 0


def test_missing_and_backward_stamps_are_inferred_and_counted() -> None:
    reader = StampReader()
    assert [reader.read(pts, dts, 10) for pts, dts in ((0, 0), (None, 12), (None, None), (5, None))] == [
        0,
        12,
        22,
        None,
    ]
    assert reader.inferred == 3


def test_presentation_stamps_that_go_wrong_again_and_again_are_not_believed() -> None:
    reader = StampReader()
    pts = [1, 4, 6, 5, 7, 9, 8, 10, 12, 11, 13, 15, 14]
    dts = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    read = [reader.read(p, d, 1) for p, d in zip(pts, dts, strict=True)]
    assert read == [1, 4, 6, None, 7, 9, None, None, 10, 11, 12, 13, 14]


def reading(content: bytes) -> tuple[Kind, bytes]:
    left = memoryview(content)

    def read_exactly(count: int) -> bytes:
        nonlocal left
        taken, left = left[:count], left[count:]
        return bytes(taken)

    return read_message(read_exactly, 100)


def test_a_picture_travels_unchanged() -> None:
    picture = Picture(-7, (1, 90_000), 2, 3, 0.25, bytes(range(18)))
    kind, payload = reading(message(Kind.FRAME, picture.to_bytes()))
    assert kind is Kind.FRAME
    assert Picture.from_bytes(payload) == picture


@pytest.mark.parametrize(
    "header",
    [HEADER.pack(b"evil", 2, 1), HEADER.pack(MAGIC, 9, 1), HEADER.pack(MAGIC, 2, 200), HEADER.pack(MAGIC, 1, 2**31)],
)
def test_what_was_not_agreed_is_not_read(header: bytes) -> None:
    with pytest.raises(WireError):
        reading(header)


@pytest.mark.parametrize("width", [0, 1, 60_000])
def test_a_frame_that_lies_about_its_size_is_refused(width: int) -> None:
    with pytest.raises(WireError):
        Picture.from_bytes(Picture(0, (1, 1), width, 3, 0.0, bytes(18)).to_bytes())


def test_a_hole_is_far_longer_than_most_steps_and_slow_cameras_have_none() -> None:
    smooth = [number * 100 for number in range(100)]
    assert holes(smooth, 1000) == []
    assert holes([*smooth[:50], *[stamp + 3000 for stamp in smooth[50:]]], 1000) == [(4900, 8000)]
    assert holes([number * 5000 for number in range(20)], 1000) == []
    assert holes([7], 1000) == []


def test_a_frame_that_takes_far_more_than_those_around_it_surges_and_a_walk_does_not() -> None:
    sizes = [5000, *[100] * 39]
    assert surges(marks(*sizes, key_every=40)) == ()
    cut = [*sizes[:17], 300, *sizes[18:]]
    assert surges(marks(*cut, key_every=40)) == pytest.approx((1.7,))
    walk = [*sizes[:12], *[280, 300, 310, 305, 290], *sizes[17:]]
    assert surges(marks(*walk, key_every=40)) == ()


def test_a_key_frame_out_of_turn_surges_and_those_in_turn_do_not() -> None:
    in_turn = (PacketMark(index * 0.1, 900 if index % 20 == 0 else 100, index % 20 == 0) for index in range(80))
    assert surges(tuple(in_turn)) == ()
    keys = {0, 20, 33, 53, 73}
    cut = (PacketMark(index * 0.1, 900 if index in keys else 100, index in keys) for index in range(90))
    assert surges(tuple(cut)) == pytest.approx((3.3,))


def test_surges_of_a_file_with_very_many_packets_at_one_moment_are_found_in_good_time() -> None:
    crowded = tuple(PacketMark(1.0, 100, is_key=False) for _ in range(20_000))
    assert surges(crowded) == ()
