"""Webhooks as Ring's documents describe them, signed or not as they should be."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

DEVICE_KINDS = ("motion_detected", "button_press", "device_added", "device_removed", "device_online", "device_offline")
USER_KINDS = ("app_integration_added", "app_integration_removed")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request to the app's address.

    Attributes:
        body: As it is sent and signed.
        headers: Beside it.
    """

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Makes webhooks of one app."""

    signing_key: str

    def make(
        self,
        kind: str,
        ring_account: str,
        device_id: str = "",
        *,
        at: datetime | None = None,
        sent_at: datetime | None = None,
        request_id: str = "",
    ) -> Webhook:
        """A webhook of this kind.

        Args:
            kind: As Ring names it; one that Ring does not know is sent as well.
            ring_account: Whose.
            device_id: Which device; empty: it is about the account.
            at: When it happened; now by default.
            sent_at: When Ring says that it sent it; now by default. Long ago: late.
            request_id: Ring's own; a new one by default. One again: a duplicate.
        """
        happened = round((at or datetime.now(UTC)).timestamp() * 1000)
        about = device_id or ring_account
        data: dict[str, object] = {
            "id": f"{about}_{kind}_{happened}",
            "type": kind,
            "attributes": {
                "source": about,
                "source_type": "devices" if device_id else "users",
                "timestamp": happened,
            },
        }
        if device_id:
            data["relationships"] = {"devices": {"links": {"self": f"/v1/devices/{device_id}"}}}
        meta = {
            "version": "1.1",
            "time": (sent_at or datetime.now(UTC)).isoformat().replace("+00:00", "Z"),
            "request_id": request_id or str(uuid.uuid4()),
            "account_id": ring_account,
        }
        return self.signed(json.dumps({"meta": meta, "data": data}).encode())

    def signed(self, body: bytes, signing_key: str | None = None) -> Webhook:
        """These bytes with their signature; by another key when one is given, which is a wrong one."""
        key = self.signing_key if signing_key is None else signing_key
        digest = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
        return Webhook(body, {"Content-Type": "application/json", "X-Signature": f"sha256={digest}"})
