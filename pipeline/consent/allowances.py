"""What live grants let one asker see, as conditions for a whole catalogue: the same checks as ``require_grant``.

What a grant asks of the asker (signature, revocation, pause, owner, days in force, purpose, recipient) is asked here of
``require_grant`` itself; what it asks of the footage (moment, days, hours, kind, place) is handed on as it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.consent.grants import require_grant
from pipeline.domain.consent import Allowance, Request, SignedGrant, Use
from pipeline.domain.signing import Verifier
from pipeline.errors import ConsentError

_REMEMBERED = 16
"""Answers that are kept: about as many askers as look at the same time."""


@dataclass(frozen=True, slots=True)
class _Answer:
    grants: tuple[SignedGrant, ...]
    owners: Mapping[str, str | None]
    asker: tuple[str, str]
    since: datetime
    until: datetime
    found: tuple[Allowance, ...]


class Allowances:
    """Answers each question from grants that were just read.

    An answer is used again only where every grant, every owner and the asker are the same, and no grant began or
    expired in between.
    """

    def __init__(self, verifier: Verifier) -> None:
        """Remembers nothing yet.

        Args:
            verifier: Knows our keys.
        """
        self._verifier = verifier
        self._answers: list[_Answer] = []

    def of(
        self,
        grants: Sequence[SignedGrant],
        owners: Mapping[str, str | None],
        asker: tuple[str, str],
        now: datetime,
    ) -> tuple[Allowance, ...]:
        """One for each grant and camera that lets the asker view something; empty lets nothing be seen.

        Args:
            grants: The newest version of each grant, as the catalogue has them now.
            owners: By camera id, the owner's resident id; None when the source does not tell, which no grant covers.
            asker: Purpose and recipient.
            now: UTC.
        """
        read = tuple(grants)
        for answer in self._answers:
            is_same = (answer.asker, answer.grants, answer.owners) == (asker, read, owners)
            if answer.since <= now < answer.until and is_same:
                return answer.found
        found = tuple(self._asked(read, owners, asker, now))
        turns = [moment for one in read for moment in (one.grant.granted_at, one.grant.expires_at) if moment > now]
        latest = datetime.max.replace(tzinfo=now.tzinfo)
        kept = _Answer(read, dict(owners), asker, now, min(turns, default=latest), found)
        self._answers = [kept, *self._answers[: _REMEMBERED - 1]]
        return found

    def _asked(
        self,
        grants: Sequence[SignedGrant],
        owners: Mapping[str, str | None],
        asker: tuple[str, str],
        now: datetime,
    ) -> Iterator[Allowance]:
        for signed in grants:
            for camera_id in dict.fromkeys(signed.grant.camera_ids):
                request = Request(Use.VIEW, camera_id, owners.get(camera_id), None, *asker)
                try:
                    require_grant([signed], request, now, self._verifier)
                except ConsentError:
                    continue
                yield _allowance(signed, camera_id)


def _allowance(signed: SignedGrant, camera_id: str) -> Allowance:
    grant = signed.grant
    return Allowance(
        grant_id=grant.grant_id,
        camera_id=camera_id,
        since=grant.footage_from,
        until=grant.expires_at,
        kinds=frozenset(grant.event_kinds),
        hours=grant.hours,
        time_zone=grant.time_zone,
        has_zones=bool(grant.zones),
        pauses=grant.pauses,
        spans=grant.spans_of(camera_id),
    )
