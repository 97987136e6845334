"""An incident from the command line: a person decides about what the machine attached."""

import json
from pathlib import Path

import pytest

from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import AttachmentStatus, IncidentStatus
from tests.cli.runner import run
