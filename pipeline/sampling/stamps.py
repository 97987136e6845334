"""Presentation stamps of decoded frames, where containers state them, omit them or state them wrongly."""

from dataclasses import dataclass

_SEVERAL = 2
_OFTEN = 0.05


@dataclass(slots=True)
class StampReader:
    """Chooses between a frame's presentation and decoding stamp, and never lets time go backwards.

    Counts which of the two kinds goes backwards more often, as ffmpeg's best-effort stamp does, and believes the
    decoding stamp only where presentation stamps go wrong again and again. AVI files with reordered frames need it, for
    their presentation stamps are guesses of the demuxer, and so do files that state the one for the other.

    Attributes:
        inferred: Frames whose stamp is not simply the stated presentation stamp.
    """

    inferred: int = 0
    _wrong_pts: int = 0
    _wrong_dts: int = 0
    _last_pts: int | None = None
    _last_dts: int | None = None
    _last: int | None = None
    _read: int = 0

    def read(self, pts: int | None, dts: int | None, usual: int) -> int | None:
        """The stamp of the next frame, later than every one before; None for a frame that has no place in time.

        Args:
            pts: As the decoder states it.
            dts: Likewise.
            usual: Units between two frames, for a frame without any stamp; at least 1.
        """
        self._judge(pts, dts)
        trusted = pts is not None and (dts is None or not self._is_pts_wrong())
        stamp = pts if trusted else dts
        if stamp is None:
            stamp = 0 if self._last is None else self._last + usual
        if self._last is not None and stamp <= self._last:
            self.inferred += 1
            return None
        self.inferred += not trusted
        self._last = stamp
        return stamp

    def _is_pts_wrong(self) -> bool:
        often = self._wrong_pts >= _SEVERAL and self._wrong_pts > _OFTEN * self._read
        return often and self._wrong_pts > self._wrong_dts

    def _judge(self, pts: int | None, dts: int | None) -> None:
        self._read += 1
        if dts is not None:
            self._wrong_dts += self._last_dts is not None and dts <= self._last_dts
            self._last_dts = dts
        if pts is not None:
            self._wrong_pts += self._last_pts is not None and pts <= self._last_pts
            self._last_pts = pts
