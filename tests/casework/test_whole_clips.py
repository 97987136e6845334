"""A clip by itself: watched under a grant, and what a person saw in it becomes a review."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.casework.queue import QueueFilter, needs_review
from pipeline.casework.reviews import reviews_of
from pipeline.casework.whole_clips import (
    SeenByPerson,
    report_miss,
    take_back_miss,
    watch_clip,
    whole_clip_facts,
    whole_clip_medium,
)
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.review import ReviewReason
from pipeline.errors import ConsentError, EvidenceDisposedError, RecordNotFoundError, TagRefusedError
from tests.casework.story import JANE, SIZE, a_morning, entries
from tests.footage import wall, write_clip
from tests.night.story import an_event, anns_grant

SEEN = SeenByPerson(EventKind.LOITERING, Fraction("0.5"), Fraction(2), "behind the hedge")
SEAT = "se-000000000001"


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip in which nobody is."""
    return write_clip(tmp_path_factory.mktemp("nothing") / "wall.mp4", lambda _: wall(SIZE), 3)


def test_a_clip_in_which_nothing_was_found_is_watched_and_what_was_missed_counts(tmp_path: Path, nothing: Path) -> None:
    with a_morning(tmp_path, nothing) as house:
        services = house.services
        (clip,) = services.catalogue.clips.list()
        name = clip.acquisition.acquisition_id

        found = watch_clip(services, JANE, name)
        assert (found.events, found.misses, found.refused) == ((), (), "")
        assert [one.subject for one in entries(services, CustodyAction.ACCESSED, "clip")] == [clip.item.digest]
        assert whole_clip_medium(services, JANE, name).is_original
        facts = whole_clip_facts(services, JANE, SEAT, name)
        assert (facts["tracks"], facts["events"], facts["region"]) == ([], [], None)
        (play,) = entries(services, CustodyAction.ACCESSED, "play")
        assert play.detail["acquisition"] == name

        miss = report_miss(services, JANE, name, SEEN)
        assert watch_clip(services, JANE, name).misses == (miss,)
        (judged,) = [one for one in entries(services, CustodyAction.JUDGED) if one.detail["as"] == "missed"]
        assert (judged.subject, judged.authority, judged.detail["kind"]) == (miss.miss_id, "gr-1 v1", "loitering")
        (kind,) = reviews_of(services, JANE).kinds
        assert (kind.kind, kind.missed, kind.statements, kind.precision) == (EventKind.LOITERING, 1, 0, None)

        with pytest.raises(RecordNotFoundError):
            take_back_miss(services, replace(JANE, agent="joe"), miss.miss_id)
        take_back_miss(services, JANE, miss.miss_id)
        assert reviews_of(services, JANE).kinds == ()

        with pytest.raises(TagRefusedError, match="inside the clip"):
            report_miss(services, JANE, name, replace(SEEN, end=Fraction(99)))


def test_what_was_missed_goes_with_the_grant_and_with_the_clip(tmp_path: Path, nothing: Path) -> None:
    grant = anns_grant(event_kinds=(EventKind.PERSON_VISIT, EventKind.LOITERING))
    with a_morning(tmp_path, nothing, grant=grant) as house:
        services = house.services
        (clip,) = services.catalogue.clips.list()
        name = clip.acquisition.acquisition_id
        with pytest.raises(ConsentError):
            report_miss(services, JANE, name, replace(SEEN, kind=EventKind.PACKAGE_PICKED_UP))
        with pytest.raises(ConsentError):
            watch_clip(services, replace(JANE, purpose="curiosity"), name)
        report_miss(services, JANE, name, SEEN)

        house.grant(replace(grant, version=2, event_kinds=(EventKind.PERSON_VISIT,)))
        assert watch_clip(services, JANE, name).misses == (), "the kind may not be told any more"
        assert reviews_of(services, JANE).kinds == ()

        house.revoke()
        with pytest.raises((ConsentError, EvidenceDisposedError, RecordNotFoundError)):
            watch_clip(services, JANE, name)


def test_where_a_part_of_the_picture_is_shared_what_was_missed_says_where_it_was(tmp_path: Path, nothing: Path) -> None:
    left = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
    with a_morning(tmp_path, nothing, grant=anns_grant(zones=(left,))) as house:
        services = house.services
        (clip,) = services.catalogue.clips.list()
        name = clip.acquisition.acquisition_id
        assert watch_clip(services, JANE, name).asks_for_place
        with pytest.raises(TagRefusedError, match="where in the picture"):
            report_miss(services, JANE, name, SEEN)
        with pytest.raises(ConsentError):
            report_miss(services, JANE, name, replace(SEEN, place=(0.9, 0.5)))

        miss = report_miss(services, JANE, name, replace(SEEN, place=(0.2, 0.5)))
        assert watch_clip(services, JANE, name).misses == (miss,)
        (kind,) = reviews_of(services, JANE).kinds
        assert kind.missed == 1
        right = Zone("right", ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)))
        house.grant(anns_grant(version=2, zones=(right,)))
        assert watch_clip(services, JANE, name).misses == (), "it lies outside what is shared now"


def test_a_clip_in_doubt_without_an_event_waits_until_somebody_watched_it(tmp_path: Path, nothing: Path) -> None:
    with a_morning(tmp_path, an_event(0, nothing, detection_type="human", person_detected=True)) as house:
        services = house.services
        (item,) = needs_review(services, JANE, QueueFilter(), 9).items
        assert (item.reason, item.event, item.beside) == (ReviewReason.THEY_SAY_MORE, None, ())

        report_miss(services, JANE, item.acquisition_id, SeenByPerson(None))
        assert needs_review(services, JANE, QueueFilter(), 9).items == ()
        assert reviews_of(services, JANE).kinds == (), "that nothing is missing is no miss"
