"""Composites: real cut-outs, rendered cartons and people's real tracks on real backgrounds, with exact truth.

Bench material only: made from the shared folder, never shipped, and nothing in the product knows of it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MAKER = str(ROOT / "sample_clips")
if (
    _MAKER not in sys.path
):  # what made the sample clips is a folder of scripts beside this package, not an installed one
    sys.path.append(_MAKER)
