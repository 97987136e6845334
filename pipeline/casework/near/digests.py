"""The news of a neighbourhood by mail, for watch groups: asked for, confirmed by the mail's owner, ended by one click.

A mail cannot be recalled, and a report can. So a mail says what kind of report, when to the hour and in which area, and
leads to its page; the words and pictures of a report stay there.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from urllib.parse import urlencode

from pipeline.casework.proofs.secrets import digest_of, is_same, new_secret
from pipeline.domain.digests import Subscription
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.errors import InputRefusedError, RecordNotFoundError, SettingsError
from pipeline.night.services import Services

MOST_OF_AN_ADDRESS = 10
WAITS = timedelta(days=2)
"""How long a subscription waits to be confirmed."""
_LONGEST = 254
_NO_MAIL = "this installation sends no mail; follow the neighbourhood as a feed instead"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mail that asks for confirmation, to be sent after the answer.

    Attributes:
        subscription: As it was asked for.
        secret: Confirms it; empty when nothing is to be mailed, which nobody may tell from the answer.
    """

    subscription: Subscription
    secret: str


def ask_for_digest(services: Services, where: Neighbourhood, address: str) -> Wanted:
    """Notes that somebody wants the news of a neighbourhood at an address; its owner confirms it by the mail's link.

    Raises:
        InputRefusedError: It is no address, the neighbourhood has no place, or no mail leaves this house.
    """
    if not services.settings.mail.is_on:
        raise InputRefusedError("address", _NO_MAIL)
    if where.place is None:
        raise InputRefusedError("at", "choose a place first: the news of a whole agency are in its feed")
    plain, now = checked_address(address), services.now()
    pseudonym = services.box.pseudonym(f"digest {plain}")
    services.catalogue.digests.forget_unconfirmed(now - WAITS)
    known = services.catalogue.digests.of_address(pseudonym)
    subscription = Subscription(new_id("ds"), where, now, now)
    if len(known) >= MOST_OF_AN_ADDRESS or any(one.where == where for one in known):
        return Wanted(subscription, "")
    secret = new_secret()
    sealed = services.box.seal(subscription.subscription_id, plain.encode())
    services.catalogue.digests.ask(subscription, sealed, pseudonym, digest_of(secret))
    return Wanted(subscription, secret)


def asked_by(services: Services, secret: str) -> Subscription:
    """What the secret of a mail confirms; nothing is changed.

    Raises:
        RecordNotFoundError: Nothing, or no longer.
    """
    return services.catalogue.digests.by_secret(digest_of(secret))


def confirm_digest(services: Services, secret: str) -> Subscription:
    """Begins to tell; the log says that a subscription began, not whose.

    Raises:
        RecordNotFoundError: The secret confirms nothing, or no longer.
    """
    name = asked_by(services, secret).subscription_id
    begun = _entry(services, name, CustodyAction.DIGEST_BEGUN)
    return services.catalogue.digests.confirm(digest_of(secret), services.now(), (begun,))


def end_digest(services: Services, subscription_id: str, key: str) -> None:
    """Ends a subscription and erases its address; one that is over already stays over.

    Raises:
        RecordNotFoundError: The key is not that of the mails of this subscription.
    """
    if not is_same(key, key_of(services, subscription_id)):
        raise RecordNotFoundError("subscription", "of this link")
    over = _entry(services, subscription_id, CustodyAction.DIGEST_ENDED)
    services.catalogue.digests.end(subscription_id, (over,))


def key_of(services: Services, subscription_id: str) -> str:
    """What ends a subscription: follows from its id by the key outside of the database, and is kept nowhere."""
    return services.box.pseudonym(f"end of {subscription_id}")


def end_url(services: Services, subscription: Subscription, base: str) -> str:
    """The address that ends a subscription, for its mails."""
    name = subscription.subscription_id
    return f"{base}/near/digest/end?{urlencode({'id': name, 'key': key_of(services, name)})}"


def public_base(services: Services) -> str:
    """What links in a mail begin with that no browser asked for.

    Raises:
        SettingsError: No setting says so.
    """
    settings = services.settings
    found = settings.mail.desk_url or settings.web.public_url
    if not found:
        raise SettingsError("DOORSTEP_MAIL__DESK_URL or DOORSTEP_WEB__PUBLIC_URL must say where the public pages are")
    return found.rstrip("/")


def checked_address(address: str) -> str:
    """A mail address as it is kept.

    Raises:
        InputRefusedError: It is none.
    """
    plain = address.strip()
    try:
        found = Address(addr_spec=plain)
    except (ValueError, IndexError, HeaderParseError) as error:  # the parser reads past the end of some texts
        raise InputRefusedError("address", "this is no mail address") from error
    if not (found.username and "." in found.domain) or len(plain) > _LONGEST or not plain.isascii():
        raise InputRefusedError("address", "this is no mail address that a server takes")
    return plain


def _entry(services: Services, subscription_id: str, action: CustodyAction) -> CustodyEntry:
    return CustodyEntry(services.now(), "a neighbour", action, subscription_id)
