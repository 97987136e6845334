"""A mail server on loopback that keeps what it was handed, with TLS and names if a test asks for them."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "desk", "a long secret"


@dataclass
class Mailbox:
    """What the server took.

    Attributes:
        port: Where it listens on 127.0.0.1.
        taken: The mails, in order.
        refuses: Addresses that it does not take.
        answer: What it says to a mail's content.
        was_safe: Whether each mail came over TLS.
    """

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    answer: str = "250 taken"
    was_safe: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 taken"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.taken.append(mail)
            self.was_safe.append(
                server.transport is not None and server.transport.get_extra_info("ssl_object") is not None
            )
        return self.answer


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
    is_known = isinstance(login, LoginPassword) and login == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_mailbox(
    context: ssl.SSLContext | None = None, *, from_the_start: bool = False, asks_who: bool = False
) -> Iterator[Mailbox]:
    """A server that runs inside the block.

    Args:
        context: For its side of TLS; None for a server without.
        from_the_start: TLS before the first word, and not after STARTTLS.
        asks_who: It takes mails of ``USER`` alone; only after STARTTLS, since it knows of no other TLS.
    """
    mailbox = Mailbox(_free_port())  # the controller asks its port whether it is up, and takes no 0
    options: dict[str, Any] = {"auth_required": asks_who, "authenticator": _let_in}
    if context is not None and not from_the_start:
        options |= {"tls_context": context, "require_starttls": True}
    ssl_context = context if from_the_start else None
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, ssl_context=ssl_context, **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
