"""What the words of a request for footage hold that they must not: assemblies, and details of a person."""

import re
from functools import cache

from pipeline.asking.protected import split_words
from pipeline.casework.requests import names
from pipeline.casework.requests.wordlists import words_of

_PHONE = re.compile(r"(?<![\w-])\+?(?:\(\d{2,4}\)|\d)[\d ().-]{6,16}\d(?![\w-])")
_LEAST_DIGITS = 9
"""Of a telephone number that is found by its digits alone; shorter ones are times, dates and numbers of cases."""
_SHORT_PHONE = r"(?:\(\d{2,4}\)|\d)[\d ().-]{3,16}\d(?![\w-])"
_LEAST_CALLED = 6
"""Digits of a number beside a word of calling; with fewer it is a public one, such as that for emergencies."""
_WORDS_BETWEEN = 6
_MOMENT = re.compile(
    r"\b(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[.-]\d{1,2}[.-](?:\d{4}|\d{2}))\b|\b\d{1,2}[:.]\d{2}(?::\d{2})?\b(?!\.\d)"
)
"""A date or a time of day; taken out before telephone numbers are looked for beside a word of calling."""
_CASE = re.compile(r"\b(?:case|incident|reference|ref)(?:\s+(?:number|no))?\.?:?\s+[\w/-]*\d[\w/-]*", re.IGNORECASE)
_DETAILS = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "a social security number": re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"),
    "a date of birth": re.compile(r"\b(?:d\.?o\.?b\b|born (?:on|in)\b|date of birth)", re.IGNORECASE),
    "the address of a home": re.compile(
        r"\b\d{1,5}[a-zA-Z]?\s+(?:[A-Z][\w'-]+\s+){1,3}"
        r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Close|Terrace|Boulevard|Blvd)\b"
    ),
    "the number of a flat": re.compile(r"\b(?:apt|apartment|flat|unit|suite)\.?\s*#?\d+[a-z]?\b", re.IGNORECASE),
    "a number plate": re.compile(
        r"\b(?i:licen[cs]e(?:\s+plate)?|(?:number|registration)\s+plate|registration|plate)\s*(?i:no\.?|number|:)?\s*"
        r"(?=[A-Z0-9 -]*\d)[A-Z0-9]{2,4}[ -]?[A-Z0-9]{2,5}\b"
    ),
}  # fmt: skip


def is_about_assembly(text: str) -> bool:
    """Whether a text is about people who meet lawfully: a protest, a vigil, a service, a campaign."""
    words = split_words(text)
    longest = max(len(entry) for entry in _assembly())
    return any(
        _singular(words[at : at + length]) in _assembly() or words[at : at + length] in _assembly()
        for at in range(len(words))
        for length in range(1, longest + 1)
    )


def personal_details(text: str) -> tuple[str, ...]:
    """Which details of a person a text holds, in words that repeat none of them; empty when none is found."""
    found = [name for name, pattern in _DETAILS.items() if pattern.search(text)]
    if _has_phone(text):
        found.append("a telephone number")
    if _name_pattern().search(text):
        found.append("the name of a person")
    return tuple(found)


def possible_names(text: str) -> tuple[str, ...]:
    """What may be the name of a person by its shape alone, as initials; names behind a title are told as such."""
    return names.possible_names(_name_pattern().sub(" - ", text))


def _has_phone(text: str) -> bool:
    without_cases = _CASE.sub(" - ", text)
    if any(_digits(match[0]) >= _LEAST_DIGITS for match in _PHONE.finditer(without_cases)):
        return True
    bare = _MOMENT.sub(" - ", without_cases)
    return any(_digits(match[0]) >= _LEAST_CALLED for match in _called_pattern().finditer(bare))


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def _singular(words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words[:-1], words[-1].removesuffix("s")) if words else words


@cache
def _assembly() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(entry.split()) for entry in words_of("assembly", "always"))


@cache
def _called_pattern() -> re.Pattern[str]:
    """A number at most a few words of the same sentence behind a word of calling, or before one."""
    calling = "|".join(sorted(words_of("calling", "words"), key=len, reverse=True))
    apart = rf"(?:[^\w.!?]+\w+){{0,{_WORDS_BETWEEN}}}?[^\w.!?]*?"
    return re.compile(
        rf"\b(?:{calling})\b\.?{apart}(?<!\w){_SHORT_PHONE}|(?<!\w){_SHORT_PHONE}{apart}\b(?:{calling})\b",
        re.IGNORECASE,
    )


@cache
def _name_pattern() -> re.Pattern[str]:
    """A word that stands before names, in any case, then one or two capitalised words."""
    titles = "|".join(sorted(words_of("people", "titles")))
    return re.compile(rf"\b(?i:{titles})\b\.?(?:,| is| was)?\s+[A-Z][a-z'-]+(?:\s+[A-Z][a-z'-]+)?")
