"""docs/operating.md shows every setting and every error as the program has them."""

import pytest

from tests.docs.reference import (
    OPERATING,
    errors_table,
    raised_errors,
    remedy_of,
    section_of,
    settings_fields,
    settings_table,
    with_section,
)

HINT = "write it anew: python -m tests.docs.reference"


def test_every_setting_stands_in_the_table_as_it_is() -> None:
    assert section_of(OPERATING.read_text(encoding="utf-8"), "settings") == settings_table(), HINT


def test_every_error_stands_in_the_table_with_its_remedy() -> None:
    assert section_of(OPERATING.read_text(encoding="utf-8"), "errors") == errors_table(), HINT


def test_every_setting_says_what_it_means_or_is_plain_by_name() -> None:
    plain_by_name = {
        "DOORSTEP_AGENCY__NAME",
        "DOORSTEP_AGENCY__NON_EMERGENCY_NUMBER",
        "DOORSTEP_AGENCY__EMERGENCY_NUMBER",
    }
    silent = {variable for variable, field in settings_fields() if not field.description}
    assert silent <= plain_by_name


def test_nobody_is_left_without_advice() -> None:
    assert [name for name, error in raised_errors() if not remedy_of(error)] == []


def test_a_section_is_replaced_and_nothing_else_moves() -> None:
    text = "a\n<!-- begin x: made by python -m tests.docs.reference -->\nold\n<!-- end x -->\nb\n"
    made = with_section(text, "x", "new")
    assert section_of(made, "x") == "new"
    assert made.startswith("a\n")
    assert made.endswith("\nb\n")


def test_a_page_without_the_section_is_refused() -> None:
    with pytest.raises(ValueError, match="no section"):
        with_section("nothing here", "settings", "new")
