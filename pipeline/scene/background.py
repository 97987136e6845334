"""The memory of the still picture: what every pixel looked like while it stood still, and since when."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.scene.alignment import Exposure
from pipeline.scene.settings import SceneSettings

_NEIGHBOURS = np.ones((3, 3), dtype=np.uint8)
_SLOW = 0.1
_QUICK = 0.3
_FAINT_PATCH = (5, 5)
_NEVER_RESTS = 0.25
"""Share of the looks in which a place moves, from which on traffic or leaves leave faint traces there all the time."""
_FAINT_NOISES = 2.5
"""Of the picture's noise: the mean over a patch strays far less, but compression strays in patches."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the memory says after a look; masks of shape (h, w).

    Attributes:
        changed: Still again, and not what it was.
        restless: Not what it was, and not still yet.
        known: Whose still state is known.
    """

    changed: NDArray[np.bool_]
    restless: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def changed_share(self) -> float:
        """Of what is known, 0 to 1."""
        return float(self.changed.sum()) / max(float(self.known.sum()), 1.0)


class Background:
    """Two pictures a pixel: the still one that is held to be the scene, and the one that it shows lately.

    Args:
        size: (height, width).
        settings: How long still is.
    """

    def __init__(self, size: tuple[int, int], settings: SceneSettings) -> None:
        self._settings = settings
        self.still = np.zeros((*size, 3), dtype=np.float32)
        self.known = np.zeros(size, dtype=np.bool_)
        self.known_since = np.zeros(size, dtype=np.int32)
        self.last_seen = np.full(size, -1, dtype=np.int32)
        self.lately = np.zeros((*size, 3), dtype=np.uint8)
        self.since = np.zeros(size, dtype=np.int32)
        self._since_seconds = np.zeros(size, dtype=np.float64)
        self._times_same = np.zeros(size, dtype=np.int32)
        self._moments: list[float] = []
        self.last_moved = np.full(size, -1, dtype=np.int32)
        self.moves = np.zeros(size, dtype=np.int32)
        self._noise = 1.5
        self.moving = np.zeros(size, dtype=np.bool_)

    @property
    def levels(self) -> float:
        """Difference of one pixel that counts, from the picture's noise."""
        return max(self._settings.fewest_levels, 5.0 * self._noise)

    @property
    def moving_share(self) -> float:
        """Share of the picture that moved at the last look, lone pixels left out; 0 to 1."""
        return float(cv2.medianBlur(self.moving.astype(np.uint8), 5).mean())

    def rebase(self, exposure: Exposure) -> None:
        """Brings all that is remembered to the exposure of today's picture."""
        self.still = exposure.applied(self.still)
        self.lately = exposure.applied_to_levels(self.lately)

    def differs(self, image: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Where ``image`` is not the still picture; a neighbour of the still picture will do, for shake and leaves."""
        return _beyond_neighbours(image, self.still.astype(np.uint8)) > self.levels

    def differs_faintly(self, image: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Where somebody passed since, and a whole neighbourhood is a little off: a grey thing on grey ground."""
        often = _NEVER_RESTS * max(len(self._moments), 1)
        touched = (self.last_moved > self.known_since) & self.known & (self.moves < often)
        if not touched.any():
            return touched
        apart = _strongest(np.asarray(cv2.absdiff(image, self.still.astype(np.uint8)), dtype=np.uint8))
        faint = max(self._settings.faint_levels, _FAINT_NOISES * self._noise)
        return touched & (cv2.blur(apart, _FAINT_PATCH) > faint)

    def look(self, seconds: float, image: NDArray[np.uint8], busy: NDArray[np.bool_], shaky: bool = False) -> Settled:
        """Takes in one picture, aligned and of the remembered exposure.

        Args:
            seconds: On the clip's time line; later than the last.
            image: BGR, shape (h, w, 3).
            busy: Shape (h, w): where something alive or driving is seen.
            shaky: The camera moved lately, so that the pictures match to a pixel only.
        """
        look = len(self._moments)
        self._moments.append(seconds)
        unlike = (
            _beyond_neighbours(image, self.lately)
            if shaky
            else _strongest(np.asarray(cv2.absdiff(image, self.lately), dtype=np.uint8))
        )
        self._follow(look, image, busy, unlike)
        settled = self._is_settled(seconds) & ~busy
        differs = self.differs(image)
        if not shaky:
            differs |= self.differs_faintly(image)
        same, strange = self.known & ~differs, self.known & differs
        np.copyto(self.last_seen, look, where=same)
        cv2.accumulateWeighted(image, self.still, _SLOW, (same & ~busy).astype(np.uint8))
        self.adopt(settled & ~self.known)
        return Settled(strange & settled, strange & ~settled, self.known)

    def adopt(self, where: NDArray[np.bool_]) -> None:
        """Makes what is shown lately the still picture."""
        if not where.any():
            return
        cv2.copyTo(self.lately.astype(np.float32), where.astype(np.uint8), self.still)
        np.copyto(self.known_since, self.since, where=where)
        np.copyto(self.last_seen, len(self._moments) - 1, where=where)
        self.known |= where

    def forget(self) -> None:
        """Knows nothing any more: another scene is shown."""
        self.known[:] = False
        self.last_seen[:] = -1

    def seconds_at(self, look: int) -> float:
        """When a look was taken, on the clip's time line."""
        return self._moments[look]

    def restless_share(self, where: NDArray[np.bool_]) -> float:
        """How often the pixels moved, over all looks, 0 to 1."""
        return float(self.moves[where].mean()) / max(len(self._moments), 1)

    def lasted(self, where: NDArray[np.bool_], after: int) -> float:
        """Seconds for which a state that began at look ``after`` was seen to last, until now or until the next."""
        return self._moments[self.last_look_of(where, after)] - self._moments[after]

    def last_look_of(self, where: NDArray[np.bool_], after: int) -> int:
        """The last look at which a state that began at look ``after`` was seen, until now or until the next."""
        adopted = int(np.median(self.known_since[where]))
        end = int(np.median(self.last_seen[where])) if adopted <= after else adopted
        return max(end, after)

    def almost_settled(self) -> NDArray[np.bool_]:
        """Where the last two looks agree, at the end of a clip that gives no more."""
        return self._times_same >= 1

    def _follow(self, look: int, image: NDArray[np.uint8], busy: NDArray[np.bool_], apart: NDArray[np.uint8]) -> None:
        if look > 0:
            self._noise += 0.2 * (min(float(np.median(apart[::4, ::4])), 8.0) - self._noise)
        self.moving = apart > self.levels if look > 0 else np.ones_like(busy)
        np.copyto(self.since, look, where=self.moving)
        np.copyto(self._since_seconds, self._moments[look], where=self.moving)
        np.copyto(self.last_moved, look, where=self.moving)
        quiet = ~(self.moving | busy)
        self._times_same = (self._times_same + 1) * quiet
        self.moves += self.moving & ~busy
        if look == 0:
            self.lately = image.copy()
        else:
            self.lately = np.asarray(cv2.addWeighted(self.lately, 1 - _QUICK, image, _QUICK, 0), dtype=np.uint8)
            cv2.copyTo(image, self.moving.astype(np.uint8), self.lately)

    def _is_settled(self, seconds: float) -> NDArray[np.bool_]:
        lasted = seconds - self._since_seconds
        enough = self._settings.still_seconds - 0.05
        often = self._times_same >= self._settings.still_looks - 1
        return ((lasted >= enough) & often) | ((lasted >= 2 * enough) & (self._times_same >= 1))


def _beyond_neighbours(image: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    above = cv2.subtract(image, cv2.dilate(other, _NEIGHBOURS))
    below = cv2.subtract(cv2.erode(other, _NEIGHBOURS), image)
    return _strongest(np.asarray(cv2.max(above, below), dtype=np.uint8))


def _strongest(apart: NDArray[np.uint8]) -> NDArray[np.uint8]:
    blue, green, red = cv2.split(apart)
    return np.asarray(cv2.max(cv2.max(blue, green), red), dtype=np.uint8)
