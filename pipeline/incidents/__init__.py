"""Which incidents a highlight belongs to, and why."""

from pipeline.incidents.matching import Happening, match

__all__ = ["Happening", "match"]
