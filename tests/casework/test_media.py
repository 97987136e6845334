"""What is played: the original where it may and can be, a derivative where not, and nothing without a grant."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import av
import boto3
import pytest

from pipeline.casework.filmed import Medium
from pipeline.casework.media import (
    PERIOD_SECONDS,
    Part,
    clip_medium,
    highlight_medium,
    opened,
    pair_medium,
    picture_medium,
    still_medium,
    write_down_look,
)
from pipeline.domain.agents import Matter
from pipeline.domain.consent import DailyHours, Pause
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import Role
from pipeline.domain.previews import PreviewWay
from pipeline.errors import ConsentError, FixityError, RecordNotFoundError
from pipeline.night.incident_reports import report_on
from pipeline.night.services import Services
from pipeline.packages.export import export_incident
from pipeline.settings import StoreSettings
from tests.builders import RECIPIENT
from tests.casework.story import JANE, a_morning, entries, events_of
from tests.night.story import EVENING, anns_grant
from tests.servers import s3

INCIDENT = "in-000000000001"
SEAT = "se-0123456789ab"


def streams_of(services: Services, medium: Medium) -> tuple[list[str], list[str]]:
    """Video codecs and audio codecs of what is handed out."""
    with opened(services, medium) as path, av.open(str(path)) as movie:
        kinds = [(stream.type, stream.codec_context.name) for stream in (*movie.streams.video, *movie.streams.audio)]
    return [name for kind, name in kinds if kind == "video"], [name for kind, name in kinds if kind == "audio"]


def test_a_clip_that_browsers_play_is_played_as_it_came(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        medium = clip_medium(house.services, JANE, found.event.event_id)
        assert (medium.is_original, medium.digest, medium.media_type) == (True, found.event.clip, "video/mp4")
        with opened(house.services, medium) as path:
            assert path.read_bytes() == (clips / "visit.mp4").read_bytes()
        assert entries(house.services, CustodyAction.DERIVED, "preview silent") == []


def test_sound_that_is_not_granted_is_left_out_and_the_picture_is_not_touched(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "sounding.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        medium = clip_medium(services, JANE, found.event.event_id)
        assert not medium.is_original
        assert streams_of(services, medium) == (["h264"], [])
        assert packets(clips / "sounding.mp4") == packets_of(services, medium)
        assert clip_medium(services, JANE, found.event.event_id) == medium
        (entry,) = entries(services, CustodyAction.DERIVED, "preview silent")
        assert entry.subject == found.event.clip
        assert entry.detail["output"] == medium.digest
        assert entry.detail["recipe_encoder"].startswith("c=copy")
        house.grant(anns_grant(version=2, audio=True))
        heard = clip_medium(services, JANE, found.event.event_id)
        assert (heard.is_original, heard.digest) == (True, found.event.clip)


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as movie:
        return [bytes(packet) for packet in movie.demux(video=0) if packet.size]


def packets_of(services: Services, medium: Medium) -> list[bytes]:
    with opened(services, medium) as path:
        return packets(path)


def test_what_browsers_do_not_play_is_encoded_anew_with_every_frame_at_its_stamp(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "hevc.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        medium = clip_medium(services, JANE, found.event.event_id)
        assert streams_of(services, medium) == (["h264"], [])
        with opened(services, medium) as path:
            assert stamps(path) == stamps(clips / "hevc.mp4")
        assert services.originals.read(found.event.clip) == (clips / "hevc.mp4").read_bytes()
        house.grant(anns_grant(version=2, audio=True))
        assert streams_of(services, clip_medium(services, JANE, found.event.event_id)) == (["h264"], ["aac"])


def stamps(path: Path) -> list[float]:
    with av.open(str(path)) as movie:
        found = [float((frame.pts or 0) * (frame.time_base or 0)) for frame in movie.decode(video=0)]
    return [round(one - found[0], 6) for one in found]


def stamps_of(services: Services, medium: Medium) -> list[float]:
    with opened(services, medium) as path:
        return stamps(path)


def test_a_browser_that_refuses_the_original_is_given_another(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        medium = clip_medium(house.services, JANE, found.event.event_id, encoded=True)
        assert not medium.is_original
        assert house.services.catalogue.previews.find(found.acquisition_id, found.event.clip, PreviewWay.ENCODED)


def test_a_clip_of_which_a_part_is_not_granted_is_not_played_as_a_whole(tmp_path: Path, clips: Path) -> None:
    until = (EVENING + timedelta(seconds=2)).time()
    with a_morning(tmp_path, clips / "visit.mp4", grant=anns_grant(hours=(DailyHours(time(0), until),))) as house:
        (found,) = events_of(house.services)
        medium = clip_medium(house.services, JANE, found.event.event_id)
        assert not medium.is_original
        with opened(house.services, medium) as path:
            assert stamps(path)[-1] < 2.1, "up to the last granted moment"
        assert still_medium(house.services, JANE, found.event.event_id).media_type == "image/jpeg"


def test_nothing_is_handed_out_without_a_grant(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        (highlight,) = services.catalogue.highlights.list()
        name, nobody = found.event.event_id, Matter("jane", "traffic", RECIPIENT)

        def asked(matter: Matter) -> None:
            with pytest.raises(ConsentError):
                clip_medium(services, matter, name)
            with pytest.raises(ConsentError):
                picture_medium(services, matter, name, Role.DURING, is_marked=True)
            with pytest.raises(ConsentError):
                still_medium(services, matter, name)
            with pytest.raises(ConsentError):
                highlight_medium(services, matter, highlight.highlight_id, Part.VIDEO)

        asked(nobody)
        house.revoke()
        asked(JANE)


def test_a_play_is_written_down_once_a_seat_and_hour(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        medium = clip_medium(services, JANE, found.event.event_id)
        for _ in range(5):
            write_down_look(services, JANE, SEAT, medium)
        (entry,) = entries(services, CustodyAction.ACCESSED, "play")
        assert (entry.agent, entry.subject, entry.authority) == ("jane", found.event.clip, "gr-1 v1")
        assert (entry.detail["case"], entry.detail["event"]) == ("26-0310", found.event.event_id)
        write_down_look(services, JANE, "se-another", medium)
        house.clock.jump(seconds=PERIOD_SECONDS)
        write_down_look(services, JANE, SEAT, medium)
        assert len(entries(services, CustodyAction.ACCESSED, "play")) == 3


def test_another_case_and_the_whole_clip_after_a_part_of_it_are_looks_of_their_own(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        (highlight,) = services.catalogue.highlights.list()
        part = highlight_medium(services, JANE, highlight.highlight_id, Part.VIDEO)
        whole = clip_medium(services, JANE, found.event.event_id)
        for matter in (JANE, replace(JANE, case_number="26-9999")):
            for medium in (part, whole, part, whole):
                write_down_look(services, matter, SEAT, medium)
        looks = entries(services, CustodyAction.ACCESSED, "play")
        assert [(one.detail["case"], "event" in one.detail) for one in looks] == [
            ("26-0310", False),
            ("26-0310", True),
            ("26-9999", False),
            ("26-9999", True),
        ]
        assert not any("26-9999" in one.once for one in looks), "a leaf says nothing of the case"


def test_bytes_that_changed_are_not_handed_out(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        medium = clip_medium(house.services, JANE, found.event.event_id)
        (path,) = tmp_path.glob(f"originals/*/{found.event.clip}")
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        with pytest.raises(FixityError), opened(house.services, medium):
            pass


def test_pictures_of_an_event_are_those_that_were_kept(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        (highlight,) = services.catalogue.highlights.list()
        during = next(one for one in highlight.pictures if one.role is Role.DURING)
        name = found.event.event_id
        assert picture_medium(services, JANE, name, Role.DURING, is_marked=False).digest == during.plain
        assert picture_medium(services, JANE, name, Role.DURING, is_marked=True).digest == during.marked
        assert still_medium(services, JANE, name).digest == during.marked
        assert highlight_medium(services, JANE, highlight.highlight_id, Part.POSTER).digest == highlight.poster
        assert highlight_medium(services, JANE, highlight.highlight_id, Part.SHEET).digest == highlight.contact_sheet
        with pytest.raises(RecordNotFoundError):
            pair_medium(services, JANE, name)
        with pytest.raises(RecordNotFoundError):
            highlight_medium(services, JANE, "hl-00000000000000000000", Part.VIDEO)


def test_a_picture_is_made_where_none_was_kept(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        (highlight,) = services.catalogue.highlights.list()
        for digest in highlight.digests:
            services.derivatives.delete(digest)
        medium = still_medium(services, JANE, found.event.event_id)
        with opened(services, medium) as path:
            assert path.read_bytes().startswith(b"\xff\xd8")
        assert still_medium(services, JANE, found.event.event_id) == medium
        assert len(entries(services, CustodyAction.DERIVED, "preview still")) == 1


def test_a_highlight_with_sound_is_silent_once_the_sound_is_not_granted(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "sounding.mp4", grant=anns_grant(audio=True)) as house:
        services = house.services
        (highlight,) = services.catalogue.highlights.list()
        heard = highlight_medium(services, JANE, highlight.highlight_id, Part.VIDEO)
        assert heard.digest == highlight.digest
        assert streams_of(services, heard) == (["h264"], ["aac"])
        house.grant(anns_grant(version=2, audio=False))
        silent = highlight_medium(services, JANE, highlight.highlight_id, Part.VIDEO)
        assert streams_of(services, silent) == (["h264"], [])


def test_media_come_from_a_server_of_objects_too(tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with s3() as endpoint:
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="footage")
        store = StoreSettings(
            directory=tmp_path / "house", free_megabytes=16, objects_url="s3://footage/house", s3_endpoint=endpoint
        )
        with a_morning(tmp_path, clips / "visit.mp4", clips / "hevc.mp4", store=store) as house:
            first, second = events_of(house.services)
            original = clip_medium(house.services, JANE, first.event.event_id)
            with opened(house.services, original) as path:
                assert path.read_bytes() == (clips / "visit.mp4").read_bytes()
                assert not path.is_relative_to(tmp_path / "house" / "originals")
            assert streams_of(house.services, clip_medium(house.services, JANE, second.event.event_id)) == (
                ["h264"],
                [],
            )


def test_a_pause_inside_is_shown_neither_in_a_clip_nor_a_highlight_nor_what_leaves(tmp_path: Path, clips: Path) -> None:
    """Both ends of the clip and of the highlight are granted; the moments between them are not."""
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        (shown,) = services.catalogue.highlights.of_event(found.event.event_id)
        picture_medium(services, JANE, found.event.event_id, Role.BEFORE, is_marked=True)
        paused = Pause(found.clock.starts_at + timedelta(milliseconds=1), found.starts_at)
        house.grant(anns_grant(version=2, pauses=(paused,)))
        whole = stamps_of(services, Medium(found.event.clip, True, "", "", "", "", ""))
        played = stamps_of(services, clip_medium(services, JANE, found.event.event_id))
        assert len(played) < len(whole) - 5, "what was recorded in the pause, and before it, is not in it"
        for part in Part:
            with pytest.raises(ConsentError, match="while it was paused"):
                highlight_medium(services, JANE, shown.highlight_id, part)
        with pytest.raises(ConsentError, match="while it was paused"):
            export_incident(services, INCIDENT, tmp_path / "out", "kim")
        assert report_on(services, INCIDENT).highlights == ()

        house.grant(anns_grant(version=3, pauses=(Pause(found.clock.starts_at, found.starts_at),)))
        with pytest.raises(RecordNotFoundError):
            picture_medium(services, JANE, found.event.event_id, Role.BEFORE, is_marked=True)
        assert still_medium(services, JANE, found.event.event_id).media_type == "image/jpeg", (
            "its own moment is granted"
        )
