"""What was seen and in which colour, in the words that people use. Of clothing and vehicles, never of a body."""

import re

from pipeline.asking.kinds import PARCEL, SOMEONE, VEHICLE
from pipeline.asking.reading import Pair, Read, Reader, Reading, Surroundings, fixed, reader
from pipeline.domain.appearance import Colour, Part, in_words, may_be_said
from pipeline.domain.tracks import ObjectClass

OBJECT, COLOUR = "object", "colour"
VAGUE_VEHICLE = "any vehicle: kinds of vehicle are not told apart reliably"
_AS_NAMED = "as the detector names it; ask for vehicle or animal to find more"
_NEVER_SAID = "brown and beige clothing is never described: a picture does not tell it from skin"

_OBJECTS: tuple[tuple[str, str, str], ...] = (
    (ObjectClass.PERSON, rf"{SOMEONE}|pedestrians?", ""),
    (ObjectClass.VEHICLE, "vehicles?", ""),
    (ObjectClass.VEHICLE, r"vans?|lorr(?:y|ies)|suvs?|pick-?up trucks?|scooters?|mopeds?", VAGUE_VEHICLE),
    (ObjectClass.BICYCLE, r"bicycles?|bikes?|cycl(?:e|es|ist|ists)", ""),
    (ObjectClass.ANIMAL, r"animals?|pets?|wildlife", ""),
    (ObjectClass.PACKAGE, PARCEL, ""),
    (ObjectClass.BAG, r"bags?|suitcases?|backpacks?|rucksacks?|handbags?", ""),
    ("car", "cars?", _AS_NAMED),
    ("truck", "trucks?", _AS_NAMED),
    ("bus", "bus(?:es)?", _AS_NAMED),
    ("motorcycle", "motor(?:bike|cycle)s?", _AS_NAMED),
    ("dog", "dogs?", _AS_NAMED),
    ("cat", "cats?", _AS_NAMED),
    ("bird", "birds?", _AS_NAMED),
    ("fox", "fox(?:es)?", _AS_NAMED),
)
_ANIMALS = ("dog", "cat", "bird", "fox")
_SHADES = {
    "gray": Colour.GREY,
    "silver": Colour.GREY,
    "navy": Colour.BLUE,
    "maroon": Colour.RED,
    "violet": Colour.PURPLE,
    "tan": Colour.BEIGE,
    "cream": Colour.BEIGE,
}
_UPPER = (
    "(?:jackets?|coats?|shirts?|t-?shirts?|tees?|tops?|hood(?:ie|ies|ed top)|jumpers?|sweaters?|sweatshirts?|vests?"
    "|blouses?|dress(?:es)?|parkas?|raincoats?|fleeces?|hi-?vis)"
)
_LOWER = "(?:trousers|pants|jeans|shorts|leggings|skirts?|joggers)"
_CLOTHES = "(?:cloth(?:es|ing)|outfits?|uniforms?)"
_SHADE = "(?:dark|light|bright|pale)"
_COLOUR = rf"(?P<colour>{'|'.join([*[one.value for one in Colour], *_SHADES])})"
_WEARING = "(?:(?:with|in|wearing|wears|dressed in) )?(?:an? |the )?"


def _colour(words: str) -> Colour:
    return _SHADES.get(words.lower()) or Colour(words.lower())


def colour_pair(colour: Colour, part: Part | None) -> Pair:
    """As it stands in an address: ``red:upper``, or ``red`` of whatever part."""
    return COLOUR, colour.value if part is None else f"{colour.value}:{part.value}"


def _worn(part: Part | None) -> Read:
    def read(found: re.Match[str], _: Surroundings) -> Reading:
        colour = _colour(found["colour"])
        of_whom: tuple[Pair, ...] = () if part else ((OBJECT, ObjectClass.PERSON.value),)
        says = in_words(part, colour) if part else f"a person, something {colour.value}"
        hint = "" if may_be_said(part or Part.UPPER, colour) else _NEVER_SAID
        return Reading((*of_whom, colour_pair(colour, part)), says, hint)

    return read


def _vehicle(found: re.Match[str], _: Surroundings) -> Reading:
    colour = _colour(found["colour"])
    pairs = ((OBJECT, ObjectClass.VEHICLE.value), colour_pair(colour, Part.VEHICLE))
    return Reading(pairs, f"a {colour.value} vehicle", VAGUE_VEHICLE)


def _bare(found: re.Match[str], _: Surroundings) -> Reading:
    colour = _colour(found["colour"])
    return Reading((colour_pair(colour, None),), in_words(None, colour))


def _uncoloured(name: str) -> Read:
    def read(found: re.Match[str], _: Surroundings) -> Reading:
        hint = f"{found['colour'].lower()} is left out: colours are told of clothing and vehicles alone"
        return Reading(((OBJECT, name),), name, hint)

    return read


def _object_readers() -> list[Reader]:
    made = [fixed([words], Reading(((OBJECT, str(name)),), str(name), hint)) for name, words, hint in _OBJECTS]
    for name, words, _ in _OBJECTS:
        if name in (ObjectClass.BICYCLE, ObjectClass.ANIMAL, ObjectClass.PACKAGE, ObjectClass.BAG, *_ANIMALS):
            made.append(reader(rf"(?:{_SHADE} )?{_COLOUR} (?:{words})", _uncoloured(str(name))))
    return made


READERS: tuple[Reader, ...] = (
    reader(rf"(?:{_SHADE} )?{_COLOUR} {VEHICLE}", _vehicle),
    reader(rf"{_WEARING}(?:{_SHADE} )?{_COLOUR} {_UPPER}", _worn(Part.UPPER)),
    reader(rf"{_WEARING}(?:{_SHADE} )?{_COLOUR} {_LOWER}", _worn(Part.LOWER)),
    reader(rf"{_WEARING}(?:{_SHADE} )?{_COLOUR} {_CLOTHES}", _worn(None)),
    reader(rf"(?:wearing|wears|dressed in|in) (?:{_SHADE} )?{_COLOUR}", _worn(None)),
    reader(rf"(?:colou?r |{_SHADE} )?{_COLOUR}", _bare),
    *_object_readers(),
)
