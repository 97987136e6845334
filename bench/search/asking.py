"""Asks, and takes the time."""

import gc
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import time as day_time
from datetime import timedelta
from pathlib import Path

import numpy as np
from pydantic import SecretStr

from bench.search.questions import QUESTIONS, Kind
from bench.search.town import BEGIN, KINDS, NOW, TIME_ZONE, cameras
from pipeline.casework.finding import find
from pipeline.catalogue.index.answer import Asker, Together
from pipeline.consent.grants import sign_grant
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import Account
from pipeline.domain.consent import ConsentGrant, DailyHours
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.search import Wanted
from pipeline.night.services import Services, open_services
from pipeline.settings import NightSettings, Settings, StoreSettings

MATTER = Matter("bench", "package theft", "police department")
TOGETHER = Together(60, 15, 60)
_ALWAYS = (DailyHours(day_time(0), day_time(0)),)


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one kind of question took.

    Attributes:
        kind: Its name.
        target: Milliseconds.
        median: Milliseconds of the wall clock.
        p95: Milliseconds under which 95 of 100 answers came.
        cpu: Milliseconds of this process's processor time, 95 of 100; of PostgreSQL's own it says nothing.
        asked: How often.
        found: Median of the events that were counted.
    """

    kind: str
    target: float
    median: float
    p95: float
    cpu: float
    asked: int
    found: float


@contextmanager
def opened(folder: Path, url: str | None) -> Iterator[Services]:
    """The installation of the bench; its clock stands still at the end of the town's days."""
    store = StoreSettings(directory=folder, database_url=SecretStr(url) if url else None)
    with open_services(Settings(store=store, night=NightSettings(time_zone=TIME_ZONE)), lambda: NOW) as services:
        yield services


def settle(services: Services, count: int) -> None:
    """Cameras and grants: nine of ten cameras allow everything, the others hours, kinds, a later begin or a zone."""
    for camera in cameras(count):
        account = Account(camera.account_id, camera.owner_id or "", "ring")
        services.catalogue.accounts.save(account, camera.account_id, camera.account_id, b"")
    services.catalogue.cameras.save(cameras(count))
    for number in range(1, count + 1):
        services.catalogue.grants.add(sign_grant(_grant(number), services.key), [])


def _grant(number: int) -> ConsentGrant:
    hours, begins_later, kinds, zone = (1, 2), 3, 4, 5
    share = number % 50
    begin = BEGIN + timedelta(days=200) if share == begins_later else BEGIN - timedelta(days=10)
    return ConsentGrant(
        grant_id=f"gr-{number}",
        version=1,
        resident_id=f"resident-{number}",
        camera_ids=(f"ring:{number}",),
        event_kinds=(EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_DELIVERED) if share == kinds else tuple(KINDS),
        hours=(DailyHours(day_time(20), day_time(6)),) if share in hours else _ALWAYS,
        time_zone=TIME_ZONE,
        purpose=MATTER.purpose,
        recipient=MATTER.recipient,
        granted_at=begin,
        expires_at=NOW + timedelta(days=300),
        zones=(Zone("left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1))),) if share == zone else (),
    )


def by_index(services: Services) -> Callable[[Wanted], tuple[int, str]]:
    """Answers from the index alone: grants read and asked, rows, visits, counts and facets."""
    owners = {camera.camera_id: camera.owner_id for camera in services.catalogue.cameras.list()}

    def ask(wanted: Wanted) -> tuple[int, str]:
        grants = services.catalogue.grants.latest()
        granted = services.allowances.of(grants, owners, (MATTER.purpose, MATTER.recipient), services.now())
        page = services.catalogue.index.draft(wanted, Asker(granted, lambda _: ()), TOGETHER)
        return page.total.number, page.next_cursor

    return ask


def by_desk(services: Services) -> Callable[[Wanted], tuple[int, str]]:
    """As the desk asks: also the events are read, each is asked for its grant, and the custody log is written."""

    def ask(wanted: Wanted) -> tuple[int, str]:
        page = find(services, MATTER, wanted)
        return page.total.number, page.next_cursor

    return ask


def ask_all(ask: Callable[[Wanted], tuple[int, str]], times: int) -> Iterator[Timed]:
    """Every kind of question so often, in turns, so that none finds everything warm from the one before."""
    gc.collect()
    gc.freeze()  # as doorstep serve does
    chance = random.Random(3)
    taken: dict[str, list[tuple[float, float]]] = {kind.name: [] for kind in QUESTIONS}
    found: dict[str, list[int]] = {kind.name: [] for kind in QUESTIONS}
    for turn in range(-2, times):  # the first two are not counted: whoever opens a desk has asked something
        for kind in QUESTIONS:
            wanted = _asked(kind, chance, ask)
            if wanted is None:
                continue
            began, cpu = time.perf_counter(), time.process_time()
            number, _ = ask(wanted)
            if turn >= 0:
                taken[kind.name].append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)))
                found[kind.name].append(number)
    for kind in QUESTIONS:
        spent = np.array(taken[kind.name])
        yield Timed(
            kind=kind.name,
            target=kind.target,
            median=float(np.median(spent[:, 0])),
            p95=float(np.percentile(spent[:, 0], 95)),
            cpu=float(np.percentile(spent[:, 1], 95)),
            asked=len(spent),
            found=float(np.median(found[kind.name])),
        )


def _asked(kind: Kind, chance: random.Random, ask: Callable[[Wanted], tuple[int, str]]) -> Wanted | None:
    """The question; where a further page is meant, that one. None where there are not so many pages."""
    wanted = kind.make(chance)
    if not kind.is_further:
        return wanted
    wanted = replace(wanted, with_facets=False)
    for _ in range(4):
        _, cursor = ask(wanted)
        if not cursor:
            return None
        wanted = replace(wanted, cursor=cursor)
    return wanted
