"""Trains the classifier "parcel or not" of pipeline.scene on cut-outs, and writes weights, figures and nothing else.

Needs torch (the ``yolo`` extra) and a folder of images with YOLO labels whose class 4 is package (0 person,
1 vehicle, 2 bicycle, 3 animal) and a ``SOURCES.csv`` with ``file,split,source``. One core, about ten minutes::

    python models/train_package_likeness.py DATASET --out models/package-likeness
"""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

import argparse
import csv
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from pipeline.domain.tracks import Box
from pipeline.scene.package_likeness import CONTEXT, CROP, PackageLikeness, crop, planes_of

PACKAGE = 4
SEED = 20240611
OTHER_OBJECTS = Path(__file__).parent / "package-likeness" / "other_objects.csv"
"""Bottles, bags, chairs, plants and the like in the images, by yolo11n at confidence 0.3: what a parcel is not."""
POSITIVE_SHARE = {
    "fuyi-package-detection": 0.36,
    "roboflow-doorbell-camera-alert-v4": 0.28,
    "roboflow-final-object-detection-cardboard": 0.24,
    "roboflow-boxes-ou3c2": 0.12,
}
"""How often a parcel is drawn from each source: porches and couriers count double, warehouses little."""
WIDTHS = (4, 24, 32, 64, 96, 128)
KERNELS = (5, 3, 3, 3, 3)


@dataclass(frozen=True, slots=True)
class Picture:
    """One labelled image; boxes in pixels: parcels, living things and vehicles, and objects of other kinds."""

    image: NDArray[np.uint8]
    source: str
    packages: tuple[Box, ...]
    others: tuple[Box, ...]
    things: tuple[Box, ...]


class Net(nn.Module):
    """Five convolutions, mean and maximum over the square, one number."""

    def __init__(self) -> None:
        super().__init__()
        pairs = list(zip(WIDTHS[:-1], WIDTHS[1:], KERNELS, (2, 1, 1, 1, 1), strict=True))
        self.conv = nn.ModuleList(nn.Conv2d(i, o, k, s, k // 2, bias=False) for i, o, k, s in pairs)
        self.norm = nn.ModuleList(nn.BatchNorm2d(o) for o in WIDTHS[1:])
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(2 * WIDTHS[-1], 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits, shape (n,)."""
        for i, (conv, norm) in enumerate(zip(self.conv, self.norm, strict=True)):
            x = torch.relu(norm(conv(x)))
            if i in (1, 2, 3):
                x = nn.functional.max_pool2d(x, 2)
        x = torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)
        logits: torch.Tensor = self.head(self.drop(x))[:, 0]
        return logits


def pictures(dataset: Path, split: str) -> list[Picture]:
    """All images of one split, in the order of SOURCES.csv."""
    with (dataset / "SOURCES.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    things: dict[str, list[Box]] = defaultdict(list)
    with OTHER_OBJECTS.open(newline="") as file:
        for row in csv.DictReader(file):
            things[row["file"]].append(Box(*(float(row[edge]) for edge in ("x1", "y1", "x2", "y2"))))
    return [_picture(dataset, row["file"], row["source"], tuple(things[row["file"]])) for row in rows]


def _picture(dataset: Path, file: str, source: str, things: tuple[Box, ...]) -> Picture:
    image = cv2.imread(str(dataset / file))
    if image is None:
        raise SystemExit(f"cannot read {file}")
    height, width = image.shape[:2]
    packages: list[Box] = []
    others: list[Box] = []
    labels = (dataset / file.replace("images", "labels", 1)).with_suffix(".txt")
    for line in labels.read_text().splitlines() if labels.exists() else []:
        kind, x, y, w, h = (float(part) for part in line.split()[:5])
        if min(w * width, h * height) < 8:
            continue
        box = Box((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
        (packages if kind == PACKAGE else others).append(box)
    return Picture(np.asarray(image, dtype=np.uint8), source, tuple(packages), tuple(others), things)


class Draws:
    """Draws labelled boxes: parcels by source, and everything that is not one."""

    def __init__(self, pool: list[Picture], rng: np.random.Generator) -> None:
        self._rng = rng
        self._positives: dict[str, list[tuple[Picture, Box]]] = defaultdict(list)
        for picture in pool:
            self._positives[picture.source] += [(picture, box) for box in picture.packages]
        self._objects = [(p, b) for p in pool for b in p.others if self._share_of_packages(p, b) < 0.1]
        self._things = [(p, b) for p in pool for b in p.things if self._share_of_packages(p, b) < 0.1]
        self._with = [p for p in pool if p.packages]
        self._without = [p for p in pool if p.source not in POSITIVE_SHARE]
        self._edges: dict[int, NDArray[np.float64]] = {}

    def positive(self) -> tuple[Picture, Box]:
        """A parcel, its box moved and scaled as a found region is."""
        sources = [source for source in POSITIVE_SHARE if self._positives[source]]
        share = np.array([POSITIVE_SHARE[source] for source in sources])
        pool = self._positives[sources[self._rng.choice(len(sources), p=share / share.sum())]]
        picture, box = pool[self._rng.integers(len(pool))]
        return picture, self._jittered(box)

    def negative(self) -> tuple[Picture, Box]:
        """Ground, wall, plants, furniture; people, vehicles, animals, and parts of them."""
        draw = self._rng.random()
        if draw < 0.58:
            objects, parts = (self._things, 0.15) if draw < 0.28 else (self._objects, 0.5)
            picture, box = objects[self._rng.integers(len(objects))]
            if self._rng.random() < parts:
                box = self._part(box)
            return picture, self._jittered(box)
        return self.background(self._with if draw < 0.79 else self._without, 1 if self._rng.random() < 0.35 else 8)

    def things(self) -> list[tuple[Picture, Box]]:
        """All objects of other kinds."""
        return list(self._things)

    def background(self, pool: list[Picture], tries: int = 8) -> tuple[Picture, Box]:
        """A box beside the parcels of a picture of ``pool``: of ``tries``, the one with most detail."""
        while True:
            picture = pool[self._rng.integers(len(pool))]
            box = self._busiest(picture, tries)
            if box is not None:
                return picture, box

    def _busiest(self, picture: Picture, tries: int) -> Box | None:
        found = []
        for _ in range(tries):
            box = self._anywhere(picture)
            if self._share_of_packages(picture, box) < 0.12:
                found.append(box)
        return max(found, key=lambda box: self._detail(picture, box), default=None)

    def _anywhere(self, picture: Picture) -> Box:
        height, width = picture.image.shape[:2]
        area = np.exp(self._rng.uniform(np.log(0.05), np.log(0.55))) * min(width, height)
        ratio = np.exp(self._rng.normal(0.0, 0.35))
        w, h = min(area * ratio, width - 2.0), min(area / ratio, height - 2.0)
        x, y = self._rng.uniform(0, width - w), self._rng.uniform(0, height - h)
        return Box(x, y, x + w, y + h)

    def _part(self, box: Box) -> Box:
        w, h = box.width * self._rng.uniform(0.3, 0.8), box.height * self._rng.uniform(0.25, 0.7)
        x, y = self._rng.uniform(box.x1, box.x2 - w), self._rng.uniform(box.y1, box.y2 - h)
        return Box(x, y, x + w, y + h)

    def _jittered(self, box: Box) -> Box:
        moved = self._rng.normal(0.0, 0.05, 4) * [box.width, box.height, box.width, box.height]
        grown = self._rng.uniform(-0.03, 0.12) * min(box.width, box.height)
        x1, y1, x2, y2 = (edge + move for edge, move in zip(box.grown(grown).xyxy, moved, strict=True))
        return Box(x1, y1, max(x2, x1 + 6), max(y2, y1 + 6))

    def _detail(self, picture: Picture, box: Box) -> float:
        key = id(picture)
        if key not in self._edges:
            grey = cv2.cvtColor(picture.image, cv2.COLOR_BGR2GRAY).astype(np.float32)
            size = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
            small = cv2.resize(size, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
            self._edges[key] = np.asarray(cv2.integral(small), dtype=np.float64)
        total = self._edges[key]
        x1, y1, x2, y2 = (int(edge / 8) for edge in box.xyxy)
        x2, y2 = min(max(x2, x1 + 1), total.shape[1] - 1), min(max(y2, y1 + 1), total.shape[0] - 1)
        x1, y1 = min(x1, x2 - 1), min(y1, y2 - 1)
        inside = float(total[y2, x2] - total[y1, x2] - total[y2, x1] + total[y1, x1])
        return float(inside / ((x2 - x1) * (y2 - y1)))

    @staticmethod
    def _share_of_packages(picture: Picture, box: Box) -> float:
        return max((box.intersection(p) / min(box.area, p.area) for p in picture.packages), default=0.0)


def augmented(picture: Picture, box: Box, rng: np.random.Generator) -> NDArray[np.float32]:
    """A cut-out turned, mirrored and degraded as a doorbell would: grey, dark, noisy, blurred, squeezed."""
    scale = CROP / (CONTEXT * max(box.width, box.height))
    degrees = rng.normal(0.0, 5.0)
    quarter = int(rng.choice(4, p=[0.7, 0.1, 0.1, 0.1]))
    angle = np.deg2rad(degrees + 90 * quarter)
    flip = -1.0 if rng.random() < 0.5 else 1.0
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * [flip, 1.0]
    move = np.c_[turn, CROP / 2 - turn @ np.array(box.centre)]
    image = picture.image
    if scale < 0.6:
        image = _u8(cv2.blur(image, (round(1 / scale), round(1 / scale))))
    patch = cv2.warpAffine(image, move, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    patch = _degraded(_u8(patch), rng)
    width, height = box.width * scale, box.height * scale
    return planes_of(patch, *((height, width) if quarter % 2 else (width, height)))


def _degraded(patch: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    if rng.random() < 0.35:
        side = int(rng.integers(20, CROP))
        patch = _u8(cv2.resize(cv2.resize(patch, (side, side), interpolation=cv2.INTER_AREA), (CROP, CROP)))
    values = patch.astype(np.float32)
    if rng.random() < 0.3:
        values[:] = values.mean(axis=2, keepdims=True)
    else:
        values *= rng.normal(1.0, 0.07, 3).astype(np.float32)
    if rng.random() < 0.5:
        values = 255 * (np.clip(values, 0, 255) / 255) ** np.exp(rng.normal(0.1, 0.4))
    gain = rng.uniform(0.2, 0.7) if rng.random() < 0.2 else rng.normal(1.0, 0.12)
    values = values * gain + rng.normal(0.0, 8.0)
    if rng.random() < 0.35:
        values += rng.normal(0.0, rng.uniform(2, 12), values.shape)
    patch = np.clip(values, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        patch = _u8(cv2.GaussianBlur(patch, (0, 0), rng.uniform(0.5, 1.6)))
    if rng.random() < 0.3:
        quality = int(rng.integers(20, 80))
        coded = cv2.imencode(".jpg", patch, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        patch = patch if decoded is None else _u8(decoded)
    return patch


def _u8(image: ArrayLike) -> NDArray[np.uint8]:
    return np.asarray(image, dtype=np.uint8)


def batch(draws: Draws, rng: np.random.Generator, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Half parcels, half others, augmented."""
    kinds = np.arange(size) % 2
    planes = [augmented(*(draws.positive() if kind else draws.negative()), rng) for kind in kinds]
    return torch.from_numpy(np.stack(planes)), torch.from_numpy(kinds.astype(np.float32))


def trained(pool: list[Picture], minutes: float, steps: int) -> Net:
    """Runs ``steps`` batches of 64 (fewer when ``minutes`` are over, which then is said), one cycle of the rate."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    rng = np.random.default_rng(SEED)
    draws = Draws(pool, rng)
    net = Net().train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=2e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.15)
    began, kept = time.monotonic(), 0.69
    for step in range(steps):
        planes, kinds = batch(draws, rng, 64)
        loss = nn.functional.binary_cross_entropy_with_logits(net(planes), kinds * 0.94 + 0.03)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        rate.step()
        kept = 0.98 * kept + 0.02 * loss.item()
        if step % 200 == 0:
            sys.stderr.write(f"step {step} loss {kept:.3f} after {time.monotonic() - began:.0f} s\n")
        if time.monotonic() - began > minutes * 60:
            sys.stderr.write(f"stopped by the clock at step {step}: not reproducible\n")
            break
    return net.eval()


def folded(net: Net) -> dict[str, NDArray[Any]]:
    """The weights with the normalisation folded in, as `PackageLikeness` reads them."""
    weights: dict[str, NDArray[Any]] = {}
    for i, (conv, norm) in enumerate(zip(net.conv, net.norm, strict=True)):
        assert isinstance(conv, nn.Conv2d)  # noqa: S101 - tells the type checker what ModuleList forgot
        assert isinstance(norm, nn.BatchNorm2d)  # noqa: S101
        assert norm.running_var is not None  # noqa: S101
        assert norm.running_mean is not None  # noqa: S101
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weights[f"conv{i}.weight"] = _half(conv.weight * factor[:, None, None, None])
        weights[f"conv{i}.bias"] = _half(norm.bias - norm.running_mean * factor)
    weights["head.weight"] = _half(net.head.weight[0])
    weights["head.bias"] = np.asarray(net.head.bias.item(), dtype=np.float32)
    weights["temperature"] = np.asarray(1.0, dtype=np.float32)
    return weights


def _half(values: torch.Tensor) -> NDArray[np.float16]:
    return values.detach().numpy().astype(np.float16)


def validation(pool: list[Picture]) -> list[tuple[Picture, Box, int]]:
    """Every parcel as labelled, and as many others as there are parcels, from each source that has images."""
    rng = np.random.default_rng(SEED + 1)
    cases = [(picture, box, 1) for picture in pool for box in picture.packages]
    by_source: dict[str, list[Picture]] = defaultdict(list)
    for picture in pool:
        by_source[picture.source].append(picture)
    for source, own in sorted(by_source.items()):
        draws = Draws(own, rng)
        if source in POSITIVE_SHARE:
            wanted = sum(len(picture.packages) for picture in own)
            cases += [(*draws.background(own), 0) for _ in range(wanted)]
        else:
            cases += [(p, b, 0) for p in own for b in p.others]
            cases += [(*draws.background(own), 0) for _ in own]
        cases += [(*thing, 0) for thing in draws.things()]
    return cases


def auc(logits: NDArray[np.float64], kinds: NDArray[np.int64]) -> float:
    """Chance that a parcel scores above another thing; ties count half."""
    positive, negative = logits[kinds == 1], logits[kinds == 0]
    if not len(positive) or not len(negative):
        return float("nan")
    return float(np.mean((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)))


def temperature(logits: NDArray[np.float64], kinds: NDArray[np.int64]) -> float:
    """The divisor that makes the logits fit best as probabilities where parcels are as many as other things."""
    candidates = np.geomspace(0.5, 5.0, 60)
    weight = np.where(kinds == 1, 0.5 / (kinds == 1).sum(), 0.5 / (kinds == 0).sum())
    losses = [(weight * np.logaddexp(0, -np.where(kinds == 1, logits, -logits) / t)).sum() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def figures(model: PackageLikeness, cases: list[tuple[Picture, Box, int]]) -> dict[str, Any]:
    """AUC over all, by source and in the dark, with the logits' best temperature."""
    logits = np.array([model.logit(crop(picture.image, box)) for picture, box, _ in cases])
    kinds = np.array([kind for *_, kind in cases])
    sources = np.array([picture.source for picture, *_ in cases])
    things = np.array([box in picture.things for picture, box, _ in cases])
    dark = np.array([model.logit(crop(_night(picture.image), box)) for picture, box, _ in cases])
    others = kinds == 0
    by_source = {
        source: {
            "parcels": int(((sources == source) & (kinds == 1)).sum()),
            "auc_beside_own_background": auc(logits[sources == source], kinds[sources == source]),
            "auc_beside_all_others": auc(logits[others | (sources == source)], kinds[others | (sources == source)]),
        }
        for source in sorted(POSITIVE_SHARE)
        if ((sources == source) & (kinds == 1)).any()
    }
    best = temperature(logits, kinds)
    sure = 1 / (1 + np.exp(-logits / best))
    return {
        "cases": len(cases),
        "parcels": int(kinds.sum()),
        "auc": auc(logits, kinds),
        "auc_grey_and_dark": auc(dark, kinds),
        "auc_beside_other_objects": auc(logits[(kinds == 1) | things], kinds[(kinds == 1) | things]),
        "by_source": by_source,
        "temperature": best,
        "calibration": _reliability(sure, kinds),
    }


def _reliability(sure: NDArray[np.float64], kinds: NDArray[np.int64]) -> list[dict[str, float]]:
    """Said and true share of parcels, were they as many as other things."""
    bins = np.clip((sure * 5).astype(int), 0, 4)
    weight = np.where(kinds == 1, 1 / (kinds == 1).sum(), 1 / (kinds == 0).sum())
    return [
        {
            "said": float(np.average(sure[bins == i], weights=weight[bins == i])),
            "was": float(np.average(kinds[bins == i], weights=weight[bins == i])),
            "cases": int((bins == i).sum()),
        }
        for i in range(5)
        if (bins == i).any()
    ]


def _night(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32) * 0.4
    noisy = grey + np.random.default_rng(SEED).normal(0, 4, grey.shape)
    return _u8(cv2.cvtColor(np.clip(noisy, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR))


def main() -> None:
    """Trains, measures on the val split, writes weights.npz and figures.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3500)
    parser.add_argument(
        "--minutes", type=float, default=30.0, help="stop early; the weights then depend on the machine"
    )
    given = parser.parse_args()
    weights = folded(trained(pictures(given.dataset, "train"), given.minutes, given.steps))
    found = figures(PackageLikeness(weights), validation(pictures(given.dataset, "val")))
    weights["temperature"] = np.asarray(found["temperature"], dtype=np.float32)
    given.out.mkdir(parents=True, exist_ok=True)
    np.savez(given.out / "weights.npz", **weights)  # type: ignore[arg-type]
    (given.out / "figures.json").write_text(json.dumps(found, indent=1) + "\n")
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
