"""What the simulated partner interface holds: households, the devices that they chose, and what these recorded."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError
from pipeline.ring_simulator.world import built


class PartnerFault(StrEnum):
    """What goes wrong when an event's recording is asked for."""

    NONE = "none"
    NOT_READY = "not_ready"
    """425: still being prepared."""
    MISSING = "missing"
    """416: nothing was recorded in this span."""
    CORRUPT = "corrupt"
    FORBIDDEN = "forbidden"
    SERVER_ERROR = "server_error"
    BUSY = "busy"
    THROTTLED = "throttled"
    """429, with the world's ``long_pause_seconds``."""
    PARTIAL = "partial"
    """206, from a second later than was asked for; nothing is wrong with that."""
    REDIRECT = "redirect"
    """303 to a signed link at another host, which must not be told who asks; nothing is wrong with that."""
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    """200 with bytes that are no film: invented, since the documents do not say how such content looks."""
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class PartnerEvent:
    """One event of a device's history.

    Attributes:
        event_id: An opaque word.
        at: Aware moment of its start.
        seconds: From start to end; zero sends no end.
        clip: File that is its recording; None when there is none.
        kind: ``motion``, ``ding`` or ``on_demand``.
        sub_type: For example ``human``; empty sends none.
        fault: What goes wrong.
        fault_tries: How often it goes wrong before it works; zero is for ever.
    """

    event_id: str
    at: datetime
    seconds: float = 20.0
    clip: Path | None = None
    kind: str = "motion"
    sub_type: str = ""
    fault: PartnerFault = PartnerFault.NONE
    fault_tries: int = 0

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"event {self.event_id} needs an aware moment")


@dataclass(frozen=True, slots=True)
class PartnerDevice:
    """One device that a household may choose."""

    device_id: str
    name: str
    events: tuple[PartnerEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """One Ring account.

    Attributes:
        ring_account: Ring's own name for it, an opaque word.
        email: Its owner's.
        devices: Its cameras; all of them are chosen when the app is installed.
    """

    ring_account: str
    email: str
    devices: tuple[PartnerDevice, ...] = ()


@dataclass(frozen=True, slots=True)
class PartnerWorld:
    """Everything that the interface holds, and how it behaves.

    Attributes:
        households: At least one is of use.
        client_id: Of the app.
        client_secret: Of the app.
        signing_key: Of the app.
        token_seconds: Life of an access token.
        code_seconds: Life of a code.
        page_size: Entries of history a page.
        is_gated: Whether nothing from before the link is told.
        throttle_every: Each how many calls of the API one is answered with 429; zero is never.
        pause_seconds: The Retry-After of these.
        long_pause_seconds: The Retry-After of the fault ``throttled``.
    """

    households: tuple[Household, ...] = ()
    client_id: str = "simulated-client"
    client_secret: str = "simulated-secret"  # noqa: S105 - invented, and good for nothing else
    signing_key: str = "simulated-key"
    token_seconds: int = 14_400
    code_seconds: int = 60
    page_size: int = 50
    is_gated: bool = False
    throttle_every: int = 0
    pause_seconds: int = 1
    long_pause_seconds: int = 3600

    def household(self, ring_account: str) -> Household | None:
        """The household of this account; None when there is none."""
        return next((one for one in self.households if one.ring_account == ring_account), None)


def load_partner_world(path: Path) -> PartnerWorld:
    """Reads a world from a TOML or JSON file; its keys are the attributes above, clips lie beside the file.

    Raises:
        SettingsError: The file cannot be read, a key is unknown, a value does not fit, or a clip is away.
    """
    try:
        text = path.read_text(encoding="utf-8")
        plain = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        households = tuple(_household(item, path.parent) for item in plain.get("households", ()))
        return built(PartnerWorld, {**plain, "households": households})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SettingsError(f"{path.name} is no world of the simulator: {error}") from error


def _household(plain: Mapping[str, Any], folder: Path) -> Household:
    devices = tuple(_device(item, folder) for item in plain.get("devices", ()))
    return built(Household, {**plain, "devices": devices})


def _device(plain: Mapping[str, Any], folder: Path) -> PartnerDevice:
    events = tuple(_event(item, folder) for item in plain.get("events", ()))
    return built(PartnerDevice, {**plain, "events": events})


def _event(plain: Mapping[str, Any], folder: Path) -> PartnerEvent:
    values = dict(plain)
    at = values["at"]
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    values["at"] = moment.astimezone(UTC) if moment.tzinfo else moment
    values["fault"] = PartnerFault(values.get("fault", "none"))
    if values.get("clip") is not None:
        values["clip"] = folder / values["clip"]
        if not values["clip"].is_file():
            raise ValueError(f"there is no clip {plain['clip']}")
    return built(PartnerEvent, values)
