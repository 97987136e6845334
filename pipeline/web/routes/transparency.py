"""Transparency: what was published, for everybody; and the page of the desk on which it is made and published."""

from typing import Annotated

from fastapi import Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.transparency import make_report, publish_report, span_between
from pipeline.errors import TransparencyError
from pipeline.reports import transparency_json, transparency_view
from pipeline.web.access import Reach, reach_of
from pipeline.web.desk import desk_of
from pipeline.web.near import render_near
from pipeline.web.pages import render
from pipeline.web.seat import Seat, Seated, desk_router

router = desk_router()

Asked = Annotated[str, Query(max_length=10)]
Given = Annotated[str, Form(max_length=10)]


@router.get("/transparency", name="transparency", include_in_schema=False)
def published(request: Request) -> Response:
    """The newest report, and the way to the others."""
    found = desk_of(request).services.catalogue.transparency.list()
    view = transparency_view(found[0].report) if found else None
    return render_near(
        request, "near/transparency.html", one=found[0] if found else None, view=view, others=found, is_newest=True
    )


@router.get("/transparency/{report_id}.json", name="transparency_json", include_in_schema=False)
def as_json(request: Request, report_id: str) -> Response:
    """A published report, byte for byte as it was hashed."""
    found = desk_of(request).services.catalogue.transparency.get(report_id)
    return Response(transparency_json(found.report), media_type="application/json")


@router.get("/transparency/{report_id}", name="transparency_report", include_in_schema=False)
def one(request: Request, report_id: str) -> Response:
    """A published report."""
    catalogue = desk_of(request).services.catalogue.transparency
    found = catalogue.get(report_id)
    view = transparency_view(found.report)
    return render_near(
        request, "near/transparency.html", one=found, view=view, others=catalogue.list(), is_newest=False
    )


@router.get("/records/transparency", name="transparency_desk", include_in_schema=False)
def desk(request: Request, seat: Seat, since: Asked = "", until: Asked = "") -> Response:
    """What a report of a span would say, before anybody else reads it."""
    return _page(request, seat, since, until)


@router.post("/records/transparency", name="transparency_publish", include_in_schema=False)
def publish(request: Request, seat: Seat, since: Given = "", until: Given = "") -> Response:
    """Publishes a report for good."""
    try:
        made = publish_report(seat.services, seat.agent.name, span_between(seat.services, since, until))
    except TransparencyError as error:
        return _page(request, seat, since, until, error)
    return RedirectResponse(f"/transparency/{made.report_id}", 303)


def _page(request: Request, seat: Seated, since: str, until: str, error: TransparencyError | None = None) -> Response:
    report = None
    try:
        report = make_report(seat.services, span_between(seat.services, since, until))
    except TransparencyError as wrong:
        error = error or wrong
    may_publish = reach_of("transparency_publish", seat.role) is not Reach.NOTHING
    return render(
        request, seat, "transparency.html", status=422 if error else 200, error=error, since=since, until=until,
        view=transparency_view(report) if report else None, may_publish=may_publish,
        is_over=report is not None and report.ends_at() <= seat.services.now(),
        others=seat.services.catalogue.transparency.list(),
    )  # fmt: skip
