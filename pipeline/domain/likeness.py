"""What may be said from a parcel likeness, and from which number on."""

NO_STATEMENT = 0.5
"""The likeness that says nothing either way."""
PACKAGE_FROM = 0.8
"""From here on a thing that somebody was at is called a package. Source: ``thresholds`` in
models/package-likeness/figures.json: where parcels and other things are as many, 97 in 100 are parcels from here on,
and 13 in 100 parcels stay below."""
