"""Placing and lifting holds: each with an instrument, each a custody record, each kept in the second place."""

from dataclasses import replace

from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.retention import Hold, HoldScope, Instrument
from pipeline.errors import EvidenceNotFoundError, HoldError
from pipeline.night.services import Services
from pipeline.retention.second_place import keep_hold


def place_hold(
    services: Services, instrument: Instrument, instrument_id: str, scope: HoldScope, agent: str, *, sealed: bool
) -> Hold:
    """Places a hold; from the next transaction on nothing that it names is deleted.

    Args:
        services: The installation.
        instrument: What kind of order.
        instrument_id: Its number or mark; never empty.
        scope: What it is about.
        agent: Who enters it.
        sealed: Whether the resident may not be told of it.

    Raises:
        RecordNotFoundError: There is no such incident or camera.
        EvidenceNotFoundError: There is no such original; EvidenceDisposedError when there was one.
        HoldError: The instrument has no number.
        StorageError: The second place cannot be written; the hold is in force all the same.
    """
    if not instrument_id.strip():
        raise HoldError("a hold needs the number or mark of the instrument that orders it")
    _require_scope(services, scope)
    now = services.now()
    hold = Hold(new_id("ho"), instrument, instrument_id.strip(), scope, sealed, now, agent)
    services.catalogue.holds.save(hold, (_entry(hold, CustodyAction.HOLD_PLACED, agent, hold.instrument_id),))
    keep_hold(services, hold)
    return hold


def lift_hold(services: Services, hold_id: str, lifting_id: str, agent: str) -> Hold:
    """Lifts a hold; what it kept goes with the next sweep, if nothing else keeps it.

    Args:
        services: The installation.
        hold_id: Which.
        lifting_id: Number or mark of what lifts it; never empty.
        agent: Who enters it.

    Raises:
        RecordNotFoundError: There is no such hold.
        HoldError: It was lifted already, or nothing is named that lifts it.
        StorageError: As ``place_hold``.
    """
    hold = services.catalogue.holds.get(hold_id)
    if hold.lifted_at is not None:
        raise HoldError(f"hold {hold_id} was lifted at {hold.lifted_at.isoformat()}")
    if not lifting_id.strip():
        raise HoldError("a hold is lifted by an instrument too: name its number or mark")
    lifted = replace(hold, lifted_at=services.now(), lifted_by=agent, lifting_id=lifting_id.strip())
    services.catalogue.holds.save(lifted, (_entry(lifted, CustodyAction.HOLD_LIFTED, agent, lifted.lifting_id),))
    keep_hold(services, lifted)
    return lifted


def _require_scope(services: Services, scope: HoldScope) -> None:
    if scope.incident_id:
        services.catalogue.incidents.get(scope.incident_id)
    if scope.camera_id:
        services.catalogue.cameras.get(scope.camera_id)
    if scope.digest and not services.catalogue.clips.of_digest(scope.digest):
        services.originals.size(scope.digest)  # says what became of it, when something did
        raise EvidenceNotFoundError(scope.digest)


def _entry(hold: Hold, action: CustodyAction, agent: str, authority: str) -> CustodyEntry:
    scope = hold.scope
    about = scope.incident_id or scope.digest or scope.camera_id
    detail = {"instrument": hold.instrument.value, "about": about, "sealed": "yes" if hold.is_sealed else "no"}
    return CustodyEntry(
        at=hold.lifted_at or hold.placed_at,
        agent=agent,
        action=action,
        subject=hold.hold_id,
        authority=authority,
        detail=detail,
        once=f"{action} {hold.hold_id}",
    )
