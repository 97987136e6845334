"""``doorstep review confirm|reject|correct|tags``: what a person says of an event."""

from fractions import Fraction
from typing import Annotated, Any

import typer

from pipeline.casework.tags import Decision, tag_event, visible_tags
from pipeline.casework.whole_clips import SeenByPerson, report_miss
from pipeline.cli.matters import new_matter
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, table
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.events import EventKind
from pipeline.domain.plain import to_plain
from pipeline.domain.tags import Tag, TagStatus
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services, open_services

EventId = Annotated[str, typer.Argument(metavar="EVENT", help="Its id, as `doorstep review list` names it.")]
Note = Annotated[str, typer.Option(help="Why, in your words; sealed in the custody log, and gone with the clip.")]
Purpose = Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")]
Case = Annotated[str, typer.Option(help="The agency's case number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def confirm(
    event_id: EventId, note: Note = "", purpose: Purpose = None, case: Case = "", as_json: AsJson = False
) -> None:
    """Say that an event happened as the machine says; of one that it cannot tell, that it did happen.

    Attachments that rest on it are confirmed with it, once every event of them is.
    """
    _tag(event_id, Decision(TagStatus.CONFIRMED, note), purpose, case, as_json=as_json)


def reject(
    event_id: EventId, note: Note = "", purpose: Purpose = None, case: Case = "", as_json: AsJson = False
) -> None:
    """Say that an event did not happen. What the machine said stays beside it; reports leave it out."""
    _tag(event_id, Decision(TagStatus.REJECTED, note), purpose, case, as_json=as_json)


def correct(
    event_id: EventId,
    kind: Annotated[EventKind | None, typer.Option(help="What it was. Default: as the machine says.")] = None,
    start: Annotated[float | None, typer.Option(min=0, help="Seconds from the clip's first frame.")] = None,
    end: Annotated[float | None, typer.Option(min=0, help="Likewise.")] = None,
    note: Note = "",
    purpose: Purpose = None,
    case: Case = "",
    as_json: AsJson = False,
) -> None:
    """Say what happened instead: of another kind, at another time, or both."""
    first, last = (None if edge is None else Fraction(str(edge)) for edge in (start, end))
    _tag(event_id, Decision(TagStatus.CORRECTED, note, kind, first, last), purpose, case, as_json=as_json)


def missed(
    acquisition_id: Annotated[str, typer.Argument(metavar="CLIP", help="By its acquisition, as an event names it.")],
    kind: Annotated[
        EventKind | None, typer.Option(help="What you saw and no event says. Default: nothing, you watched all of it.")
    ] = None,
    start: Annotated[float | None, typer.Option(min=0, help="Seconds from the clip's first frame.")] = None,
    end: Annotated[float | None, typer.Option(min=0, help="Likewise.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="X,Y", help="Where in the picture, 0 to 1 from the left and the top.")
    ] = None,
    note: Note = "",
    purpose: Purpose = None,
    case: Case = "",
    as_json: AsJson = False,
) -> None:
    """Say what you saw in a clip and the machine did not say, or that nothing is missing.

    It counts in `doorstep evaluate --from-reviews`. Where a resident shares a part of the picture alone, it says --at
    which place of it.
    """
    if (kind is None) != (start is None) or (kind is None) != (end is None):
        raise typer.BadParameter("what was seen has --kind, --start and --end; without any of them nothing is missing")
    first, last = (None if edge is None else Fraction(str(edge)) for edge in (start, end))
    seen = SeenByPerson(kind, first, last, note, None if at is None else _place(at))
    with open_services(load_settings()) as services:
        miss = report_miss(services, new_matter(services, purpose, None, case), acquisition_id, seen)
    if as_json:
        print_json(to_plain(miss))
    else:
        out.print(f"{miss.miss_id}: {miss.kind or 'nothing is missing'} by {miss.matter.agent}")


def _place(words: str) -> tuple[float, float]:
    """Raises typer.BadParameter where it is none."""
    wrong = "--at is written X,Y, each 0 to 1, for example 0.4,0.75"
    try:
        left, top = (float(part) for part in words.split(","))
    except ValueError as error:
        raise typer.BadParameter(wrong) from error
    if not (0 <= left <= 1 and 0 <= top <= 1):
        raise typer.BadParameter(wrong)
    return left, top


def tags(
    event_id: Annotated[str | None, typer.Argument(metavar="[EVENT]", help="Of this event; else of all.")] = None,
    since: Annotated[str | None, typer.Option(help="Made from then on; a date, or a moment with its zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Made before.")] = None,
    agent: Annotated[str | None, typer.Option(help="Of this agent.")] = None,
    with_earlier: Annotated[
        bool, typer.Option("--with-earlier", help="Also those that a later tag of the same event has followed.")
    ] = False,
    purpose: Purpose = None,
    case: Case = "",
    as_json: AsJson = False,
) -> None:
    """List what people said of events, with what the machine had said. Only of what a live grant lets you see."""
    if event_id is not None and (since or until or agent or with_earlier):
        raise typer.BadParameter(
            "of one event every tag is listed: leave --since, --until, --agent and --with-earlier out"
        )
    with open_services(load_settings()) as services:
        matter = new_matter(services, purpose, None, case)
        first, last = (parse_moment(edge) if edge else None for edge in (since, until))
        if event_id is not None:
            found = services.catalogue.tags.history(event_id)
        else:
            found = services.catalogue.tags.list(first, last, agent, with_earlier=with_earlier)
        shown = visible_tags(services, services.consent(matter.purpose, matter.recipient), found)
        _write_down(services, matter, shown)
        if as_json:
            print_json({"tags": [plain_tag(tag) for tag in shown]})
        else:
            print_tags(shown)


def _tag(event_id: str, decision: Decision, purpose: str | None, case: str, *, as_json: bool) -> None:
    with open_services(load_settings()) as services:
        tag = tag_event(services, new_matter(services, purpose, None, case), event_id, decision)
        if as_json:
            print_json(plain_tag(tag))
        else:
            instead = f" to {tag.kind}" if tag.correction is not None else ""
            out.print(f"{event_id} is {tag.status}{instead} by {tag.matter.agent}")


def _write_down(services: Services, matter: Matter, shown: tuple[Tag, ...]) -> None:
    desk = services.consent(matter.purpose, matter.recipient)
    looks = [
        Look(
            tag.clip,
            tag.camera_id,
            desk.require(Use.VIEW, services.catalogue.cameras.get(tag.camera_id), tag.said.starts_at),
        )
        for tag in shown
    ]
    detail = {"purpose": matter.purpose, "case": matter.case_number, "as": "tags"}
    write_down_looks(services, matter.agent, looks, detail)


def plain_tag(tag: Tag) -> dict[str, Any]:
    """A tag as machines read it."""
    said = tag.said
    return {
        "tag_id": tag.tag_id,
        "event_id": tag.event_id,
        "status": tag.status,
        "kind": tag.kind,
        "correction": to_plain(tag.correction),
        "note": tag.note,
        "agent": tag.matter.agent,
        "purpose": tag.matter.purpose,
        "case": tag.matter.case_number,
        "at": tag.at.isoformat(),
        "clip": tag.clip,
        "camera": tag.camera_id,
        "machine": {
            "kind": said.inferred.kind,
            "verdict": said.inferred.verdict,
            "score": said.inferred.score,
            "sentence": said.inferred.sentence,
            "start": said.starts_at.isoformat(),
            "end": said.ends_at.isoformat(),
            "model": to_plain(said.model),
            "settings_digest": said.settings_digest,
        },
    }


def print_tags(shown: tuple[Tag, ...]) -> None:
    """A table of tags, or that there is none."""
    if not shown:
        out.print("nobody has said anything of what a live grant lets you see for this purpose.")
        return
    rows = table("tags", "when (UTC)", "who", "said", "of the machine's", "note", "event")
    for tag in shown:
        said = f"{tag.status}: {tag.kind}" if tag.correction is not None else str(tag.status)
        machine = f"{tag.said.inferred.kind} ({tag.said.inferred.score:.2f})"
        rows.add_row(f"{tag.at:%Y-%m-%d %H:%M:%S}", tag.matter.agent, said, machine, tag.note or "-", tag.event_id)
    out.print(rows)
