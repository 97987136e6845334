"""Where everybody asks: the grants in force, our keys and the clock, held together."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache

from pipeline.consent.grants import covers_moment, grants_for_all_moments, require_grant, unbroken_around
from pipeline.consent.unbroken import TICK, boundaries
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import Request, SignedGrant, Use
from pipeline.domain.events import EventKind
from pipeline.domain.signing import Verifier
from pipeline.errors import ConsentError, ConsentMissingError

Place = tuple[float, float]


class ConsentDesk:
    """Asks the grants on behalf of one purpose and one recipient."""

    def __init__(
        self,
        grants_of: Callable[[str], Sequence[SignedGrant]],
        verifier: Verifier,
        now: Callable[[], datetime],
        *,
        purpose: str,
        recipient: str,
        others: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Holds what each question needs.

        Args:
            grants_of: The newest version of each grant that names a camera id; read anew for every question, so that
                a revocation counts at once (but see ``for_one_answer``).
            verifier: Knows our keys.
            now: UTC.
            purpose: Of whoever asks.
            recipient: Who would get it.
            others: Further purposes with recipients, which ``require`` asks for when these are refused: what is fetched
                in one night may be for several.
        """
        self._grants_of = grants_of
        self._verifier = verifier
        self._now = now
        self._purpose = purpose
        self._recipient = recipient
        self._others = others

    def for_one_answer(self) -> "ConsentDesk":
        """The same desk, for the questions behind one answer: the grants of a camera are read once for all of them.

        It is for a function that asks several things and returns, as though it had asked them all at the moment of the
        first. Nothing keeps it: the next answer reads anew, and what was revoked in between is refused.
        """
        return ConsentDesk(
            cache(self._grants_of),
            self._verifier,
            self._now,
            purpose=self._purpose,
            recipient=self._recipient,
            others=self._others,
        )

    def require(
        self,
        use: Use,
        camera: Camera,
        recorded_at: datetime | None,
        kind: EventKind | None = None,
        places: tuple[Place, ...] = (),
        *,
        with_audio: bool = False,
    ) -> SignedGrant:
        """Returns the grant that allows it.

        Args:
            use: At which of the four places.
            camera: Of which camera.
            recorded_at: UTC moment of the footage; None to ask only whether the camera may be asked for its history.
            kind: Of the event; None when no event is known yet.
            places: Where in the picture, each (x, y) 0 to 1.
            with_audio: Whether sound is asked for.

        Raises:
            ConsentError: No live grant does; as ``require_grant``.
        """
        asked = self._request(use, camera, recorded_at)
        return self._granted(camera, replace(asked, event_kind=kind, places=places, with_audio=with_audio))

    def require_throughout(
        self,
        use: Use,
        camera: Camera,
        stretch: tuple[datetime, datetime],
        kind: EventKind | None = None,
        places: tuple[Place, ...] = (),
        *,
        with_audio: bool = False,
    ) -> SignedGrant:
        """Returns the grant that allows every moment of a stretch of footage: one for all of it.

        A pause, or a gap in its hours, days or spans, within the stretch refuses it as one at its ends does.

        Args:
            use: At which of the four places.
            camera: Of which camera.
            stretch: UTC; its first moment and its last, which belongs to it.
            kind: Of the event; None when no event is known yet.
            places: Where in the picture, each (x, y) 0 to 1.
            with_audio: Whether sound is asked for.

        Raises:
            ConsentError: No live grant does; as ``require_grant``.
        """
        asked = replace(self._request(use, camera, min(stretch)), until=max(stretch))
        return self._granted(camera, replace(asked, event_kind=kind, places=places, with_audio=with_audio))

    def require_whole(
        self,
        use: Use,
        camera: Camera,
        stretch: tuple[datetime, datetime],
        kind: EventKind | None = None,
        places: tuple[Place, ...] = (),
        *,
        with_audio: bool = False,
    ) -> SignedGrant:
        """As ``require_throughout``, for footage whatever it shows, and not for the moments of an event.

        Args:
            use: At which of the four places.
            camera: Of which camera.
            stretch: UTC; its first moment and its last, which belongs to it.
            kind: Of an event in it: a grant that names events may cover the whole recording of one.
            places: Where in the picture that happened.
            with_audio: Whether sound is asked for.

        Raises:
            ConsentError: No live grant does; as ``require_grant``.
        """
        asked = replace(self._request(use, camera, min(stretch)), until=max(stretch), is_whole=True)
        return self._granted(camera, replace(asked, event_kind=kind, places=places, with_audio=with_audio))

    def require_each(
        self,
        use: Use,
        camera: Camera,
        stretch: tuple[datetime, datetime],
        kind: EventKind | None = None,
        places: tuple[Place, ...] = (),
        *,
        with_audio: bool = False,
    ) -> SignedGrant:
        """As ``require_throughout``, where one grant may end and another begin within the stretch.

        Returns:
            The grant of the first moment.

        Raises:
            ConsentError: Some moment of it has none.
        """
        desk, first, last = self.for_one_answer(), min(stretch), max(stretch)
        granted = desk.require(use, camera, first, kind, places, with_audio=with_audio)
        for moment in desk._turns(camera, first, last):
            desk.require(use, camera, moment, kind, places, with_audio=with_audio)
        return granted

    def granted_until(self, use: Use, camera: Camera, stretch: tuple[datetime, datetime]) -> datetime:
        """Up to which moment a stretch of footage may be used without a gap from its beginning, UTC.

        Raises:
            ConsentError: No live grant allows its first moment.
        """
        first, last = min(stretch), max(stretch)
        self.require(use, camera, first)
        for moment in self._turns(camera, first, last):
            try:
                self.require(use, camera, moment)
            except ConsentError:
                return moment - TICK
        return last

    def parts_whatever_they_show(
        self, use: Use, camera: Camera, stretch: tuple[datetime, datetime]
    ) -> tuple[tuple[datetime, datetime], ...]:
        """The parts of a stretch that a grant lets be used whole, in order, none touching the next; may be empty.

        Args:
            use: At which of the four places.
            camera: Of which camera.
            stretch: UTC; its first moment and its last, which belongs to it, as both ends of each part do.
        """
        desk, first, last = self.for_one_answer(), min(stretch), max(stretch)
        starts = [first, *(turn for turn in desk._turns(camera, first, last) if turn > first)]
        parts: list[tuple[datetime, datetime]] = []
        for start, end in zip(starts, [*(turn - TICK for turn in starts[1:]), last], strict=True):
            with suppress(ConsentError):
                desk.require_whole(use, camera, (start, end))
                is_next = bool(parts) and parts[-1][1] + TICK == start
                parts.append((parts.pop()[0] if is_next else start, end))
        return tuple(parts)

    def granted_around(  # noqa: PLR0913 - what a request says
        self,
        use: Use,
        camera: Camera,
        moment: datetime,
        stretch: tuple[datetime, datetime],
        kind: EventKind | None = None,
        places: tuple[Place, ...] = (),
        *,
        with_audio: bool = False,
    ) -> tuple[datetime, datetime]:
        """The longest part of a stretch around a moment that one grant allows throughout; both ends belong to it.

        Args:
            use: At which of the four places.
            camera: Of which camera.
            moment: UTC; within the stretch.
            stretch: UTC; its first moment and its last, which belongs to it.
            kind: Of the event at the moment, so that its own grant is asked; None when no event is known.
            places: Where in the picture, each (x, y) 0 to 1.
            with_audio: Whether sound is asked for.

        Raises:
            ConsentError: No live grant allows the moment.
        """
        self.require(use, camera, moment, kind, places, with_audio=with_audio)
        for purpose, recipient in ((self._purpose, self._recipient), *self._others):
            bare = Request(use, camera.camera_id, camera.owner_id, None, purpose, recipient)
            request = replace(bare, event_kind=kind, places=places, with_audio=with_audio)
            allowing = grants_for_all_moments(self._grants_of(camera.camera_id), request, self._now(), self._verifier)
            parts = [part for one in allowing if (part := unbroken_around(one, camera.camera_id, moment, stretch))]
            if parts:
                return max(parts, key=lambda part: part[1] - part[0])
        raise ConsentMissingError(camera.camera_id, use)  # it was revoked in between

    def _request(self, use: Use, camera: Camera, recorded_at: datetime | None) -> Request:
        return Request(use, camera.camera_id, camera.owner_id, recorded_at, self._purpose, self._recipient)

    def _turns(self, camera: Camera, first: datetime, last: datetime) -> list[datetime]:
        """Moments of a stretch at which some grant may begin or cease to cover it, in order."""
        grants = self._grants_of(camera.camera_id)
        return sorted({at for one in grants for at in boundaries(one.grant, camera.camera_id, first, last)})

    def _granted(self, camera: Camera, request: Request) -> SignedGrant:
        grants = self._grants_of(camera.camera_id)
        try:
            return require_grant(grants, request, self._now(), self._verifier)
        except ConsentError:
            return self._for_another(grants, request)

    def _for_another(self, grants: Sequence[SignedGrant], request: Request) -> SignedGrant:
        for purpose, recipient in self._others:
            with suppress(ConsentError):
                asked = replace(request, purpose=purpose, recipient=recipient)
                return require_grant(grants, asked, self._now(), self._verifier)
        return require_grant(grants, request, self._now(), self._verifier)

    def moments(self, use: Use, camera: Camera, kind: EventKind | None) -> Callable[[datetime], bool]:
        """Whether footage of a moment may be used: ``require`` without places, asked once for many moments.

        A grant that has zones allows none of them when a kind is named: where it happened must be told then.
        """
        request = Request(
            use=use,
            camera_id=camera.camera_id,
            camera_owner=camera.owner_id,
            recorded_at=None,
            purpose=self._purpose,
            recipient=self._recipient,
            event_kind=kind,
        )
        concerned = self._grants_of(camera.camera_id)
        allowing = grants_for_all_moments(concerned, request, self._now(), self._verifier)
        return lambda moment: any(covers_moment(grant, camera.camera_id, moment) for grant in allowing)

    def asks_for_places(self, camera: Camera) -> bool:
        """Whether a grant of the camera has zones, so that each event must say where it happened."""
        return any(signed.grant.zones for signed in self._grants_of(camera.camera_id))
