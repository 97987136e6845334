"""A resident deletes their account: everything stops, everything goes that may go, and what stays is said."""

from dataclasses import dataclass

from pipeline.casework.requests.own import forget_own
from pipeline.casework.residents.ring import LinkState, own_accounts, unlink
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.residents import ResidentAccount
from pipeline.night.services import Services
from pipeline.retention.revocation import Revocation, revoke_grant


@dataclass(frozen=True, slots=True)
class Closed:
    """What came of deleting an account.

    Attributes:
        unlinked: Ids of linked accounts whose tokens are erased.
        revoked: Ids of grants that are revoked; the operator hands their receipts out.
        left: What could not be deleted yet, in words; a later run finishes it.
    """

    unlinked: tuple[str, ...]
    revoked: tuple[str, ...]
    left: tuple[str, ...]


STAYS = (
    "Every version of what you allowed, signed: it shows under which permission something was looked at.",
    "The custody log: who did what and when. It knows you by an id alone, and nothing in it can be taken out.",
    "A signed tombstone of each recording that was deleted, without a picture.",
    "Copies that were handed out before; your receipts name them, and nobody can call them back.",
    "What an order not to delete names, until it is lifted.",
)
"""What stays after an account was deleted, for people; true of every account."""


def close_account(services: Services, account: ResidentAccount) -> Closed:
    """Unlinks every account, revokes every grant, and deletes the resident's own account. Again it finishes the rest.

    Raises:
        CatalogueError, StorageError: It could not even be written that a grant is revoked; the account is still there.
    """
    resident_id = account.resident_id
    unlinked: list[str] = []
    revocations: list[Revocation] = []
    for one in own_accounts(services, resident_id):
        if one.state is not LinkState.UNLINKED:
            revocations += unlink(services, resident_id, one.account.account_id).revoked
            unlinked.append(one.account.account_id)
    for signed in services.catalogue.grants.latest():
        if signed.grant.resident_id == resident_id and signed.grant.revoked_at is None:
            revocations.append(revoke_grant(services, signed.grant.grant_id, resident_id))
    forget_own(services, resident_id)
    entry = CustodyEntry(services.now(), resident_id, CustodyAction.RESIDENT_CLOSED, resident_id)
    services.catalogue.residents.close(resident_id, (entry,))
    left = dict.fromkeys(words for one in revocations for words in one.finished.failed)
    return Closed(tuple(unlinked), tuple(one.signed.grant.grant_id for one in revocations), tuple(left))
