"""A resident's mail address gives way to another: the new one proves itself, and the old one hears of it.

The link that goes to the new address signs nobody in. It is good in a browser in which the resident is signed in, so
that an address which was mistyped opens nothing to whoever reads there.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from pipeline import __version__
from pipeline.casework.proofs.secrets import digest_of, new_secret
from pipeline.casework.proofs.visitors import Visitor
from pipeline.casework.requests.post import ask_for_post, wants_post
from pipeline.casework.residents.accounts import changed, checked_mail, mail_key, mail_of, seal_mail
from pipeline.casework.residents.own import require_old
from pipeline.catalogue.resident_sessions import ResidentSignedIn
from pipeline.domain.residents import MailLink
from pipeline.errors import (
    InputRefusedError,
    LinkEndedError,
    MailError,
    ResidentTakenError,
    ResidentUnknownError,
    SettingsError,
)
from pipeline.night.morning import agency
from pipeline.night.services import Services
from pipeline.post import Letter, compose, fill, hand_over
from pipeline.reports.words import notice_words

_logger = logging.getLogger(__name__)

_ASKED, _PROVE, _CHANGED = "asked", "prove", "changed"
_SUBJECTS = {
    _ASKED: "Somebody wants to change the address of your account",
    _PROVE: "Confirm your new address",
    _CHANGED: "Your account has another address now",
}


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters that are still to be sent, after the page was answered.

    Attributes:
        kinds: By address, what the letter is about.
        secret: Of the link in the letter to the new address; empty where there is none.
    """

    kinds: tuple[tuple[str, str], ...] = field(repr=False)
    secret: str = field(default="", repr=False)


def ask_for_address(services: Services, signed_in: ResidentSignedIn, text: str, old: str, visitor: Visitor) -> Letters:
    """Notes that a resident wants another address; nothing changes before the new one was confirmed.

    An address that has an account already gets no letter, and whoever asks cannot tell.

    Args:
        services: The installation.
        signed_in: Whose.
        text: The new address.
        old: The password; not looked at when there is none.
        visitor: From where.

    Raises:
        InputRefusedError: It is no address, or the one that the account has, or the password is wrong.
        SettingsError: This installation sends no mail.
        SignInPausedError: The password was wrong too often of late.
    """
    account, address = signed_in.account, checked_mail(text)
    if not services.settings.mail.is_on:
        raise SettingsError("this installation sends no mail: ask whoever runs it")
    require_old(services, account, old, visitor)
    before = mail_of(services, account)
    key, now = mail_key(services, address), services.now()
    if before and key == mail_key(services, before):
        raise InputRefusedError("mail", "this is the address of your account already")
    told = ((before, _ASKED),) if before else ()
    sessions = services.catalogue.resident_sessions
    if _is_taken(services, key) or sessions.links_for(key, now) >= services.settings.home.links_at_once:
        return Letters(told)
    secret = new_secret()
    ends_at = now + timedelta(minutes=services.settings.home.link_minutes)
    sealed = services.box.seal(_sealed_for(account.resident_id), address.encode())
    entry = changed(services, account.resident_id, account, "address_asked")
    sessions.add_link(digest_of(secret), MailLink(account.resident_id, key, sealed, now, ends_at), (entry,))
    return Letters((*told, (address, _PROVE)), secret)


def waiting_address(services: Services, resident_id: str, secret: str) -> str:
    """The address that a link confirms; it is not used.

    Raises:
        LinkEndedError: It was used, is too old, or is another resident's.
    """
    link = services.catalogue.resident_sessions.link(digest_of(secret))
    if link is None or not link.is_of_change or link.resident_id != resident_id or services.now() >= link.ends_at:
        raise LinkEndedError
    return services.box.open(_sealed_for(resident_id), link.sealed_mail).decode()


def take_address(services: Services, signed_in: ResidentSignedIn, secret: str) -> Letters:
    """Gives the account its new address; links on their way to the old one end. The old one is told.

    Letters about requests that went to the old address go to the new one.

    Raises:
        InputRefusedError: The address has an account by now.
        LinkEndedError: As ``waiting_address``.
    """
    account = signed_in.account
    address = waiting_address(services, account.resident_id, secret)
    if services.catalogue.resident_sessions.use_link(digest_of(secret)) is None:
        raise LinkEndedError
    before = mail_of(services, account)
    entry = changed(services, account.resident_id, account, "address_changed")
    sealed = seal_mail(services, account.resident_id, address)
    try:
        services.catalogue.residents.set_mail(account.resident_id, mail_key(services, address), sealed, (entry,))
    except ResidentTakenError as error:
        raise InputRefusedError("mail", "this address has an account of its own by now") from error
    if before and wants_post(services, account.resident_id) == before:
        ask_for_post(services, account.resident_id, address)
    return Letters(((before, _CHANGED),) if before else ())


def mail_letters(services: Services, letters: Letters, home_url: str) -> None:
    """Sends them. What does not leave the operator's log says, without an address.

    Args:
        services: The installation.
        letters: As they were decided on.
        home_url: Where this home is served, for example ``https://desk.example.org``.
    """
    section = services.settings.mail
    for address, kind in letters.kinds:
        view = {
            "kind": kind,
            "url": f"{home_url.rstrip('/')}/home/account/mail?link={letters.secret}" if kind == _PROVE else "",
            "home": f"{home_url.rstrip('/')}/home/account",
            "minutes": services.settings.home.link_minutes,
            "agency": services.settings.agency.name,
            "number": services.settings.agency.non_emergency_number,
            "notice": notice_words(agency(services)),
            "made_by": f"doorstep {__version__}",
        }
        text, html = fill("address", view)
        name = f"address-{digest_of(f'{kind} {address} {services.now()}')[:16]}"
        letter = Letter(name, _SUBJECTS[kind], text, html, section.sender or "", (address,), services.now())
        try:
            hand_over(compose(letter), name, section)
        except (MailError, SettingsError) as error:
            _logger.error("a letter about an address was not mailed: %s", error)  # noqa: TRY400 - as for links


def _is_taken(services: Services, key: str) -> bool:
    try:
        services.catalogue.residents.with_mail(key)
    except ResidentUnknownError:
        return False
    return True


def _sealed_for(resident_id: str) -> str:
    return f"address to confirm of {resident_id}"
