"""From an answer of Ring to the bytes of a recording, or to the reason why there are none yet."""

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp

from pipeline.acquire.paced import RingCallError
from pipeline.acquire.ring_transport import RingTransport
from pipeline.domain.cameras import FetchOutcome

_MOST_HOPS = 3
_CHUNK_BYTES = 1 << 16
_OK = 200
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/xhtml")
_TEXT_STARTS = (b"<", b"{", b"[")
_BOM = b"\xef\xbb\xbf"
_WORDS = {
    403: "the link is refused; it may be too old",
    404: "it is still being prepared",
    410: "the link is too old",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one try for one recording.

    Attributes:
        outcome: As it would stand if this were the last try.
        content: Empty unless ready.
        method: How the bytes came; empty unless ready.
        detail: In words, free of links.
        is_missing: The service itself knows no recording of this trigger, by either way.
        is_worth_another: Whether a pause and another try may help.
    """

    outcome: FetchOutcome
    content: bytes = b""
    method: str = ""
    detail: str = ""
    is_missing: bool = False
    is_worth_another: bool = True


async def fetch_link(transport: RingTransport, link: str, method: str, largest_bytes: int) -> Attempt:
    """Fetches a signed link; never raises for what Ring or the network does, so that no link leaks with an error."""
    try:
        for _ in range(_MOST_HOPS):
            async with await transport.open(link) as response:
                location = response.headers.get("Location") if is_redirect(response) else None
                if location is None:
                    return await read_answer(response, method, largest_bytes)
                link = urljoin(link, location)
    except RingCallError as error:
        outcome = FetchOutcome.THROTTLED if error.throttled else FetchOutcome.NOT_READY
        return Attempt(outcome, detail=error.detail, is_worth_another=not error.throttled)
    except TimeoutError:
        return Attempt(FetchOutcome.TIMED_OUT, detail="the recording did not arrive in time")
    except (aiohttp.ClientError, OSError) as error:
        return Attempt(FetchOutcome.TIMED_OUT, detail=f"no connection to the recording ({type(error).__name__})")
    return Attempt(FetchOutcome.NOT_READY, detail=f"the link leads on and on, more than {_MOST_HOPS} times")


async def read_answer(
    response: aiohttp.ClientResponse, method: str, largest_bytes: int, accepted: Container[int] = (_OK,)
) -> Attempt:
    """Reads an opened answer.

    Bytes that are no text are taken as they are: whether they are a video is for the analysis to say, and the original
    is kept either way. A page of words in place of a recording, and an empty answer, are not kept.

    Raises:
        TimeoutError: The answer did not end in time.
        aiohttp.ClientError: The connection broke in another way than by ending early.
    """
    if response.status not in accepted:
        return Attempt(FetchOutcome.NOT_READY, detail=_WORDS.get(response.status, f"it answered {response.status}"))
    announced = response.content_length
    if announced is not None and announced > largest_bytes:
        return _too_large(largest_bytes)
    content = bytearray()
    try:
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            content += chunk
            if len(content) > largest_bytes:
                return _too_large(largest_bytes)
    except aiohttp.ClientPayloadError:
        pass  # the connection ended early: counted below
    else:
        if announced is None or len(content) == announced:
            return _judged(bytes(content), response.content_type, method)
    expected = "an unknown number of" if announced is None else str(announced)
    return Attempt(FetchOutcome.TRUNCATED, detail=f"{len(content)} of {expected} bytes arrived")


def is_redirect(response: aiohttp.ClientResponse) -> bool:
    """Whether the answer sends us elsewhere."""
    return response.status in (301, 302, 303, 307, 308)


def _judged(content: bytes, content_type: str, method: str) -> Attempt:
    if not content:
        return Attempt(FetchOutcome.TRUNCATED, detail="an empty answer")
    if _is_text(content, content_type):
        return Attempt(FetchOutcome.NOT_READY, detail=f"a page ({content_type}) in place of a recording")
    return Attempt(FetchOutcome.READY, content, method, is_worth_another=False)


def _is_text(content: bytes, content_type: str) -> bool:
    """Whether it is a page; an MP4 says ``ftyp`` in its first box, whatever its type is said to be."""
    if content[4:8] == b"ftyp":
        return False
    return content_type.startswith(_TEXT_TYPES) or content.removeprefix(_BOM).lstrip()[:1] in _TEXT_STARTS


def _too_large(largest_bytes: int) -> Attempt:
    words = f"it is larger than the {largest_bytes >> 20} MB that are accepted; nothing of it was kept"
    return Attempt(FetchOutcome.TRUNCATED, detail=words, is_worth_another=False)
