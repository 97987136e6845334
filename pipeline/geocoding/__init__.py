"""Where an address, a place or a postal code lies: by the operator's own map, by postal codes, by a service.

What was asked is written down nowhere: not in a log, not in the catalogue. Only answers of the service are kept for a
while, in memory, as its rules of use ask.
"""

from pipeline.geocoding.finding import Finder, Found, open_finder
from pipeline.geocoding.ground import Ground, read_ground

__all__ = ["Finder", "Found", "Ground", "open_finder", "read_ground"]
