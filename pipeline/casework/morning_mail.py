"""The morning as a mail: counts and links alone, since a mail leaves the house and nobody's look at it is written down.

No name, no place, no picture, no title and no id of evidence goes into it. It is read under the grants of the night's
own purpose and recipient, and that it left is a custody record. A mail that could not be handed over is tried again
after each later night, until its days are over; the night itself is never touched by it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pipeline import __version__
from pipeline.casework.morning import Morning, read_morning
from pipeline.casework.morning_parts import Part, Reader
from pipeline.casework.morning_view import morning_view
from pipeline.casework.saved_searches import news_in_words
from pipeline.catalogue.mailings import Mailing, MailKind
from pipeline.domain.agents import Matter
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import MailError, SettingsError
from pipeline.night.morning import agency
from pipeline.night.services import AGENT, Services
from pipeline.post import Letter, compose, fill, hand_over
from pipeline.reports.words import count_words, notice_words

MAILED = frozenset({Part.EVENTS, Part.DECISIONS, Part.KEEPING, Part.RUNNING})
"""All but what there is to watch."""


def send_mornings(services: Services, night: str) -> tuple[Mailing, ...]:
    """Mails this night's morning, and those of the last days that could not be handed over; nothing where mail is off.

    Returns:
        What was tried, in order of night, each with what came of it.

    Raises:
        CatalogueError: What came of it cannot be written.
    """
    if not services.settings.mail.has_mornings:
        return ()
    catalogue = services.catalogue
    catalogue.mailings.plan(MailKind.MORNING, night, services.now())
    since = date.fromisoformat(night) - timedelta(days=services.settings.mail.days)
    return tuple(_try(services, mailing) for mailing in catalogue.mailings.open(since.isoformat()))


def mail_morning(services: Services, night: str = "") -> Mailing:
    """Mails one night's morning now, also when it was mailed before.

    Args:
        services: The installation.
        night: Its key; empty for the newest.

    Raises:
        MailError: It cannot be handed over.
        RecordNotFoundError: There is no such night.
        SettingsError: Mail is off.
    """
    if not services.settings.mail.has_mornings:
        raise SettingsError("DOORSTEP_MAIL__HOST or ..OUTBOX says where mails go, and ..RECIPIENTS to whom; set them")
    morning = _read(services, night)
    services.catalogue.mailings.plan(MailKind.MORNING, morning.night, services.now())
    return _send(services, services.catalogue.mailings.get(MailKind.MORNING, morning.night), morning)


def _try(services: Services, mailing: Mailing) -> Mailing:
    try:
        return _send(services, mailing, _read(services, mailing.night))
    except (MailError, SettingsError) as error:
        return services.catalogue.mailings.tried(mailing, str(error), services.now())


def _send(services: Services, mailing: Mailing, morning: Morning) -> Mailing:
    letter = morning_letter(services, morning, news_in_words(services, morning.night))
    said = hand_over(compose(letter), letter.name, services.settings.mail)
    subject, detail = f"night-{mailing.night}", {"as": "mail", "result": said}
    left = CustodyEntry(services.now(), AGENT, CustodyAction.DISSEMINATED, subject, detail=detail)
    return services.catalogue.mailings.sent(mailing, said, services.now(), (left,))


def _read(services: Services, night: str) -> Morning:
    section = services.settings.night
    reader = Reader(Matter(AGENT, section.purpose, section.recipient), None, MAILED)
    return read_morning(services, reader, night)


def morning_letter(services: Services, morning: Morning, news: str = "") -> Letter:
    """The letter of a morning.

    Args:
        services: The installation; its settings say from whom and to whom.
        morning: The record.
        news: What saved searches found, as a sentence of counts; empty when they found nothing.
    """
    settings = services.settings.mail
    view = mail_view(morning, services.settings.night.time_zone, settings.desk_url.rstrip("/"))
    others = {"news": news, "notice": notice_words(agency(services)), "made_by": f"doorstep {__version__}"}
    text, html = fill("morning", {**view, **others})
    waiting = sum(one.count for one in morning.waiting)
    for_people = f"{count_words(waiting, 'thing')} for a person" if waiting else "nothing waits for a person"
    return Letter(
        name=f"morning-{morning.night}",
        subject=f"{view['title']}: {for_people}",
        text=text,
        html=html,
        sender=settings.sender or "",
        recipients=settings.recipients,
        at=services.now(),
    )


def mail_view(morning: Morning, time_zone: str, desk: str) -> Mapping[str, Any]:
    """What of a morning may stand in a mail; links begin with ``desk``, and there are none when it is empty."""
    view = morning_view(morning, time_zone)
    kept = ("title", "state", "figures", "merged")
    return {
        **{name: view[name] for name in kept},
        "kinds": [{name: one[name] for name in ("name", "count", "usual")} for one in view["kinds"]],
        "unsure": [{name: one[name] for name in ("kind", "why", "count")} for one in view["unsure"]],
        "unseen": [{"what": one["what"]} for one in view["unseen"]],
        "waiting": [
            {"what": one["what"], "action": one["action"], "url": _url(desk, _page(one["where"]))}
            for one in view["waiting"]
        ],
        "url": _url(desk, f"/nights/{morning.night}"),
    }


def _page(where: str) -> str:
    """The page of a kind of thing, and not of one: an id of an incident does not leave the house."""
    return f"/{where.split('/')[1]}" if where.startswith("/incidents/") else where


def _url(desk: str, where: str) -> str:
    return f"{desk}{where}" if desk and where else ""
