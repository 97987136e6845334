"""The truth of a shot, in the form of docs/evaluation.md, with fields of our own beside it."""

from typing import Any

from bench.composites.script import Actor, Happened
from bench.composites.shot import Shot

VISIBLE = 0.35
"""Share of a person from which the truth says that he is in view."""
SMALL = 30.0
"""Pixels across, in a clip 640 wide, below which a thing is small."""
LOITERING = 15.0
"""Seconds of presence from which saying that somebody loiters is not wrong."""
CLOSE = 0.6
"""Share of the picture's height that somebody fills from which saying that a person is at the door is not wrong: there
is no door in these places."""
BREAK = 1.0
"""Seconds out of view that do not end a presence."""

Span = tuple[float, float]


def entry(shot: Shot, file: str, count: int, seen: list[tuple[float, ...]]) -> dict[str, Any]:
    """One clip's entry.

    Args:
        shot: What was filmed.
        file: The clip's name.
        count: Frames that were written.
        seen: For every frame, how much of each actor was in view.
    """
    seconds = round(count / shot.rate, 3)
    people = [_presence(shot, seen, actor) for actor in range(len(shot.scene.actors))]
    events = _events(shot, seconds, people)
    boxes, is_small = _boxes(shot, seconds)
    conditions = [*shot.weather.conditions, *(["small"] if is_small else [])]
    return {
        "file": file,
        "split": "",
        "kind": shot.scene.kind,
        "conditions": sorted(set(conditions)),
        "duration_s": seconds,
        "fps": shot.rate,
        "width": shot.stage.frame.size[0],
        "height": shot.stage.frame.size[1],
        "quality": shot.quality,
        "objects": _objects(shot, seconds, people),
        "events": events,
        "package_boxes": boxes,
        "place": shot.scene.place.name,
        "things": [one.source for one in shot.scene.things],
        "walkers": [one.walker.name for one in shot.scene.actors],
        "synthetic": True,
    }


def _presence(shot: Shot, seen: list[tuple[float, ...]], actor: int) -> list[Span]:
    spans: list[Span] = []
    for number, shares in enumerate(seen):
        if shares[actor] < VISIBLE:
            continue
        start, end = number / shot.rate, (number + 1) / shot.rate
        if spans and start - spans[-1][1] <= BREAK:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [(round(start, 3), round(end, 3)) for start, end in spans]


def _events(shot: Shot, seconds: float, people: list[list[Span]]) -> list[dict[str, Any]]:
    events = []
    for event in shot.scene.events:
        if event.word == "loitering":
            events += [_event(Happened("loitering", spans[0][0], spans[-1][1])) for spans in people if spans]
            continue
        start, end = (min(max(0.0, time - shot.scene.starts), seconds) for time in (event.start, event.end))
        events.append(_event(event._replace(start=start, end=end)))
    visits = [Happened("person_visit", *span) for spans in people for span in spans]
    has_loitering = any(event.word == "loitering" for event in shot.scene.events)
    lingering = [visit for visit in visits if visit.end - visit.start >= 0.8 * LOITERING and not has_loitering]
    events += [_event(visit) for visit in visits]
    events += [_event(visit._replace(word="loitering", optional=True)) for visit in lingering]
    close = [
        span for actor, spans in zip(shot.scene.actors, people, strict=True) for span in spans if _is_close(shot, actor)
    ]
    events += [_event(Happened("person_at_door", *span, optional=True)) for span in close]
    return sorted(events, key=lambda one: (one["start_s"], one["type"]))


def _is_close(shot: Shot, actor: Actor) -> bool:
    """Whether somebody ever fills much of the picture's height."""
    tall = max(shot.scene.place.tall(mark.y) for mark in actor.marks) / shot.scene.frame.high
    return tall >= CLOSE


def _event(event: Happened) -> dict[str, Any]:
    told: dict[str, Any] = {"type": event.word, "start_s": round(event.start, 3), "end_s": round(event.end, 3)}
    return {**told, "optional": True} if event.optional else told


def _objects(shot: Shot, seconds: float, people: list[list[Span]]) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = [
        {"class": "person", "intervals": [list(span) for span in spans]} for spans in people if spans
    ]
    starts = shot.scene.starts
    packages = {number for number, thing in enumerate(shot.scene.things) if thing.word == "package"}
    lying = [_within(lie.start - starts, lie.end - starts, seconds) for lie in shot.scene.lies if lie.thing in packages]
    carried = [
        _within(carry.start - starts, carry.end - starts, seconds)
        for actor in shot.scene.actors
        for carry in actor.carries
        if carry.thing in packages
    ]
    objects += [{"class": "package", "intervals": [list(span)]} for span in lying if span]
    objects += [{"class": "package", "intervals": [list(span)], "optional": True} for span in carried if span]
    if shot.scene.place.has_cars:
        objects.append({"class": "car", "intervals": [[0.0, seconds]], "optional": True})
    return objects


def _within(start: float, end: float, seconds: float) -> Span | None:
    first, last = max(0.0, start), min(seconds, end)
    return (round(first, 3), round(last, 3)) if first < last else None


def _boxes(shot: Shot, seconds: float) -> tuple[list[dict[str, Any]], bool]:
    """Where things lie and from when to when; and whether one of them is small."""
    boxes, is_small = [], False
    for lie in shot.scene.lies:
        span = _within(lie.start - shot.scene.starts, lie.end - shot.scene.starts, seconds)
        if span is None:
            continue
        box = shot.stage.lying_box(lie)
        if shot.lens is not None:
            box = shot.lens.seen(box)
        is_small = is_small or (box[2] - box[0]) * 640 < SMALL
        what = shot.scene.things[lie.thing].word
        boxes.append({"class": what, "box": [round(side, 4) for side in box], "interval": list(span)})
    return boxes, is_small
