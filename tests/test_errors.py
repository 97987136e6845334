"""The tree drawn at the top of errors.py is the tree that there is."""

import inspect
import re

from pipeline import errors


def test_the_drawing_shows_every_error_in_its_place() -> None:
    drawing = errors.__doc__ or ""
    drawn: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in drawing.splitlines():
        match = re.fullmatch(r"( {4,})(\w+Error)", line)
        if match is None:
            continue
        depth, name = len(match[1]), match[2]
        above = [(level, parent) for level, parent in above if level < depth]
        drawn[name] = above[-1][1] if above else "Exception"
        above.append((depth, name))

    there = {
        name: found.__base__.__name__
        for name, found in inspect.getmembers(errors, inspect.isclass)
        if found.__module__ == errors.__name__ and found.__base__ is not None
    }
    assert drawn == there


def test_every_error_says_what_it_is() -> None:
    for _, found in inspect.getmembers(errors, inspect.isclass):
        assert found.__doc__
