"""Writes the figures into the model card, between its two marks."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures: written by package_likeness_training -->", "<!-- end of figures -->"


def write_tables(card: Path, found: dict[str, Any]) -> None:
    """Replaces what stands between the marks; the card must have both."""
    text = card.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    card.write_text(f"{before}{BEGIN}\n{tables(found)}\n{END}{after}")


def tables(found: dict[str, Any]) -> str:
    """All tables, in Markdown."""
    parts = [
        f"{found['cases']} boxes, {found['parcels']} of them parcels. AUC over all: {_interval(found['auc'])}.",
        _table(
            ("source", "parcels", "AUC beside its own background", "AUC beside all others"),
            (
                (name, row["parcels"], _interval(row["beside_own_background"]), _interval(row["beside_all_others"]))
                for name, row in found["by_source"].items()
            ),
        ),
        _table(
            ("beside", "boxes", "AUC", "called a parcel from 0.5", "from 0.9"),
            (
                (name, row["others"], row["auc"], row["called_parcel_at"]["0.5"], row["called_parcel_at"]["0.9"])
                for name, row in found["beside"].items()
            ),
        ),
        _table(
            ("condition", "AUC", "doorbell source beside all others", "precision from 0.9", "recall from 0.9"),
            ((name.replace("_", " "), *row.values()) for name, row in found["conditions"].items()),
        ),
        "Parcels and others weighed equally:",
        _table(
            ("from", "precision", "recall", "others called a parcel"),
            (
                (name, row["precision"], row["recall"], row["others_called_parcel"])
                for name, row in found["thresholds"].items()
            ),
        ),
        f"Calibration, weighed likewise; expected error {found['calibration']['expected_error']}:",
        _table(("said", "was", "boxes"), ((b["said"], b["was"], b["cases"]) for b in found["calibration"]["bins"])),
    ]
    return "\n\n".join(parts)


def _interval(values: Sequence[float]) -> str:
    middle, low, high = values
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
