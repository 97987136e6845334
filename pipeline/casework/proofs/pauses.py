"""Pauses after failed tries, which grow and end: nobody guesses for long, and nobody is locked out for ever.

Failures are counted by account and by address. A browser from which somebody has signed in before counts for itself,
so that whoever fails on purpose with somebody's name does not keep them out of the browser that they use.
Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import math
from datetime import timedelta

from pipeline.casework.proofs.secrets import digest_of
from pipeline.casework.proofs.visitors import Visitor
from pipeline.errors import SignInPausedError
from pipeline.night.services import Services

FIRST_PAUSE = timedelta(seconds=30)

_ADDRESS_FACTOR = 4
"""An address may fail so many times as often as an account: a whole office may share one."""


def require_turn_of(services: Services, abouts: tuple[str, ...]) -> None:
    """Returns when the next try may be looked at.

    Args:
        services: The installation.
        abouts: By what tries are counted, as ``counted_by`` has it.

    Raises:
        SignInPausedError: It may not yet.
    """
    now = services.now()
    free_at = services.catalogue.tries.free_at(abouts, now)
    if free_at > now:
        raise SignInPausedError(math.ceil((free_at - now).total_seconds()))


def count_failure_of(services: Services, abouts: tuple[str, ...]) -> None:
    """Counts a try that failed."""
    web = services.settings.web
    longest = timedelta(minutes=web.longest_pause_minutes)
    for about in abouts:
        allowed = web.sign_in_tries * (_ADDRESS_FACTOR if about.startswith("address:") else 1)
        services.catalogue.tries.fail(about, services.now(), allowed, FIRST_PAUSE, longest)


def counted_by(visitor: Visitor, account: str, *, is_known: bool = False) -> tuple[str, ...]:
    """By what a try from here is counted.

    Args:
        visitor: From where.
        account: Kind and id, for example ``agent:ag-...``; of a name that nobody has, what stands for that name.
        is_known: Whether the account was signed in to from this browser before.
    """
    if is_known:
        return (f"browser:{digest_of(visitor.known)}",)
    return (f"address:{visitor.address}", account)


def every_count(visitor: Visitor, account: str) -> tuple[str, ...]:
    """Everything by which a try of this account from here may have been counted."""
    browser = (f"browser:{digest_of(visitor.known)}",) if visitor.known else ()
    return (account, f"address:{visitor.address}", *browser)
