"""Holds a request for footage against the rules; every rule is named, and each refusal says how to mend it."""

import re
from collections.abc import Iterator
from datetime import datetime

from pipeline.asking.protected import traits_in
from pipeline.casework.requests.wording import is_about_assembly, personal_details, possible_names
from pipeline.domain.amounts import span_words
from pipeline.domain.footage_requests import (
    LARGEST_AREA,
    LONGEST_AREA,
    LONGEST_WINDOW,
    MOST_POSTS,
    SHORTEST_WINDOW,
    SMALLEST_AREA,
    SQUARE_METRES_PER_SQUARE_MILE,
    FootageRequest,
    Refusal,
    Rule,
)
from pipeline.domain.incidents import metres_between
from pipeline.domain.places import Area

_CASE_NUMBER = re.compile(r"(?=.*\d)(?!.*[^\W\d_]{6})[\w ./#-]{2,30}")
"""Digits among letters and signs, and no six letters in a row: no room for a name or a story, since it is published."""


def lint(request: FootageRequest, posts_of_case: int, now: datetime) -> tuple[Refusal, ...]:
    """The rules that a request breaks, in the order of ``Rule``'s groups; empty when it may be published.

    Args:
        request: What is asked.
        posts_of_case: How many requests of this case were published before, withdrawn ones included.
        now: UTC.
    """
    return (*_of_case(request, posts_of_case), *_of_window(request, now), *_of_area(request), *_of_words(request))


def _of_case(request: FootageRequest, posts_of_case: int) -> Iterator[Refusal]:
    if not _CASE_NUMBER.fullmatch(request.case_number):
        yield Refusal(
            Rule.CASE_NUMBER,
            "It names no case: a case number has digits, at most 30 signs and no long words.",
            "Give the agency's number of the case.",
        )
    elif posts_of_case >= MOST_POSTS:
        yield Refusal(
            Rule.TOO_MANY_POSTS,
            f"{posts_of_case} requests of this case were published already.",
            "Use the answers that they bring; a further request needs another case.",
        )


def _of_window(request: FootageRequest, now: datetime) -> Iterator[Refusal]:
    length = request.ends_at - request.starts_at
    if length < SHORTEST_WINDOW:
        yield Refusal(
            Rule.WINDOW_TOO_SHORT,
            f"The window is {span_words(length)} long; the shortest is {span_words(SHORTEST_WINDOW)}.",
            "Widen it: a window of minutes tells everybody whose moment it was.",
        )
    if length > LONGEST_WINDOW:
        yield Refusal(
            Rule.WINDOW_TOO_LONG,
            f"The window is {span_words(length)} long; the longest is {span_words(LONGEST_WINDOW)}.",
            "Narrow it to when it happened.",
        )
    if request.ends_at > now:
        yield Refusal(
            Rule.WINDOW_IN_FUTURE,
            "The window ends in the future.",
            "Ask for what was recorded; what is to come is for a standing grant, which a resident gives.",
        )


def _of_area(request: FootageRequest) -> Iterator[Refusal]:
    size = request.place.square_metres
    found = f"The area is {size / SQUARE_METRES_PER_SQUARE_MILE:.3f} square miles ({size:,.0f} square metres); "
    if size < SMALLEST_AREA:
        yield Refusal(
            Rule.AREA_TOO_SMALL,
            f"{found}the smallest is 0.025.",
            "Widen it: a request to a single house is a visit, and is made in person.",
        )
    if size > LARGEST_AREA:
        yield Refusal(Rule.AREA_TOO_LARGE, f"{found}the largest is 0.5.", "Narrow it to where it happened.")
    if isinstance(request.place, Area) and not (request.place.is_convex and _reach(request.place) <= LONGEST_AREA):
        yield Refusal(
            Rule.AREA_SHAPE,
            f"Its edge turns inwards or crosses itself, or it is longer than {LONGEST_AREA / 1000:g} km.",
            "Draw around the whole place: an area with arms picks single houses out.",
        )


def _reach(area: Area) -> float:
    return max(metres_between(one, other) for one in area.corners for other in area.corners)


def _of_words(request: FootageRequest) -> Iterator[Refusal]:
    text = f"{request.title}\n{request.words}\n{request.purpose}"
    if not (request.title.strip() and request.words.strip()):
        yield Refusal(
            Rule.NO_WORDS,
            "It does not say what happened.",
            "Write a title and a few sentences: residents decide by what they read.",
        )
    if is_about_assembly(text):
        yield Refusal(
            Rule.LAWFUL_ASSEMBLY,
            "Its words are about people who meet lawfully: a protest, a service, a campaign.",
            "Ask about the offence and where it happened, and not about the gathering.",
        )
    traits = traits_in(text)
    if traits:
        yield Refusal(
            Rule.PROTECTED_TRAIT,
            f"It describes people by {', '.join(traits)}.",
            "Describe what was worn, carried and done, and vehicles.",
        )
    details = personal_details(text)
    if details:
        yield Refusal(
            Rule.PERSONAL_DETAIL,
            f"It holds {', '.join(details)}.",
            "Take it out: everybody in the area reads a request, and it is published for good.",
        )
    names = possible_names(text)
    if names:
        yield Refusal(
            Rule.POSSIBLE_NAME,
            f"It holds words with the shape of a person's name: {', '.join(names)}",
            "If they name a person, take them out. If not, say beside them what they are, such as the Blue Bell pub, "
            "or write them in small letters.",
        )
