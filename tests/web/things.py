"""With what a route is walked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Things:
    """What a route is walked with.

    Attributes:
        own: Values of the path for a thing that the agent reaches.
        hidden: For one that is there and that the agent does not reach: somebody else's, or without a grant. None where
            whoever reaches the route reaches every such thing.
        absent: For one that is not there.
        form: What a form or a query has besides.
    """

    own: Mapping[str, str]
    hidden: Mapping[str, str] | None
    absent: Mapping[str, str]
    form: Mapping[str, Any] = field(default_factory=dict)
