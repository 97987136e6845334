"""The service's JSON, in the shape that the client library reads; every value is invented."""

from datetime import UTC
from typing import Any

from pipeline.ring_simulator.world import FAMILIES, SHARED_FAMILY, SimulatedAccount, SimulatedDevice, SimulatedEvent


def session_record(user_name: str) -> dict[str, Any]:
    """The answer to a new session."""
    features = {"subscriptions_enabled": True, "video_search_enabled": True}
    return {"profile": {"id": 7001, "email": user_name, "first_name": "Simulated", "features": features}}


def devices_record(account: SimulatedAccount) -> dict[str, list[dict[str, Any]]]:
    """Every device of an account by family; also the families that Doorstep has no use for."""
    found: dict[str, list[dict[str, Any]]] = {family: [] for family in (*FAMILIES, "chimes", "other")}
    for device in account.devices:
        found[device.family].append(_device_record(device))
    return found


def event_record(event: SimulatedEvent, device: SimulatedDevice) -> dict[str, Any]:
    """One entry of a history."""
    stated = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "id": event.event_id,
        "created_at": stated if event.created_at is None else event.created_at,
        "answered": False,
        "events": [],
        "kind": event.kind,
        "favorite": False,
        "snapshot_url": "",
        "recording": {"status": "ready"},
        "duration": event.seconds,
        "cv_properties": {
            "person_detected": event.person_detected,
            "stream_broken": False,
            "detection_type": event.detection_type,
            "cv_triggers": None,
            "detection_types": None,
            "security_alerts": None,
        },
        "properties": {"is_alexa": False, "is_sidewalk": False, "is_autoreply": False},
        "doorbot": {"id": device.device_id, "description": device.name, "type": device.kind},
        "device_placement": None,
        "geolocation": None,
        "last_location": None,
        "siren": None,
        "is_e2ee": event.is_e2ee,
        "had_subscription": event.had_subscription,
        "owner_id": "7001",
    }


def _device_record(device: SimulatedDevice) -> dict[str, Any]:
    is_shared = device.family == SHARED_FAMILY
    return {
        "id": device.device_id,
        "device_id": f"{device.device_id:012x}",
        "description": device.name,
        "kind": device.kind,
        "location_id": "00000000-0000-4000-8000-000000000001",
        "address": "1 Invented Street",
        "latitude": device.latitude,
        "longitude": device.longitude,
        "time_zone": device.time_zone,
        "owned": not is_shared,
        "owner": {
            "id": 7002 if is_shared else 7001,
            "email": "owner@invented.example",
            "first_name": "Invented",
            "last_name": "Owner",
        },
        "subscribed": True,
        "subscribed_motions": True,
        "alerts": {"connection": "online"},
        "battery_life": 90,
        "firmware_version": "0.0.0",
        "features": {
            "show_recordings": device.show_recordings,
            "motions_enabled": True,
            "people_only_enabled": False,
            "advanced_motion_enabled": False,
            "shadow_correction_enabled": False,
            "motion_message_enabled": False,
        },
        "settings": {"motion_detection_enabled": True},
    }
