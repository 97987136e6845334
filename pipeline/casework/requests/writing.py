"""A request is written, decided by another person, and closed. Rules are asked when it is written and when it goes out.

What the rules refuse is written into the public log with the rules that it broke, and is kept nowhere else: nobody has
read its words, and they may hold what must not be published.
"""

from collections.abc import Mapping

from pipeline.casework.requests.linter import lint
from pipeline.catalogue.footage_requests import Judged
from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.footage_requests import OPEN_FOR, FootageRequest, Refusal, Rule
from pipeline.domain.ids import new_id
from pipeline.domain.request_log import FiledRequest, LogEntry, LogKind, PublicRequest
from pipeline.errors import FootageRequestError, FootageRequestRefusedError
from pipeline.night.services import Services


def check_request(services: Services, asked: FootageRequest) -> tuple[Refusal, ...]:
    """The rules that a request would break now; nothing is written down. Empty when it may be sent."""
    posts = services.catalogue.footage_requests.posts_of_case(asked.case_number)
    return lint(asked, posts, services.now())


def write_request(services: Services, agent: str, asked: FootageRequest) -> FiledRequest:
    """Sends a request to the supervisors, with its custody.

    Args:
        services: The installation.
        agent: Who writes it.
        asked: What is asked.

    Raises:
        FootageRequestRefusedError: It breaks rules; that it was refused, and by which, is in the public log.
    """
    request_id, now = new_id("rq"), services.now()
    refusals: list[Refusal] = []

    def judge(posts: int) -> Judged:
        refusals.extend(lint(asked, posts, now))
        if refusals:
            return _refused(services, agent, request_id, asked, refusals)
        filed = FiledRequest(request_id, asked, agent, now)
        return Judged((_entry(services, agent, CustodyAction.REQUEST_WRITTEN, request_id, asked),), filed)

    judged = services.catalogue.footage_requests.file(asked.case_number, judge)
    if judged.filed is None:
        raise _broken(request_id, refusals)
    return judged.filed


def decide_request(
    services: Services, agent: str, role: Role, request_id: str, *, is_given: bool, note: str = ""
) -> FiledRequest:
    """Publishes a request, or refuses it; four eyes, and a supervisor's. Both stand in the public log from then on.

    Args:
        services: The installation.
        agent: Who decides.
        role: As what.
        request_id: Which.
        is_given: Whether it is published.
        note: Why; it stays at the desk.

    Raises:
        RecordNotFoundError: There is no such request.
        FootageRequestError: It was decided already, whoever wrote it decides, or who decides is no supervisor.
        FootageRequestRefusedError: It breaks a rule by now: others of its case were published since.
    """
    now = services.now()
    refusals: list[Refusal] = []

    def judge(filed: FiledRequest, posts: int) -> Judged:
        _require_decider(filed, agent, role)
        decided = FiledRequest(
            request_id, filed.asked, filed.written_by, filed.written_at, agent, now, is_published=is_given, note=note
        )
        if not is_given:
            entry = _log_entry(request_id, LogKind.REFUSED, services, filed.asked, by_role=role)
            act = _entry(services, agent, CustodyAction.REQUEST_REFUSED, request_id, filed.asked, {"note": note})
            return Judged((act,), decided, entry)
        refusals.extend(lint(filed.asked, posts, now))
        if refusals:
            judged = _refused(services, agent, request_id, filed.asked, refusals)
            words = " ".join(refusal.found for refusal in refusals)
            lost = FiledRequest(request_id, filed.asked, filed.written_by, filed.written_at, agent, now, note=words)
            return Judged(judged.custody, lost, judged.entry)
        act = _entry(services, agent, CustodyAction.REQUEST_PUBLISHED, request_id, filed.asked, {"note": note})
        return Judged((act,), decided, _published(request_id, services, filed.asked, role))

    judged = services.catalogue.footage_requests.decide(request_id, judge)
    if refusals or judged.filed is None:
        raise _broken(request_id, refusals)
    return judged.filed


def close_request(services: Services, agent: str, role: Role, request_id: str) -> PublicRequest:
    """Ends a published request before its time; what was answered stays answered. It counts as a post of its case.

    Raises:
        RecordNotFoundError: No such request was published.
        FootageRequestError: It is closed already, or is another investigator's.
    """
    written_by = services.catalogue.footage_requests.filed(request_id).written_by

    def judge(public: PublicRequest) -> Judged:
        if not public.is_open(services.now()):
            raise FootageRequestError(request_id, "it is closed already")
        if agent != written_by and role is not Role.SUPERVISOR:
            raise FootageRequestError(request_id, "whoever wrote it closes it, or a supervisor")
        now = services.now()
        entry = LogEntry(
            request_id, LogKind.CLOSED, now, public.asked.case_number, public.published.window,
            public.published.square_metres, by_role=role, asked=public.asked, closes_at=now,
        )  # fmt: skip
        return Judged((_entry(services, agent, CustodyAction.REQUEST_CLOSED, request_id, public.asked),), entry=entry)

    services.catalogue.footage_requests.close(request_id, judge)
    return services.catalogue.footage_requests.public(request_id)


def _require_decider(filed: FiledRequest, agent: str, role: Role) -> None:
    if role is not Role.SUPERVISOR:
        raise FootageRequestError(filed.request_id, "only a supervisor publishes or refuses a request")
    if filed.decided_at is not None:
        raise FootageRequestError(filed.request_id, "it was decided already")
    if filed.written_by == agent:
        raise FootageRequestError(filed.request_id, f"{agent} wrote it, and another person decides")


def _refused(services: Services, agent: str, request_id: str, asked: FootageRequest, refusals: list[Refusal]) -> Judged:
    rules = tuple(dict.fromkeys(refusal.rule for refusal in refusals))
    entry = _log_entry(request_id, LogKind.REFUSED, services, asked, rules=rules)
    facts = {"rules": " ".join(rules)}
    return Judged((_entry(services, agent, CustodyAction.REQUEST_REFUSED, request_id, asked, facts),), None, entry)


def _log_entry(
    request_id: str,
    kind: LogKind,
    services: Services,
    asked: FootageRequest,
    *,
    rules: tuple[Rule, ...] = (),
    by_role: Role | None = None,
) -> LogEntry:
    return LogEntry(
        request_id=request_id,
        kind=kind,
        at=services.now(),
        case_number="" if Rule.CASE_NUMBER in rules else asked.case_number,
        window=asked.ends_at - asked.starts_at,
        square_metres=asked.place.square_metres,
        rules=rules,
        by_role=by_role,
    )


def _published(request_id: str, services: Services, asked: FootageRequest, role: Role) -> LogEntry:
    now = services.now()
    return LogEntry(
        request_id=request_id,
        kind=LogKind.PUBLISHED,
        at=now,
        case_number=asked.case_number,
        window=asked.ends_at - asked.starts_at,
        square_metres=asked.place.square_metres,
        by_role=role,
        asked=asked,
        closes_at=now + OPEN_FOR,
    )


def _broken(request_id: str, refusals: list[Refusal]) -> FootageRequestRefusedError:
    rules = tuple(dict.fromkeys(refusal.rule.value for refusal in refusals))
    return FootageRequestRefusedError(request_id, rules, [f"{one.found} {one.remedy}" for one in refusals])


def _entry(
    services: Services,
    agent: str,
    action: CustodyAction,
    request_id: str,
    asked: FootageRequest,
    facts: Mapping[str, str] | None = None,
) -> CustodyEntry:
    detail = {"case": asked.case_number, "purpose": asked.purpose, "recipient": asked.recipient, **(facts or {})}
    return CustodyEntry(services.now(), agent, action, request_id, detail=detail)
