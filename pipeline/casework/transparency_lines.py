"""What a transparency report counts, line by line, and which custody records are one act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.domain.evidence import CustodyAction, CustodyEntry


def _each(entry: CustodyEntry) -> tuple[str, ...]:
    return (entry.at.isoformat(), entry.subject)


def _as(*words: str) -> Callable[[CustodyEntry], tuple[str, ...]]:
    return lambda entry: _each(entry) if entry.detail.get("as") in words else ()


def _package(entry: CustodyEntry) -> tuple[str, ...]:
    """A package is written down once by its own name, and once by the name of each thing inside."""
    return (entry.subject,) if entry.subject.startswith("EV-") else ()


def _report(entry: CustodyEntry) -> tuple[str, ...]:
    """A report is written down by each highlight that it shows, at one moment."""
    if entry.detail.get("as") != "incident report":
        return ()
    return (entry.at.isoformat(), entry.detail.get("incident", ""))


def _answer(entry: CustodyEntry) -> tuple[str, ...]:
    return _each(entry) if entry.detail.get("request") else ()


@dataclass(frozen=True, slots=True)
class Counted:
    """One line.

    Attributes:
        key: A word of code.
        words: For people.
        actions: Of the custody records that are counted; empty where tables are.
        key_of: What one act is known by; empty where a record is none of this line.
        is_once: Whether several records may be one act.
        is_about_households: Whether few households behind it hide it.
        is_plain: Whether it concerns nobody's home, and nothing of it is hidden.
    """

    key: str
    words: str
    actions: tuple[CustodyAction, ...] = ()
    key_of: Callable[[CustodyEntry], tuple[str, ...]] = _each
    is_once: bool = False
    is_about_households: bool = True
    is_plain: bool = False


_ACTS = {action.value: action for action in CustodyAction}


def _named(*names: str) -> tuple[CustodyAction, ...]:
    return tuple(_ACTS[name] for name in names if name in _ACTS)


_A = CustodyAction

LINES: Mapping[str, tuple[Counted, ...]] = {
    "What residents allowed": (
        Counted("grants_given", "grants given"),
        Counted("grants_changed", "grants changed: wider, narrower, paused or going on"),
        Counted("grants_revoked", "grants revoked"),
        Counted("grants_ended", "grants that ended by themselves"),
    ),
    "Requests for footage": (
        Counted("requests_written", "requests written", _named("request_written"), is_about_households=False),
        Counted(
            "requests_refused",
            "refused, by the rules or by a supervisor",
            _named("request_refused"),
            is_about_households=False,
        ),
        Counted("requests_published", "requests published", _named("request_published"), is_about_households=False),
        Counted("answers", "answers of residents: grants that name a request", (_A.GRANT_SIGNED,), _answer),
    ),
    "Who looked": (
        Counted("looks", "looks at a recording, or at anything made of one", (_A.ACCESSED,)),
        Counted("searches", "searches", (_A.SEARCHED,), is_about_households=False),
        Counted(
            "searches_refused",
            "searches refused, since they describe people by a protected trait",
            (_A.SEARCH_REFUSED,),
            is_about_households=False,
        ),
    ),
    "What left the house": (
        Counted("packages", "evidence packages", (_A.DISSEMINATED,), _package, is_once=True),
        Counted("reports", "incident reports", (_A.DISSEMINATED,), _report, is_once=True),
        Counted("copies", "redacted copies of highlights", (_A.DISSEMINATED,), _as("redacted copy")),
        Counted("unmasked", "copies or pictures that show people whom the default hides", (_A.UNMASKED,)),
    ),
    "What was deleted": (
        Counted("deleted_revoked", "recordings: the grant was revoked"),
        Counted("deleted_narrowed", "recordings: the grant was narrowed"),
        Counted("deleted_shed", "recordings that stay, of which events went: no grant covers those any more"),
        Counted("deleted_grant_ended", "recordings: the grant had ended"),
        Counted("deleted_retention", "recordings: their time ran out"),
        Counted("holds_placed", "orders not to delete, placed", is_about_households=False),
        Counted("holds_lifted", "orders not to delete, lifted", is_about_households=False),
    ),
    "What people said of the machine": (
        Counted("events_confirmed", "events confirmed", (_A.JUDGED,), _as("confirmed")),
        Counted("events_corrected", "events corrected", (_A.JUDGED,), _as("corrected")),
        Counted("events_rejected", "events rejected", (_A.JUDGED,), _as("rejected")),
    ),
    "Reports of neighbours": (
        Counted("neighbours_received", "reports received", _named("report_received"), is_about_households=False),
        Counted("neighbours_accepted", "reports accepted", _named("report_accepted"), is_about_households=False),
        Counted("neighbours_declined", "reports declined", _named("report_declined"), is_about_households=False),
    ),
    "Nights": (
        Counted("nights_finished", "nights that were finished", is_plain=True),
        Counted("nights_unfinished", "nights that were not, and were merged into a later one", is_plain=True),
    ),
}
"""Every section by its title. No line is the sum of others: a sum would tell what one of them hides."""

ABOUT: Mapping[str, str] = {
    "What residents allowed": "Signed versions of grants. What was allowed, and to whom, is the resident's to tell.",
    "Requests for footage": "Each request and refusal stands in the public log. Who did not answer is known to nobody.",
    "Who looked": "Records of the custody log, each with a purpose that the resident reads.",
    "What left the house": "Copies that were handed out and cannot be recalled; the resident's receipt names each.",
    "What was deleted": "Recordings with everything that was made of them, by the reason on their tombstones.",
    "What people said of the machine": "Events that somebody judged; people look first at what is in doubt.",
    "Reports of neighbours": "What was sent from the public pages, and what the agency decided about it.",
    "Nights": "Runs of the nightly fetch and analysis; they concern nobody's home, and nothing of them is hidden.",
}
"""What stands below each title."""
