"""The results as docs/search-benchmark.md. No figure in it is typed by hand."""

from collections.abc import Sequence

from bench.search.results import Result
from bench.search.town import CAMERAS, DAYS, EVENTS_OF_A_CLIP, KINDS


def page(results: Sequence[Result]) -> str:
    """The whole page."""
    parts = [_HEAD, *map(_result, results), _how()]
    return "\n\n".join(parts) + "\n"


_HEAD = """# How quickly the desk finds things

Written by `make search-bench`. The target is that 95 of 100 answers come within 50 ms where filters are asked, and
within 150 ms where words are, counts and facets included."""


def _result(result: Result) -> str:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[result.database]
    what = "as the desk asks" if result.whole else "the index alone"
    machine = result.machine
    lines = [
        f"## {name}, {what}: {result.clips:,} clips, {result.clips * EVENTS_OF_A_CLIP:,} events",
        "",
        f"{result.began:%Y-%m-%d} from {result.began:%H:%M} to {result.ended:%H:%M} UTC, commit {machine.commit}, on "
        f"{machine.cores} cores of {machine.model}, {machine.memory_gigabytes:.0f} GB, {machine.system}, Python "
        f"{machine.python}. {_built(result)}; the database takes {result.megabytes:,.0f} MB. "
        f"{_load(result)}",
        "",
        "| asked for | found (median) | median ms | 95 % ms | of it our processor ms (95 %) | target ms | |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in result.timed:
        verdict = "holds" if one.p95 <= one.target else "**missed**"
        number = f"{one.found:,.0f}" + ("+" if one.found >= 10_000 else "")  # noqa: PLR2004 - where counting stops
        figures = (one.median, one.p95, one.cpu, one.target)
        lines.append(f"| {one.kind} | {number} | {' | '.join(f'{figure:.0f}' for figure in figures)} | {verdict} |")
    return "\n".join(lines)


def _built(result: Result) -> str:
    return f"Built in {result.built_seconds:.0f} s" if result.built_seconds else "Built by an earlier run"


def _load(result: Result) -> str:
    """A busy machine makes every answer wait its turn: the page says how busy it was."""
    first, last = result.load_before[1], result.load_after[1]
    busy = max(first, last) > result.machine.cores
    words = f"Load average over 5 minutes: {first:.1f} before, {last:.1f} after"
    if not busy:
        return f"{words}."
    return (
        f"{words}: more work than cores, so that the wall clock counts others' work too. The column beside it is this "
        "program's own time; that of a database server is not in it."
    )


def _how() -> str:
    return f"""## What was measured

- A town by chance ({CAMERAS} cameras, {DAYS} days, {EVENTS_OF_A_CLIP} events a clip): cameras have clips in
  proportion to rank^-0.9; clips follow the hours of a day and the days of a week; {len(KINDS)} kinds, from vehicles
  passing (45 %) to cut footage (0.1 %); an eighth cannot be told; 1 % are tagged.
- Grants: one a camera. Nine of ten allow everything; the others some hours, some kinds, a later begin, or a zone in the
  picture. They are read and asked anew for every question, as at the desk.
- *The index alone*: grants, rows, visits, count and facets of the first page. *As the desk asks*: also the events of
  the page are read, each is asked for its own grant, and the search and every clip shown are written into the custody
  log, flushed to the disk. PostgreSQL runs as it comes, with more memory, and has written down what was loaded before
  it is asked.
- Each question has new values each time; kinds take turns, so that none finds its own pages warm. The first two rounds
  are not counted. The file lies in the system's cache as far as memory allows. Pages hold 25 visits.
- Counts stop at 10,000, and say so: see [decision 0027](adr/0027-search-index.md)."""
