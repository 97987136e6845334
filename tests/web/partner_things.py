"""Accounts of Ring's partner interface, for the walk through every route of home."""

from collections.abc import Callable, Mapping

from pipeline.acquire.partner_auth import Arrived
from tests.web.home import ANN, BOB, Home
from tests.web.things import Things


def _accounts(home: Home) -> Things:
    token = {"access_token": "a", "refresh_token": "r", "expires_at": 0.0}
    link = home.desk.services.accounts.link_partner
    own, hidden = (link(who, Arrived(f"ava1.ring.account.{who}", token)).account_id for who in (ANN, BOB))
    return Things({"account_id": own}, {"account_id": hidden}, {"account_id": "partner-nobody"})


HOME_PARTNER: Mapping[str, Callable[[Home], Things]] = {"home_partner_unlink": _accounts}
