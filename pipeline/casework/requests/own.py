"""What is held about a resident because of requests: for their own copy, and to be forgotten with their account."""

from dataclasses import dataclass

from pipeline.casework.requests import marks
from pipeline.casework.requests.marks import Mark
from pipeline.casework.requests.post import ask_for_post, wants_post
from pipeline.domain.request_log import Answer
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class OwnOfRequests:
    """All of it.

    Attributes:
        address: Where letters about requests go; empty where none do.
        put_aside: Ids of requests that the resident put out of their sight.
        written_to: Ids of requests of which a letter told them.
        answers: What they answered; the grants themselves are kept with the others.
    """

    address: str
    put_aside: tuple[str, ...]
    written_to: tuple[str, ...]
    answers: tuple[Answer, ...]


def own_of_requests(services: Services, resident_id: str) -> OwnOfRequests:
    """What is held; nothing of it is written down as read."""
    ids = _published(services)
    return OwnOfRequests(
        address=wants_post(services, resident_id),
        put_aside=tuple(sorted(marks.marked(services, Mark.HIDDEN, resident_id, ids))),
        written_to=tuple(sorted(marks.marked(services, Mark.WRITTEN_TO, resident_id, ids))),
        answers=services.catalogue.answers.of_resident(resident_id),
    )


def forget_own(services: Services, resident_id: str) -> None:
    """Forgets the address and every mark; that an answer was given stays with its grant. Again it changes nothing."""
    ask_for_post(services, resident_id, "")
    for request_id in _published(services):
        for mark in Mark:
            marks.forget(services, mark, resident_id, request_id)


def _published(services: Services) -> list[str]:
    return [one.request_id for one in services.catalogue.footage_requests.published()]
