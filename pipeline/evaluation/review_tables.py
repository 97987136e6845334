"""What reviews say, as a table for people."""

from rich.console import Group
from rich.table import Table
from rich.text import Text

from pipeline.evaluation.reviews import ReviewedKind, Reviews


def as_table(reviews: Reviews) -> Group:
    """One row a model and kind, and below it for what the figures hold."""
    rows = Table(title="What people said of the machine's statements", title_justify="left", box=None)
    for name in (
        "model",
        "kind",
        "right of looked at",
        "precision",
        "95 %",
        "looked at of all",
        "score",
        "cannot tell",
        "missed",
    ):
        rows.add_column(name, overflow="fold")
    for kind in reviews.kinds:
        rows.add_row(kind.model.name, kind.kind.value, *cells(kind))
    if not reviews.kinds:
        return Group(Text("there is no statement that a live grant lets be counted, and no tag."))
    return Group(rows, Text(f"Tagged by {reviews.agents} people. {reviews.bias}"))


def cells(kind: ReviewedKind) -> tuple[str, ...]:
    """The figures of one kind in words; a figure of none is a dash."""
    right = kind.confirmed + kind.retimed
    low_high = "-" if kind.interval is None else f"{kind.interval[0]:.2f} to {kind.interval[1]:.2f}"
    scores = f"{_figure(kind.score_looked_at)} of {_figure(kind.score_of_all)}"
    doubted = f"{kind.doubted_and_true} of {kind.doubted} happened" if kind.doubted else "-"
    looked_at = f"{kind.looked_at} of {kind.statements}"
    return (
        f"{right} of {kind.looked_at}",
        _figure(kind.precision),
        low_high,
        looked_at,
        scores,
        doubted,
        str(kind.missed),
    )


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
