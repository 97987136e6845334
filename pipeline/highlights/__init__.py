"""Short derivative clips around what happened: planned from events, rendered by ffmpeg, tagged inside and beside."""

from pipeline.highlights.context import RenderContext
from pipeline.highlights.plan import CutPlan, plan_highlights
from pipeline.highlights.render import RenderedHighlight, render

__all__ = ["CutPlan", "RenderContext", "RenderedHighlight", "plan_highlights", "render"]
