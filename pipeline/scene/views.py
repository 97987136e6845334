"""Notices that the camera shows another view: that it was moved, or that the footage was cut."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.camera_changes import CameraChange, ViewChange
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.scene.registration import Placement, Sight, agreement, placed

_SAME = 0.5
"""Share of the detailed cells that agree, from which on two pictures show one view: people hide less than half."""
_OTHER = 0.25
"""And below which they show two; a film's lettering and bars stay over a cut."""
_MOVED = 0.3
"""And below which a scene that lies elsewhere was moved as a whole: about the middle of a turn some cells agree, and
where more do, a large thing moved before a scene that stayed."""
_FAR = 0.08
"""Of the picture's sides: further than a shaking camera goes and comes back from."""
_TURNED = 6.0
_ZOOMED = 1.12
_LONGEST_DOUBT = 4.0
"""Seconds between two views beyond which nothing is said: somebody or something was before the lens meanwhile."""
_HOLDS_SECONDS = 1.0
"""How long a new view must stay: a door that slams shakes the camera for less."""


@dataclass(frozen=True, slots=True)
class _Strange:
    """A look that does not show the known view, or shows it from elsewhere."""

    at: Timestamp
    sight: Sight
    agreement: float
    place: Placement | None
    step: float
    """Agreement with the look just before, whatever that showed; one where the two cannot be compared."""


class ViewWatch:
    """Compares each picture with the one view that is held to be the camera's.

    A picture that shows something else is remembered until the next ones say what it was: when the old view comes
    back it was a broken frame or somebody before the lens; when the new view stays, the camera was moved or the
    footage was cut.
    """

    def __init__(self) -> None:
        self._known: Sight | None = None
        self._home = Placement()
        """Where the known picture lies against the view that was last reported."""
        self._last_there: Timestamp | None = None
        self._strange: list[_Strange] = []
        self._before: Sight | None = None
        self._changes: list[CameraChange] = []

    @property
    def changes(self) -> tuple[CameraChange, ...]:
        """In order; empty when the camera showed one view all along."""
        return tuple(self._changes)

    def look(self, at: Timestamp, grey: NDArray[np.uint8]) -> None:
        """Takes in one picture that shows something.

        Args:
            at: Later than the last.
            grey: Shape (h, w), neither aligned nor corrected; the same shape for the whole clip.
        """
        sight = Sight.of(grey)
        before, self._before = self._before, sight
        if self._known is None:
            self._stay(at, sight)
            return
        alike = agreement(self._known, sight)
        if alike is None:
            if not self._strange:  # nothing that could be compared: not strange by itself, and the end of no doubt
                self._last_there = at
            return
        place = placed(self._known, sight) if alike < _SAME else Placement()
        if place is not None and not _is_away(self._home.then(place)):
            self._home = self._home.then(place)
            self._stay(at, self._known if alike >= _SAME else sight)
        elif alike >= _MOVED:
            self._last_there, self._strange = at, []
        elif place is not None or alike < _OTHER:
            step = None if before is None else agreement(before, sight)
            self._doubt(_Strange(at, sight, alike, place, 1.0 if step is None else step))

    def _stay(self, at: Timestamp, sight: Sight) -> None:
        self._known, self._last_there = sight, at
        self._strange = []

    def _doubt(self, one: _Strange) -> None:
        """Keeps a strange look, and reports once the looks since the first like it are one view that holds."""
        self._strange.append(one)
        first = self._first_like(one)
        held = float(one.at.seconds - first.at.seconds)
        if first is one or held < _HOLDS_SECONDS:
            return
        swept = first is not self._strange[0]
        why = ViewChange.MOVED if first.place is not None or swept else ViewChange.CUT
        change = self._change(why, first)
        if change.span.duration <= _LONGEST_DOUBT and not self._is_gradual():
            self._changes.append(change)
        self._home = Placement()
        self._stay(one.at, one.sight)

    def _is_gradual(self) -> bool:
        """Whether each strange look shows what the one before did: shadows and light came over one scene by and by."""
        return all(one.place is None and one.step >= _SAME for one in self._strange)

    def _first_like(self, one: _Strange) -> _Strange:
        """The earliest of the unbroken run of strange looks that show what ``one`` shows."""
        first = one
        for other in reversed(self._strange[:-1]):
            alike = agreement(other.sight, one.sight)
            if alike is None or alike < _SAME:
                break
            first = other
        return first

    def _change(self, why: ViewChange, first: _Strange) -> CameraChange:
        before = self._last_there or first.at
        place = None if first.place is None else self._home.then(first.place)
        span = ClipSpan(before, first.at)
        if place is None:
            return CameraChange(why, span, round(first.agreement, 4))
        shift = (round(place.right, 4), round(place.down, 4))
        return CameraChange(why, span, round(first.agreement, 4), shift, round(place.turned, 2), round(place.zoomed, 4))


def _is_away(place: Placement) -> bool:
    zoomed = max(place.zoomed, 1 / place.zoomed)
    return max(abs(place.right), abs(place.down)) > _FAR or abs(place.turned) > _TURNED or zoomed > _ZOOMED
