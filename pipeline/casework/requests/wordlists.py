"""The lists of words in ``wording.toml``, read once."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _read() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("pipeline.casework.requests").joinpath("wording.toml").read_text("utf-8"))


def words_of(section: str, name: str) -> frozenset[str]:
    """One list."""
    return frozenset(_read()[section][name])
