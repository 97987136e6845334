"""``doorstep request``: what the agency asks of residents, under rules that nobody can bend."""

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.casework.requests.log import answers_in_words, entry_plain, read_log
from pipeline.casework.requests.post import mail_requests
from pipeline.casework.requests.writing import check_request, close_request, decide_request, write_request
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, refused_in_words, table
from pipeline.domain.agents import Role
from pipeline.domain.events import EventKind
from pipeline.domain.footage_requests import FootageRequest
from pipeline.domain.places import Area, Circle
from pipeline.domain.plain import to_plain
from pipeline.domain.request_log import FiledRequest, RequestState
from pipeline.errors import RecordNotFoundError
from pipeline.night.services import Services, open_services

app = typer.Typer(
    no_args_is_help=True, help="What the agency asks of residents. No setting bends the rules; all of it is public."
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Which request.")]
_NEW = (
    "Example: doorstep request new --case 24-117 --title 'Parcel taken from a porch' --words @words.txt "
    "--near 51.5,-0.12,300 --from 2026-03-10T22:00Z --until 2026-03-10T23:00Z --kind package_picked_up"
)


@app.command(epilog=_NEW)
def new(
    case: Annotated[str, typer.Option(help="The agency's number of the case.")],
    title: Annotated[str, typer.Option(help="What is looked for, in a line.")],
    words: Annotated[str, typer.Option(help="What happened, for residents to read; @FILE reads a file.")],
    since: Annotated[str, typer.Option("--from", help="Footage from here on: a moment with its zone.")],
    until: Annotated[str, typer.Option(help="Footage before it; likewise.")],
    near: Annotated[str | None, typer.Option(help="A circle: LATITUDE,LONGITUDE,METRES.")] = None,
    area: Annotated[str | None, typer.Option(help="A polygon: LAT,LON;LAT,LON;LAT,LON.")] = None,
    kind: Annotated[
        list[EventKind] | None, typer.Option(help="Event kind that would help; once for each. Default: whole clips.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="For what. Default: the night's.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say which rules it breaks; nothing is written.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a request, and send it to the supervisors. A refusal names the rule and how to mend it, and is public."""
    settings = load_settings()
    with refused_in_words():
        asked = FootageRequest(
            case_number=" ".join(case.split()),
            title=title,
            words=Path(words[1:]).read_text("utf-8") if words.startswith("@") else words,
            place=_place(near, area),
            starts_at=parse_moment(since),
            ends_at=parse_moment(until),
            kinds=tuple(kind or ()),
            purpose=purpose or settings.night.purpose,
            recipient=settings.night.recipient,
        )
    with open_services(settings) as services:
        if check:
            _print_check(services, asked, as_json=as_json)
            return
        _print(services, write_request(services, getpass.getuser(), asked), as_json=as_json)


@app.command("list")
def list_requests(
    state: Annotated[
        RequestState | None, typer.Option(help="Only those that are waiting, open, closed or refused.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List requests, the newest first. What the rules refused is in `doorstep request log` alone."""
    with open_services(load_settings()) as services:
        found = [(filed, _state(services, filed)) for filed in services.catalogue.footage_requests.list_filed()]
        found = [(filed, standing) for filed, standing in found if state in (None, standing)]
        if as_json:
            print_json([_plain(services, filed) for filed, _ in found])
            return
        rows = table("requests", "request", "state", "case", "title", "from", "until", "written by")
        for filed, standing in found:
            asked = filed.asked
            window = [f"{moment:%Y-%m-%d %H:%M} UTC" for moment in (asked.starts_at, asked.ends_at)]
            rows.add_row(filed.request_id, standing.value, asked.case_number, asked.title, *window, filed.written_by)
        out.print(rows if found else "no requests; write one with `doorstep request new`")


@app.command(epilog="Example: doorstep request show rq-0123456789ab")
def show(request_id: Which, as_json: AsJson = False) -> None:
    """Show a request, where it stands, and how many answered once that may be said."""
    with open_services(load_settings()) as services:
        _print(services, services.catalogue.footage_requests.filed(request_id), as_json=as_json)


@app.command(epilog="Example: doorstep request log --json")
def log(
    page: Annotated[int, typer.Option(min=1, help="Which page; the first has the newest entries.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Print the public log: everything that was asked, refused, published and closed."""
    with open_services(load_settings()) as services:
        found = read_log(services, page)
    plain = [entry_plain(entry, found.states[entry.request_id]) for entry in found.entries]
    if as_json:
        print_json(plain)
        return
    rows = table("public log", "at", "request", "what", "by", "case", "rules")
    for one in plain:
        rules = ", ".join(one["rules"])
        rows.add_row(one["at"][:16], one["request_id"], one["what"], one["decided_by"], one["case_number"], rules)
    out.print(rows if plain else "nothing was asked yet")


@app.command(epilog="Example: doorstep request approve rq-0123456789ab")
def approve(
    request_id: Which, note: Annotated[str, typer.Option(help="Why; stays at the desk.")] = "", as_json: AsJson = False
) -> None:
    """Publish a request that another person wrote. You must be a supervisor of the desk, under the same name."""
    with open_services(load_settings()) as services:
        _decide(services, request_id, note, is_given=True, as_json=as_json)


@app.command(epilog="Example: doorstep request refuse rq-0123456789ab --note 'it does not say what happened'")
def refuse(
    request_id: Which, note: Annotated[str, typer.Option(help="Why; stays at the desk.")], as_json: AsJson = False
) -> None:
    """Refuse a request that another person wrote; that it was refused is public. As for `approve`."""
    with open_services(load_settings()) as services:
        _decide(services, request_id, note, is_given=False, as_json=as_json)


@app.command(epilog="Example: doorstep request close rq-0123456789ab")
def close(request_id: Which, as_json: AsJson = False) -> None:
    """Close a published request before its time. What was answered stays answered."""
    with open_services(load_settings()) as services:
        user = getpass.getuser()
        written_by = services.catalogue.footage_requests.filed(request_id).written_by
        role = Role.INVESTIGATOR if user == written_by else services.catalogue.agents.named(user).role
        close_request(services, user, role, request_id)
        _print(services, services.catalogue.footage_requests.filed(request_id), as_json=as_json)


@app.command(epilog="Example: doorstep request mail")
def mail(as_json: AsJson = False) -> None:
    """Write to residents who asked for it of open requests around their cameras. The night does it by itself."""
    with open_services(load_settings()) as services:
        made = mail_requests(services)
    if as_json:
        print_json({"failed": list(made.failed)})
        return
    out.print("done" if not made.failed else "\n".join(made.failed))


def _decide(services: Services, request_id: str, note: str, *, is_given: bool, as_json: bool) -> None:
    user = getpass.getuser()
    role = services.catalogue.agents.named(user).role
    _print(services, decide_request(services, user, role, request_id, is_given=is_given, note=note), as_json=as_json)


def _state(services: Services, filed: FiledRequest) -> RequestState:
    if filed.decided_at is None:
        return RequestState.WAITING
    if not filed.is_published:
        return RequestState.REFUSED
    return services.catalogue.footage_requests.public(filed.request_id).state(services.now())


def _plain(services: Services, filed: FiledRequest) -> Mapping[str, Any]:
    plain = {**to_plain(filed), "state": _state(services, filed).value}
    try:
        public = services.catalogue.footage_requests.public(filed.request_id)
    except RecordNotFoundError:
        return plain
    answered = answers_in_words(services, public, services.now())
    return {**plain, "closes_at": to_plain(public.closes_at), "answered": answered}


def _print(services: Services, filed: FiledRequest, *, as_json: bool) -> None:
    plain = _plain(services, filed)
    if as_json:
        print_json(plain)
        return
    asked = filed.asked
    out.print(f"{filed.request_id}: {plain['state']}, case {asked.case_number}, {asked.title}", highlight=False)
    out.print(f"  {asked.words}", highlight=False)
    if "answered" in plain:
        out.print(f"  open until {plain['closes_at']}; answered: {plain['answered']}", highlight=False)


def _print_check(services: Services, asked: FootageRequest, *, as_json: bool) -> None:
    refusals = check_request(services, asked)
    if as_json:
        print_json([to_plain(refusal) for refusal in refusals])
    else:
        words = [f"{one.rule}: {one.found} {one.remedy}" for one in refusals]
        out.print("\n".join(words) or "no rule refuses it", highlight=False)
    if refusals:
        raise typer.Exit(1)


def _place(near: str | None, area: str | None) -> Circle | Area:
    if (near is None) == (area is None):
        raise ValueError("give --near or --area, and not both")
    if near is not None:
        latitude, longitude, metres = (float(part) for part in near.split(","))
        return Circle(latitude, longitude, metres)
    pairs = [corner.split(",") for corner in (area or "").split(";")]
    return Area(tuple((float(latitude), float(longitude)) for latitude, longitude in pairs))
