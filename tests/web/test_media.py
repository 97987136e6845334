"""Media over HTTP: parts, tags, heads, and nothing without a grant at the moment of the request."""

from http import HTTPStatus

import pytest

from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from pipeline.web.guard import NOT_KEPT
from tests.web.desk import Browser, Desk

CLIP = b"clip"
"""The bytes of the town's clip."""


def event_of(desk: Desk) -> str:
    return desk.town.keep().events[0].event_id


@pytest.fixture
def client(desk: Desk) -> Browser:
    return desk.client()


def plays(desk: Desk) -> list[dict[str, str]]:
    records = desk.records(CustodyAction.ACCESSED)
    return [dict(record.entry.detail) for record in records if record.entry.detail.get("as") in ("play", "picture")]


def test_the_original_comes_as_it_is_and_is_kept_by_nobody(desk: Desk, client: Browser) -> None:
    answer = client.get(f"/media/events/{event_of(desk)}/clip")
    assert (answer.status_code, answer.content) == (200, CLIP)
    headers = answer.headers
    assert headers["content-type"] == "video/mp4"
    assert headers["content-length"] == str(len(CLIP))
    assert headers["accept-ranges"] == "bytes"
    assert headers["cache-control"] == NOT_KEPT
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-doorstep-made"] == "original"
    assert headers["etag"] == f'"{desk.town.keep().clip.item.digest}"'


@pytest.mark.parametrize(
    ("headers", "status", "content", "content_range"),
    [
        ({"Range": "bytes=1-2"}, 206, b"li", "bytes 1-2/4"),
        ({"Range": "bytes=-1"}, 206, b"p", "bytes 3-3/4"),
        ({"Range": "bytes=2-"}, 206, b"ip", "bytes 2-3/4"),
        ({"Range": "bytes=9-"}, 416, b"", "bytes */4"),
        ({"Range": "bytes=0-0,2-2"}, 200, CLIP, None),
        ({"Range": "bytes=1-2", "If-Range": '"another"'}, 200, CLIP, None),
        ({"Range": "pages=1-2"}, 200, CLIP, None),
    ],
)
def test_a_part_is_what_was_asked_for(
    desk: Desk, client: Browser, headers: dict[str, str], status: int, content: bytes, content_range: str | None
) -> None:
    answer = client.get(f"/media/events/{event_of(desk)}/clip", headers=headers)
    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers.get("content-range") == content_range
    assert answer.headers["content-length"] == str(len(content))


def test_what_a_browser_has_is_not_sent_again(desk: Desk, client: Browser) -> None:
    url = f"/media/events/{event_of(desk)}/clip"
    etag = client.get(url).headers["etag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == HTTPStatus.NOT_MODIFIED


def test_a_head_tells_the_size_and_is_no_look(desk: Desk, client: Browser) -> None:
    url = f"/media/events/{event_of(desk)}/clip"
    answer = client.http.head(url, headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "4")
    assert plays(desk) == []


def test_a_play_in_many_parts_is_one_look(desk: Desk, client: Browser) -> None:
    url = f"/media/events/{event_of(desk)}/clip"
    for number in range(4):
        client.get(url, headers={"Range": f"bytes={number}-{number}"})
    (look,) = plays(desk)
    assert (look["as"], look["case"]) == ("play", "26-1042")
    desk.client(Role.SUPERVISOR).get(url)
    assert len(plays(desk)) == 2, "another seat looks for itself"


def test_a_revocation_counts_at_the_next_part(desk: Desk, client: Browser) -> None:
    url = f"/media/events/{event_of(desk)}/clip"
    assert client.get(url, headers={"Range": "bytes=0-1"}).status_code == HTTPStatus.PARTIAL_CONTENT
    desk.town.grant(version=2, revoked_at=desk.now)
    refused = client.get(url, headers={"Range": "bytes=2-3"})
    absent = client.get("/media/events/ev-00000000000000000000/clip")
    assert refused.status_code == absent.status_code == HTTPStatus.NOT_FOUND
    strip = str.maketrans("", "", "0123456789abcdef")
    assert refused.text.translate(strip) == absent.text.translate(strip), "what is hidden looks like what is not there"


def test_bytes_that_are_not_the_evidence_are_not_sent(desk: Desk, client: Browser) -> None:
    name = event_of(desk)
    digest = desk.town.keep().clip.item.digest
    (path,) = desk.services.settings.store.directory.glob(f"originals/*/{digest}")
    path.chmod(0o644)
    path.write_bytes(b"clap")
    answer = client.get(f"/media/events/{name}/clip")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert b"clap" not in answer.content
    assert plays(desk) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("events/{event}/still", b"marked of"),
        ("events/{event}/pictures/during", b"marked of"),
        ("events/{event}/pictures/during?marked=false", b"plain of"),
        ("highlights/{highlight}/poster", b"poster of"),
        ("highlights/{highlight}/sheet", b"sheet of"),
    ],
)
def test_pictures_are_derivatives_and_looks(desk: Desk, client: Browser, path: str, words: bytes) -> None:
    kept = desk.town.keep()
    assert kept.highlight is not None
    names = {"event": kept.events[0].event_id, "highlight": kept.highlight.highlight_id}
    answer = client.get(f"/media/{path.format(**names)}")
    assert answer.status_code == HTTPStatus.OK
    assert answer.content.startswith(words)
    assert (answer.headers["content-type"], answer.headers["x-doorstep-made"]) == ("image/jpeg", "derivative")
    (look,) = plays(desk)
    assert look["as"] == "picture"


@pytest.mark.parametrize("path", ["events/{event}/pictures/never", "highlights/{event}/audio"])
def test_what_there_is_no_word_for_is_refused(desk: Desk, client: Browser, path: str) -> None:
    answer = client.get(f"/media/{path.format(event=event_of(desk))}")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
