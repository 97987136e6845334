"""Worlds from files."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.ring_simulator.world import Fault, SimulatedDevice, SimulatedEvent, load_world

TOML = """
throttle_every = 40

[[accounts]]
user_name = "ann@invented.example"
password = "secret"
two_factor_code = "123456"

[[accounts.devices]]
device_id = 1001
name = "Front door"

[[accounts.devices.events]]
event_id = 7620878129758806347
at = 2026-11-25T03:12:44Z
clip = "visit.mp4"
fault = "not_ready"
fault_tries = 2
"""


def test_a_world_is_read_with_every_digit_of_an_id(tmp_path: Path) -> None:
    (tmp_path / "visit.mp4").write_bytes(b"x")
    path = tmp_path / "world.toml"
    path.write_text(TOML)

    world = load_world(path)

    ((device, event),) = world.reached("ann@invented.example")
    assert world.throttle_every == 40
    assert device.name == "Front door"
    assert event == SimulatedEvent(
        7620878129758806347,
        datetime(2026, 11, 25, 3, 12, 44, tzinfo=UTC),
        tmp_path / "visit.mp4",
        fault=Fault.NOT_READY,
        fault_tries=2,
    )


def test_json_tells_the_same_world(tmp_path: Path) -> None:
    event = {"event_id": 5, "at": "2026-11-25T04:12:44+01:00"}
    device = {"device_id": 1, "name": "Door", "events": [event]}
    account = {"user_name": "a", "password": "b", "devices": [device]}
    path = tmp_path / "world.json"
    path.write_text(json.dumps({"accounts": [account]}))

    ((_, read),) = load_world(path).reached("a")

    assert read.at == datetime(2026, 11, 25, 3, 12, 44, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("accounts = 3", "not iterable"),
        ("colour = 1", "colour"),
        ("[[accounts]]\nuser_name = 'a'", "password"),
        (TOML, "no clip visit.mp4"),
        (TOML.replace('clip = "visit.mp4"\n', "").replace("not_ready", "tired"), "tired"),
        (TOML.replace('clip = "visit.mp4"\n', "").replace("44Z", "44"), "aware"),
        ("[", "world.toml"),
    ],
)
def test_a_world_that_cannot_be_read_says_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "world.toml"
    path.write_text(text)

    with pytest.raises(SettingsError, match=words):
        load_world(path)


def test_a_world_file_that_is_away_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        load_world(tmp_path / "gone.toml")


@pytest.mark.parametrize("event_id", [0, -1, 10**19])
def test_an_event_id_has_1_to_19_digits(event_id: int) -> None:
    with pytest.raises(ValueError, match="19 digits"):
        SimulatedEvent(event_id, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_family_that_records_no_video_is_refused() -> None:
    with pytest.raises(ValueError, match="family"):
        SimulatedDevice(1, "Chime", "chimes")
