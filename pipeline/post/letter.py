"""One letter, and the mail that is made of it."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pipeline.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said to whom.

    Attributes:
        name: The same for the same letter, so that a mailbox can tell a letter that was sent twice; letters and digits
            of ASCII, ``-`` and ``.``.
        subject: One line.
        text: For readers without HTML; says all that the HTML says.
        html: A whole page that loads nothing from anywhere.
        sender: The address that it comes from.
        recipients: At least one address; they see each other.
        at: UTC, our clock.
        headers: Further ones, by name; each value one line.
    """

    name: str
    subject: str
    text: str
    html: str
    sender: str
    recipients: tuple[str, ...]
    at: datetime
    headers: tuple[tuple[str, str], ...] = ()


def compose(letter: Letter) -> EmailMessage:
    """The mail: text first, HTML as its alternative (RFC 2046, 5.1.4), lines as RFC 5322 wants them.

    Raises:
        SettingsError: An address is none.
    """
    mail = EmailMessage(policy=SMTP)
    sender = _address(letter.sender)
    mail["From"] = sender
    mail["To"] = [_address(recipient) for recipient in letter.recipients]
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = f"<{letter.name}@{sender.domain or 'doorstep'}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    for name, value in letter.headers:
        mail[name] = value
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail


def _address(text: str) -> Address:
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError) as error:  # the parser reads past the end of some texts
        raise SettingsError(f"MAIL: an address is none: {error}") from error
    if not (found.username and found.domain):
        raise SettingsError("MAIL: an address lacks its domain")
    return found
