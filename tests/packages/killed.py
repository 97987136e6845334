"""A child that exports and is killed between the name of its package and the second question of consent."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pipeline.packages.export
from pipeline.consent.grants import revoke
from pipeline.domain.evidence import CustodyAction
from pipeline.night.services import open_services
from pipeline.packages.bag import publish
from pipeline.packages.export import export_incident
from pipeline.retention.revocation import save_grant
from pipeline.settings import Settings
from tests.night.story import MORNING

STEPS = (
    "_copy_objects",
    "build",
    "require_still_granted",
    "_disclosure",
    "note_leaving",
    "publish",
    "_require_still_allowed",
    "settle_leaving",
)
"""Of an export, in order."""


def export_and_die_at(settings: Settings, incident_id: str, folder: Path, step: str, *, after: bool) -> None:
    """Exports, and is killed before or after a step."""
    with open_services(settings, lambda: MORNING + timedelta(hours=1)) as services:
        whole = getattr(pipeline.packages.export, step)

        def dying(*given: Any, **named: Any) -> None:
            if after:
                whole(*given, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(pipeline.packages.export, step, dying)
        export_incident(services, incident_id, folder, "kim", zipped=True)


def export_and_die(settings: Settings, incident_id: str, folder: Path, revoking: bool) -> None:
    """Exports; the grant is revoked in the last moment before the package has its name, where that is asked."""
    now = MORNING + timedelta(hours=1)
    with open_services(settings, lambda: now) as services:

        def dying(made: Path, target: Path) -> None:
            if revoking:
                newest = services.catalogue.grants.get("gr-1").grant
                save_grant(services, revoke(newest, now, services.key), CustodyAction.GRANT_REVOKED, "ann")
            publish(made, target)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(pipeline.packages.export, "publish", dying)  # noqa: B010 - of this process alone, which ends with it
        export_incident(services, incident_id, folder, "kim", zipped=True)
