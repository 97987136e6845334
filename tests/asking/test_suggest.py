"""What is suggested is understood, all of it."""

import pytest

from pipeline.asking.reading import Surroundings
from pipeline.asking.suggest import candidates_of, street_of, suggest
from pipeline.asking.understand import understand
from tests.asking.conftest import TOWN


@pytest.mark.parametrize(("group", "words"), candidates_of(TOWN))
def test_a_suggestion_is_understood_whole(group: str, words: str, around: Surroundings) -> None:
    understood = understand(words, around)
    assert (len(understood.phrases), understood.unread) == (1, ()), group


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pack", "package delivered "),
        ("white van last ni", "white van last night "),
        ("package pi", "package picked up "),
        ("loitering near oa", "loitering near Oak Street "),
        ("yesterday fro", "yesterday at Front Door "),
        ("case 24", "case 24-117 "),
    ],
)
def test_the_end_of_what_is_typed_is_completed(typed: str, expected: str, around: Surroundings) -> None:
    assert expected in [one.text for one in suggest(typed, around)]


@pytest.mark.parametrize("typed", ["", "person ", "qqqq", "loitering"])
def test_where_nothing_is_being_typed_nothing_is_suggested(typed: str, around: Surroundings) -> None:
    assert suggest(typed, around) == ()


def test_a_street_is_the_address_without_its_house() -> None:
    assert [street_of(one) for one in ("12 Oak Street, Springfield", "3b Elm Road", "The Mill", "12")] == [
        "Oak Street",
        "Elm Road",
        "The Mill",
        "12",
    ]
