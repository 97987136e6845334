"""``doorstep similar``: events that rest on something that looks alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.casework.similar import (
    LEAST_OF_COLOURS,
    LEAST_SIMILAR,
    EventWanted,
    PictureWanted,
    Similar,
    SimilarFilter,
    SimilarHit,
    find_similar,
)
from pipeline.cli.found import plain as plain_found
from pipeline.cli.matters import new_matter
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, refused_in_words, table
from pipeline.domain.appearance import COMPARABLE, in_words
from pipeline.domain.plain import to_plain
from pipeline.domain.tracks import Box, ObjectClass
from pipeline.night.named import cameras_named
from pipeline.night.services import open_services

NOTHING_ALIKE = "nothing that looks alike, and that a live grant lets you see for this purpose."
A_LEAD = "What looks alike need not be the same: a lead, to be looked at by a person."

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep similar ev-0123456789abcdef0123 --since 2026-03-01 | "
    "doorstep similar van.jpg --part 0.2,0.3,0.8,0.9 --object vehicle --json"
)
def similar(
    what: Annotated[str, typer.Argument(metavar="EVENT|PICTURE", help="Id of an event, or a JPEG or PNG file.")],
    part: Annotated[
        str, typer.Option(help="Of a picture: left,top,right,bottom in shares of its width and height, 0 to 1.")
    ] = "",
    track: Annotated[int | None, typer.Option(min=1, help="Of an event: which of its tracks.")] = None,
    of_class: Annotated[
        list[ObjectClass] | None, typer.Option("--object", help="Only these kinds of things; once for each.")
    ] = None,
    camera: Annotated[list[str] | None, typer.Option(help="Only these, by id or name; once for each.")] = None,
    since: Annotated[str | None, typer.Option(help="Not before; a date, or a moment with its zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Before.")] = None,
    least: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help=f"Not less alike. Default: {LEAST_SIMILAR} by look, {LEAST_OF_COLOURS} by colours."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many, the most similar first.")] = 20,
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find events that rest on something that looks alike: vehicles and things by their look, clothing by its colours.

    Nobody is searched for by face or body: a picture of a person is refused. The picture is opened behind walls and is
    not kept. Only what a live grant lets you see is shown, and each look is written into the custody log.
    """
    settings = load_settings()
    wanted = _wanted(what, part, track)
    kinds = _comparable(of_class) if of_class else None
    with open_services(settings) as services, refused_in_words():
        narrowed = SimilarFilter(
            object_classes=kinds,
            camera_ids=cameras_named(services, camera) if camera else None,
            since=parse_moment(since) if since else None,
            until=parse_moment(until) if until else None,
            least=least,
            limit=limit,
        )
        matter = new_matter(services, purpose, None, case)
        found = find_similar(services, matter, wanted, narrowed)
    if as_json:
        print_json(plain(found))
    else:
        _print(found)


def plain(found: Similar) -> dict[str, Any]:
    """What was found as machines read it."""
    return {
        "hits": [_plain_hit(hit) for hit in found.hits],
        "model": found.model_id,
        "colours": [to_plain(one) for one in found.colours],
        "not_compared": found.other_models,
        "is_whole": found.is_whole,
    }


def _plain_hit(hit: SimilarHit) -> dict[str, Any]:
    return {
        **plain_found(hit.found),
        "similarity": hit.score,
        "object": hit.object_class.value,
        "track_id": hit.track_id,
    }


def _comparable(of_class: Sequence[ObjectClass]) -> tuple[ObjectClass, ...]:
    never = sorted(set(of_class) - COMPARABLE)
    if never:
        raise typer.BadParameter(f"{', '.join(never)}: never compared by look; see docs/appearance.md")
    return tuple(of_class)


def _wanted(what: str, part: str, track: int | None) -> EventWanted | PictureWanted:
    if what.startswith("ev-"):
        return EventWanted(what, track)
    try:
        content = Path(what).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{what} is no event, and no file that can be read") from error
    return PictureWanted(content, _box(part) if part else None)


def _box(part: str) -> Box:
    wrong = typer.BadParameter("--part is left,top,right,bottom, each 0 to 1, left < right, top < bottom")
    try:
        box = Box(*(float(edge) for edge in part.split(",")))
    except (TypeError, ValueError) as error:
        raise wrong from error
    if not all(0 <= edge <= 1 for edge in box.xyxy):
        raise wrong
    return box


def _print(found: Similar) -> None:
    if found.colours:
        said = ", ".join(in_words(one.part, one.colour) for one in found.colours)
        out.print(Text(f"compared by colour alone: {said}"))
    rows = table("similar", "alike", "when (UTC)", "camera", "kind", "what", "event")
    for hit in found.hits:
        inferred = hit.found.event.inferred
        rows.add_row(
            f"{hit.score:.2f}",
            f"{hit.found.starts_at:%Y-%m-%d %H:%M:%S}",
            hit.found.camera_name,
            inferred.kind.value,
            inferred.sentence,
            hit.found.event.event_id,
        )
    out.print(rows if found.hits else NOTHING_ALIKE)
    if found.hits:
        out.print(A_LEAD)
    if found.other_models:
        out.print(
            f"{found.other_models} more were described by another model and not compared; they are once their clips "
            "were looked at again: `doorstep reanalyse`."
        )
    if not found.is_whole:
        out.print("More looked alike than were asked of the grants: narrow the question by camera or time.")
