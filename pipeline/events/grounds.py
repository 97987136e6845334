"""Steps of a chain of evidence, rounded so that the same facts make the same bytes."""

from pipeline.domain.events import Ground

_DIGITS = 4


def ground(name: str, measured: float, needed: float | None, words: str, *, most: bool = False) -> Ground:
    """One step that holds when ``measured`` is at least ``needed``.

    Args:
        name: A few lower-case words.
        measured: In the unit that ``words`` names.
        needed: The limit; None where the step is stated and not judged, and so speaks for the statement.
        words: The sentence without its full stop.
        most: The limit is the most that is allowed, and not the least.
    """
    holds = needed is None or (measured <= needed if most else measured >= needed)
    limit = None if needed is None else round(float(needed), _DIGITS)
    return Ground(name, round(float(measured), _DIGITS), limit, holds, f"{words}.")
