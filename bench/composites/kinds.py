"""The scenarios: what happens, and what is true about it. Times are seconds of the script."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bench.composites.director import Director, Errand
from bench.composites.script import Actor, Carry, Happened, Lie, Scene
from bench.composites.sources import Split
from bench.composites.things import Thing

LONGEST = 26.0
"""Seconds of a clip; a script that takes longer is set up anew, with a quicker walk."""
TRIES = 12
BEFORE, AFTER = (2.0, 4.0), (2.5, 4.5)
"""Seconds of the still scene before the first and after the last person."""
LOITERS = 19.0
"""Seconds for which a loiterer stays at the least: clearly more than the 15 that count."""


def set_up(kind: str, split: Split, random: np.random.Generator) -> Scene:
    """A scene of a kind, no longer than `LONGEST` if any of some tries is."""
    best: Scene | None = None
    for quicker in range(TRIES):
        director = Director.of(split, random)
        director.speed *= 1 + 0.06 * quicker
        scene = KINDS[kind](director)
        if best is None or scene.seconds < best.seconds:
            best = scene
        if scene.seconds <= LONGEST:
            break
    if best is None:
        raise ValueError(f"no scene of kind {kind} came about")
    return best


def _delivered(director: Director) -> Scene:
    errand, spot = _brought(director)
    event = Happened("package_delivered", errand.put, errand.put)
    return _ended(director, "delivered", [errand.actor], [director.parcel()], [Lie(0, spot, errand.put, 1e9)], [event])


def _brought(director: Director) -> tuple[Errand, tuple[float, float]]:
    spot = director.spot()
    return director.errand(director.between(*BEFORE), spot, director.entries(), brings=0), spot


def _picked_up(director: Director) -> Scene:
    return _taken(director, "picked_up", [director.parcel()])


def _taken(
    director: Director, kind: str, things: list[Thing], word: str = "package_picked_up", *, door: bool = False
) -> Scene:
    spot = director.spot()
    ends = (director.place.door, director.place.door) if door else director.entries()
    errand = director.errand(director.between(*BEFORE), spot, ends, takes=(0, spot))
    lies = [Lie(0, spot, -1.0, errand.taken)]
    for number in range(1, len(things)):
        lies.append(Lie(number, director.near(spot, director.between(0.55, 0.8) * (1 + 0.6 * (number - 1))), -1, 1e9))
    event = Happened(word, errand.taken, errand.taken)
    return _ended(director, kind, [errand.actor], things, lies, [event])


def _resident(director: Director) -> Scene:
    return _taken(director, "resident_takes_in", [director.parcel()], door=True)


def _one_of_several(director: Director) -> Scene:
    things = [director.parcel() for _ in range(int(director.random.integers(2, 4)))]
    return _taken(director, "one_of_several_taken", things)


def _both(director: Director) -> Scene:
    first, spot = _brought(director)
    start = first.actor.marks[-1].second + director.between(1.5, 3.0)
    second = director.errand(start, spot, director.entries(), takes=(0, spot))
    events = [
        Happened("package_delivered", first.put, first.put),
        Happened("package_picked_up", second.taken, second.taken),
    ]
    lies = [Lie(0, spot, first.put, second.taken)]
    return _ended(director, "delivered_then_picked_up", [first.actor, second.actor], [director.parcel()], lies, events)


def _swapped(director: Director) -> Scene:
    old = director.spot()
    new = director.near(old, 0.6)
    errand = director.errand(director.between(*BEFORE), new, director.entries(), brings=1, takes=(0, old))
    lies = [Lie(0, old, -1.0, errand.taken), Lie(1, new, errand.put, 1e9)]
    events = [
        Happened("package_delivered", errand.put, errand.put),
        Happened("package_picked_up", errand.taken, errand.taken),
    ]
    return _ended(director, "swapped", [errand.actor], [director.parcel(), director.parcel()], lies, events)


def _moved(director: Director) -> Scene:
    old = director.spot()
    new = director.near(old, director.between(0.7, 1.4))
    entry, leaving = director.entries()
    way = director.way(director.between(*BEFORE), entry)
    way.walk(director.beside(old, entry))
    up = director.bend(way, old)
    way.walk(director.beside(new, entry))
    down = director.bend(way, new)
    way.stand(director.between(0.3, 0.8))
    way.walk(leaving)
    actor = Actor(director.walker(), tuple(way.marks), (up, down), ())
    actor = replace(actor, carries=(Carry(0, up.lowest, down.lowest),))
    lies = [Lie(0, old, -1.0, up.lowest), Lie(0, new, down.lowest, 1e9)]
    event = Happened("package_moved", up.lowest, down.lowest)
    return _ended(director, "moved_a_little", [actor], [director.parcel()], lies, [event])


def _photographed(director: Director) -> Scene:
    spot = director.spot()
    entry, leaving = director.entries()
    way = director.way(director.between(*BEFORE), entry)
    way.walk(director.beside(spot, entry, director.between(0.45, 0.8)))
    way.stand(director.between(2.0, 4.0))
    way.walk(leaving)
    actor = Actor(director.walker(), tuple(way.marks))
    return _waiting_scene(director, "photographed_only", [actor], spot)


def _waiting(director: Director) -> Scene:
    spot = director.spot()
    actors = [director.passer(director.between(*BEFORE), spot)]
    if director.random.random() < 0.5:  # noqa: PLR2004
        actors.append(director.passer(actors[0].marks[-1].second * director.between(0.4, 1.0), spot))
    return _waiting_scene(director, "waiting_people_pass", actors, spot)


def _waiting_scene(director: Director, kind: str, actors: list[Actor], spot: tuple[float, float]) -> Scene:
    event = Happened("package_waiting", 0.0, 1e9)
    return _ended(director, kind, actors, [director.parcel()], [Lie(0, spot, -1.0, 1e9)], [event])


def _bag_along(director: Director) -> Scene:
    spot = director.spot()
    errand = director.errand(
        director.between(*BEFORE), spot, director.entries(), brings=0, takes=(0, spot), waits=(2.5, 6.0)
    )
    events = [
        Happened("object_left", errand.put, errand.put, True),
        Happened("object_removed", errand.taken, errand.taken, True),
    ]
    lies = [Lie(0, spot, errand.put, errand.taken)]
    return _ended(director, "bag_put_down_and_taken_along", [errand.actor], [director.bag()], lies, events)


def _object_left(director: Director) -> Scene:
    errand, spot = _brought(director)
    event = Happened("object_left", errand.put, errand.put)
    return _ended(director, "object_left", [errand.actor], [director.other()], [Lie(0, spot, errand.put, 1e9)], [event])


def _object_removed(director: Director) -> Scene:
    return _taken(director, "object_removed", [director.other()], "object_removed")


def _light(director: Director) -> Scene:
    seconds = director.between(12.0, 20.0)
    if director.random.random() < 0.45:  # noqa: PLR2004  # with and without something whose look the light changes
        lies, things = [Lie(0, director.spot(), -1.0, 1e9)], [director.parcel()]
        events = [Happened("package_waiting", 0.0, 1e9)]
    else:
        lies, things, events = [], [], [Happened("none", 0.0, 1e9)]
    return _ended(director, "light_only", [], things, lies, events, seconds=seconds)


def _visitor(director: Director) -> Scene:
    actor = director.passer(director.between(*BEFORE), director.spot(), waits=director.between(1.5, 5.0))
    return _ended(director, "visitor", [actor], [], [], [])


def _loiterer(director: Director) -> Scene:
    entry, leaving = director.entries()
    way = director.way(director.between(1.0, 2.0), entry)
    way.walk(director.spot())
    arrived = way.now
    while way.now - arrived < LOITERS:
        way.stand(director.between(1.0, 4.0))
        way.walk(director.near((way.marks[-1].x, way.marks[-1].y), director.between(0.8, 2.0)))
    way.walk(leaving)
    actor = Actor(director.walker(), tuple(way.marks))
    return _ended(director, "loiterer", [actor], [], [], [Happened("loitering", -1.0, -1.0)])


def _starts_late(director: Director) -> Scene:
    """The clip starts while somebody bends over the parcel: what was there before cannot be known."""
    scene = _delivered(director) if director.random.random() < 0.5 else _picked_up(director)  # noqa: PLR2004
    bend = scene.actors[0].bends[0]
    starts = bend.start + 0.3 * (bend.end - bend.start)
    events = tuple(event._replace(optional=True) for event in scene.events)
    return replace(scene, kind="starts_over_parcel", starts=starts, events=events, seconds=scene.seconds - starts)


def _ends_early(director: Director) -> Scene:
    """The clip ends while somebody still stands at the parcel: what is there afterwards cannot be known."""
    scene = _delivered(director) if director.random.random() < 0.5 else _picked_up(director)  # noqa: PLR2004
    bend = scene.actors[0].bends[0]
    events = tuple(event._replace(optional=True) for event in scene.events)
    seconds = bend.lowest + director.between(0.2, 0.6)
    return replace(scene, kind="ends_over_parcel", events=events, seconds=seconds)


def _gap(director: Director) -> Scene:
    """The film was cut: the parcel is gone, or there, in the second half, and nobody was seen."""
    first, seconds = director.between(6.0, 9.0), director.between(13.0, 18.0)
    is_gone = director.random.random() < 0.7  # noqa: PLR2004  # what is gone is what people ask about
    word = "package_picked_up" if is_gone else "package_delivered"
    lie = Lie(0, director.spot(), -1.0 if is_gone else first, first if is_gone else 1e9)
    events = [Happened("footage_cut", first, first), Happened(word, first, first)]
    kind = "gone_between_halves" if is_gone else "there_after_cut"
    scene = _ended(director, kind, [], [director.parcel()], [lie], events, seconds=seconds)
    return replace(scene, gap=(first, first + director.between(300.0, 3000.0)))


def _ended(  # noqa: PLR0913, PLR0917  # a scene's parts, each named where it is called
    director: Director,
    kind: str,
    actors: list[Actor],
    things: list[Thing],
    lies: list[Lie],
    events: list[Happened],
    seconds: float | None = None,
) -> Scene:
    last = max((actor.marks[-1].second for actor in actors), default=0.0)
    length = last + director.between(*AFTER) if seconds is None else seconds
    is_hidden = director.in_front and any(actor.bends for actor in actors)
    return Scene(
        kind=kind,
        place=director.place,
        frame=director.frame,
        seconds=length,
        actors=tuple(actors),
        things=tuple(things),
        lies=tuple(lies),
        events=tuple(events),
        conditions=("occluded",) if is_hidden else (),
    )


KINDS: dict[str, Callable[[Director], Scene]] = {
    "delivered": _delivered,
    "picked_up": _picked_up,
    "delivered_then_picked_up": _both,
    "one_of_several_taken": _one_of_several,
    "swapped": _swapped,
    "moved_a_little": _moved,
    "resident_takes_in": _resident,
    "photographed_only": _photographed,
    "waiting_people_pass": _waiting,
    "bag_put_down_and_taken_along": _bag_along,
    "object_left": _object_left,
    "object_removed": _object_removed,
    "light_only": _light,
    "visitor": _visitor,
    "loiterer": _loiterer,
    "starts_over_parcel": _starts_late,
    "ends_over_parcel": _ends_early,
    "gone_between_halves": _gap,
}
ROTA = (
    "delivered", "picked_up", "waiting_people_pass", "light_only", "delivered_then_picked_up", "delivered",
    "visitor", "picked_up", "one_of_several_taken", "object_left", "photographed_only", "delivered",
    "picked_up", "resident_takes_in", "object_removed", "loiterer", "delivered_then_picked_up", "moved_a_little",
    "delivered", "bag_put_down_and_taken_along", "light_only", "picked_up", "swapped", "gone_between_halves",
    "visitor", "delivered", "waiting_people_pass", "picked_up", "starts_over_parcel", "ends_over_parcel",
)  # fmt: skip
"""The kinds in the order in which scenes take them: deliveries and pick-ups most, each kind within thirty."""
