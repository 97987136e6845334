"""Accounts of residents: opening one, letting and forbidding to sign in. Custody knows them by id alone."""

from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.residents import ResidentAccount, require_mail_address, require_resident_id
from pipeline.errors import InputRefusedError
from pipeline.night.services import Services


def add_resident(services: Services, by: str, resident_id: str = "", mail: str = "") -> ResidentAccount:
    """Opens an account.

    Args:
        services: The installation.
        by: Who does, for the custody log; the resident's own id when empty.
        resident_id: Who grants; one that has grants already is tied to this account. Empty to make a new one.
        mail: To which links go; empty for none.

    Raises:
        InputRefusedError: The id or the address is none.
        ResidentTakenError: One of them has an account already.
    """
    try:
        own_id = require_resident_id(resident_id) if resident_id else new_id("re")
    except ValueError as error:
        raise InputRefusedError("name", str(error)) from error
    address = checked_mail(mail) if mail else ""
    account = ResidentAccount(own_id, is_enabled=True, created_at=services.now(), has_mail=bool(address))
    entry = CustodyEntry(services.now(), by or own_id, CustodyAction.RESIDENT_ADDED, own_id)
    key = mail_key(services, address) if address else ""
    return services.catalogue.residents.add(account, key, seal_mail(services, own_id, address), (entry,))


def set_enabled(services: Services, by: str, account: ResidentAccount, *, enabled: bool) -> None:
    """Lets a resident sign in, or forbids it and ends their sessions; what they granted stays granted."""
    entry = changed(services, by, account, "enabled" if enabled else "disabled")
    services.catalogue.residents.set_enabled(account.resident_id, (entry,), enabled=enabled)


def changed(services: Services, by: str, account: ResidentAccount, change: str) -> CustodyEntry:
    """The custody of a change of an account."""
    detail = {"change": change}
    return CustodyEntry(services.now(), by, CustodyAction.RESIDENT_CHANGED, account.resident_id, detail=detail)


def checked_mail(text: str) -> str:
    """The address, if it is one.

    Raises:
        InputRefusedError: It is not.
    """
    try:
        return require_mail_address(text)
    except ValueError as error:
        raise InputRefusedError("mail", f"{error}: it looks like ann@example.org") from error


def mail_key(services: Services, address: str) -> str:
    """Stands for an address in the catalogue: keyed, so that nobody without the key can try addresses."""
    return services.box.pseudonym(f"mail {address.strip()}")


def seal_mail(services: Services, resident_id: str, address: str) -> bytes:
    """An address as it is kept; empty for none."""
    return services.box.seal(_sealed_as(resident_id), address.encode()) if address else b""


def mail_of(services: Services, account: ResidentAccount) -> str:
    """The address of an account; empty for none."""
    sealed = services.catalogue.residents.sealed_mail(account.resident_id)
    return services.box.open(_sealed_as(account.resident_id), sealed).decode() if sealed else ""


def _sealed_as(resident_id: str) -> str:
    return f"mail of {resident_id}"
