"""Words by where they stand, as questions."""

from pipeline.catalogue.index.asked import Asked, Meant
from pipeline.catalogue.index.relevant import CALLED, NOTED, SAID, levels

CAMERAS = frozenset(range(1, 50_000))
"""More than a database takes in one condition."""


def asked(*words: Meant) -> Asked:
    return Asked({}, (), None, words, words, 0, 1)


def test_where_no_camera_is_called_so_no_camera_is_asked_for() -> None:
    noted, said = levels(asked(Meant(frozenset({7}), frozenset(), frozenset({3}), frozenset())), CAMERAS)
    assert (noted.worth, noted.ways[0].numbers) == (NOTED, (3,))
    assert (said.worth, said.ways[0].values) == (SAID, {"words": frozenset({7})})


def test_a_camera_that_is_called_so_is_worth_more_and_is_left_out_below() -> None:
    called, said = levels(asked(Meant(frozenset({7}), frozenset({2}), frozenset(), frozenset())), frozenset({1, 2}))
    assert (called.worth, called.ways[0].values) == (CALLED, {"camera": frozenset({2})})
    assert (said.worth, said.ways[0].values) == (SAID, {"camera": frozenset({1}), "words": frozenset({7})})
