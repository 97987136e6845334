"""Filters, chips and addresses are one thing in three shapes: going round loses nothing, whatever is typed."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.asking.address import FIELDS, pairs_of, read_pairs
from pipeline.asking.question import Question, answerable
from pipeline.asking.understand import understand
from pipeline.domain.appearance import Colour, ColourWanted, Part
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.places import Area, Circle
from pipeline.domain.search import DayTime, Sort, TagState, Wanted
from tests.asking.conftest import surroundings
from tests.asking.test_understand import PHRASES

AROUND = surroundings()
_FIELDS = st.sampled_from(FIELDS)
_TYPED = st.lists(
    st.sampled_from(list(PHRASES)) | st.text(max_size=12) | st.sampled_from([" not ", "-", '"', "; ", " or "])
).map(" ".join)
_NAMES = (
    st.text(min_size=1, max_size=8).filter(lambda name: bool(name.split())).map(lambda name: " ".join(name.split()))
)
_MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis' own
_DEGREES = st.floats(-90, 90)
_CLOCK = st.builds(lambda start, end: DayTime(start, end), st.integers(0, 1439), st.integers(1, 1440))


def _some(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | st.lists(values, max_size=3, unique=True).map(tuple)


_WANTED = st.builds(
    Wanted,
    kinds=_some(st.sampled_from(EventKind)),
    objects=_some(_NAMES),
    camera_ids=_some(_NAMES),
    circles=_some(st.builds(Circle, _DEGREES, _DEGREES, st.floats(1, 1e5))),
    areas=_some(st.builds(Area, st.lists(st.tuples(_DEGREES, _DEGREES), min_size=3, max_size=5).map(tuple))),
    addresses=_some(_NAMES),
    since=st.none() | _MOMENTS,
    until=st.none() | _MOMENTS,
    times=_some(_CLOCK),
    weekdays=_some(st.integers(0, 6)),
    least_score=st.floats(0, 0.5),
    most_score=st.floats(0.5, 1),
    zones=_some(_NAMES),
    least_seconds=st.floats(0, 1e5),
    verdict=st.none() | st.sampled_from(Verdict),
    reasons=_some(st.sampled_from(CannotTell)),
    tags=_some(st.sampled_from(TagState)),
    grant_ids=_some(_NAMES),
    incident_ids=_some(_NAMES),
    watched=st.none() | st.booleans(),
    words=st.just("") | _NAMES,
    colours=st.lists(
        st.builds(ColourWanted, st.sampled_from(Colour), st.none() | st.sampled_from(Part)), max_size=2, unique=True
    ).map(tuple),
    sort=st.sampled_from(Sort),
)


@given(_WANTED)
@settings(deadline=None)
def test_what_is_wanted_survives_its_address(wanted: Wanted) -> None:
    question = Question.from_query(Question("", pairs_of(wanted)).query)
    asked = answerable(question, AROUND).asked
    assert asked.refused == ()
    assert asked.wanted == wanted


@given(_TYPED)
@settings(deadline=None)
def test_a_question_is_the_same_as_its_filters_alone(text: str) -> None:
    answer = answerable(Question(text), AROUND)
    assert answerable(answer.fixed, AROUND).asked.wanted == answer.asked.wanted


@given(
    _TYPED,
    st.lists(st.tuples(_FIELDS, _NAMES | st.sampled_from(["0.5", "red", "mon", "person", "18:00-20:00"])), max_size=4),
)
@settings(deadline=None)
def test_each_chip_taken_off_leaves_the_others(text: str, pairs: list[tuple[str, str]]) -> None:
    answer = answerable(Question.from_pairs([("q", text), *pairs]), AROUND)
    for chip in answer.chips:
        others = [pair for other in answer.chips if other is not chip for pair in other.pairs]
        sort = [pair for pair in answer.question.pairs if pair[0] == "sort"]
        left = answerable(chip.rest, AROUND)
        words = [("text", left.understood.unread_words)] if left.is_words_alone else []
        assert left.asked.wanted == read_pairs((*words, *dict.fromkeys(others), *sort), AROUND).wanted


@given(st.text())
@settings(deadline=None, max_examples=400)
def test_no_text_makes_it_raise_and_nothing_typed_is_lost(text: str) -> None:
    understood = understand(text, AROUND)
    read = [span for phrase in understood.phrases for span in phrase.spans]
    spans = sorted([*read, *((one.start, one.end) for one in understood.unread)])
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert understand(text, AROUND) == understood


@given(st.lists(st.tuples(_FIELDS | st.text(max_size=9), st.text(max_size=30))))
@settings(deadline=None, max_examples=300)
def test_no_address_makes_it_raise(pairs: list[tuple[str, str]]) -> None:
    answer = answerable(Question.from_pairs(pairs), AROUND)
    assert all(chip.says for chip in answer.chips)


def test_words_of_which_none_is_understood_are_looked_for_beside_every_filter() -> None:
    alone = answerable(Question("gargoyle"), AROUND)
    assert (alone.is_words_alone, alone.asked.wanted.words) == (True, "gargoyle")
    assert answerable(alone.fixed, AROUND).asked.wanted == alone.asked.wanted
    filtered = answerable(Question("gargoyle", (("kind", "loitering"),)), AROUND)
    assert filtered.asked.wanted.words == "gargoyle"
    assert answerable(filtered.without_box, AROUND).asked.wanted.words == ""
    assert answerable(Question("gargoyle loitering"), AROUND).asked.wanted.words == ""


def test_a_chip_goes_with_its_words() -> None:
    answer = answerable(Question("white van last night at Lawn"), AROUND)
    assert [chip.rest.text for chip in answer.chips] == [
        "last night at Lawn",
        "white van at Lawn",
        "white van last night",
    ]


def test_words_that_would_grow_together_are_kept_apart() -> None:
    answer = answerable(Question("package, yesterday moved"), AROUND)
    (_, yesterday) = answer.chips
    assert yesterday.rest.text == "package; moved"
    assert answerable(yesterday.rest, AROUND).asked.wanted == Wanted(objects=("package",))


def test_a_facet_takes_the_place_of_what_the_box_says() -> None:
    answer = answerable(Question("picked up or delivered yesterday", (("camera", "ring:2"),)), AROUND)
    narrowed = answer.narrowed("kind", "package_delivered")
    assert narrowed == Question("or yesterday", (("camera", "ring:2"), ("kind", "package_delivered")))


def test_what_was_not_understood_can_be_searched_for_as_words() -> None:
    answer = answerable(Question("tall person"), AROUND)
    assert answer.with_words == Question("person", (("text", "tall"),))


def test_a_value_that_no_field_has_is_refused_by_itself() -> None:
    asked = read_pairs(
        [("score", "2"), ("kind", "theft"), ("near", "91,0,5"), ("near", "1,1,inf"), ("x", "y"), ("object", "dog")],
        AROUND,
    )
    assert asked.wanted == Wanted(objects=("dog",))
    assert [field for field, _ in asked.refused] == ["score", "kind", "near", "near", "x"]


def test_scores_that_exclude_each_other_let_nothing_through_and_both_can_be_taken_off() -> None:
    answer = answerable(Question("score over 0.8 score below 0.2"), AROUND)
    assert answer.asked.wanted == Wanted(kinds=(), least_score=0.8)
    assert [answerable(chip.rest, AROUND).asked.wanted for chip in answer.chips] == [
        Wanted(most_score=0.2),
        Wanted(least_score=0.8),
    ]


def test_a_moment_without_a_zone_is_read_by_the_wall_clock() -> None:
    asked = read_pairs([("since", "2026-07-01T18:00"), ("until", "2026-07-02")], AROUND)
    assert (asked.wanted.since, asked.wanted.until) == (
        datetime(2026, 7, 1, 17, tzinfo=UTC),
        datetime(2026, 7, 1, 23, tzinfo=UTC),
    )
