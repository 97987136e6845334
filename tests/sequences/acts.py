"""Every act, with how often it is drawn; each says beforehand whether it may be done."""

import random
from collections.abc import Callable, Mapping

from tests.sequences.looking import alike, look, save, search, tag
from tests.sequences.residents import (
    begin,
    blink,
    evenings,
    foreign,
    grant,
    hold,
    night,
    record,
    revoke,
    sweep_all,
    wait,
)
from tests.sequences.street import Street
from tests.sequences.working import approve_and_export, cut, incident, make_report, work_on

Act = Callable[[Street, random.Random], None]
ACTS: Mapping[str, tuple[Act, int]] = {
    "begin": (begin, 0),
    "foreign": (foreign, 0),
    "evenings": (evenings, 0),
    "record": (record, 7),
    "blink": (blink, 2),
    "grant": (grant, 5),
    "night": (night, 8),
    "revoke": (revoke, 3),
    "wait": (wait, 4),
    "sweep": (sweep_all, 2),
    "search": (search, 4),
    "save": (save, 2),
    "look": (look, 12),
    "alike": (alike, 3),
    "tag": (tag, 4),
    "incident": (incident, 3),
    "work on": (work_on, 7),
    "cut": (cut, 3),
    "hold": (hold, 3),
    "export": (approve_and_export, 4),
    "report": (make_report, 2),
}
"""Every act with its weight."""
