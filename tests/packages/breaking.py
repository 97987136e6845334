"""Ways to break a package, each of which somebody who checks it must notice."""

import base64
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.packages import verifier
from tests.packages.howto import commands, failing


@dataclass(frozen=True)
class Flip:
    """One byte of one file, and what it is XORed with."""

    name: str
    place: int
    mask: int


def files_of(folder: Path) -> dict[str, int]:
    """Name and size of every file."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()
    }


def some_flips(folder: Path, count: int, seed: int) -> Iterator[Flip]:
    """Half of them anywhere by size, half in a file chosen first, so that short files are met as well."""
    chance, sizes = random.Random(seed), files_of(folder)
    names = list(sizes)
    for number in range(count):
        name = chance.choice(names) if number % 2 else chance.choices(names, weights=list(sizes.values()))[0]
        yield Flip(name, chance.randrange(sizes[name]), chance.randrange(1, 256))


def flip(folder: Path, one: Flip) -> None:
    """Does it; again, it is undone."""
    path = folder / one.name
    with path.open("r+b") as file:
        file.seek(one.place)
        byte = file.read(1)[0]
        file.seek(one.place)
        file.write(bytes([byte ^ one.mask]))


def unnoticed(folder: Path, flips: Iterator[Flip], pasted: list[str] | None = None) -> list[Flip]:
    """Flips that none of the HOWTO's commands notices; the package is whole again afterwards.

    Args:
        folder: A copy.
        flips: To try, one at a time.
        pasted: The commands; those of the package by default.
    """
    told = pasted or commands(folder)
    found = []
    for one in flips:
        flip(folder, one)
        if not failing(folder, told):
            found.append(one)
        flip(folder, one)
    return found


def forged(folder: Path) -> None:
    """Writes the manifests anew over whatever was changed, as a forger without the key would."""
    sums = {name: verifier.digest(folder / name) for name in files_of(folder)}
    payload = {name: value for name, value in sums.items() if name.startswith("data/")}
    _write(folder / verifier.MANIFEST, payload)
    tags = {name: value for name, value in sums.items() if name not in payload}
    for name in (verifier.TAG_MANIFEST, verifier.SIGNATURE):
        tags.pop(name)
    _write(folder / verifier.TAG_MANIFEST, {**tags, verifier.MANIFEST: verifier.digest(folder / verifier.MANIFEST)})


def _write(path: Path, sums: dict[str, str]) -> None:
    path.write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)), encoding="utf-8")


def with_another_root(folder: Path) -> None:
    """Gives the checkpoint another root, and leaves its signature."""
    path = folder / "data/custody/checkpoint"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    path.write_text("\n".join(lines), encoding="utf-8")


def add(folder: Path, name: str) -> None:
    """Adds a file."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"added")


def remove(folder: Path, name: str) -> None:
    """Takes a file away."""
    (folder / name).unlink()


def rename(folder: Path, name: str) -> None:
    """Gives a file another name."""
    shutil.move(folder / name, folder / f"{name}.old")
