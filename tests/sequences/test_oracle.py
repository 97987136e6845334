"""That the sequences can fail: each of these breaks the installation in one place, and is found out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from pipeline.catalogue import taking
from pipeline.catalogue.tag_tables import event_tags
from pipeline.consent.grants import covers_moment
from tests.sequences.finished import Played
from tests.sequences.play import play
from tests.sequences.street import build_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sequences") / "template"
    build_template(folder)
    return folder


@pytest.fixture
def played(template: Path, tmp_path: Path) -> Callable[..., Played]:
    def after(*names: str, seed: int = 7) -> Played:
        steps = tuple((name, seed * 1000 + place) for place, name in enumerate(names))
        return play(template, tmp_path / "street", steps)

    return after


STORY = ("begin", "incident", "night", "tag", "tag", "search", "look", "look", "work on", "cut", "cut", "cut", "cut")
END = ("revoke", "revoke", "revoke")


def test_the_story_itself_keeps_every_promise(played: Callable[..., Played]) -> None:
    done = played(*STORY, *END)
    assert done.breach == ""
    assert done.counts["takes gone"] > 0


def _leaves(table: Any) -> Any:
    """Deletes as it should, but of one table nothing."""
    delete = taking.remove
    return lambda connection, of, where: 0 if of is table else delete(connection, of, where)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("pipeline.catalogue.taking.remove", _leaves(event_tags)),
        ("pipeline.catalogue.taking.forget_notes", lambda *_: None),
        ("pipeline.catalogue.disposals.forget_jobs", lambda *_: None),
        ("pipeline.catalogue.catalogue.Catalogue.forget_old_pages", lambda _, *, rewritten: None),
        ("pipeline.catalogue.disposals.Disposals._forget_notes", lambda *_: None),
        ("pipeline.catalogue.stored.is_named", lambda *_: True),
        ("pipeline.retention.disposal.withdraw_reports", lambda *_: ()),
        ("pipeline.retention.judging.Judge.only_for", lambda *_: None),
        ("pipeline.retention.revocation._going", lambda *_: ()),
        ("pipeline.retention.revocation.forget_listed", lambda *_: None),
    ],
)
def test_whatever_a_revocation_forgets_is_found(played: Callable[..., Played], name: str, instead: Any) -> None:
    with patch(name, instead):
        broken = [played(*STORY, "night", *END, seed=seed).breach for seed in (7, 8, 9)]
    assert any(broken), f"nothing was found of {name}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("pipeline.consent.grants.recorded_refusal", lambda *_: ""),
        ("pipeline.consent.grants.kind_refusal", lambda *_: ""),
        ("pipeline.consent.grants.place_refusal", lambda *_: ""),
        ("pipeline.night.look.is_allowed", lambda *_, **__: True),
    ],
)
def test_whatever_a_grant_is_not_asked_is_found(played: Callable[..., Played], name: str, instead: Any) -> None:
    acts = ("record", "grant", "night", "search", "look", "wait", "grant", "record", "night", "search", "look", "tag")
    with patch(name, instead):
        broken = [played("begin", *acts, *acts, "revoke", seed=seed).breach for seed in range(7, 13)]
    assert any(broken), f"nothing was found of {name}"


@pytest.mark.slow
def test_that_a_grant_of_another_owner_is_heeded_is_found(played: Callable[..., Played]) -> None:
    acts = ("foreign", "record", "record", "night")
    assert played(*acts).breach == ""
    with patch("pipeline.consent.grants._ownership", lambda *_: ""):
        assert played(*acts).breach


@pytest.mark.slow
def test_that_a_recording_outside_the_hours_is_known_of_is_found(played: Callable[..., Played]) -> None:
    acts = ("evenings", "record", "record", "record", "night")
    assert played(*acts).breach == ""
    with patch("pipeline.night.gather._refused", lambda *_: {}):
        assert "label is gone, and stands in" in played(*acts).breach


@pytest.mark.slow
def test_that_a_grant_has_ended_is_not_asked_is_found(played: Callable[..., Played]) -> None:
    acts = ("begin", "incident", "night", *["wait"] * 20, "search", "look", "look")
    with patch("pipeline.consent.grants._in_force", lambda *_: ""):
        broken = [played(*acts, seed=seed).breach for seed in range(7, 12)]
    assert any(broken)


@pytest.mark.slow
def test_that_a_pause_inside_a_clip_is_not_asked_for_is_found(played: Callable[..., Played]) -> None:
    """At both ends of the clip nothing is paused."""
    acts = ("begin", "incident", *["blink"] * 4, "night", *["look"] * 8, *["cut", "work on"] * 4)
    assert [played(*acts, seed=seed).breach for seed in range(7, 10)] == [""] * 3
    with patch("pipeline.consent.grants.boundaries", lambda *_: ()):
        broken = [played(*acts, seed=seed).breach for seed in range(7, 10)]
    assert any(broken)


def test_what_is_patched_above_is_what_is_used() -> None:
    """A name that nothing calls any more would be patched in vain; ``patch`` itself refuses one that is not there."""
    assert covers_moment.__module__ == "pipeline.consent.grants"
