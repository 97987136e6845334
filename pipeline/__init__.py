"""Doorstep: doorbell clips that residents choose to share, as evidence that a stranger can check.

The story, one stage a folder::

    camera trigger -> grant checked (consent) -> clip fetched (acquire) -> original stored with its custody record
    (evidence) -> frames with exact times (sampling) -> detections (detection) -> tracks (tracking) -> what changed in
    the still scene (scene) -> events with scores, or "cannot tell" and why (events) -> highlights -> incident report

A stage is a function from frozen input to frozen output. Importing this package starts nothing and reads no
environment.
"""

__version__ = "0.1.0"
