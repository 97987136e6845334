"""What residents do, and what time does: cameras record, grants are signed, narrowed and revoked, clocks go on."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from pipeline.consent.grants import sign_grant
from pipeline.domain.consent import ConsentGrant, DailyHours, Weekday
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.retention import HoldScope, Instrument
from pipeline.retention.changing import change_grant, pause_grant, resume_grant
from pipeline.retention.holding import lift_hold, place_hold
from pipeline.retention.revocation import revoke_grant, save_grant
from pipeline.retention.sweep import sweep
from tests.builders import PURPOSE, RECIPIENT
from tests.sequences.checks import BreachError, remember_ids, require_gone, taken
from tests.sequences.law import DAY, LEFT, RIGHT, Words
from tests.sequences.nights import run_a_night
from tests.sequences.street import HOUSEHOLDS, OTHER, SHARED, Street
from tests.sequences.takes import EVERY_KIND, a_take

HALVES = {
    LEFT: Zone("left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1))),
    RIGHT: Zone("right", ((0.5, 0), (1, 0), (1, 1), (0.5, 1))),
}
ZONES_OF_TIME = {"UTC": 0, "Asia/Kolkata": 330}
"""Time zones whose clocks never change, and how far they are ahead, in minutes."""
_BUSY = ("ring:1", "ring:1", "ring:3")
"""Cameras that see more than others, so that something comes and goes between two takes."""
HOURS = (((0, 0),), ((18 * 60, 8 * 60),), ((22 * 60, 23 * 60 + 30),), ((6 * 60, 12 * 60), (21 * 60, 3 * 60)))


def begin(street: Street, chance: random.Random) -> None:
    """Everybody grants much, cameras record, and somebody has opened an incident: there is something to lose."""
    now, days = street.clock.at, timedelta(days=3)
    for resident, own in HOUSEHOLDS.items():
        words = replace(_words(street, chance, resident), **_MUCH, cameras=frozenset(own))
        sign(street, f"gr-{resident}0", replace(words, since=now, footage_since=now - days, until=now + 20 * days))
    record(street, chance)
    record(street, chance)


def foreign(street: Street, chance: random.Random) -> None:
    """Somebody grants a camera that is only shared with their account."""
    now, days = street.clock.at, timedelta(days=3)
    words = replace(_words(street, chance, "cid"), **_MUCH, cameras=frozenset({SHARED}))
    sign(street, "gr-cid9", replace(words, since=now, footage_since=now - days, until=now + 20 * days))


def evenings(street: Street, chance: random.Random) -> None:
    """Ann grants an hour and a half of each evening."""
    now, days = street.clock.at, timedelta(days=3)
    words = replace(_words(street, chance, "ann"), **_MUCH, cameras=frozenset(HOUSEHOLDS["ann"]))
    words = replace(words, hours=((22 * 60, 23 * 60 + 30),), since=now, footage_since=now - days)
    sign(street, "gr-ann9", replace(words, until=now + 20 * days))


def record(street: Street, chance: random.Random) -> None:
    """Cameras record."""
    for _ in range(chance.choice((2, 3, 4, 6))):
        camera = chance.choice((*(name for names in HOUSEHOLDS.values() for name in names), *_BUSY, SHARED))
        moment = street.clock.at - timedelta(seconds=chance.randrange(20, chance.choice((3, 20, 60)) * 3600))
        take = a_take(chance, len(street.takes) + 1, camera, moment.replace(microsecond=0))
        street.takes[take.mark] = take


def blink(street: Street, chance: random.Random) -> None:
    """A resident pauses all grants for some seconds, in the middle of what a camera records."""
    law = street.law
    live = [name for name in law.open(street.clock.at) if not law.newest[name].is_paused]
    if not live:
        return
    resident = chance.choice(sorted({law.newest[name].resident for name in live}))
    theirs = [name for name in live if law.newest[name].resident == resident]
    paused_at = street.clock.at
    for seconds in (3, 30):  # paused, and open again
        for name in theirs:
            _pause_or_resume(street, name, law.newest[name])
        street.clock.at += timedelta(seconds=seconds)
    moment = paused_at.replace(microsecond=0) - timedelta(seconds=4)
    take = a_take(chance, len(street.takes) + 1, chance.choice(HOUSEHOLDS[resident]), moment)
    street.takes[take.mark] = take
    street.count("blinks")


def grant(street: Street, chance: random.Random) -> None:
    """A resident signs a new grant, or another version of one."""
    resident = chance.choice(tuple(HOUSEHOLDS))
    name = f"gr-{resident}{chance.choice('0012')}"
    known = street.law.newest.get(name)
    if known is None or known.revoked or known.until <= street.clock.at:
        free = name if known is None else f"{name}-{sum(one.startswith(name) for one in street.law.newest)}"
        sign(street, free, _words(street, chance, resident))
        return
    remember_ids(street)
    act = chance.choice(("narrow", "narrow", "widen", "pause", "pause"))
    if act == "pause":
        _pause_or_resume(street, name, known)
        return
    said = _narrower(known, chance) if act == "narrow" else _words(street, chance, resident)
    said = replace(said, since=known.since, pauses=known.pauses)
    if said.until <= said.since:
        return
    street.law.say(name, said)
    made = change_grant(street.services, name, as_signed(name, said), "tester")
    if made.finished.failed:
        raise BreachError(f"the change was not finished: {made.finished.failed}")
    require_gone(street)


def _pause_or_resume(street: Street, name: str, known: Words) -> None:
    """What was recorded in a pause is never covered; nothing is deleted by it."""
    services = street.services
    if known.is_paused:
        made = resume_grant(services, name, "tester").signed.grant.pauses[-1]
        pauses = (*known.pauses[:-1], (made.since, made.until))
    else:
        pauses = (*known.pauses, (pause_grant(services, name, "tester").signed.grant.pauses[-1].since, None))
    street.law.say(name, replace(known, pauses=pauses))


def sign(street: Street, name: str, said: Words) -> None:
    """A first version."""
    made = sign_grant(as_signed(name, said), street.services.key)
    save_grant(street.services, made, CustodyAction.GRANT_SIGNED, "tester")
    street.law.say(name, said)


def as_signed(name: str, said: Words) -> ConsentGrant:
    """A first version in the installation's own words; a later one takes what it needs of it."""
    zone_name = next(name for name, ahead in ZONES_OF_TIME.items() if ahead == said.local)
    days = tuple(day for day in Weekday if day.number in said.days)
    return ConsentGrant(
        grant_id=name,
        version=1,
        resident_id=said.resident,
        camera_ids=tuple(sorted(said.cameras)),
        event_kinds=tuple(EventKind if said.is_every_kind else map(EventKind, sorted(said.kinds))),
        hours=tuple(DailyHours(_time(start), _time(end), days) for start, end in said.hours),
        time_zone=zone_name,
        purpose=said.purpose,
        recipient=said.recipient,
        granted_at=said.since,
        expires_at=said.until,
        zones=() if said.half is None else (HALVES[said.half],),
        audio=said.sound,
        covers_from=said.footage_since,
        whole_recordings=said.whole,
    )


def _time(minutes: int) -> time:
    return time(minutes % DAY // 60, minutes % 60)


_MUCH: Mapping[str, Any] = {
    "kinds": frozenset(EVERY_KIND),
    "hours": HOURS[0],
    "purpose": PURPOSE,
    "half": None,
    "days": frozenset(range(7)),
}


def _words(street: Street, chance: random.Random, resident: str) -> Words:
    now = street.clock.at
    own = HOUSEHOLDS[resident]
    cameras = set(own) if chance.random() < 0.6 else {chance.choice(own)}
    if chance.random() < 0.1:
        cameras.add(chance.choice((SHARED, *HOUSEHOLDS["bob"])))  # not theirs to give
    is_every_kind = chance.random() < 0.6
    return Words(
        resident=resident,
        cameras=frozenset(cameras),
        kinds=frozenset(EVERY_KIND if is_every_kind else chance.sample(EVERY_KIND, 3)),
        is_every_kind=is_every_kind,
        whole=chance.random() < 0.5,
        hours=HOURS[0] if chance.random() < 0.5 else chance.choice(HOURS),
        purpose=chance.choice((PURPOSE, PURPOSE, PURPOSE.upper(), OTHER)),
        recipient=RECIPIENT,
        since=now + timedelta(hours=chance.choice((0, 0, 0, 0, 0, 0, 5))),
        footage_since=now - timedelta(hours=chance.choice((0, 12, 72, 72, 72))),
        until=now + timedelta(hours=chance.choice((24, 60, 24 * 20, 24 * 60))),
        sound=chance.random() < 0.4,
        half=chance.choice((LEFT, RIGHT)) if chance.random() < 0.2 else None,
        local=chance.choice(tuple(ZONES_OF_TIME.values())),
        days=frozenset(range(7)) if chance.random() < 0.8 else frozenset(chance.sample(range(7), 5)),
    )


def _narrower(known: Words, chance: random.Random) -> Words:
    return chance.choice(
        (
            lambda: replace(known, cameras=frozenset(sorted(known.cameras)[:1])),
            lambda: replace(known, kinds=frozenset(sorted(known.kinds)[:2]), is_every_kind=False),
            lambda: replace(known, whole=False),
            lambda: replace(known, hours=chance.choice(HOURS)),
            lambda: replace(known, half=chance.choice((LEFT, RIGHT))),
            lambda: replace(known, sound=False),
            lambda: replace(known, footage_since=known.footage_since + timedelta(hours=20)),
            lambda: replace(known, days=frozenset(sorted(known.days)[:4])),
            lambda: replace(known, purpose=OTHER),
        )
    )()


def revoke(street: Street, chance: random.Random) -> None:
    """A resident revokes; everything that no other grant and no hold keeps is gone when the call returns."""
    open_now = street.law.open(street.clock.at) or street.law.grants()
    if not open_now:
        return
    name = chance.choice(open_now)
    remember_ids(street)
    street.law.revoke(name)
    made = revoke_grant(street.services, name, "tester")
    if made.finished.failed:
        raise BreachError(f"the revocation was not finished: {made.finished.failed}")
    street.count("revocations")
    require_gone(street)


def night(street: Street, _: random.Random) -> None:
    run_a_night(street)


def sweep_all(street: Street, _: random.Random) -> None:
    remember_ids(street)
    sweep(street.services)
    street.released.clear()
    require_gone(street)


def wait(street: Street, chance: random.Random) -> None:
    """The clock goes on, by hours or by weeks."""
    street.clock.at += timedelta(hours=chance.choice((1, 3, 7, 11, 11, 24, 24, 70, 24 * 8, 24 * 31)))


def hold(street: Street, chance: random.Random) -> None:
    """An instrument orders that something stays, or that it need not any more."""
    services = street.services
    in_force = services.catalogue.holds.list()
    if in_force and chance.random() < 0.5:
        lift_hold(services, chance.choice(in_force).hold_id, "lifted 1", "tester")
        here = (taken(street, held) for held in street.book.clips())
        street.released |= {one.mark for one in here if not street.law.keeps(one.camera, one.at, street.clock.at)}
        street.held.clear()
        return
    clips = services.catalogue.clips.list()
    if not clips:
        return
    clip = chance.choice(clips)
    at = clip.clock.starts_at
    camera = HoldScope(
        camera_id=clip.acquisition.camera_id, since=at - timedelta(minutes=30), until=at + timedelta(minutes=30)
    )
    scopes = [HoldScope(digest=clip.item.digest), camera]
    live = services.catalogue.incidents.live()
    if live and chance.random() < 0.3:
        about = chance.choice(live)
        scopes = [HoldScope(incident_id=about.incident_id)]
    remember_ids(street)
    place_hold(services, Instrument.COURT_ORDER, "CO-1", chance.choice(scopes), "tester", sealed=chance.random() < 0.3)
