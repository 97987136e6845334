"""Which bytes are sent: what RFC 9110 says, for any request."""

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web.ranges import Answer, Asked, answer

ETAG = '"abc"'
WHOLE = Answer(HTTPStatus.OK, 0, 100)
BEYOND = Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, 0)


def part(first: int, length: int) -> Answer:
    return Answer(HTTPStatus.PARTIAL_CONTENT, first, length)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-", part(0, 100)),
        ("bytes=0-0", part(0, 1)),
        ("Bytes = 10-19", part(10, 10)),
        ("bytes=10-1000000", part(10, 90)),
        ("bytes=99-", part(99, 1)),
        ("bytes=-1", part(99, 1)),
        ("bytes=-100", part(0, 100)),
        ("bytes=-1000", part(0, 100)),
        ("bytes=00010-00019", part(10, 10)),
        ("bytes=100-", BEYOND),
        ("bytes=100-200", BEYOND),
        ("bytes=-0", BEYOND),
        (f"bytes={'9' * 5000}-", BEYOND),
        (f"bytes=5-{'9' * 5000}", part(5, 95)),
        ("bytes=20-10", WHOLE),
        ("bytes=0-1,4-5", WHOLE),
        ("bytes=0-1,", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=\u0661-\u0662", WHOLE),
        ("bytes=--5", WHOLE),
        ("frames=0-5", WHOLE),
        ("", WHOLE),
    ],
)
def test_a_range_is_what_the_standard_says(header: str, expected: Answer) -> None:
    assert answer(Asked("GET", header), ETAG, 100) == expected


def test_a_range_is_of_a_get_only() -> None:
    assert answer(Asked("HEAD", "bytes=0-9"), ETAG, 100) == WHOLE


@pytest.mark.parametrize(
    ("if_range", "expected"),
    [
        (ETAG, part(0, 10)),
        ('"other"', WHOLE),
        ('W/"abc"', WHOLE),
        ("Tue, 10 Mar 2026 22:30:00 GMT", WHOLE),
    ],
)
def test_a_range_of_another_version_is_the_whole_of_this_one(if_range: str, expected: Answer) -> None:
    assert answer(Asked("GET", "bytes=0-9", if_range), ETAG, 100) == expected


@pytest.mark.parametrize(
    ("header", "is_known"),
    [(ETAG, True), ('W/"abc"', True), ('"x", "abc"', True), ("*", True), ('"x"', False), ("", False)],
)
def test_what_somebody_has_already_is_not_sent_again(header: str, is_known: bool) -> None:
    told = answer(Asked("GET", "bytes=0-9", None, header), ETAG, 100)
    assert (told.status is HTTPStatus.NOT_MODIFIED) == is_known


def test_the_content_range_names_the_bytes_or_the_size() -> None:
    assert part(10, 5).content_range(100) == "bytes 10-14/100"
    assert BEYOND.content_range(100) == "bytes */100"
    assert WHOLE.content_range(100) is None


@given(
    header=st.one_of(
        st.text(max_size=30),
        st.builds("bytes={}-{}".format, st.integers(0, 300) | st.just(""), st.integers(0, 300) | st.just("")),
        st.builds("bytes={}".format, st.text("0123456789-, ", max_size=12)),
    ),
    size=st.integers(0, 200),
)
def test_no_header_asks_for_bytes_that_are_not_there(header: str, size: int) -> None:
    told = answer(Asked("GET", header), ETAG, size)
    assert told.status in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    assert 0 <= told.first <= told.first + told.length <= size
    if told.status is HTTPStatus.OK:
        assert told.length == size
    if told.status is HTTPStatus.PARTIAL_CONTENT:
        assert told.length > 0


@given(first=st.integers(0, 150), last=st.integers(0, 150), content=st.binary(min_size=1, max_size=100))
def test_a_range_gives_the_bytes_that_a_slice_gives(first: int, last: int, content: bytes) -> None:
    told = answer(Asked("GET", f"bytes={first}-{last}"), ETAG, len(content))
    sent = content[told.first : told.first + told.length]
    if last < first:
        assert sent == content
    else:
        assert sent == content[first : last + 1]
