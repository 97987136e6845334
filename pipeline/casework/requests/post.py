"""Letters to residents who want to hear of requests: that there is one, and nothing of it, since mail leaves the house.

Each resident gets a letter of their own. That a resident was written to is a mark, which names nobody, and no record
says how many were: whoever counts letters counts residents.
"""

from dataclasses import dataclass

from pipeline import __version__
from pipeline.casework.requests import marks
from pipeline.casework.requests.answering import requests_at_home
from pipeline.casework.requests.marks import Mark
from pipeline.domain.residents import require_mail_address
from pipeline.errors import InputRefusedError, MailError, SettingsError
from pipeline.night.morning import agency
from pipeline.night.services import Services
from pipeline.post import Letter, compose, fill, hand_over
from pipeline.reports.words import notice_words

_SEALED_FOR = "request post "


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of writing to residents.

    Attributes:
        failed: Why a letter could not be handed over, without an address, once for each reason; empty when all left.
    """

    failed: tuple[str, ...] = ()


def wants_post(services: Services, resident_id: str) -> str:
    """The address at which a resident wants to hear of requests; empty when they do not."""
    sealed = services.catalogue.answers.addresses().get(resident_id)
    return services.box.open(_SEALED_FOR + resident_id, sealed).decode() if sealed else ""


def ask_for_post(services: Services, resident_id: str, address: str) -> None:
    """From now on the resident is written to; an empty address ends it.

    Raises:
        InputRefusedError: It is no address.
    """
    plain = address.strip()
    if not plain:
        services.catalogue.answers.write_no_more(resident_id)
        return
    try:
        plain = require_mail_address(plain)
    except ValueError as error:
        raise InputRefusedError("address", str(error)) from error
    services.catalogue.answers.write_to(resident_id, services.box.seal(_SEALED_FOR + resident_id, plain.encode()))


def mail_requests(services: Services) -> Posted:
    """Writes to everybody who wants it of open requests that they were not told of yet; nothing where mail is off.

    A letter that could not be handed over is tried again at the next call.
    """
    if not services.settings.mail.is_on or not services.catalogue.footage_requests.open(services.now()):
        return Posted()
    failed: dict[str, None] = {}
    for resident_id in services.catalogue.answers.addresses():
        reason = _write_to(services, resident_id)
        if reason:
            failed[reason] = None
    return Posted(tuple(failed))


def _write_to(services: Services, resident_id: str) -> str:
    """Why it could not be handed over; empty when there was nothing to say, or it left."""
    now = services.now()
    open_now = [one for one in requests_at_home(services, resident_id) if one.cameras and one.public.is_open(now)]
    # also of what was put aside or answered: a letter that did not leave would tell whoever sees letters
    ids = [one.public.request_id for one in open_now]
    new = sorted(set(ids) - marks.marked(services, Mark.WRITTEN_TO, resident_id, ids))
    if not new:
        return ""
    letter = _letter(services, wants_post(services, resident_id), new[0])
    try:
        hand_over(compose(letter), letter.name, services.settings.mail)
    except (MailError, SettingsError) as error:
        return str(error)
    for request_id in new:
        marks.keep(services, Mark.WRITTEN_TO, resident_id, request_id)
    return ""


def _letter(services: Services, address: str, request_id: str) -> Letter:
    settings = services.settings.mail
    desk = settings.desk_url.rstrip("/")
    view = {
        "agency": services.settings.agency.name,
        "url": f"{desk}/home/requests" if desk else "",
        "notice": notice_words(agency(services)),
        "made_by": f"doorstep {__version__}",
    }
    text, html = fill("requests", view)
    return Letter(
        name=f"request-{services.box.mark(f'{address} {request_id}')[:24]}",
        subject="Somebody asks for footage around one of your cameras",
        text=text,
        html=html,
        sender=settings.sender or "",
        recipients=(address,),
        at=services.now(),
    )
