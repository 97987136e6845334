"""The names that one installation knows, as far as whoever asks may know them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is called by a name; several things may share one."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownCamera:
    """A camera with a grant that lives for whoever asks.

    Attributes:
        camera_id: Its id.
        name: The resident's.
        address: As it was written; empty when unknown.
        position: Latitude and longitude in degrees, WGS 84; None when unknown.
    """

    camera_id: str
    name: str
    address: str = ""
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class Vocabulary:
    """Names beside what they name. Empty where nobody gave a name; then the words are not understood, and that is said.

    Attributes:
        cameras: Each once.
        cases: Ids of incidents; the name is the agency's case number.
        zones: The key is the name.
        grants: By id.
    """

    cameras: tuple[KnownCamera, ...] = ()
    cases: tuple[Named, ...] = ()
    zones: tuple[Named, ...] = ()
    grants: tuple[Named, ...] = ()

    @cached_property
    def cameras_by_name(self) -> Mapping[str, tuple[KnownCamera, ...]]:
        """Cameras by what they are called and by their ids, as names are compared."""
        found: dict[str, tuple[KnownCamera, ...]] = {}
        for camera in self.cameras:
            for name in dict.fromkeys((plain_name(camera.name), plain_name(camera.camera_id))):
                if name:
                    found[name] = (*found.get(name, ()), camera)
        return found

    @cached_property
    def _places_by_word(self) -> Mapping[str, frozenset[int]]:
        """By word, the numbers of the cameras in whose address or name it stands."""
        found: dict[str, set[int]] = {}
        for number, camera in enumerate(self.cameras):
            for word in words_of(f"{camera.address} {camera.name}"):
                found.setdefault(word, set()).add(number)
        return {word: frozenset(numbers) for word, numbers in found.items()}

    def has_place(self, words: Iterable[str]) -> bool:
        """Whether a camera has all these words in its address or name; no words stand nowhere."""
        each = [self._places_by_word.get(word, frozenset()) for word in words]
        return bool(each) and bool(frozenset.intersection(*each))


def plain_name(name: str) -> str:
    """The name as it is compared: case and white space do not count."""
    return " ".join(name.casefold().split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared, without punctuation."""
    kept = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return tuple(kept.split())


def keys_named(things: Iterable[Named], name: str) -> tuple[str, ...]:
    """Keys of what is called so, or has that id, sorted; empty when nothing is."""
    wanted = plain_name(name)
    return tuple(sorted({one.key for one in things if wanted in (plain_name(one.name), plain_name(one.key))}))
