"""Mails the news of neighbourhoods after each night, and the mail that asks for confirmation."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from pipeline import __version__
from pipeline.casework.near.digests import WAITS, Wanted, end_url, public_base
from pipeline.domain.digests import Subscription
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.neighbour_reports import PublishedReport
from pipeline.errors import MailError, SettingsError
from pipeline.night.morning import agency
from pipeline.night.services import AGENT, Services
from pipeline.post import Letter, compose, fill, hand_over
from pipeline.reports.near_words import CATEGORY_WORDS, hour_words, place_words, reports_words
from pipeline.reports.words import notice_words

_logger = logging.getLogger(__name__)
_PATIENCE = 3
"""Failures after each other, after which the server is left alone until the next night."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one round.

    Attributes:
        letters: How many left.
        reports: How many reports they told of, each as often as it was told.
        quiet: Subscriptions for which there was no news.
        failed: How many letters could not be handed over; the next round tells the same again.
        said: Why, in words of the first failure; empty for none.
    """

    letters: int = 0
    reports: int = 0
    quiet: int = 0
    failed: int = 0
    said: str = ""


def send_digests(services: Services) -> Sent:
    """Mails to each subscription what was published since it was told last; nothing where mail is off.

    Raises:
        SettingsError: There are subscriptions, and no setting says where links lead.
        CatalogueError: What left cannot be written.
    """
    services.catalogue.digests.forget_unconfirmed(services.now() - WAITS)
    waiting = services.catalogue.digests.confirmed()
    if not waiting or not services.settings.mail.is_on:
        return Sent()
    base, sent, in_a_row = public_base(services), Sent(), 0
    for subscription in waiting:
        if in_a_row == _PATIENCE:
            sent = replace(sent, failed=sent.failed + 1)
            continue
        try:
            told = _tell(services, subscription, base)
        except (MailError, SettingsError) as error:
            in_a_row += 1
            sent = replace(sent, failed=sent.failed + 1, said=sent.said or str(error))
        else:
            in_a_row = 0
            sent = replace(
                sent,
                letters=sent.letters + bool(told),
                reports=sent.reports + told,
                quiet=sent.quiet + (not told),
            )
    return sent


def mail_confirmation(services: Services, wanted: Wanted, address: str, base: str) -> None:
    """Mails the link that confirms; what fails stands in the operator's log, without the address.

    Args:
        services: The installation.
        wanted: As ``ask_for_digest`` has it.
        address: To whom.
        base: What links begin with.
    """
    if not wanted.secret:
        return
    view = {
        "url": f"{base}/near/digest/confirm?{urlencode({'key': wanted.secret})}",
        "where": place_words(wanted.subscription.where, services.settings.agency.name),
        "days": WAITS.days,
        **_signed(services),
    }
    text, html = fill("digest_confirm", view)
    letter = Letter(
        name=f"confirm-{wanted.subscription.subscription_id}",
        subject="Confirm: news of a neighbourhood by mail",
        text=text,
        html=html,
        sender=services.settings.mail.sender or "",
        recipients=(address.strip(),),
        at=services.now(),
    )
    try:
        hand_over(compose(letter), letter.name, services.settings.mail)
    except (MailError, SettingsError) as error:
        _logger.error("a mail that asks for confirmation did not leave: %s", error)  # noqa: TRY400 - no trace of it


def _tell(services: Services, subscription: Subscription, base: str) -> int:
    """Mails what is new to a subscription, with the custody of it; says how many reports."""
    where = subscription.where
    found = services.catalogue.neighbour_reports.published(
        where.circle,
        published_since=subscription.told_until,
        categories=where.categories,
        limit=services.settings.near.most_reports,
    )
    news = tuple(one for one in found if one.published_at > subscription.told_until)
    if news:
        letter = digest_letter(services, subscription, news, base)
        said = hand_over(compose(letter), letter.name, services.settings.mail)
        detail = {"as": "digest", "kind": f"{len(news)} reports", "result": said}
        name = subscription.subscription_id
        left = CustodyEntry(services.now(), AGENT, CustodyAction.DISSEMINATED, name, detail=detail)
        services.catalogue.digests.told(subscription, max(one.published_at for one in news), (left,))
    return len(news)


def digest_letter(services: Services, subscription: Subscription, news: Sequence[PublishedReport], base: str) -> Letter:
    """The letter of one subscription.

    Args:
        services: The installation.
        subscription: Whose.
        news: At least one report.
        base: What links begin with.
    """
    sealed = services.catalogue.digests.address(subscription.subscription_id)
    address = services.box.open(subscription.subscription_id, sealed).decode()
    where, zone = subscription.where, services.settings.night.time_zone
    end = end_url(services, subscription, base)
    title = f"{reports_words(len(news)).capitalize()} {place_words(where, services.settings.agency.name)}"
    view = {
        "title": title,
        "reports": [
            {
                "category": CATEGORY_WORDS[one.category],
                "when": hour_words(one.happened_at, zone),
                "area": one.area,
                "url": f"{base}/near/reports/{one.report_id}",
            }
            for one in news
        ],
        "page": f"{base}/near?{urlencode(where.query())}",
        "end": end,
        **_signed(services),
    }
    text, html = fill("digest", view)
    newest = max(one.published_at for one in news)
    return Letter(
        name=f"{subscription.subscription_id}-{newest:%Y%m%d%H%M%S}",
        subject=title,
        text=text,
        html=html,
        sender=services.settings.mail.sender or "",
        recipients=(address,),
        at=services.now(),
        headers=(("List-Unsubscribe", f"<{end}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")),
    )


def _signed(services: Services) -> dict[str, object]:
    ours = agency(services)
    return {"agency": ours.name, "notice": notice_words(ours), "made_by": f"doorstep {__version__}"}
