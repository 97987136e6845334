"""The examples of docs/search.md are understood as it says, and its fields are those that there are."""

import re

import pytest

from pipeline.asking.address import FIELDS
from pipeline.asking.question import BOX
from pipeline.asking.understand import understand
from pipeline.web.search_models import SearchParameters
from tests.asking.conftest import surroundings
from tests.docs.reference import ROOT

_PAGE = (ROOT / "docs" / "search.md").read_text("utf-8")
_EXAMPLES = re.findall(
    r"^\| `(.+?)` \| (.+?) \|$", _PAGE.partition("<!-- begin examples -->")[2].partition("<!-- end")[0], re.MULTILINE
)
_TABLE = _PAGE.partition("| field | value |")[2].partition("\n\n")[0]


@pytest.mark.parametrize(("typed", "means"), _EXAMPLES)
def test_an_example_is_understood_as_the_page_says(typed: str, means: str) -> None:
    understood = understand(typed, surroundings())
    assert "; ".join(phrase.reading.says for phrase in understood.phrases) == means
    assert understood.unread == ()


def test_there_are_examples() -> None:
    assert len(_EXAMPLES) > 20


def test_every_field_is_on_the_page_and_in_the_api() -> None:
    named = set(
        re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in _TABLE.splitlines() if line.startswith("| `")))
    )
    excluded = {name for name in named if name.startswith("not_")}
    assert named - excluded == {BOX, *FIELDS}
    assert {*named} - {"nothing"} <= set(SearchParameters.model_fields)
