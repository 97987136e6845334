"""Links that sign in once: mailed to whoever asks, or made by the operator where no mail leaves the house.

A known and an unknown address get the same answer. Following the link to an address that is nobody's makes its account.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from pipeline import __version__
from pipeline.casework.proofs.secrets import digest_of, new_secret
from pipeline.casework.proofs.visitors import Visitor
from pipeline.casework.residents.accounts import add_resident, changed, checked_mail, mail_key, mail_of
from pipeline.casework.residents.sessions import OpenedAtHome, open_resident_session
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.residents import MailLink, ResidentAccount
from pipeline.errors import LinkEndedError, MailError, ResidentTakenError, ResidentUnknownError, SettingsError
from pipeline.night.morning import agency
from pipeline.night.services import AGENT, Services
from pipeline.post import Letter, compose, fill, hand_over
from pipeline.reports.words import notice_words

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WantedLink:
    """A link that was asked for and is to be mailed.

    Attributes:
        address: To whom.
        secret: What signs in; empty when nothing is to be mailed, which nobody may tell from the answer.
        is_new: Whether following it makes an account.
    """

    address: str = field(repr=False)
    secret: str = field(repr=False)
    is_new: bool = False


def ask_for_link(services: Services, address: str) -> WantedLink:
    """Notes that somebody wants to sign in with this address; ``mail_link`` sends the link, after the answer.

    Raises:
        InputRefusedError: It is no address.
        SettingsError: This installation sends no mail.
    """
    plain = checked_mail(address)
    if not services.settings.mail.is_on:
        raise SettingsError("this installation sends no mail: ask whoever runs it for a link to sign in")
    key, now = mail_key(services, plain), services.now()
    resident_id = _resident_of(services, key)
    is_refused = resident_id is None or services.catalogue.resident_sessions.links_for(key, now) >= _at_once(services)
    if is_refused or resident_id is None:
        return WantedLink(plain, "")
    secret = new_secret()
    sealed = b"" if resident_id else services.box.seal(_link_of(key), plain.encode())
    link = MailLink(resident_id, key, sealed, now, now + timedelta(minutes=services.settings.home.link_minutes))
    services.catalogue.resident_sessions.add_link(digest_of(secret), link)
    return WantedLink(plain, secret, is_new=not resident_id)


def mail_link(services: Services, wanted: WantedLink, home_url: str) -> None:
    """Mails a link that was asked for. When it does not leave, the operator's log says so; nobody else may know.

    Args:
        services: The installation.
        wanted: As ``ask_for_link`` has it.
        home_url: Where this home is served, for example ``https://desk.example.org``.
    """
    if not wanted.secret:
        return
    section = services.settings.mail
    minutes = services.settings.home.link_minutes
    view = {
        "url": address_of(home_url, wanted.secret),
        "is_new": wanted.is_new,
        "minutes": minutes,
        "agency": services.settings.agency.name,
        "notice": notice_words(agency(services)),
        "made_by": f"doorstep {__version__}",
    }
    text, html = fill("sign_in", view)
    name = f"sign-in-{digest_of(digest_of(wanted.secret))[:16]}"
    subject = "Open your account at Doorstep" if wanted.is_new else "Sign in to Doorstep"
    letter = Letter(name, subject, text, html, section.sender or "", (wanted.address,), services.now())
    try:
        hand_over(compose(letter), name, section)
    except (MailError, SettingsError) as error:
        _logger.error("a link to sign in was not mailed: %s", error)  # noqa: TRY400 - its trace holds the address


def make_link(services: Services, by: str, account: ResidentAccount) -> str:
    """The secret of a link that the operator hands on; it is shown now and never again."""
    secret, now = new_secret(), services.now()
    ends_at = now + timedelta(minutes=services.settings.home.link_minutes)
    link = MailLink(account.resident_id, "", b"", now, ends_at)
    entry = changed(services, by, account, "link_made")
    services.catalogue.resident_sessions.add_link(digest_of(secret), link, (entry,))
    return secret


def whose_link(services: Services, secret: str) -> str:
    """Whose account a link would open, by mail address or else by id; it is not used.

    Raises:
        LinkEndedError: It was used, is too old, or never was; or its account is gone.
    """
    link = services.catalogue.resident_sessions.link(digest_of(secret))
    if link is None or link.is_of_change or services.now() >= link.ends_at:
        raise LinkEndedError
    if not link.resident_id:
        return services.box.open(_link_of(link.mail_key), link.sealed_mail).decode()
    try:
        account = services.catalogue.residents.get(link.resident_id)
    except ResidentUnknownError as error:
        raise LinkEndedError from error
    return mail_of(services, account) or account.resident_id


def follow_link(services: Services, secret: str, visitor: Visitor) -> OpenedAtHome:
    """Signs in with a link, once; the account is made when the address had none.

    Raises:
        LinkEndedError: It was used, is too old, or never was; or its resident may not sign in.
    """
    link = services.catalogue.resident_sessions.use_link(digest_of(secret))
    if link is None or link.is_of_change or services.now() >= link.ends_at:
        raise LinkEndedError
    account = _account(services, link)
    if not account.is_enabled:
        _write_refusal(services, account, visitor)
        raise LinkEndedError
    return open_resident_session(services, account, visitor, "link")


def address_of(home_url: str, secret: str) -> str:
    """The address that a link leads to: a page with one button, since what reads mail for people follows links."""
    return f"{home_url.rstrip('/')}/home/enter?link={secret}"


def _account(services: Services, link: MailLink) -> ResidentAccount:
    if link.resident_id:
        try:
            return services.catalogue.residents.get(link.resident_id)
        except ResidentUnknownError as error:
            raise LinkEndedError from error
    address = services.box.open(_link_of(link.mail_key), link.sealed_mail).decode()
    try:
        return add_resident(services, "", "", address)
    except ResidentTakenError:  # two links were asked for before the first was followed
        return services.catalogue.residents.with_mail(link.mail_key)


def _resident_of(services: Services, key: str) -> str | None:
    """Whose address this is; empty for nobody's who may make an account, None for nobody who may sign in."""
    try:
        account = services.catalogue.residents.with_mail(key)
    except ResidentUnknownError:
        return "" if services.settings.home.is_open else None
    return account.resident_id if account.is_enabled else None


def _write_refusal(services: Services, account: ResidentAccount, visitor: Visitor) -> None:
    detail = {"door": "home", "about": "link", "address": visitor.address}
    entry = CustodyEntry(services.now(), AGENT, CustodyAction.SIGN_IN_REFUSED, account.resident_id, detail=detail)
    services.catalogue.custody.append((entry,))


def _at_once(services: Services) -> int:
    return services.settings.home.links_at_once


def _link_of(key: str) -> str:
    return f"link to {key}"
