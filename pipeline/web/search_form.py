"""The filters beside the box as a form: what stands in each of its fields for a question, and what the map needs."""

import json
from collections.abc import Mapping
from datetime import datetime

from pipeline.asking.address import FIELDS
from pipeline.asking.question import Answerable, Question
from pipeline.domain.appearance import PART_WORDS, Colour, Part, may_be_said

_IN_FORM = (
    "since",
    "until",
    "hours_from",
    "hours_to",
    "score",
    "lasting",
    "near",
    "area",
    "street",
    "zone",
    "text",
    "colour",
    "incident",
    "grant",
)
"""Fields that the form shows as inputs; of every other it keeps what the question says."""


def form_values(answer: Answerable) -> Mapping[str, str]:
    """By input, what stands in it: of the filters, not of the box, whose words stay there.

    Of several values of a field the first stands in the input; ``kept_pairs`` has the others.
    """
    pairs = _shown(answer)
    values = {name: pairs.get(name, "") for name in _IN_FORM}
    for edge in ("since", "until"):
        values[edge] = _wall_clock(answer, values[edge])
    first, _, last = pairs.get("hours", "").partition("-")
    return {**values, "hours_from": first, "hours_to": "23:59" if last == "24:00" else last}


def kept_pairs(answer: Answerable) -> tuple[tuple[str, str], ...]:
    """Fields of the question that no input of the form shows: they go along, hidden."""
    shown = set(_shown(answer).items())
    pairs = (pair for pair in answer.question.pairs if pair not in answer.asked.refused)
    return tuple(pair for pair in pairs if pair not in shown)


def _shown(answer: Answerable) -> dict[str, str]:
    """The first value of each field that has an input."""
    found: dict[str, str] = {}
    for name, value in answer.question.pairs:
        if name in (*_IN_FORM, "hours") and (name, value) not in answer.asked.refused:
            found.setdefault(name, value)
    return found


def colour_choices() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """By part, the colours that are ever said of it: values and words."""
    return tuple(
        (PART_WORDS[part], tuple((f"{one.value}:{part.value}", one.value) for one in Colour if may_be_said(part, one)))
        for part in Part
    )


def question_of_form(pairs: list[tuple[str, str]]) -> Question:
    """The question of an address, as links or the form write it; the form's two times of day become one field."""
    fields = dict(pairs)
    first, last = fields.get("hours_from", "").strip(), fields.get("hours_to", "").strip()
    known = [pair for pair in pairs if pair[0] == "q" or pair[0].removeprefix("not_") in FIELDS]
    if first or last:
        end = "24:00" if last == "23:59" else last or "24:00"
        known.append(("hours", f"{first or '00:00'}-{end}"))
    return Question.from_pairs(known)


def map_of(answer: Answerable) -> str:
    """What the map draws, as JSON: the cameras whose place is known and of which something may be seen."""
    cameras = [
        {"id": one.camera_id, "name": one.name, "at": list(one.position)}
        for one in answer.around.vocabulary.cameras
        if one.position is not None
    ]
    return json.dumps({"cameras": cameras})


def _wall_clock(answer: Answerable, value: str) -> str:
    """As an input of date and time takes it; a value that is none is shown nowhere, and its chip says so."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    local = moment.astimezone(answer.around.time_zone) if moment.tzinfo else moment
    return local.replace(tzinfo=None).isoformat(timespec="seconds" if local.second else "minutes")
