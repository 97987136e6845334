"""Rules about the camera itself."""

from dataclasses import dataclass

from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.scene import Obscured, ObscuredSpan
from pipeline.domain.video import ClipSpan
from pipeline.events.view import ClipView

_WORDS = {
    Obscured.BLACK: "The picture was black",
    Obscured.WHITE: "The picture was white",
    Obscured.COVERED: "The picture showed nothing but an even surface",
    Obscured.FROZEN: "The picture stood still to the last bit",
}


@dataclass(frozen=True, slots=True)
class CameraObscured:
    """The picture showed nothing of the scene for some time."""

    least_seconds: float = 2.0
    whole_share: float = 0.8
    """Of a clip that is shorter than ``least_seconds``."""
    score: float = 0.95

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a span that is long enough."""
        return tuple(self._event(view, one) for one in view.scene.obscured if self._counts(view, one.span))

    def _counts(self, view: ClipView, span: ClipSpan) -> bool:
        enough = min(self.least_seconds, self.whole_share * float(view.span.duration))
        return span.duration >= enough

    def _event(self, view: ClipView, obscured: ObscuredSpan) -> InferredEvent:
        sentence = f"{_WORDS[obscured.why]} {view.words(obscured.span)}."
        evidence = view.around(obscured.span)
        return InferredEvent(EventKind.CAMERA_OBSCURED, obscured.span, self.score, sentence, evidence=evidence)
