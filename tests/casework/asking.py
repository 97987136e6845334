"""A request for footage around Ann's front door, and people who write, decide and answer it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipeline.casework.requests.writing import decide_request, write_request
from pipeline.domain.agents import Role
from pipeline.domain.events import EventKind
from pipeline.domain.footage_requests import FootageRequest
from pipeline.domain.places import Circle
from pipeline.domain.request_log import PublicRequest
from pipeline.night.services import Services
from tests.builders import EVENING, PURPOSE, RECIPIENT

WRITER, SUPERVISOR, ANOTHER = "ina", "sue", "sam"
"""Investigator, supervisor, and another supervisor."""


def a_footage_request(**changes: Any) -> FootageRequest:
    """For the hour around ``EVENING``, around the camera of the stories; it passes every rule."""
    asked = FootageRequest(
        case_number="24-117",
        title="Parcel taken from a porch",
        words="Somebody in a red jacket took a parcel from a porch and left by bicycle.",
        place=Circle(51.5, -0.12, 300),
        starts_at=EVENING - timedelta(minutes=30),
        ends_at=EVENING + timedelta(minutes=30),
        kinds=(EventKind.PACKAGE_PICKED_UP,),
        purpose=PURPOSE,
        recipient=RECIPIENT,
    )
    return replace(asked, **changes)


def publish(services: Services, **changes: Any) -> PublicRequest:
    filed = write_request(services, WRITER, a_footage_request(**changes))
    decide_request(services, SUPERVISOR, Role.SUPERVISOR, filed.request_id, is_given=True)
    return services.catalogue.footage_requests.public(filed.request_id)
