"""On what matter an agent looks: chosen among the purposes that live grants name, asked once a case."""

from pipeline.catalogue.agent_sessions import SignedIn
from pipeline.domain.agents import AgentAccount, Matter, require_case_number
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import InputRefusedError
from pipeline.night.services import Services


def offered_purposes(services: Services) -> tuple[tuple[str, str], ...]:
    """Purposes with their recipients: the night's first, then what live grants to this agency name; at least one.

    What residents granted to somebody else is not this agency's to look at, whoever asks: a desk is one agency's.
    """
    night = services.settings.night
    own = {name.casefold() for name in (night.recipient, *services.settings.agency.other_recipients)}
    now = services.now()
    named = {
        (signed.grant.purpose, signed.grant.recipient)
        for signed in services.catalogue.grants.latest()
        if signed.grant.is_in_force(now) and signed.grant.recipient.casefold() in own
    }
    ours = (night.purpose, night.recipient)
    others = (pair for pair in named if _folded(pair) != _folded(ours))
    return (ours, *sorted(others))


def choose_matter(
    services: Services, account: AgentAccount, purpose: str, recipient: str, case_number: str = ""
) -> Matter:
    """The matter, if its purpose and recipient are offered.

    Raises:
        InputRefusedError: They are not, or the case number is none.
    """
    offered = {_folded(pair): pair for pair in offered_purposes(services)}
    pair = offered.get(_folded((purpose, recipient)))
    if pair is None:
        raise InputRefusedError("purpose", "no live grant to this agency names this purpose and recipient")
    try:
        return Matter(account.name, *pair, require_case_number(case_number))
    except ValueError as error:
        raise InputRefusedError("case_number", str(error)) from error


def begin_matter(services: Services, signed_in: SignedIn, matter: Matter) -> None:
    """Puts a matter on the session, with its custody; the same again is no act."""
    if signed_in.session.matter == matter:
        return
    detail = {"purpose": matter.purpose, "recipient": matter.recipient, "case": matter.case_number}
    entry = CustodyEntry(
        services.now(), matter.agent, CustodyAction.MATTER_BEGUN, signed_in.session.session_id, detail=detail
    )
    services.catalogue.sessions.begin_matter(signed_in.session, matter, services.now(), (entry,))


def _folded(pair: tuple[str, str]) -> tuple[str, str]:
    return pair[0].casefold(), pair[1].casefold()
