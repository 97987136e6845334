"""Reading what the partner interface says of devices and their history, strictly; a doubtful value is an error."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.acquire.source import TriggerPage
from pipeline.domain.cameras import Account, Camera, CameraTrigger, TriggerKind
from pipeline.domain.video import ClockSource
from pipeline.errors import TriggerFormatError

CAMERA_PREFIX = "ring-partner:"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@=~-]{0,199}")
"""Ring's ids are opaque words; what is not of these letters is not used in an address or a row of ours."""

_KINDS = {"ding": TriggerKind.DING, "motion": TriggerKind.MOTION, "on_demand": TriggerKind.ON_DEMAND}
_LATEST_MS = 32_503_680_000_000  # the year 3000
_LONGEST_SHOWN = 80


def camera_id_of(device_id: str) -> str:
    """Our id for a device of the interface."""
    return f"{CAMERA_PREFIX}{device_id}"


def device_id_of(camera_id: str) -> str:
    """The interface's id for a camera of ours."""
    return camera_id.removeprefix(CAMERA_PREFIX)


def is_id(given: object) -> bool:
    """Whether it is an id that we use."""
    return isinstance(given, str) and _ID.fullmatch(given) is not None


def read_camera(record: object, account: Account, time_zone: str) -> Camera | None:
    """A device's record; None when it has no id that we could use.

    The interface lists devices that their owner chose in Ring's app for this app, and tells neither position nor zone
    nor plan: Ring shares nothing of a device without a plan.
    """
    if not isinstance(record, Mapping) or not is_id(record.get("id")):
        return None
    camera_id = camera_id_of(str(record["id"]))
    attributes = record.get("attributes")
    name = attributes.get("name") if isinstance(attributes, Mapping) else None
    return Camera(
        camera_id=camera_id,
        account_id=account.account_id,
        name=name if isinstance(name, str) and name else camera_id,
        owner_id=account.resident_id,
        has_plan=True,
        time_zone=time_zone,
    )


def read_page(entries: Iterable[object], camera_id: str) -> TriggerPage:
    """A page of history in its order; what cannot be read is named and does not stop the rest."""
    triggers: list[CameraTrigger] = []
    unreadable: list[TriggerFormatError] = []
    for entry in entries:
        try:
            triggers.append(read_trigger(entry, camera_id))
        except TriggerFormatError as error:
            unreadable.append(error)
    return TriggerPage(tuple(triggers), tuple(unreadable))


def read_trigger(entry: object, camera_id: str) -> CameraTrigger:
    """One entry of history.

    Raises:
        TriggerFormatError: It has no id, no kind, no start in milliseconds, or is of another device.
    """
    if not isinstance(entry, Mapping) or not is_id(entry.get("id")):
        raise TriggerFormatError("id", _shown(entry.get("id") if isinstance(entry, Mapping) else entry))
    event_id, attributes = str(entry["id"]), entry.get("attributes")
    if not isinstance(attributes, Mapping):
        raise TriggerFormatError(f"attributes of event {event_id}", _shown(attributes))
    source = _device_of(entry)
    if source is not None and source != device_id_of(camera_id):
        raise TriggerFormatError(f"source of event {event_id}", _shown(source))
    said = attributes.get("event_type")
    if not isinstance(said, str) or not said:
        raise TriggerFormatError(f"event_type of event {event_id}", _shown(said))
    kind, _, seen = said.partition(".")
    start = read_moment(attributes.get("start"), f"start of event {event_id}")
    return CameraTrigger(
        trigger_id=event_id,
        camera_id=camera_id,
        kind=_KINDS.get(kind, TriggerKind.OTHER),
        at=start,
        clock=ClockSource.VENDOR,
        vendor_labels=_labels(kind, seen, attributes.get("sub_type")),
        seconds=_seconds(attributes.get("end"), start),
    )


def read_moment(given: object, field: str) -> datetime:
    """A moment in UTC, from milliseconds since 1970.

    Raises:
        TriggerFormatError: It is no whole number of them.
    """
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given < _LATEST_MS:
        return datetime.fromtimestamp(given // 1000, UTC).replace(microsecond=given % 1000 * 1000)
    raise TriggerFormatError(field, _shown(given))


def milliseconds(moment: datetime) -> int:
    """The other way: whole milliseconds since 1970, without passing through a float."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def _device_of(entry: Mapping[str, Any]) -> object:
    found: object = entry
    for name in ("relationships", "source", "data", "id"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _labels(kind: str, seen: str, sub_type: object) -> tuple[str, ...]:
    found = set() if kind in _KINDS else {kind.lower()}
    stated = (seen, sub_type if isinstance(sub_type, str) else "")
    return tuple(sorted(found | {label.lower() for label in stated if label}))


def _seconds(end: object, start: datetime) -> float:
    try:
        lasted = (read_moment(end, "end") - start).total_seconds()
    except TriggerFormatError:
        return 0.0
    return max(0.0, lasted)


def _shown(value: object) -> str:
    return str(value)[:_LONGEST_SHOWN]
