"""The rule about the camera's button; who pressed it is never asked."""

from dataclasses import dataclass

from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.video import ClipSpan
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView


@dataclass(frozen=True, slots=True)
class DoorbellPressed:
    """The camera says that its button was pressed."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event, at the trigger's moment, or at the clip's start when nobody said more."""
        if view.trigger is not TriggerKind.DING:
            return ()
        moment = view.triggered_at or view.span.start
        span = ClipSpan(moment, moment)
        sentence = "The camera reports that the doorbell was pressed."
        when = "gives no moment for it" if view.triggered_at is None else "gives the moment"
        step = ground("trigger", 1, None, f"The camera names its button as the reason for recording and {when}")
        evidence = view.around(span)
        return (InferredEvent(EventKind.DOORBELL_PRESSED, span, 1.0, sentence, evidence=evidence, grounds=(step,)),)
