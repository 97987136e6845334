"""What the simulated Ring service holds: accounts, their devices, and what these recorded. Invented, all of it."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import SettingsError

T = TypeVar("T")

SHARED_FAMILY = "authorized_doorbots"
FAMILIES = ("doorbots", SHARED_FAMILY, "stickup_cams")


class Fault(StrEnum):
    """What goes wrong when an event's recording is asked for."""

    NONE = "none"
    NOT_READY = "not_ready"
    """The signed link answers 404: the recording is still being prepared."""
    MISSING = "missing"
    """The service knows no recording, by either way."""
    DIRECT_ONLY = "direct_only"
    """There is no share link; the direct way works, by a redirect."""
    DIRECT_BYTES = "direct_bytes"
    """There is no share link; the direct way answers with the bytes themselves."""
    FORBIDDEN = "forbidden"
    SERVER_ERROR = "server_error"
    TRUNCATED = "truncated"
    """Half of the announced bytes arrive."""
    SLOW = "slow"
    """Half of the bytes arrive, and then nothing for as long as the client waits."""
    UNANNOUNCED = "unannounced"
    """All bytes arrive, and their number was not announced; nothing is wrong with that."""
    EMPTY = "empty"
    PAGE = "page"
    """200 with a page of HTML."""
    EXPIRED_LINK = "expired_link"
    """The signed link is already too old."""
    THROTTLED = "throttled"
    """429, with the world's ``long_pause_seconds``."""


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """One event of a device's history.

    Attributes:
        event_id: Up to 19 digits; larger is newer.
        at: Aware moment.
        clip: File that is its recording; None when there is none.
        kind: As Ring names it: ding, motion, on_demand, DELETED_FOOTAGE and so on.
        detection_type: As Ring's own vision names it, for example ``human``; None when it says nothing.
        person_detected: The same.
        seconds: Stated length.
        is_e2ee: End-to-end encrypted.
        had_subscription: Whether there was a plan then.
        fault: What goes wrong.
        fault_tries: How often it goes wrong before it works; zero is for ever.
        created_at: Sent in place of ``at``, to be unreadable; None to send ``at``.
    """

    event_id: int
    at: datetime
    clip: Path | None = None
    kind: str = "motion"
    detection_type: str | None = None
    person_detected: bool | None = None
    seconds: float = 0.0
    is_e2ee: bool = False
    had_subscription: bool = True
    fault: Fault = Fault.NONE
    fault_tries: int = 0
    created_at: str | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"event {self.event_id} needs an aware moment")
        if not 0 < self.event_id < 10**19:
            raise ValueError(f"event id {self.event_id} is not of 1 to 19 digits")


@dataclass(frozen=True, slots=True)
class SimulatedDevice:
    """One camera of an account; ``family`` says whether it is its own or only shared with it."""

    device_id: int
    name: str
    family: str = "doorbots"
    kind: str = "lpd_v1"
    show_recordings: bool = True
    time_zone: str = "Europe/London"
    latitude: float = 51.5
    longitude: float = -0.12
    events: tuple[SimulatedEvent, ...] = ()

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"device {self.device_id}: family must be one of {', '.join(FAMILIES)}")


@dataclass(frozen=True, slots=True)
class SimulatedAccount:
    """One account.

    Attributes:
        user_name: To log in with.
        password: The same.
        two_factor_code: Asked for after the password; None when the account has no second factor.
        devices: Its cameras.
    """

    user_name: str
    password: str
    two_factor_code: str | None = None
    devices: tuple[SimulatedDevice, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """Everything that the service holds, and how it behaves.

    Attributes:
        accounts: At least one is of use.
        token_seconds: Life of an access token.
        link_seconds: Life of a signed link.
        throttle_every: Each how many calls of the API one is answered with 429; zero is never.
        pause_seconds: The Retry-After of these.
        long_pause_seconds: The Retry-After of the fault ``throttled``.
        most_codes: Wrong codes after which no more are taken.
    """

    accounts: tuple[SimulatedAccount, ...] = ()
    token_seconds: int = 3600
    link_seconds: int = 900
    throttle_every: int = 0
    pause_seconds: int = 1
    long_pause_seconds: int = 3600
    most_codes: int = 10

    def account(self, user_name: str) -> SimulatedAccount | None:
        """The account of this user name."""
        return next((account for account in self.accounts if account.user_name == user_name), None)

    def reached(self, user_name: str) -> Iterator[tuple[SimulatedDevice, SimulatedEvent]]:
        """Every event that an account reaches."""
        account = self.account(user_name)
        for device in account.devices if account else ():
            for event in device.events:
                yield device, event


def load_world(path: Path) -> World:
    """Reads a world from a TOML or JSON file; its keys are the attributes above, clips lie beside the file.

    Raises:
        SettingsError: The file cannot be read, a key is unknown, a value does not fit, or a clip is away.
    """
    try:
        text = path.read_text(encoding="utf-8")
        plain = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        return _world(plain, path.parent)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SettingsError(f"{path.name} is no world of the simulator: {error}") from error


def _world(plain: Mapping[str, Any], folder: Path) -> World:
    accounts = tuple(_account(item, folder) for item in plain.get("accounts", ()))
    return built(World, {**plain, "accounts": accounts})


def _account(plain: Mapping[str, Any], folder: Path) -> SimulatedAccount:
    devices = tuple(_device(item, folder) for item in plain.get("devices", ()))
    return built(SimulatedAccount, {**plain, "devices": devices})


def _device(plain: Mapping[str, Any], folder: Path) -> SimulatedDevice:
    events = tuple(_event(item, folder) for item in plain.get("events", ()))
    return built(SimulatedDevice, {**plain, "events": events})


def _event(plain: Mapping[str, Any], folder: Path) -> SimulatedEvent:
    values = dict(plain)
    at = values["at"]
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    values["at"] = moment.astimezone(UTC) if moment.tzinfo else moment
    values["fault"] = Fault(values.get("fault", "none"))
    if values.get("clip") is not None:
        values["clip"] = folder / values["clip"]
        if not values["clip"].is_file():
            raise ValueError(f"there is no clip {plain['clip']}")
    return built(SimulatedEvent, values)


def built(kind: type[T], values: Mapping[str, Any]) -> T:
    """A noun of these values.

    Raises:
        ValueError: It has no such attribute, or the value does not fit.
        TypeError: An attribute is missing.
    """
    unknown = set(values) - {item.name for item in fields(kind)}  # type: ignore[arg-type]  # each kind is a dataclass
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**values)
