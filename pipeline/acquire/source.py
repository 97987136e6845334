"""What every source of clips can do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.domain.cameras import Camera, CameraTrigger, Recording
from pipeline.errors import TriggerFormatError


@dataclass(frozen=True, slots=True)
class TriggerPage:
    """A part of a camera's history.

    Attributes:
        triggers: Newest first; may be empty.
        unreadable: One error for each entry that could not be read; they belong on the coverage ledger, since nobody
            can say whether they lie in the span that was asked for.
    """

    triggers: tuple[CameraTrigger, ...] = ()
    unreadable: tuple[TriggerFormatError, ...] = ()


class ClipSource(Protocol):
    """Cameras, why they recorded, and what they recorded. Asks no grant: the caller does, before each call."""

    async def cameras(self) -> tuple[Camera, ...]:
        """Every camera that the account reaches, also those of other owners.

        Raises:
            AccountRefusedError: The source refuses the account.
            SourceUnreachableError: The source does not answer.
        """
        ...

    def triggers(self, camera: Camera, since: datetime, until: datetime) -> AsyncIterator[TriggerPage]:
        """The camera's history with ``since <= at < until``, newest first, page by page.

        Raises:
            AccountRefusedError: The source refuses the account.
            CameraUnknownError: The account does not reach this camera.
            SourceUnreachableError: The source does not answer; pages that came before stay valid.
        """
        ...

    async def recording(self, trigger: CameraTrigger) -> Recording:
        """What came of asking for the trigger's recording; whatever happened to this one recording is a value.

        Raises:
            AccountRefusedError: The source refuses the whole account.
            CameraUnknownError: The account does not reach the trigger's camera.
            SourceUnreachableError: The source does not answer at all.
        """
        ...

    async def close(self) -> None:
        """Gives back what the source holds open; it cannot be used afterwards."""
        ...
