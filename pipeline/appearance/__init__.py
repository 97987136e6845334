"""How things look: colours of clothing and vehicles by area, and vectors of things; nothing of anybody's body (P7)."""

from pipeline.appearance.colours import ColourWatch
from pipeline.appearance.naming import skin_like
from pipeline.appearance.vectors import MODEL_ID, ThingWatch, lying_things, vector_of

__all__ = ["MODEL_ID", "ColourWatch", "ThingWatch", "lying_things", "skin_like", "vector_of"]
