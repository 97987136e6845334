"""A resident changes, pauses or resumes a grant: a next version, signed, and what it no longer covers goes at once.

Widening deletes nothing, and neither does a pause. Like a revocation, a change that is killed in the middle is finished
by the next night and the next sweep.
"""

from pipeline.consent.grants import follow, pause, require_going_on, resume
from pipeline.domain.consent import ConsentGrant, SignedGrant
from pipeline.domain.evidence import CustodyAction
from pipeline.night.services import Services
from pipeline.retention.disposal import Finished
from pipeline.retention.revocation import Revocation, clear_away, keep_elsewhere, keep_head, save_grant


def change_grant(services: Services, grant_id: str, words: ConsentGrant, entered_by: str) -> Revocation:
    """Signs the next version with these words; the same words again only finish what was left.

    Args:
        services: The installation.
        grant_id: Which.
        words: What it is to say; id, resident, first signing and pauses are the grant's own.
        entered_by: Who enters it.

    Raises:
        RecordNotFoundError: There is no such grant.
        GrantOverError: It is revoked, or its time is over.
        CatalogueError, StorageError: The version could not be written; nothing was deleted.
    """
    newest = _going_on(services, grant_id)
    return _written(services, newest, follow(newest, words, services.now(), services.key), entered_by)


def pause_grant(services: Services, grant_id: str, entered_by: str) -> Revocation:
    """Stops every use of a grant at once and deletes nothing; again it changes nothing.

    Raises:
        RecordNotFoundError, GrantOverError, CatalogueError, StorageError: As ``change_grant``.
    """
    newest = _going_on(services, grant_id)
    return _written(services, newest, pause(newest, services.now(), services.key), entered_by)


def resume_grant(services: Services, grant_id: str, entered_by: str) -> Revocation:
    """Lets a paused grant be used again; what was recorded during the pause stays outside for good.

    Raises:
        RecordNotFoundError, GrantOverError, CatalogueError, StorageError: As ``change_grant``.
    """
    newest = _going_on(services, grant_id)
    return _written(services, newest, resume(newest, services.now(), services.key), entered_by)


def _going_on(services: Services, grant_id: str) -> ConsentGrant:
    grant = services.catalogue.grants.get(grant_id).grant
    require_going_on(grant, services.now())
    return grant


def _written(services: Services, newest: ConsentGrant, signed: SignedGrant, entered_by: str) -> Revocation:
    action = _action(newest, signed.grant)
    if signed.grant.version != newest.version:
        save_grant(services, signed, action, entered_by)
    if action is CustodyAction.GRANT_CHANGED:
        return clear_away(services, signed)
    failed = (*keep_elsewhere(services, (signed,)), *keep_head(services))
    return Revocation(signed, 0, Finished((), (), failed))


def _action(before: ConsentGrant, after: ConsentGrant) -> CustodyAction:
    if (before.paused_since is None) == (after.paused_since is None):
        return CustodyAction.GRANT_CHANGED
    return CustodyAction.GRANT_PAUSED if before.paused_since is None else CustodyAction.GRANT_RESUMED
