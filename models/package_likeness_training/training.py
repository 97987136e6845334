"""Trains the later stages and the head on many views of the boxes; the first stages stay as they were pretrained.

The first stages are frozen, so their features are computed once, in OpenVINO, and kept: a pass over them costs a third
of a pass over pictures.
"""

import sys
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.package_likeness_training.draws import CARRIED, HARD, PLAIN, Draws, Mix
from models.package_likeness_training.export import compiled
from models.package_likeness_training.light import relit
from models.package_likeness_training.network import STRIDE, Net
from models.package_likeness_training.pictures import Picture
from models.package_likeness_training.warp import cut_out, jittered
from pipeline.scene.package_likeness import SIDE, marked

SEED = 20260101
FROZEN = 5
"""Blocks that are not trained: up to stride 8."""
BATCH = 64
SMOOTHING = 0.03
DECAY = 0.02
AVERAGE = 0.995
"""Of the running mean of the weights, which is what is kept."""


@dataclass(frozen=True, slots=True)
class Round:
    """One cycle of learning over views of its own; the next one begins with what this one learnt.

    Attributes:
        count: Views; a multiple of BATCH.
        rates: Largest rates of learning, of the stages and of the head.
    """

    seed: int
    count: int
    mix: Mix
    passes: int
    rates: tuple[float, float]


ROUNDS = (
    Round(1, 19_200, PLAIN, 2, (6e-4, 3e-3)),
    Round(7, 19_200, CARRIED, 1, (4.2e-4, 2.1e-3)),
    Round(11, 12_800, HARD, 1, (3e-4, 1.5e-3)),
)


@dataclass(frozen=True, slots=True)
class Views:
    """Features of the frozen stages (n, c, h, w; float16), masks (n, 1, SIDE / 16, SIDE / 16), 1 for parcels."""

    features: NDArray[np.float16]
    masks: NDArray[np.float16]
    kinds: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.kinds)


class Front(nn.Module):
    """Crops to the features that stay as they are."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net
        self.blocks = net.backbone.blocks[:FROZEN]

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        """Shape (n, SIDE, SIDE, 4) to (n, c, SIDE / 8, SIDE / 8)."""
        out: torch.Tensor = self.blocks(self.net.backbone.stem(self.net.split(planes)[0]))
        return out


def views(net: Net, pool: Sequence[Picture], count: int, seed: int, mix: Mix) -> Views:
    """Draws ``count`` boxes, every second a parcel, and computes the frozen features of a degraded view of each."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    draws = Draws(pool, rng, mix)
    front = compiled(Front(net).eval(), BATCH)
    features, masks = [], []
    for start in range(0, count, BATCH):
        planes = np.stack([_view(draws, rng, is_parcel=i % 2 == 1) for i in range(BATCH)])
        features.append(front(planes).astype(np.float16))
        cells = planes[..., 3].reshape(BATCH, SIDE // STRIDE, STRIDE, SIDE // STRIDE, STRIDE)
        masks.append((cells.mean(axis=(2, 4)) / 255)[:, None].astype(np.float16))
        if start % (BATCH * 64) == 0:
            sys.stderr.write(f"{start} of {count} views\n")
    kinds = np.tile(np.arange(BATCH) % 2, len(features)).astype(np.float32)
    return Views(np.concatenate(features), np.concatenate(masks), kinds)


def _view(draws: Draws, rng: np.random.Generator, *, is_parcel: bool) -> NDArray[np.uint8]:
    picture, box = draws.positive() if is_parcel else draws.negative()
    cut = cut_out(picture, jittered(box, rng), rng)
    return marked(relit(cut, rng), cut.width, cut.height)


def trained(net: Net, pool: Sequence[Picture]) -> Net:
    """All rounds, one after the other."""
    for each in ROUNDS:
        seen = views(net.eval(), pool, each.count, each.seed, each.mix)
        net = improved(net, seen, each.passes, each.rates)
    return net


def improved(net: Net, seen: Views, passes: int, rates: tuple[float, float]) -> Net:
    """Goes over the views ``passes`` times; gives back the averaged network, ready to evaluate."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    back = net.backbone.blocks[FROZEN:].to(memory_format=torch.channels_last).train()
    net.head.train()
    mean = deepcopy(nn.ModuleList([back, net.head]))
    groups = [{"params": list(back.parameters())}, {"params": list(net.head.parameters())}]
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
    steps = passes * (len(seen) // BATCH)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, list(rates), total_steps=steps, pct_start=0.15)
    order = np.random.default_rng(SEED)
    kept, began, step = 0.69, time.monotonic(), 0
    for _ in range(passes):
        shuffled = order.permutation(len(seen))
        for start in range(0, len(seen) - BATCH + 1, BATCH):
            rows = np.sort(shuffled[start : start + BATCH])
            features, masks, kinds = (
                torch.from_numpy(part[rows].astype(np.float32)) for part in (seen.features, seen.masks, seen.kinds)
            )
            logits = net.head(back(features.contiguous(memory_format=torch.channels_last)), masks)
            target = kinds * (1 - 2 * SMOOTHING) + SMOOTHING
            loss = nn.functional.binary_cross_entropy_with_logits(logits, target)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([*back.parameters(), *net.head.parameters()], 2.0)
            optimiser.step()
            rate.step()
            step += 1
            _average(mean, nn.ModuleList([back, net.head]), min(AVERAGE, step / (step + 20)))
            kept = 0.98 * kept + 0.02 * loss.item()
            if step % 50 == 0:
                sys.stderr.write(f"step {step} of {steps}, {time.monotonic() - began:.0f} s, loss {kept:.3f}\n")
    back.load_state_dict(mean[0].state_dict())
    net.head.load_state_dict(mean[1].state_dict())
    return net.eval()


def _average(mean: nn.Module, now: nn.Module, share: float) -> None:
    with torch.no_grad():
        for ours, theirs in zip(mean.state_dict().values(), now.state_dict().values(), strict=True):
            if ours.is_floating_point():
                ours.mul_(share).add_(theirs, alpha=1 - share)
            else:
                ours.copy_(theirs)
