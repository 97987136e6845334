"""From an answer of the partner interface to a recording, or to the reason why there is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp

from pipeline.acquire.paced import RingCallError
from pipeline.acquire.partner_records import read_moment
from pipeline.acquire.ring_download import read_answer
from pipeline.domain.cameras import FetchOutcome
from pipeline.errors import SourceUnreachableError, TriggerFormatError

METHOD = "ring_partner"

_OK, _PARTIAL = 200, 206
_FORBIDDEN, _NO_RANGE, _CORRUPT, _TOO_EARLY = 403, 416, 422, 425
_SAID = ("X-Media-Timestamp", "X-Media-Length", "X-Request-ID")
_LONGEST_SAID = 200
_BOX = b"ftyp"


@dataclass(frozen=True, slots=True)
class Clip:
    """What came of one try for one recording.

    Attributes:
        outcome: As it would stand if this were the last try.
        content: Empty unless ready.
        detail: In words, free of links.
        answer: What Ring said of what it gave: the status, and headers by name.
        is_missing: Ring itself has no recording of this span.
        is_worth_another: Whether a pause and another try may help.
    """

    outcome: FetchOutcome
    content: bytes = b""
    detail: str = ""
    answer: Mapping[str, str] = field(default_factory=dict)
    is_missing: bool = False
    is_worth_another: bool = True

    def starts_within(self, asked: datetime, length: timedelta) -> datetime | None:
        """When the first frame was recorded, where Ring says that and it lies in what was asked for."""
        said = self.answer.get("X-Media-Timestamp", "")
        try:
            moment = read_moment(int(said) if said.isdecimal() else said, "X-Media-Timestamp")
        except TriggerFormatError:
            return None
        return moment if asked <= moment <= asked + length else None


async def read_clip(response: aiohttp.ClientResponse, largest_bytes: int) -> Clip:
    """Reads an opened answer that is no refusal."""
    answer = {"status": str(response.status)}
    answer |= {name: response.headers[name][:_LONGEST_SAID] for name in _SAID if name in response.headers}
    try:
        attempt = await read_answer(response, METHOD, largest_bytes, (_OK, _PARTIAL))
    except TimeoutError:
        return Clip(FetchOutcome.TIMED_OUT, detail="the recording did not arrive in time")
    except (aiohttp.ClientError, OSError) as error:
        return Clip(FetchOutcome.TIMED_OUT, detail=f"the connection broke ({type(error).__name__})")
    if attempt.outcome is not FetchOutcome.READY:
        return Clip(attempt.outcome, detail=attempt.detail, is_worth_another=attempt.is_worth_another)
    if attempt.content[4:8] != _BOX:
        words = "what came is no MP4: Ring gives encrypted content of a camera with its encryption on"
        return Clip(FetchOutcome.ENCRYPTED, detail=words, is_worth_another=False)
    detail = "a part of what was asked for; Ring has no more of it" if response.status == _PARTIAL else ""
    return Clip(FetchOutcome.READY, attempt.content, detail, answer, is_worth_another=False)


async def refused(response: aiohttp.ClientResponse) -> Clip:
    """Reads an answer that is a refusal, by its status and the code in it."""
    code = await _code(response)
    if response.status == _NO_RANGE:
        return Clip(FetchOutcome.NOT_READY, detail="Ring has no recording of it yet", is_missing=True)
    if response.status == _TOO_EARLY:
        return Clip(FetchOutcome.NOT_READY, detail="it is still being prepared")
    if response.status == _CORRUPT:
        return Clip(FetchOutcome.NONE_RECORDED, detail="Ring says that it is damaged", is_worth_another=False)
    if response.status == _FORBIDDEN:
        is_early = code == "TIME_RANGE_NOT_AUTHORIZED"
        words = "it is from before the link, and Ring shares nothing of that" if is_early else "it is not shared"
        return Clip(FetchOutcome.REFUSED, detail=words, is_worth_another=False)
    return Clip(FetchOutcome.NOT_READY, detail=f"it answered {response.status}")


def failed(error: RingCallError) -> Clip:
    """A call that failed, as what came of this try.

    Raises:
        SourceUnreachableError: There was no answer of any kind.
    """
    if error.throttled:
        return Clip(FetchOutcome.THROTTLED, detail=error.detail, is_worth_another=False)
    if error.timed_out:
        return Clip(FetchOutcome.TIMED_OUT, detail=error.detail)
    if error.status is None:
        raise SourceUnreachableError("Ring's partner interface", error.detail) from error
    return Clip(FetchOutcome.NOT_READY, detail=error.detail)


async def _code(response: aiohttp.ClientResponse) -> str:
    try:
        said = json.loads(await response.read())
        return str(said["errors"][0]["code"])
    except (aiohttp.ClientError, OSError, ValueError, LookupError, TypeError):
        return ""
