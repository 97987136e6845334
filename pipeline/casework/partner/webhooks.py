"""Webhooks of Ring's partner interface: checked and written down at once, worked off afterwards.

Ring waits five seconds for an answer, sends again for an hour when there is none, and keeps for three days what nobody
took. So a webhook is written before anything is done, once by its id; what is left by a process that dies is worked off
by the next one, and by the night. A device that its owner took away leaves every grant, and an owner who removes the
app revokes: both as if they had said so here, with the same deletion and the same receipt.
"""

import hashlib
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.acquire.partner_records import camera_id_of, is_id, read_moment
from pipeline.acquire.partner_signing import is_signed
from pipeline.casework.partner.linking import forget_token, require_on
from pipeline.domain.cameras import Account
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.partner import (
    DEVICE_ADDED,
    DEVICE_REMOVED,
    INTEGRATION_REMOVED,
    NOTICED,
    UNREADABLE,
    PartnerWebhook,
    WebhookState,
)
from pipeline.errors import (
    InputRefusedError,
    PipelineError,
    RecordNotFoundError,
    SignatureRefusedError,
    TriggerFormatError,
)
from pipeline.night.services import AGENT, Services
from pipeline.retention.changing import change_grant
from pipeline.retention.revocation import revoke_grant

_logger = logging.getLogger(__name__)

ENTERED_BY = "Ring's partner interface"
"""Who enters what a resident decided in Ring's own app."""

_AHEAD = timedelta(minutes=10)
_LONGEST_KIND, _LONGEST_ID = 80, 200


def receive(services: Services, body: bytes, signature: str) -> bool:
    """Checks a webhook and writes it down; says whether it is new. Whoever calls has it worked off afterwards.

    Raises:
        SignatureRefusedError: Ring did not sign these bytes.
        InputRefusedError: It was sent too long ago, or from ahead of our clock.
    """
    settings = require_on(services)
    key = settings.signing_key.get_secret_value() if settings.signing_key else ""
    if not key or not is_signed(key, body, signature):
        raise SignatureRefusedError
    now = services.now()
    webhook, sent_at = _read(services, body, now)
    if not now - timedelta(hours=settings.webhook_hours) <= sent_at <= now + _AHEAD:
        raise InputRefusedError("time", "it was sent too long ago, or its clock is not ours")
    return services.catalogue.partner.receive(webhook)


def work_off(services: Services) -> dict[str, str]:
    """Works off what waits, in the order in which it happened; what fails stays, and keeps nothing else.

    Returns:
        What came of each, by its id; empty when nothing waited.
    """
    came: dict[str, str] = {}
    for webhook in services.catalogue.partner.waiting():
        try:
            state, outcome = _work(services, webhook)
        except PipelineError as error:
            _logger.warning("a webhook (%s) waits for the next run: %s", webhook.kind, type(error).__name__)
            came[webhook.request_id] = f"waits: {error}"
            continue
        services.catalogue.partner.settle(webhook.request_id, state, outcome)
        came[webhook.request_id] = outcome
    return came


def end_link(services: Services, account: Account, entered_by: str) -> tuple[str, ...]:
    """Ends everything that an account's cameras are in, and erases its token; again it finishes what was left.

    A grant of these cameras alone is revoked. One that names others too goes on without these.

    Returns:
        The grants that ended or were narrowed; ``doorstep grant receipt`` says of each what went and what stays.

    Raises:
        CatalogueError, StorageError: As ``revoke_grant``.
    """
    cameras = {camera.camera_id for camera in services.catalogue.cameras.list(account.account_id)}
    changed = _without(services, account, cameras, entered_by)
    if services.catalogue.accounts.token(account.account_id):
        forget_token(services, account, entered_by)
    return changed


def _work(services: Services, webhook: PartnerWebhook) -> tuple[WebhookState, str]:
    if webhook.kind not in (DEVICE_REMOVED, INTEGRATION_REMOVED):
        known = webhook.kind in NOTICED
        return WebhookState.NOTED, "changes nothing here" if known else "of a kind that we do not know"
    try:
        account = services.catalogue.accounts.find(webhook.pseudonym)
    except RecordNotFoundError:
        services.catalogue.partner.forget_unclaimed(webhook.pseudonym)
        return WebhookState.NOTED, "of an account that nobody linked here"
    linked_at = services.accounts.linked_at(account)
    if linked_at is not None and webhook.happened_at < linked_at:
        return WebhookState.NOTED, "of a time before the account was linked"
    if webhook.kind == INTEGRATION_REMOVED:
        return WebhookState.DONE, _said(end_link(services, account, ENTERED_BY))
    return _device_removed(services, account, webhook)


def _device_removed(services: Services, account: Account, webhook: PartnerWebhook) -> tuple[WebhookState, str]:
    told = services.catalogue.partner.of_device(webhook.pseudonym, webhook.device_id)
    if any(one.kind == DEVICE_ADDED and one.happened_at > webhook.happened_at for one in told):
        return WebhookState.NOTED, "the device was added again since"
    camera_id = camera_id_of(webhook.device_id)
    if camera_id not in {camera.camera_id for camera in services.catalogue.cameras.list(account.account_id)}:
        return WebhookState.NOTED, "of a device that was never seen here"
    entry = CustodyEntry(
        at=services.now(),
        agent=AGENT,
        action=CustodyAction.CAMERA_WITHDRAWN,
        subject=camera_id,
        detail={"source": account.source},
        once=f"camera_withdrawn {webhook.request_id}",
    )
    services.catalogue.custody.append((entry,))
    return WebhookState.DONE, _said(_without(services, account, {camera_id}, ENTERED_BY))


def _without(services: Services, account: Account, cameras: set[str], entered_by: str) -> tuple[str, ...]:
    """Takes cameras out of every grant of the account's resident; one that would be left without any is revoked.

    Somebody else may have linked the same camera, and what they signed is not for this account to end.
    """
    changed = []
    now = services.now()
    for signed in services.catalogue.grants.latest_of_resident(account.resident_id):
        grant = signed.grant
        if not cameras & set(grant.camera_ids) or grant.revoked_at is not None:
            continue
        left = tuple(camera for camera in grant.camera_ids if camera not in cameras)
        if left and now < grant.expires_at:
            change_grant(services, grant.grant_id, replace(grant, camera_ids=left), entered_by)
        else:
            revoke_grant(services, grant.grant_id, entered_by)
        changed.append(grant.grant_id)
    return tuple(changed)


def _said(changed: tuple[str, ...]) -> str:
    return f"ended or narrowed: {', '.join(changed)}" if changed else "no grant named it"


def _read(services: Services, body: bytes, now: datetime) -> tuple[PartnerWebhook, datetime]:
    """A webhook that Ring signed, and when Ring says that it sent it; one that we cannot read is named as such."""
    digest = hashlib.sha256(body).hexdigest()
    try:
        document = json.loads(body)
        meta, data = document["meta"], document["data"]
        attributes = data["attributes"]
        sent_at = _sent_at(meta["time"])
        pseudonym = services.accounts.partner_pseudonym(_word(meta["account_id"]))
        given = attributes.get("timestamp")
        happened_at = sent_at if given is None else read_moment(given, "timestamp")
        is_device = attributes.get("source_type") == "devices" and is_id(attributes.get("source"))
        webhook = PartnerWebhook(
            request_id=_word(meta["request_id"]),
            kind=_word(data["type"])[:_LONGEST_KIND],
            pseudonym=pseudonym,
            device_id=str(attributes["source"]) if is_device else "",
            happened_at=happened_at,
            received_at=now,
            digest=digest,
        )
    except (ValueError, LookupError, TypeError, AttributeError, TriggerFormatError):
        return PartnerWebhook(digest, UNREADABLE, "", "", now, now, digest), now
    return webhook, sent_at


def _sent_at(given: object) -> datetime:
    """A moment of RFC 3339 with up to nine digits after the second; the last three are dropped.

    Raises:
        ValueError: It is none, or has no zone.
    """
    whole, dot, rest = _word(given).partition(".")
    digits = "".join(letter for letter in rest if letter.isdigit()) if dot else ""
    zone = rest.lstrip("0123456789") if dot else ""
    moment = datetime.fromisoformat(f"{whole}.{digits[:6]}{zone}" if dot else whole)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC)


def _word(given: object) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= _LONGEST_ID:
        raise ValueError("not a word")
    return given
