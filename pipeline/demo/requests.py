"""What the demo's agency asks of residents: one request that a resident answered, and one that the rules refused."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.casework.requests.answering import USUAL_DAYS, answer_for_case, request_at_home
from pipeline.casework.requests.writing import decide_request, write_request
from pipeline.demo.story import ANN, ANN_PLACE
from pipeline.domain.agents import Role
from pipeline.domain.events import EventKind
from pipeline.domain.footage_requests import FootageRequest
from pipeline.domain.places import Circle
from pipeline.domain.request_log import PublicRequest
from pipeline.errors import FootageRequestRefusedError
from pipeline.night.services import Services

_METRES = 250.0
_AFTER, _LENGTH = timedelta(hours=4), timedelta(hours=1, minutes=30)
"""After the evening's begin: around the time at which the box went."""


def ask_residents(services: Services, evening: datetime, writer: str, supervisor: str) -> PublicRequest:
    """Publishes a request that the resident next to it answers for the case, after one that the rules refuse.

    Args:
        services: The installation; its residents' cameras are linked.
        evening: UTC; when the demo's night begins.
        writer: An investigator.
        supervisor: Another person.
    """
    asked = _asked(services, evening)
    with suppress(FootageRequestRefusedError):  # the refusal is what the log is to show
        write_request(services, writer, replace(asked, ends_at=asked.starts_at + timedelta(hours=20)))
    filed = write_request(services, writer, asked)
    decide_request(services, supervisor, Role.SUPERVISOR, filed.request_id, is_given=True)
    cameras = [camera.camera_id for camera in request_at_home(services, ANN.resident_id, filed.request_id).cameras]
    answer_for_case(services, ANN.resident_id, filed.request_id, cameras, days=USUAL_DAYS)
    return services.catalogue.footage_requests.public(filed.request_id)


def _asked(services: Services, evening: datetime) -> FootageRequest:
    section = services.settings.night
    return FootageRequest(
        case_number="DEMO-118",
        title="A box was taken from a step",
        words="Somebody took a box from a step and left on foot. Footage of the street in that time may help.",
        place=Circle(*ANN_PLACE, _METRES),
        starts_at=evening + _AFTER,
        ends_at=evening + _AFTER + _LENGTH,
        kinds=(EventKind.PACKAGE_PICKED_UP, EventKind.PERSON_AT_DOOR),
        purpose=section.purpose,
        recipient=section.recipient,
    )
