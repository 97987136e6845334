"""Hands a mail to a server, or lays it into a folder."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

from pipeline.errors import MailError, SettingsError
from pipeline.settings import MailSettings


def hand_over(mail: EmailMessage, name: str, settings: MailSettings) -> str:
    """Hands the mail over to whatever the settings name: the folder first, which costs nobody anything.

    Args:
        mail: As ``compose`` makes it.
        name: Of its file in the folder, without an ending.
        settings: At least a server or a folder.

    Returns:
        What came of it in words, without an address: ``2 of 3 recipients taken; a file in the outbox``.

    Raises:
        MailError: The server or the folder does not take it.
        SettingsError: The certificate authority cannot be read.
    """
    said = []
    if settings.outbox is not None:
        _lay_down(mail, settings.outbox / f"{name}.eml")
        said.append("a file in the outbox")
    if settings.host is not None:
        said.insert(0, _send(mail, settings.host, settings))
    return "; ".join(said)


def _lay_down(mail: EmailMessage, path: Path) -> None:
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(mail.as_bytes())
        half.replace(path)
    except OSError as error:
        raise MailError(f"the outbox takes nothing: {error.strerror or type(error).__name__}") from error


def _send(mail: EmailMessage, host: str, settings: MailSettings) -> str:
    context = _trust(settings)
    count = len(mail["To"].addresses)
    try:
        with _connected(host, settings, context) as server:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password.get_secret_value())
            refused = server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        raise MailError(f"the server refuses all {count} recipients") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(_reason(error)) from error
    return f"{count - len(refused)} of {count} recipients taken"


def _connected(host: str, settings: MailSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    if settings.security == "tls":
        return smtplib.SMTP_SSL(host, settings.port, timeout=settings.timeout_seconds, context=context)
    return smtplib.SMTP(host, settings.port, timeout=settings.timeout_seconds)


def _trust(settings: MailSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.certificate_authority)
    except OSError as error:
        raise SettingsError(f"DOORSTEP_MAIL__CERTIFICATE_AUTHORITY cannot be read: {error}") from error


def _reason(error: smtplib.SMTPException | OSError) -> str:
    """In words of the server, without what we said to it and without addresses."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the server does not let us sign in ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server answers {error.smtp_code}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the server offers neither what we need to be safe nor a way to sign in"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted ({error.verify_message})"
    return getattr(error, "strerror", None) or type(error).__name__
