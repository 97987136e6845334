"""How long an exact search over a million vectors takes, read from a database and from memory."""

import resource
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from pipeline.appearance.vectors import DIMENSIONS, MODEL_ID
from pipeline.casework.shelf import VectorShelf
from pipeline.catalogue.appearance import Appearances
from pipeline.catalogue.database import Database
from pipeline.catalogue.schema import bring_up_to_date

_TIMES = 9
_MOMENT = "2026-03-10 20:00:00.000000"
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds, the middle one also of processor time alone, and megabytes of the process at its largest."""

    rows: int
    first: float
    middle: float
    middle_busy: float
    slowest: float
    narrowed: float
    megabytes: float


def speed(folder: Path, rows: int) -> Speed:
    """Fills a database with vectors by chance, then asks."""
    path = folder / "vectors.sqlite"
    database = Database.at(f"sqlite:///{path}", 30.0)
    bring_up_to_date(database)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for batch in _batches(rows):
            connection.executemany(
                "INSERT INTO thing_vectors (acquisition_id, event_id, camera_id, object_class, starts_at, at_pts, "
                "at_time_base, model_id, vector) VALUES (?, ?, ?, 'vehicle', ?, 0, '1/90000', ?, ?)",
                batch,
            )
    kept, shelf = Appearances(database), VectorShelf(MODEL_ID)
    asked = [next(iter(_batches(1, seed)))[0][-1] for seed in range(_TIMES)]
    began = perf_counter()
    shelf.ranked(kept, asked[0], None, 4_000)
    first = perf_counter() - began
    times, busy = [], []
    for values in asked:
        began, worked = perf_counter(), process_time()
        shelf.ranked(kept, values, None, 4_000)
        times.append(perf_counter() - began)
        busy.append(process_time() - worked)
    began = perf_counter()
    shelf.ranked(kept, asked[0], range(1, rows // 10), 4_000)
    narrowed = perf_counter() - began
    database.close()
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Speed(rows, first, float(np.median(times)), float(np.median(busy)), max(times), narrowed, largest)


def _batches(rows: int, seed: int = 0) -> Iterator[list[tuple[str, str, str, str, str, bytes]]]:
    chance = np.random.default_rng(seed)
    for start in range(0, rows, _BATCH):
        made = chance.integers(-60, 60, (min(_BATCH, rows - start), DIMENSIONS), dtype=np.int8)
        yield [
            (f"aq-{number}", f"ev-{number}", f"ring:{number % 400}", _MOMENT, MODEL_ID, values.tobytes())
            for number, values in enumerate(made, start)
        ]
