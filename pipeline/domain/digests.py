"""Who gets the news of a neighbourhood by mail: by a subscription that they confirmed, until they end it."""

import re
from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.neighbourhoods import Neighbourhood

_ID = re.compile(r"ds-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address, which lies sealed beside it, and one neighbourhood.

    Attributes:
        subscription_id: ``ds-`` and 12 hexadecimal digits.
        where: What it tells of.
        asked_at: UTC, our clock.
        told_until: UTC; what was published until then was told, or lay before the subscription.
        confirmed_at: UTC; None until the link of the first mail was followed, and until then nothing is told.
    """

    subscription_id: str
    where: Neighbourhood
    asked_at: datetime
    told_until: datetime
    confirmed_at: datetime | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.subscription_id):
            raise ValueError(f"no id of a subscription: {self.subscription_id!r}")
        moments = (self.asked_at, self.told_until, self.confirmed_at)
        if any(moment is not None and moment.tzinfo is None for moment in moments):
            raise ValueError("a subscription needs aware datetimes")
