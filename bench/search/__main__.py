"""Builds towns, asks, and writes docs/search-benchmark.md.

Two towns: one of which there is the index alone, at full size, since that is what a search reads; and a tenth of it
with clips, analyses and events behind the index, asked as the desk asks.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from bench.machine import this_machine
from bench.measuring import ROOT
from bench.search.asking import ask_all, by_desk, by_index, opened, settle
from bench.search.load import load
from bench.search.page import page
from bench.search.results import Result, keep, kept
from bench.search.town import CAMERAS, CLIPS
from tests.servers import postgres

DATABASES = ("sqlite", "postgresql")
_SHARE_WITH_EVENTS = 0.1


def main() -> None:
    """See ``--help``."""
    asked = _parser().parse_args()
    if not 0 < asked.scale <= 1:
        sys.exit("--scale is a share of the whole, above 0 and at most 1")
    for database in asked.only or DATABASES:
        if not asked.page_only:
            for whole in (False, True) if asked.town is None else (asked.town == "desk",):
                keep(asked.remember, _measure(database, asked, whole=whole))
    asked.out.write_text(page(kept(asked.remember)), encoding="utf-8")
    _say(f"written: {asked.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description="Measures searching.")
    parser.add_argument("--scale", type=float, default=1.0, help="share of a million clips; the page says so")
    parser.add_argument("--only", choices=DATABASES, action="append", help="this database; may be given again")
    parser.add_argument("--town", choices=("index", "desk"), help="only this town of the two")
    parser.add_argument("--times", type=int, default=40, help="how often each kind of question is asked")
    parser.add_argument(
        "--folder", type=Path, help="where the towns are built, and those of SQLite stay; default: temporary"
    )
    parser.add_argument("--page-only", action="store_true", help="write the page from what is remembered")
    parser.add_argument("--remember", type=Path, default=ROOT / "build" / "search", help="where results are kept")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "search-benchmark.md", help="where the page goes")
    return parser


def _measure(database: str, asked: argparse.Namespace, *, whole: bool) -> Result:
    clips = round(CLIPS * asked.scale * (_SHARE_WITH_EVENTS if whole else 1))
    began, load_before = datetime.now(UTC), os.getloadavg()
    with _place(asked.folder, database, clips, whole=whole) as folder, _server(database, asked.folder) as url:
        built = _built(folder, url, clips, whole=whole)
        _say(f"{database}: {clips} clips are built in {built:.0f} s")
        with opened(folder, url) as services:
            ask = by_desk(services) if whole else by_index(services)
            timed = tuple(ask_all(ask, asked.times))
            size = services.catalogue.index.size()
    return Result(
        database=database,
        whole=whole,
        clips=clips,
        began=began,
        ended=datetime.now(UTC),
        load_before=load_before,
        load_after=os.getloadavg(),
        built_seconds=built,
        megabytes=size / 1e6,
        machine=this_machine(),
        timed=timed,
    )


@contextmanager
def _place(folder: Path | None, database: str, clips: int, *, whole: bool) -> Iterator[Path]:
    """A folder for one town: a temporary one, or one that stays where a folder is named and the database is a file."""
    if folder is None or database != "sqlite":
        with tempfile.TemporaryDirectory(dir=folder) as place:
            yield Path(place)
        return
    place_of_it = folder / f"{clips}-{'desk' if whole else 'index'}"
    place_of_it.mkdir(parents=True, exist_ok=True)
    yield place_of_it


def _built(folder: Path, url: str | None, clips: int, *, whole: bool) -> float:
    """Builds the town unless it is there; how many seconds it took, 0 where it was there."""
    done = folder / "built"
    if done.exists():
        return 0.0
    with opened(folder, url) as services:
        settle(services, CAMERAS)
    started = monotonic()
    load(url or f"sqlite:///{folder}/catalogue.sqlite", clips, CAMERAS, whole=whole)
    took = monotonic() - started
    done.write_text(str(took))
    return took


@contextmanager
def _server(database: str, folder: Path | None) -> Iterator[str | None]:
    if database == "sqlite":
        yield None
        return
    with postgres(folder, ("fsync=on", "shared_buffers=2GB", "effective_cache_size=8GB")) as url:
        yield url


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
