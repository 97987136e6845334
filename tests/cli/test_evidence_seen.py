"""What people see of recognition: explain, search, review and reanalyse, over a night on made-up and real footage."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import pytest

from pipeline.cli.screen import load_settings
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.events import CannotTell, EventKind, Ground
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.search import EventFilter
from pipeline.domain.tracks import Box, ModelIdentity
from pipeline.errors import (
    ConsentError,
    EvidenceDisposedError,
    ModelUnavailableError,
    NightAlreadyRunningError,
    RecordNotFoundError,
)
from pipeline.night.attach import attach_highlights
from pipeline.night.gather import gather_account
from pipeline.night.services import Services, open_services
from pipeline.night.tonight import open_night
from pipeline.ring_simulator.server import running_simulator
from tests.builders import PURPOSE, RECIPIENT
from tests.cli.runner import run
from tests.conftest import SAMPLE_CLIPS
from tests.flows.clips import cut
from tests.footage import wall, with_figure, write_clip
from tests.night.story import ANN, FRONT_CAMERA, a_house, a_world, an_event, an_incident, anns_grant
from tests.night.test_look import looked_at

SIZE = (640, 360)
SHOWN = ("--show-everyone", "--reason", "statement 14")


def a_grant(**changes: Any) -> ConsentGrant:
    """Commands ask by the machine's own clock."""
    return anns_grant(expires_at=datetime(2099, 1, 1, tzinfo=UTC), **changes)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after one night with a detector that sees red figures only: a figure, a real visitor, an empty wall."""
    folder = tmp_path_factory.mktemp("seen")
    figure = write_clip(folder / "figure.mp4", lambda at: with_figure(wall(SIZE), 180 + 60 * at, 330), 3.5)
    empty = write_clip(folder / "empty.mp4", lambda _: wall(SIZE), 1.0)
    real = cut(SAMPLE_CLIPS / "drive_man_in_blue_visit.mp4", folder / "real.mp4", 3.5, 3.0)
    events = [
        an_event(0, figure, detection_type="vehicle"),
        an_event(1, real, detection_type="human"),
        an_event(2, empty, detection_type="motion"),
    ]
    store = folder / "store"
    with running_simulator(a_world(*events)) as simulator, a_house(store, simulator) as house:
        house.grant(a_grant())
        house.services.catalogue.incidents.save(an_incident())
        with open_night(house.services) as tonight:
            gather_account(tonight, house.accounts[ANN])
            looked_at(tonight)
            attach_highlights(house.services)
    return store


@pytest.fixture
def services(night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A copy of the night's store, which this process's commands open."""
    shutil.copytree(night, tmp_path / "doorstep")
    monkeypatch.setenv("DOORSTEP_NIGHT__PURPOSE", PURPOSE)
    monkeypatch.setenv("DOORSTEP_NIGHT__RECIPIENT", RECIPIENT)
    with open_services(load_settings()) as services:
        yield services


def the_event(services: Services) -> str:
    (found,) = services.catalogue.search.find(EventFilter())
    return found.event.event_id


def records(services: Services, action: CustodyAction) -> list[CustodyEntry]:
    return [one.entry for one in services.catalogue.custody.records() if one.entry.action is action]


def test_an_event_is_explained_in_words_and_for_machines_and_the_look_is_recorded(services: Services) -> None:
    name = the_event(services)
    said = run("explain", name, "--case", "26-7").output
    plain = json.loads(run("explain", name, "--json").output)

    found = services.catalogue.search.get(name)
    for words in (
        "Person visit",
        found.event.inferred.sentence,
        "2026-03-10 22:30",
        "give or take 6.0 s",
        found.event.clip,
        found.model.digest,
        found.settings_digest,
        "The source says vehicle, we say person: contradict. (its words: vehicle)",
        "Not looked at within 10 s of it: nothing.",
        "in-000000000001: machine, not yet confirmed",
    ):
        assert words in said
    assert plain["event_id"] == name
    assert plain["second_opinion"]["standing"] == "contradict"
    assert [(track["track_id"], track["class"]) for track in plain["tracks"]] == [(1, "person")]
    assert next(picture["role"] for picture in plain["pictures"]) in ("before", "during")
    assert plain["is_newest_result"] is True
    looks = records(services, CustodyAction.ACCESSED)
    assert [(entry.subject, entry.detail["event"], entry.detail["as"]) for entry in looks] == [
        (found.event.clip, name, "explain")
    ] * 2
    assert (looks[0].detail["case"], looks[0].authority) == ("26-7", "gr-1 v1")


def in_doubt(services: Services) -> str:
    """A later result of the figure's clip that cannot tell whether a package was taken, with its chain; the event."""
    found = services.catalogue.search.get(the_event(services))
    analysis = services.catalogue.analyses.newest(found.acquisition_id)
    grounds = (
        Ground("score", 0.62, 0.5, True, "The rule gives 0.62."),
        Ground("light", 11.5, 18.0, False, "Mean level of the pictures: 11.50; 18.00 is needed."),
    )
    inferred = replace(
        found.event.inferred,
        kind=EventKind.PACKAGE_PICKED_UP,
        reason=CannotTell.TOO_DARK,
        sentence="A package may have been taken away; the picture is too dark.",
        region=Box(300, 200, 380, 260),
        track_ids=(),
        grounds=grounds,
    )
    event = replace(found.event, event_id="ev-11111111111111111111", inferred=inferred)
    later = replace(analysis, model=ModelIdentity("later", "7" * 64), events=(inferred,))
    services.catalogue.analyses.save(found.acquisition_id, later, (event,), (), services.now())
    return event.event_id


def test_what_cannot_be_told_is_found_counted_queued_and_explained(services: Services, tmp_path: Path) -> None:
    name = in_doubt(services)
    found = json.loads(run("search", "--cannot-tell", "--reason", "too_dark", "--json").output)
    counted = run("search", "--count").output
    queued = json.loads(run("review", "list", "--json").output)["items"]
    said = run("explain", name).output
    plain = json.loads(run("explain", name, "--pictures", str(tmp_path), "--json").output)

    assert [event["event_id"] for event in found["events"]] == [name]
    assert found["reasons"] == {"too_dark": 1}
    assert "cannot tell because: too_dark 1" in counted
    assert (queued[0]["reason"], queued[0]["event_id"]) == ("package_cannot_be_told", name)
    assert "Package picked up? Cannot tell: too dark" in said
    rows = [" ".join(line.split()) for line in said.splitlines()]
    assert "does not hold light 11.5 18 Mean level of the pictures: 11.50; 18.00 is needed." in rows
    assert "It rests on no track" in said
    assert "(300, 200) to (380, 260) of 640 x 360 pixels" in said
    assert [(ground["name"], ground["holds"]) for ground in plain["grounds"]] == [("score", True), ("light", False)]
    assert (plain["raw_score"], plain["operating_point"], plain["region"]) == (0.62, 0.5, [300, 200, 380, 260])
    assert plain["written"]
    assert all(cv2.imread(path) is not None for path in plain["written"])


def test_pictures_are_the_kept_ones_and_are_made_anew_where_none_are_kept(services: Services, tmp_path: Path) -> None:
    name = the_event(services)
    kept = json.loads(run("explain", name, "--pictures", str(tmp_path / "kept"), *SHOWN, "--json").output)
    (highlight,) = services.catalogue.highlights.list()
    for picture in highlight.pictures:
        assert services.derivatives.delete(picture.marked)
    made = json.loads(run("explain", name, "--pictures", str(tmp_path / "made"), *SHOWN, "--json").output)

    assert kept["pictures"]
    assert made["pictures"] == []
    names = [Path(path).name for path in kept["written"]]
    assert names == [Path(path).name for path in made["written"]]
    assert f"{name}-during-marked.jpg" in names
    for file in names:
        assert (tmp_path / "kept" / file).read_bytes() == (tmp_path / "made" / file).read_bytes()
        assert cv2.imread(str(tmp_path / "kept" / file)) is not None
    exports = records(services, CustodyAction.DISSEMINATED)
    assert [entry.detail["as"] for entry in exports] == ["evidence pictures"] * 2


def test_written_pictures_hide_whom_the_event_does_not_name_and_showing_them_is_logged(
    services: Services, tmp_path: Path
) -> None:
    """The real weights look for people; in a red figure, which only this story's detector calls one, they see none."""
    name = the_event(services)
    plain = json.loads(run("explain", name, "--pictures", str(tmp_path / "hidden"), "--json").output)
    refused = run("explain", name, "--pictures", str(tmp_path / "no"), "--show-everyone")
    run("explain", name, "--pictures", str(tmp_path / "shown"), *SHOWN)

    assert plain["written"]
    assert plain["seal"]["state"] == "absent"
    assert (refused.exit_code, (tmp_path / "no").exists()) == (2, False)
    assert [entry.detail["reason"] for entry in records(services, CustodyAction.UNMASKED)] == ["statement 14"]


def test_a_copy_is_made_with_the_real_weights_and_says_what_it_hides(services: Services, tmp_path: Path) -> None:
    (highlight,) = services.catalogue.highlights.list()
    name = highlight.highlight_id
    plain = json.loads(
        run("highlight", "redact", name, "--out", str(tmp_path / "copy"), "--also", "plates", "--json").output
    )
    refused = run("highlight", "redact", name, "--out", str(tmp_path / "no"), "--show", "m1")
    said = run("highlight", "redact", name, "--out", str(tmp_path / "again"), "--no-seal").output

    assert plain["redaction"]["also"] == ["plates"]
    assert plain["redaction"]["looks"] > 10
    assert Path(plain["files"][plain["highlight"]["digest"]]).name == f"{name}-redacted.mp4"
    assert (refused.exit_code, (tmp_path / "no").exists()) == (2, False)
    assert "seal: none" in said
    assert [entry.detail["as"] for entry in records(services, CustodyAction.DISSEMINATED)] == ["redacted copy"] * 2


def test_what_no_grant_lets_be_seen_is_not_explained_and_an_unknown_event_is_said_to_be(services: Services) -> None:
    name = the_event(services)
    original = services.catalogue.search.get(name).event.clip
    held = run("hold", "place", "--instrument", "court order", "--id", "26-1", "--original", original, "--json")
    run("grant", "revoke", "gr-1")
    with pytest.raises(ConsentError):
        run("explain", name)
    run("hold", "lift", json.loads(held.output)["hold_id"], "--id", "26-2")
    run("retention", "sweep")
    with pytest.raises(EvidenceDisposedError):
        run("explain", name)
    with pytest.raises(RecordNotFoundError) as unknown:
        run("explain", "ev-00000000000000000000")
    assert "doorstep search" in unknown.value.remedy
    assert records(services, CustodyAction.ACCESSED) == []


def test_a_search_counts_and_lists_what_cannot_be_told(services: Services) -> None:
    everything = json.loads(run("search", "--json").output)
    unsure = run("search", "--cannot-tell", "--reason", "too_dark").output
    counted = json.loads(run("search", "--count", "--json").output)

    assert (everything["found"], everything["statements"], everything["reasons"]) == (1, {"person_visit": 1}, {})
    assert "events" not in counted
    assert (counted["found"], counted["found_is_exact"], counted["statements"]) == (1, True, {"person_visit": 1})
    assert "nothing found" in unsure
    refused = run("search", "--cannot-tell", "--verdict", "seen")
    assert refused.exit_code == 2


def test_the_queue_names_each_reason_and_the_look_is_recorded(services: Services) -> None:
    told = json.loads(run("review", "list", "--json").output)
    said = run("review", "list", "--reason", "labels_contradict").output

    assert [(item["reason"], item["camera"]) for item in told["items"]] == [
        ("labels_contradict", FRONT_CAMERA),
        ("source_says_more", FRONT_CAMERA),
    ]
    assert "The source says human" not in said
    assert "The source says vehicle, we say person: contradict." in [item["what"] for item in told["items"]]
    assert "the source and we contradict each other 1" in said
    assert {entry.detail["as"] for entry in records(services, CustodyAction.ACCESSED)} == {"review"}
    assert "Person visit" in run("review", "show", the_event(services)).output


def test_labels_that_no_grant_lets_be_told_are_no_disagreement(services: Services) -> None:
    run("grant", "revoke", "gr-1")
    run(
        *("grant", "add", "--resident", "ann", "--camera", FRONT_CAMERA, "--expires", "2099-01-01"),
        *("--covers-from", "2026-03-01", "--kind", "package_delivered"),
    )
    told = run("review", "list").output
    assert "nothing is waiting" in told


def test_another_model_shows_what_vanished_and_appeared_and_keeps_both(services: Services) -> None:
    name = the_event(services)
    run("review", "reject", name, "--note", "a red wall")
    tried = json.loads(run("reanalyse", "--dry-run", "--json").stdout)
    unchanged = services.catalogue.search.get(name)
    plain = json.loads(run("reanalyse", "--json").stdout)
    again = run("reanalyse").output

    assert (tried["kept"], tried["looked_at"], plain["kept"]) == (False, 3, True)
    assert unchanged.event.event_id == name
    assert tried["counts"] == plain["counts"]
    assert plain["counts"]["vanished"] == 1
    assert plain["counts"]["appeared"] >= 1
    (loss,) = [loss for clip in plain["clips"] for loss in clip["resting_on_what_is_gone"]]
    assert (loss["incident_id"], loss["event_id"]) == ("in-000000000001", name)
    (said,) = [said for clip in plain["clips"] for said in clip["tagged_before"]]
    assert (said["tag"]["event_id"], said["tag"]["status"], said["difference"]) == (name, "rejected", "vanished")
    assert said["event_id"] is None
    assert "nothing to do: 3 clips were looked at" in again

    kept = services.catalogue.search.find(EventFilter(superseded=True))
    assert name in {found.event.event_id for found in kept}
    newest = services.catalogue.search.find(EventFilter(kinds=(EventKind.PERSON_VISIT,)))
    assert newest
    assert all(found.model.name == plain["model"]["name"] and found.highlight_ids for found in newest)
    assert services.catalogue.incidents.attachments("in-000000000001")[0].status.value == "rejected"
    looks = records(services, CustodyAction.ACCESSED)
    assert {entry.detail["as"] for entry in looks} == {"reanalyse", "reanalyse, nothing kept"}
    assert "another has followed since" in run("explain", name).output


def test_the_changes_are_told_in_a_table_and_only_the_clips_in_scope_are_looked_at(services: Services) -> None:
    found = services.catalogue.search.get(the_event(services))
    result = run("reanalyse", "--clip", found.event.clip[:12])

    assert "vanished" in result.output
    assert f"rests on {found.event.event_id}" in result.output
    assert "looked at 1 clips" in result.output
    assert "the results are kept" in result.output
    assert "look: 1 to do" in result.stderr
    assert json.loads(run("reanalyse", "--dry-run", "--json").stdout)["already_looked_at"] == 1


def test_looking_again_is_refused_where_it_makes_no_sense(services: Services) -> None:
    with pytest.raises(ModelUnavailableError):
        run("reanalyse", "--model", "no-such-model")
    with pytest.raises(RecordNotFoundError):
        run("reanalyse", "--clip", "00000000")
    with open_night(services), pytest.raises(NightAlreadyRunningError):
        run("reanalyse")
    everything = ("--since", "2020-01-01", "--until", "2040-01-01")
    run("hold", "place", "--instrument", "court order", "--id", "26-1", "--camera", "ring:1001", *everything)
    run("grant", "revoke", "gr-1")
    assert "3 are not covered by a live grant" in run("reanalyse").output


def test_a_camera_is_found_by_its_name_and_a_name_that_none_has_is_refused(services: Services) -> None:
    name = services.catalogue.cameras.get(FRONT_CAMERA).name
    by_name = json.loads(run("search", "--camera", name.upper(), "--json").output)
    assert by_name["events"] == json.loads(run("search", "--camera", FRONT_CAMERA, "--json").output)["events"]
    assert [event["superseded"] for event in by_name["events"]] == [False]
    with pytest.raises(RecordNotFoundError):
        run("search", "--camera", f"{name}s")
    with pytest.raises(RecordNotFoundError):
        run("review", "list", "--camera", f"{name}s")


def test_a_zone_is_proposed_from_what_may_be_seen_only_and_the_look_is_recorded(services: Services) -> None:
    clips = services.catalogue.clips.list((FRONT_CAMERA,), None, None)
    proposed = json.loads(run("ring", "zones", FRONT_CAMERA, "--propose", "--json").output)
    assert proposed == {"zone": None, "clips": len(clips), "draw": ""}, "one visitor who walks by is no door"
    assert {one.subject for one in records(services, CustodyAction.ACCESSED)} == {clip.item.digest for clip in clips}
    assert services.catalogue.cameras.zones(FRONT_CAMERA) == ()
    run("grant", "revoke", "gr-1")
    assert "in 0 clips" in run("ring", "zones", FRONT_CAMERA, "--propose").output
