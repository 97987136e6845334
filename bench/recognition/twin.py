"""What the same composites come to with a parcel classifier that never saw their parcels.

The shipped classifier was trained on the dataset out of which the composites' parcels are cut, also those of the split
to score. Its twin is trained by the same recipe without them (``python -m models.package_likeness_training --twin``)
and put in its place in another checkout, whose run ``--json`` writes what is read here. On the one side it has learnt
from half as many parcels, on the other from none that it is asked about: what the shipped one does on parcels that are
new to it lies between the two.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.recognition.run import COMPOSITES_SET, Run
from pipeline.domain.events import EventKind
from pipeline.domain.plain import from_plain
from pipeline.evaluation.scores import Score


class OtherClipsError(Exception):
    """The twin's run is about other clips."""


@dataclass(frozen=True, slots=True)
class Twin:
    """The scores of the twin's run.

    Attributes:
        by_kind: As an evaluation has them.
        overall: All kinds together.
    """

    by_kind: dict[EventKind, Score]
    overall: Score


def read_twin(path: Path, run: Run) -> Twin:
    """The twin's scores on the composites of a run.

    Raises:
        OtherClipsError: One of the two has no composites, or they looked at different ones.
    """
    ours = next((one.evaluation for one in run.results if one.clips.name == COMPOSITES_SET), None)
    theirs = json.loads(path.read_text(encoding="utf-8"))["sets"].get(COMPOSITES_SET)
    if ours is None or theirs is None:
        raise OtherClipsError(f"{path}: one of the two runs has no composites")
    said = theirs["evaluation"]
    by_kind = {EventKind(kind): from_plain(Score, one) for kind, one in said["by_kind"].items()}
    if _required(ours.by_kind) != _required(by_kind) or len(ours.clips) != len(said["clips"]):
        raise OtherClipsError(f"{path}: the twin looked at other composites")
    return Twin(by_kind, from_plain(Score, said["overall"]))


def _required(by_kind: Mapping[EventKind, Score]) -> dict[EventKind, int]:
    required = {kind: one.found + one.missed for kind, one in by_kind.items()}
    return {kind: number for kind, number in required.items() if number}
