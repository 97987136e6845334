"""What may be said from a parcel likeness, and from which number on."""

from enum import StrEnum

NO_STATEMENT = 0.5
"""The likeness that says nothing either way."""
PACKAGE_FROM = 0.9
"""From here on a thing is called a package, OTHER_BELOW it is called something else, and between the two nobody can
tell. Source: ``thresholds`` in models/package-likeness/figures.json, whose precision and recall there are tested."""
OTHER_BELOW = 0.1


class LikenessVerdict(StrEnum):
    """What a likeness lets one say of a thing."""

    PACKAGE = "package"
    OTHER = "other"
    CANNOT_TELL = "cannot_tell"


def verdict_of(likeness: float) -> LikenessVerdict:
    """The words for a likeness, 0 to 1."""
    if likeness >= PACKAGE_FROM:
        return LikenessVerdict.PACKAGE
    return LikenessVerdict.OTHER if likeness < OTHER_BELOW else LikenessVerdict.CANNOT_TELL
