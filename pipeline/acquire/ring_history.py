"""Reading what Ring says about cameras and their history, strictly: a doubtful value is an error, never a guess."""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.acquire.source import TriggerPage
from pipeline.domain.cameras import Account, Camera, CameraTrigger, TriggerKind
from pipeline.domain.video import ClockSource
from pipeline.errors import TriggerFormatError

_logger = logging.getLogger(__name__)

SHARED_FAMILY = "authorized_doorbots"
FAMILIES = ("doorbots", "stickup_cams", SHARED_FAMILY)
"""Families of devices that record video, in the order in which one of them keeps a camera id that two of them claim."""

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")
_EVENT_ID = re.compile(r"[1-9]\d{0,18}")
_KINDS = {"ding": TriggerKind.DING, "motion": TriggerKind.MOTION, "on_demand": TriggerKind.ON_DEMAND}
_DELETED_KIND = "DELETED_FOOTAGE"
_INDOOR_KINDS = ("stickup_cam_mini",)
"""Kinds that Ring sells for indoors begin so. Source: ``INDOOR_CAM_KINDS`` and its like in ring_doorbell. Others may
hang indoors as well, which nobody tells us."""
_POSITION_DECIMALS = 4  # about 11 m: enough to match an incident, and no more is kept of where somebody lives
_LONGEST_SHOWN = 80


def camera_ids(devices: Mapping[str, Iterable[int]]) -> dict[str, tuple[str, int]]:
    """Camera ids with the family and number behind each, in the order of ``FAMILIES``.

    ``ring:<number>``; the same number can name two devices of different families, and then the later family's is
    ``ring:<number>:<family>``.
    """
    found: dict[str, tuple[str, int]] = {}
    for family in FAMILIES:
        for number in devices.get(family, ()):
            plain = f"ring:{number}"
            found[f"{plain}:{family}" if plain in found else plain] = (family, number)
    return found


def read_camera(camera_id: str, family: str, device: Mapping[str, Any], account: Account) -> Camera:
    """A device record without what we have no use for: address, names and e-mail of people stay at Ring."""
    is_owned = family != SHARED_FAMILY and device.get("owned") is not False
    features = device.get("features") or {}
    return Camera(
        camera_id=camera_id,
        account_id=account.account_id,
        name=str(device.get("description") or camera_id),
        owner_id=account.resident_id if is_owned else None,
        has_plan=features.get("show_recordings") is True,
        time_zone=_time_zone(device.get("time_zone"), camera_id),
        position=_position(device.get("latitude"), device.get("longitude")),
        is_indoor=str(device.get("kind")).startswith(_INDOOR_KINDS),
    )


def read_page(entries: Iterable[object], camera_id: str) -> TriggerPage:
    """A page of history as it came, in its order; what cannot be read is named and does not stop the rest."""
    triggers: list[CameraTrigger] = []
    unreadable: list[TriggerFormatError] = []
    for entry in entries:
        try:
            triggers.append(read_trigger(entry, camera_id))
        except TriggerFormatError as error:
            unreadable.append(error)
    return TriggerPage(tuple(triggers), tuple(unreadable))


def read_trigger(entry: object, camera_id: str) -> CameraTrigger:
    """One history entry.

    Raises:
        TriggerFormatError: It has no id of 1 to 19 digits, no kind, or no UTC moment that is written out in full.
    """
    if not isinstance(entry, Mapping):
        raise TriggerFormatError("entry", _shown(entry))
    event_id = read_event_id(entry)
    kind = entry.get("kind")
    if not isinstance(kind, str) or not kind:
        raise TriggerFormatError(f"kind of event {event_id}", _shown(kind))
    return CameraTrigger(
        trigger_id=event_id,
        camera_id=camera_id,
        kind=_KINDS.get(kind, TriggerKind.OTHER),
        at=_moment(entry.get("created_at"), event_id),
        clock=ClockSource.VENDOR,
        vendor_labels=_labels(entry, kind),
        end_to_end_encrypted=entry.get("is_e2ee") is True,
        had_plan=entry.get("had_subscription") is not False,
        deleted=kind == _DELETED_KIND,
        seconds=_seconds(entry.get("duration")),
    )


def read_event_id(entry: object) -> str:
    """The id in digits, from the whole number or the digits that Ring sent.

    Raises:
        TriggerFormatError: It is anything else; a float may already have lost digits.
    """
    given = entry.get("id") if isinstance(entry, Mapping) else None
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if _EVENT_ID.fullmatch(text) is None:
        raise TriggerFormatError("id", _shown(given))
    return text


def _moment(given: object, event_id: str) -> datetime:
    if isinstance(given, str) and _MOMENT.fullmatch(given):
        try:
            return datetime.fromisoformat(given).astimezone(UTC)
        except ValueError:
            pass  # well formed and no moment, such as the 31st of February: told below
    raise TriggerFormatError(f"created_at of event {event_id}", _shown(given))


def _labels(entry: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    found = set() if kind in _KINDS else {kind.lower()}
    seen = entry.get("cv_properties")
    if isinstance(seen, Mapping):
        found |= {name for name in ("person_detected", "stream_broken") if seen.get(name) is True}
        stated = [seen.get("detection_type"), *_names(seen.get("detection_types"))]
        found |= {label for label in stated if isinstance(label, str) and label not in ("", "null")}
    return tuple(sorted(found))


def _names(types: object) -> list[object]:
    if not isinstance(types, list):
        return []
    return [item.get("detection_type") if isinstance(item, Mapping) else item for item in types]


def _seconds(given: object) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given < float("inf"):
        return float(given)
    return 0.0


def _position(latitude: object, longitude: object) -> tuple[float, float] | None:
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees
        return None
    return round(float(latitude), _POSITION_DECIMALS), round(float(longitude), _POSITION_DECIMALS)


def _time_zone(given: object, camera_id: str) -> str:
    try:
        return ZoneInfo(given).key if isinstance(given, str) and given else "UTC"
    except (ZoneInfoNotFoundError, ValueError):
        _logger.warning("camera %s names a time zone that is not known; UTC is shown in its place", camera_id)
        return "UTC"


def _shown(value: object) -> str:
    return str(value)[:_LONGEST_SHOWN]
