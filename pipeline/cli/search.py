"""``doorstep search``: events by words and by filters, and searches that are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Annotated

import typer

from pipeline.asking.moments import moment_words
from pipeline.asking.question import Question
from pipeline.casework.finding import find_for_nobody
from pipeline.casework.questions import Answered, Leafing, ask
from pipeline.casework.saved_searches import drop_search, news_of, run_saved, save_search
from pipeline.cli.found import Told, plain, plain_said, print_counts, print_events, print_understood
from pipeline.cli.given import given, require_alone
from pipeline.cli.matters import new_matter
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, table
from pipeline.domain.agents import Matter
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.plain import to_plain
from pipeline.domain.search import Sort, TagState, Wanted
from pipeline.domain.search_page import FacetName
from pipeline.errors import InputRefusedError
from pipeline.night.named import cameras_named
from pipeline.night.services import Services, open_services

_LARGEST_PAGE = 200

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep search white van last night | "
    "doorstep search package picked up Tuesday evening near Oak Street --json | "
    "doorstep search --kind package_picked_up --since 2026-03-10T18:00Z --least-score 0.5 | "
    "doorstep search --camera 'Front Door' --kind person_visit | "
    "doorstep search --not-seen --since 2026-03-10 | "
    "doorstep search --cannot-tell --reason too_dark --reason occluded | doorstep search --cannot-tell --count | "
    "doorstep search loitering last 24 hours --save Loitering --notify | doorstep search --saved Loitering | "
    "doorstep search --list | doorstep search --delete Loitering"
)
def search(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(help="What, where and when, in words.")] = None,
    kind: Annotated[list[EventKind] | None, typer.Option(help="Only these kinds; once for each.")] = None,
    camera: Annotated[list[str] | None, typer.Option(help="Only these, by id or name; once for each.")] = None,
    since: Annotated[str | None, typer.Option(help="Not before; a date, or a moment with its zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Before.")] = None,
    least_score: Annotated[float, typer.Option(min=0, max=1, help="Not below.")] = 0.0,
    verdict: Annotated[Verdict | None, typer.Option(help="Only statements, or only what cannot be told.")] = None,
    cannot_tell: Annotated[
        bool, typer.Option("--cannot-tell", help="Only what cannot be told: --verdict cannot_tell.")
    ] = False,
    reason: Annotated[
        list[CannotTell] | None, typer.Option(help="Only what cannot be told for these reasons; once for each.")
    ] = None,
    tag: Annotated[list[TagState] | None, typer.Option(help="Only what people said this of; once for each.")] = None,
    seen: Annotated[
        bool | None,
        typer.Option("--seen/--not-seen", help="Only what you watched at the desk before, or only what you did not."),
    ] = None,
    filter_: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="FIELD=VALUE", help="Any filter of docs/search.md: near=51.5,-0.12,300."),
    ] = None,
    text: Annotated[str, typer.Option(help="Words in sentences, notes, reports, names and addresses.")] = "",
    count: Annotated[
        bool, typer.Option("--count", help="Count by kind and by reason, over all that is found, and list nothing.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, in the order of --sort.")] = 100,
    sort: Annotated[Sort, typer.Option(help="Which come first.")] = Sort.OLDEST,
    save: Annotated[str | None, typer.Option(metavar="NAME", help="Keep this search under a name of your own.")] = None,
    notify: Annotated[bool, typer.Option("--notify", help="With --save: run it after each night.")] = False,
    saved: Annotated[str | None, typer.Option(metavar="NAME", help="Ask a search that you kept again.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the searches that you kept.")] = False,
    delete: Annotated[str | None, typer.Option(metavar="NAME", help="Delete a search that you kept.")] = None,
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find events by words, by filters, or by both. Only what a live grant lets you see is shown.

    The search and each clip that is shown are written into the custody log. People are not searched for by protected
    traits (docs/search.md).
    """
    _require_together(ctx, saved=saved is not None, keeps=save is not None)
    if cannot_tell and verdict is Verdict.SEEN:
        raise typer.BadParameter("--cannot-tell and --verdict seen exclude each other")
    with open_services(load_settings()) as services:
        matter = new_matter(services, purpose, None, case)
        if list_ or delete is not None:
            _kept(services, matter, delete, as_json=as_json)
            return
        fields: dict[str, Sequence[object] | None] = {
            "q": [" ".join(words or ())],
            "kind": kind,
            "camera": cameras_named(services, camera) if camera else None,
            "since": _moment(since),
            "until": _moment(until),
            "score": [least_score or ""],
            "verdict": [Verdict.CANNOT_TELL if cannot_tell else verdict or ""],
            "reason": reason,
            "tag": tag,
            "watched": [] if seen is None else ["yes" if seen else "no"],
            "text": [text],
        }
        pairs = [(field, str(value)) for field, values in fields.items() for value in values or ()]
        question = Question.from_pairs([*pairs, *(_pair(one) for one in filter_ or ()), ("sort", sort.value)])
        asked = _Asked(question, save, saved, notify, count, limit)
        _run(services, matter, asked, as_json=as_json)


_OF_ANSWERS = ("--count", "--limit", "--purpose", "--case", "--json")


def _require_together(ctx: typer.Context, *, saved: bool, keeps: bool) -> None:
    """Returns when every option that was written counts.

    Raises:
        typer.BadParameter: One would say nothing.
    """
    written = given(ctx)
    for option in ("--list", "--delete"):
        if option in written:
            require_alone(ctx, option, ("--json",))
    if saved:
        require_alone(ctx, "--saved", _OF_ANSWERS)
    if "--notify" in written and not keeps:
        raise typer.BadParameter("--notify is of a search that is kept: give --save NAME too")
    if "--count" in written and "--limit" in written:
        raise typer.BadParameter("--count lists nothing: leave --limit out")


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    save: str | None
    saved: str | None
    notifies: bool
    counts_only: bool
    limit: int


def _moment(edge: str | None) -> list[str] | None:
    return [moment_words(parse_moment(edge))] if edge else None


def _pair(words: str) -> tuple[str, str]:
    field, equals, value = words.partition("=")
    if not equals or not value.strip():
        raise typer.BadParameter(f"{words!r} is no filter: write it as field=value, for example near=51.5,-0.12,300")
    return field.strip(), value


def _run(services: Services, matter: Matter, asked: _Asked, *, as_json: bool) -> None:
    question, kept = asked.question, None
    if asked.saved is not None:
        kept = services.catalogue.saved_searches.named(matter.agent, asked.saved)
        question = Question.from_query(kept.query)
    size = 1 if asked.counts_only else min(asked.limit, _LARGEST_PAGE)
    leafing = Leafing(size, grouped=False, with_facets=True, strict=True)  # its total is of all pages
    try:
        if asked.save is not None:
            save_search(services, matter, asked.save, question, notifies=asked.notifies)
        first = ask(services, matter, question, leafing) if kept is None else run_saved(services, matter, kept, leafing)
    except InputRefusedError as error:
        raise typer.BadParameter(error.detail) from error
    shown = () if asked.counts_only else tuple(islice(_events(services, matter, question, first), asked.limit))
    counts = {**_counts(services, matter, first.answer.asked.wanted), "colours": _colours(first)}
    if as_json:
        events = {} if asked.counts_only else {"events": [{**plain(event), **plain_said(tag)} for event, tag in shown]}
        print_json({**events, **_said(first), **counts})
        return
    print_understood(first.answer)
    print_events(shown)
    print_counts(first.page.total, counts, None if asked.counts_only else len(shown))


def _events(services: Services, matter: Matter, question: Question, first: Answered) -> Iterator[Told]:
    """Over as many pages as are read, each with what people said of it; each page is written down when it is."""
    answered = first
    while True:
        found = (one for visit in answered.page.visits for one in visit.events)
        yield from ((one, answered.tags.get(one.event.event_id)) for one in found)
        if not answered.page.next_cursor:
            return
        leafing = Leafing(_LARGEST_PAGE, answered.page.next_cursor, grouped=False, with_facets=False, strict=True)
        answered = ask(services, matter, question, leafing)


def _said(first: Answered) -> dict[str, object]:
    return {
        "found": first.page.total.number,
        "found_is_exact": first.page.total.is_exact,
        "understood": [{"words": chip.words, "as": chip.says, "hint": chip.hint} for chip in first.answer.chips],
        "not_understood": [one.words for one in first.answer.understood.unread],
    }


def _colours(first: Answered) -> dict[str, int]:
    """Of all that is counted, how much shows each colour; an event that shows two counts for both."""
    found = next((facet.counts for facet in first.page.facets if facet.name is FacetName.COLOUR), ())
    return dict(found)


def _counts(services: Services, matter: Matter, wanted: Wanted) -> dict[str, dict[str, int]]:
    """Statements by kind, and what cannot be told by kind and by reason; what people rejected stands in neither.

    Each event is counted once; the search itself is written down already. A kind is the machine's.
    """
    found: dict[str, dict[str, int]] = {"statements": {}, "cannot_tell": {}, "reasons": {}, "rejected": {}}
    left = tuple(one for one in wanted.tags or tuple(TagState) if one is not TagState.REJECTED)
    parts: list[tuple[str, Verdict | None, tuple[TagState, ...]]] = [
        ("statements", Verdict.SEEN, left),
        ("cannot_tell", Verdict.CANNOT_TELL, left),
    ]
    if wanted.tags is None or TagState.REJECTED in wanted.tags:
        parts.append(("rejected", wanted.verdict, (TagState.REJECTED,)))
    for name, verdict, tags in parts:
        if wanted.verdict in (None, verdict):
            narrowed = replace(wanted, verdict=verdict, tags=tags, page_size=1, grouped=False, with_facets=True)
            page = find_for_nobody(services, matter, narrowed)
            facets = {facet.name: dict(facet.counts) for facet in page.facets}
            found[name] = facets.get(FacetName.KIND, {})
            if name == "cannot_tell":
                found["reasons"] = facets.get(FacetName.VERDICT, {})
    return {name: dict(sorted(part.items(), key=lambda item: (-item[1], item[0]))) for name, part in found.items()}


def _kept(services: Services, matter: Matter, delete: str | None, *, as_json: bool) -> None:
    """Lists the agent's searches, or deletes one."""
    searches = services.catalogue.saved_searches
    if delete is not None:
        kept = searches.named(matter.agent, delete)
        drop_search(services, matter, kept.saved_id)
        if as_json:
            print_json({"deleted": to_plain(kept)})
        else:
            out.print(f"deleted: {kept.name}")
        return
    fresh = {news.saved.saved_id: len(news.events) for news in news_of(services, matter)}
    rows = [(kept, fresh.get(kept.saved_id, 0)) for kept in searches.list(matter.agent)]
    if as_json:
        print_json([{**to_plain(kept), "new": new} for kept, new in rows])
        return
    shown = table("saved searches", "name", "asks", "after each night", "new")
    for kept, new in rows:
        shown.add_row(kept.name, kept.query, "yes" if kept.is_notifying else "no", str(new))
    out.print(shown if rows else "nothing is saved yet: doorstep search WORDS --save NAME")
