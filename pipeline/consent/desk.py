"""Where everybody asks: the grants in force, our keys and the clock, held together."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pipeline.consent.grants import require_grant
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import Request, SignedGrant, Use
from pipeline.domain.events import EventKind
from pipeline.domain.signing import Verifier

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
    ) -> None:
        """Holds what each question needs.

        Args:
            grants_of: The newest version of each grant that names a camera id; read anew for every question, so that
                a revocation counts at once.
            verifier: Knows our keys.
            now: UTC.
            purpose: Of whoever asks.
            recipient: Who would get it.
        """
        self._grants_of = grants_of
        self._verifier = verifier
        self._now = now
        self._purpose = purpose
        self._recipient = recipient

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
        request = Request(
            use=use,
            camera_id=camera.camera_id,
            camera_owner=camera.owner_id,
            recorded_at=recorded_at,
            purpose=self._purpose,
            recipient=self._recipient,
            event_kind=kind,
            places=places,
            with_audio=with_audio,
        )
        return require_grant(self._grants_of(camera.camera_id), request, self._now(), self._verifier)
