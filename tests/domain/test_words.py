"""Words as they are looked for."""

import pytest

from pipeline.domain.words import searchable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A person stood there for 12 s.", ("person", "stood", "s")),
        ("Packages, package; PACKAGE", ("package",)),
        ("Déliveries at Ann's porch", ("delivery", "ann", "porch")),
        ("boxes, glass, buses and a bus", ("box", "glass", "buse", "bus")),
        ("12b Oak Street_East", ("12b", "oak", "street", "east")),
        ("Straße, 東京", ("strasse", "東京")),
        ("the of 12 34", ()),
        ("", ()),
    ],
)
def test_case_accents_plural_and_figures_do_not_count(text: str, expected: tuple[str, ...]) -> None:
    assert searchable(text) == expected
