"""How well the exported network tells parcels: ranking, calibration, and what a threshold costs."""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.package_likeness_training.cases import SEED, Case
from models.package_likeness_training.conditions import CONDITIONS
from models.package_likeness_training.pictures import PACKAGE_SOURCES
from pipeline.scene.package_likeness import crop

Score = Callable[[NDArray[np.uint8]], float]
"""One crop to one probability."""
THRESHOLDS = (0.05, 0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 0.95)
BAGS = frozenset({"handbag", "backpack", "suitcase"})
RESAMPLES = 400


def auc(scores: NDArray[np.float64], is_parcel: NDArray[np.bool_]) -> float:
    """Chance that a parcel scores above another thing; ties count half; not a number where one kind is missing."""
    positive, negative = scores[is_parcel], scores[~is_parcel]
    if not len(positive) or not len(negative):
        return float("nan")
    return float(np.mean((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)))


def temperature(logits: NDArray[np.float64], is_parcel: NDArray[np.bool_]) -> float:
    """The divisor that makes logits fit best as probabilities where parcels are as many as other things."""
    candidates = np.geomspace(0.3, 5.0, 80)
    weight = _even(is_parcel)
    losses = [(weight * np.logaddexp(0, -np.where(is_parcel, logits, -logits) / t)).sum() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def figures(score: Score, measured: Sequence[Case]) -> dict[str, Any]:
    """Everything that the model card says."""
    scores = np.array([score(crop(case.picture.image, case.box)) for case in measured])
    is_parcel = np.array([case.is_parcel for case in measured])
    kinds = np.array([case.kind for case in measured])
    sources = np.array([case.picture.source for case in measured])
    things = ~np.isin(kinds, ["parcel", "background", "living"])
    return {
        "cases": len(measured),
        "parcels": int(is_parcel.sum()),
        "auc": _with_interval(scores, is_parcel),
        "by_source": {
            source: {
                "parcels": int((is_parcel & (sources == source)).sum()),
                "beside_own_background": _with_interval(*_of(scores, is_parcel, (sources == source) & ~things)),
                "beside_all_others": _with_interval(*_of(scores, is_parcel, ~is_parcel | (sources == source))),
            }
            for source in PACKAGE_SOURCES
            if (is_parcel & (sources == source)).any()
        },
        "beside": {
            name: {
                "others": int(others.sum()),
                "auc": round(auc(*_of(scores, is_parcel, is_parcel | others)), 4),
                "called_parcel_at": {str(t): round(float((scores[others] >= t).mean()), 3) for t in THRESHOLDS},
            }
            for name, others in {
                "background": kinds == "background",
                "living things and vehicles": kinds == "living",
                "other objects": things,
                "bags": np.isin(kinds, list(BAGS)),
                "bottles": kinds == "bottle",
            }.items()
            if others.any()
        },
        "conditions": {name: _under(name, score, measured, is_parcel, sources) for name in CONDITIONS},
        "calibration": _calibration(scores, is_parcel),
        "thresholds": _thresholds(scores, is_parcel),
    }


def _under(
    name: str, score: Score, measured: Sequence[Case], is_parcel: NDArray[np.bool_], sources: NDArray[np.str_]
) -> dict[str, float | None]:
    rng = np.random.default_rng(SEED)
    scores = np.array([score(crop(*CONDITIONS[name](case.picture.image, case.box, rng))) for case in measured])
    doorbell = sources == PACKAGE_SOURCES[1]
    return {
        "auc": round(auc(scores, is_parcel), 4),
        "doorbell_beside_all_others": round(auc(*_of(scores, is_parcel, ~is_parcel | doorbell)), 4),
        "precision_at_0.9": _precision(scores, is_parcel, 0.9),
        "recall_at_0.9": round(float((scores[is_parcel] >= 0.9).mean()), 3),
    }


def _of(
    scores: NDArray[np.float64], is_parcel: NDArray[np.bool_], which: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return scores[which], is_parcel[which]


def _with_interval(scores: NDArray[np.float64], is_parcel: NDArray[np.bool_]) -> list[float]:
    """The AUC, and the ends of its 95 % interval by resampling."""
    rng = np.random.default_rng(SEED)
    positive, negative = scores[is_parcel], scores[~is_parcel]
    both = np.r_[np.ones(len(positive), dtype=bool), np.zeros(len(negative), dtype=bool)]
    again = [
        auc(np.r_[rng.choice(positive, len(positive)), rng.choice(negative, len(negative))], both)
        for _ in range(RESAMPLES)
    ]
    return [round(value, 4) for value in (auc(scores, is_parcel), *np.percentile(again, [2.5, 97.5]).tolist())]


def _even(is_parcel: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights with which parcels and others count the same, 1 in all."""
    return np.asarray(np.where(is_parcel, 0.5 / is_parcel.sum(), 0.5 / (~is_parcel).sum()))


def _precision(scores: NDArray[np.float64], is_parcel: NDArray[np.bool_], threshold: float) -> float | None:
    weight = _even(is_parcel) * (scores >= threshold)
    return round(float(weight[is_parcel].sum() / weight.sum()), 3) if weight.sum() > 0 else None


def _thresholds(scores: NDArray[np.float64], is_parcel: NDArray[np.bool_]) -> dict[str, dict[str, float | None]]:
    """What is called a parcel from each threshold on, parcels and others being equally many."""
    return {
        str(t): {
            "precision": _precision(scores, is_parcel, t),
            "recall": round(float((scores[is_parcel] >= t).mean()), 3),
            "others_called_parcel": round(float((scores[~is_parcel] >= t).mean()), 4),
            "parcels_below": round(float((scores[is_parcel] < t).mean()), 3),
        }
        for t in THRESHOLDS
    }


def _calibration(scores: NDArray[np.float64], is_parcel: NDArray[np.bool_]) -> dict[str, Any]:
    """Said and true share of parcels in five bins, were they as many as others, and the mean error."""
    bins = np.clip((scores * 5).astype(int), 0, 4)
    weight = _even(is_parcel)
    rows = [
        {
            "said": round(float(np.average(scores[bins == i], weights=weight[bins == i])), 3),
            "was": round(float(np.average(is_parcel[bins == i], weights=weight[bins == i])), 3),
            "weight": round(float(weight[bins == i].sum()), 3),
            "cases": int((bins == i).sum()),
        }
        for i in range(5)
        if (bins == i).any()
    ]
    error = sum(row["weight"] * abs(row["said"] - row["was"]) for row in rows)
    return {"expected_error": round(float(error), 4), "bins": rows}
