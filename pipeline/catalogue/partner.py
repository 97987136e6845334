"""What Ring's partner interface sent: tokens that wait for their owner, and webhooks in the order of what they tell."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update

from pipeline.catalogue.database import Database
from pipeline.catalogue.partner_tables import partner_unclaimed, partner_webhooks
from pipeline.catalogue.rows import insert_new, put
from pipeline.domain.partner import PartnerWebhook, Unclaimed, WebhookState


class Partner:
    """Tokens come sealed and go sealed; a webhook is written before it is worked off, and once by its id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_unclaimed(self, unclaimed: Unclaimed) -> None:
        """Keeps a token until its owner claims it; in place of an older one of the same account."""
        with self._database.write() as connection:
            values = {"sealed": unclaimed.sealed, "received_at": unclaimed.received_at}
            put(connection, partner_unclaimed, {"pseudonym": unclaimed.pseudonym}, values)

    def unclaimed(self, since: datetime) -> tuple[Unclaimed, ...]:
        """Tokens that came since then, newest first; empty when nobody waits. Older ones are forgotten."""
        with self._database.write() as connection:
            connection.execute(delete(partner_unclaimed).where(partner_unclaimed.c.received_at < since))
            rows = connection.execute(select(partner_unclaimed)).all()
        found = (Unclaimed(row.pseudonym, bytes(row.sealed), row.received_at) for row in rows)
        return tuple(sorted(found, key=lambda one: (one.received_at, one.pseudonym), reverse=True))

    def forget_unclaimed(self, pseudonym: str) -> None:
        """Forgets an account's token: it was claimed, or its owner removed the app."""
        with self._database.write() as connection:
            connection.execute(delete(partner_unclaimed).where(partner_unclaimed.c.pseudonym == pseudonym))

    def receive(self, webhook: PartnerWebhook) -> bool:
        """Writes a webhook down; says whether it is the first of its id."""
        values = {
            "kind": webhook.kind,
            "pseudonym": webhook.pseudonym,
            "device_id": webhook.device_id,
            "happened_at": webhook.happened_at,
            "received_at": webhook.received_at,
            "digest": webhook.digest,
            "state": WebhookState.WAITING.value,
            "outcome": "",
        }
        with self._database.write() as connection:
            return insert_new(connection, partner_webhooks, {"request_id": webhook.request_id}, values)

    def waiting(self) -> tuple[PartnerWebhook, ...]:
        """Webhooks that are not worked off, in the order in which what they tell happened; empty when none waits."""
        return self._webhooks(partner_webhooks.c.state == WebhookState.WAITING.value)

    def of_device(self, pseudonym: str, device_id: str) -> tuple[PartnerWebhook, ...]:
        """Everything that was told of one device, in order of when it happened; empty when nothing was."""
        is_account = partner_webhooks.c.pseudonym == pseudonym
        return self._webhooks(is_account & (partner_webhooks.c.device_id == device_id))

    def settle(self, request_id: str, state: WebhookState, outcome: str) -> None:
        """Writes what came of a webhook."""
        with self._database.write() as connection:
            is_it = partner_webhooks.c.request_id == request_id
            connection.execute(update(partner_webhooks).where(is_it).values(state=state.value, outcome=outcome))

    def counts(self) -> dict[str, int]:
        """How many webhooks came, by ``kind state``; empty when none did."""
        columns = (partner_webhooks.c.kind, partner_webhooks.c.state)
        query = select(*columns, func.count()).group_by(*columns)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {f"{kind} {state}": count for kind, state, count in sorted(tuple(row) for row in rows)}

    def outcome_of(self, request_id: str) -> tuple[WebhookState, str] | None:
        """How far a webhook is, and what came of it; None when it never came."""
        query = select(partner_webhooks.c.state, partner_webhooks.c.outcome)
        with self._database.read() as connection:
            row = connection.execute(query.where(partner_webhooks.c.request_id == request_id)).first()
        return None if row is None else (WebhookState(row.state), row.outcome)

    def _webhooks(self, which: ColumnElement[bool]) -> tuple[PartnerWebhook, ...]:
        order = (partner_webhooks.c.happened_at, partner_webhooks.c.request_id)
        with self._database.read() as connection:
            rows = connection.execute(select(partner_webhooks).where(which).order_by(*order)).all()
        return tuple(map(_webhook, rows))


def _webhook(row: Row[Any]) -> PartnerWebhook:
    return PartnerWebhook(
        request_id=row.request_id,
        kind=row.kind,
        pseudonym=row.pseudonym,
        device_id=row.device_id,
        happened_at=row.happened_at,
        received_at=row.received_at,
        digest=row.digest,
    )
