"""Letters that leave the house: composed as text and HTML, handed to a mail server or laid into a folder."""

from pipeline.post.letter import Letter, compose
from pipeline.post.page import fill
from pipeline.post.sending import hand_over

__all__ = ["Letter", "compose", "fill", "hand_over"]
