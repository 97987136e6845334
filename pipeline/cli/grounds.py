"""How the commands that explain an event print its grounds."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from pipeline.cli.screen import table
from pipeline.domain.events import Ground

NO_GROUNDS = "No steps are recorded for it: the sentence and the score are all that its rule says."


def grounds_table(grounds: Sequence[Ground], title: str = "grounds, in the order in which the rule asked") -> Table:
    """One row a step: whether it holds, what was measured, what was needed, and the step in words."""
    rows = table(title, "", "step", "measured", "needed", "in words")
    for ground in grounds:
        holds = Text("holds", style="green") if ground.holds else Text("does not hold", style="yellow")
        needed = "-" if ground.needed is None else f"{ground.needed:g}"
        rows.add_row(holds, ground.name, f"{ground.measured:g}", needed, ground.sentence)
    return rows
