"""A clip as we hold it: the original, how it came, why the camera recorded it, and whose clock says when."""

from dataclasses import dataclass

from pipeline.domain.cameras import CameraTrigger
from pipeline.domain.evidence import Acquisition, EvidenceItem
from pipeline.domain.video import CameraClock


@dataclass(frozen=True, slots=True)
class AcquiredClip:
    """One acquisition with all that belongs to it; the same bytes from two cameras are two of these with one item.

    Attributes:
        item: The original.
        acquisition: How, when and with what authority it came.
        trigger: Why the camera recorded.
        clock: Maps the clip's time line to UTC.
    """

    item: EvidenceItem
    acquisition: Acquisition
    trigger: CameraTrigger
    clock: CameraClock

    def __post_init__(self) -> None:
        if self.acquisition.digest != self.item.digest:
            raise ValueError("an acquisition must name its own item")
        if (self.trigger.camera_id, self.trigger.trigger_id) != (
            self.acquisition.camera_id,
            self.acquisition.trigger_id,
        ):
            raise ValueError("an acquisition must name its own trigger")
