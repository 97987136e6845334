"""Looking again: what a kill leaves, what fails, and what a revoked grant closes."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.differences import Difference
from pipeline.domain.search import EventFilter
from pipeline.domain.tracks import ModelIdentity
from pipeline.errors import DecoderDiedError
from pipeline.night.reanalyse import plan_reanalysis, reanalyse, try_reanalysis
from pipeline.night.reanalysis import Plan, Reanalysis, Scope
from pipeline.night.services import Services
from pipeline.night.tonight import open_night
from pipeline.night.workers import Eyes
from tests.footage import RedFigureDetector
from tests.night.story import InThisProcess, eyes_of
from tests.night.test_look import a_fetched_night, looked_at


class OtherWeights(RedFigureDetector):
    """Sees the same, and is another model."""

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("red-figure-2", "6" * 64)


class NewEyes(InThisProcess):
    def __init__(self) -> None:
        super().__init__()
        self.detector = OtherWeights()


class DiesBeforeRendering(NewEyes):
    def before(self, name: str, _arguments: tuple[Any, ...]) -> None:
        if name == "render_in_worker":
            raise KeyboardInterrupt


class CannotDecode(NewEyes):
    def before(self, name: str, _arguments: tuple[Any, ...]) -> None:
        raise DecoderDiedError("clip", "ended by a limit")


def planned(services: Services, pool: InThisProcess) -> tuple[Plan, Eyes]:
    with open_night(services) as tonight:
        eyes = eyes_of(tonight, pool)
    return plan_reanalysis(services, Scope(), eyes), eyes


def looked_again(services: Services, pool: InThisProcess) -> Reanalysis:
    plan, eyes = planned(services, pool)
    return reanalyse(services, plan, eyes, pool)


def test_what_a_kill_left_is_taken_up_and_the_old_result_is_still_what_it_is_held_against(
    tmp_path: Path, clips: Path
) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4", clips / "empty.mp4") as (house, tonight):
        looked_at(tonight)
        tonight.finish("")
        (old,) = house.services.catalogue.search.find(EventFilter())
        with pytest.raises(KeyboardInterrupt):
            looked_again(house.services, DiesBeforeRendering())
        (new,) = house.services.catalogue.search.find(EventFilter())
        assert (new.model.name, new.highlight_ids) == ("red-figure-2", ())

        pool = NewEyes()
        made = looked_again(house.services, pool)
        plan, _ = planned(house.services, NewEyes())

        assert "render_in_worker" in pool.done
        (compared,) = [part for one in made.differences for part in one.compared]
        assert compared.difference is Difference.SAME
        assert compared.before is not None
        assert compared.before.event_id == old.event.event_id
        (whole,) = house.services.catalogue.search.find(EventFilter())
        assert len(whole.highlight_ids) == 1
        assert (plan.todo, plan.done) == ((), 2)


def test_a_clip_that_cannot_be_looked_at_is_named_and_loses_nothing(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4") as (house, tonight):
        looked_at(tonight)
        tonight.finish("")
        before = house.services.catalogue.search.find(EventFilter())
        plan, eyes = planned(house.services, CannotDecode())
        tried = try_reanalysis(house.services, plan, eyes, CannotDecode())
        made = looked_again(house.services, CannotDecode())

        for one in (tried, made):
            assert one.differences == ()
            assert "ended by a limit" in one.failures[0].why
        assert house.services.catalogue.search.find(EventFilter()) == before


def test_a_try_keeps_no_result(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4") as (house, tonight):
        looked_at(tonight)
        tonight.finish("")
        catalogue = house.services.catalogue
        (clip,) = catalogue.clips.list()
        keys = catalogue.analyses.keys_of(clip.acquisition.acquisition_id)
        events, highlights = catalogue.search.find(EventFilter(superseded=True)), catalogue.highlights.list()
        plan, eyes = planned(house.services, NewEyes())
        made = try_reanalysis(house.services, plan, eyes, NewEyes())

        assert [part.difference for one in made.differences for part in one.compared] == [Difference.SAME]
        assert catalogue.analyses.keys_of(clip.acquisition.acquisition_id) == keys
        assert catalogue.search.find(EventFilter(superseded=True)) == events
        assert catalogue.highlights.list() == highlights


def test_without_a_grant_nothing_is_looked_at(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4") as (house, tonight):
        looked_at(tonight)
        tonight.finish("")
        house.clock.jump(hours=1)
        house.revoke()
        plan, _ = planned(house.services, NewEyes())
        assert (plan.todo, plan.done, plan.not_granted) == ((), 0, 1)
