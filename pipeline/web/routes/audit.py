"""The custody log for those who check it: in part, a page at a time, with its signed head, and as an export."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from pipeline.casework.agents.matters import offered_purposes
from pipeline.casework.audit import export_log, read_log, state_of_log
from pipeline.casework.incidents import YEARS
from pipeline.casework.proofs.secrets import bound_to, is_same
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.log_filter import LogFilter
from pipeline.errors import InputRefusedError
from pipeline.web.access import Reach
from pipeline.web.pages import render
from pipeline.web.seat import Seat, Seated, desk_router

router = desk_router()


class Asked(BaseModel):
    """What stands in the address of a page of the log."""

    agent: str = Field("", max_length=100)
    action: list[str] = Field([], max_length=60)
    subject: str = Field("", max_length=200)
    case: str = Field("", max_length=100)
    purpose: str = Field("", max_length=400)
    since: str = Field("", max_length=10)
    until: str = Field("", max_length=10)
    older: str = Field("", max_length=100)
    each: bool = False
    opened: int = Field(-1, ge=-1, le=10**15)

    def query(self) -> str:
        """The same as part of an address, without the place in the log."""
        every = self.model_dump(exclude_defaults=True, exclude={"older", "action", "each", "opened"})
        return urlencode([*every.items(), *self._acts(), *([("each", "true")] if self.each else [])])

    def query_of(self, *, each: bool) -> str:
        """The same with each record by itself, or with what one act wrote as one row."""
        return self.model_copy(update={"each": each}).query()

    def _acts(self) -> list[tuple[str, str]]:
        return [("action", one) for one in self.action if one]


class Exported(Asked):
    """Likewise, of an export."""

    form: Literal["csv", "json"]


_MARK = re.compile(r"(\d{1,15})\.([0-9a-f]{64})")


@router.get("/audit", name="audit", include_in_schema=False)
def audit(request: Request, seat: Seat, asked: Annotated[Asked, Query()]) -> Response:
    """One page of what fits; the address says what was asked for."""
    wrong = {}
    try:
        wanted = _filter(seat, asked)
    except InputRefusedError as error:
        wrong, wanted = {error.field: f"{error}."}, _filter(seat, Asked())
    before = _before(seat, wanted, asked.older)
    page = read_log(seat.services, seat.agent.name, wanted, before, gathered=not asked.each)
    older = _mark(seat, wanted, page.records[-1].index) if page.goes_on else ""
    first = _mark(seat, wanted, page.records[0].index + 1) if page.records else ""
    shown = seat.services.catalogue.custody_reading.at(page.clips.get(asked.opened, ()))
    return render(
        request, seat, "audit.html", status=422 if wrong else 200,
        page=page, asked=asked, first=first, shown=shown, other_query=asked.query_of(each=not asked.each),
        actions=tuple(CustodyAction), wrong=wrong, query=asked.query(), older=older, is_later=before is not None,
        state=state_of_log(seat.services), names=_names(seat), sees_all=seat.reach is Reach.ALL,
        purposes=sorted({purpose for purpose, _ in offered_purposes(seat.services)}),
    )  # fmt: skip


@router.get("/audit/export", name="audit_export", include_in_schema=False)
def export(seat: Seat, asked: Annotated[Exported, Query()]) -> Response:
    """Everything that fits, as a file."""
    form = asked.form
    written = export_log(seat.services, seat.agent.name, _filter(seat, asked), form)
    name = f"custody-{seat.services.now():%Y%m%dT%H%M%SZ}.{form}"
    kind = {"csv": "text/csv; charset=utf-8", "json": "application/json"}[form]
    return StreamingResponse(
        written, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _filter(seat: Seated, asked: Asked) -> LogFilter:
    """What was asked for, within what the role reaches.

    Raises:
        InputRefusedError: A date or an action is none.
    """
    zone = ZoneInfo(seat.services.settings.night.time_zone)
    try:
        chosen = tuple(CustodyAction(one) for one in asked.action if one)
    except ValueError as error:
        raise InputRefusedError("action", "there is no such act") from error
    since, until = _day("since", asked.since, zone), _day("until", asked.until, zone)
    wanted = LogFilter(
        agent=asked.agent.strip(),
        actions=chosen,
        subject=asked.subject.strip(),
        case=asked.case.strip(),
        purpose=asked.purpose.strip(),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )
    return wanted if seat.reach is Reach.ALL else wanted.of(seat.agent.name)


def _day(name: str, text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - the zone is the installation's
    except ValueError as error:
        raise InputRefusedError(name, "write a day as 2026-03-10") from error
    if day.year not in YEARS:
        raise InputRefusedError(name, f"give a day of the years {YEARS.start} to {YEARS.stop - 1}")
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _names(seat: Seated) -> list[str]:
    if seat.reach is not Reach.ALL:
        return [seat.agent.name]
    return [account.name for account in seat.services.catalogue.agents.list()]


def _mark(seat: Seated, wanted: LogFilter, index: int) -> str:
    """Where the next page begins, good for this reading alone: another session's page is another reading."""
    return f"{index}.{bound_to(seat.secret, f'{index} {sorted(wanted.words().items())}')}"


def _before(seat: Seated, wanted: LogFilter, older: str) -> int | None:
    """From where a reading goes on; None when one begins."""
    found = _MARK.fullmatch(older)
    if found is None:
        return None
    index = int(found.group(1))
    return index if is_same(_mark(seat, wanted, index), older) else None
