"""The demo's two households: who lives there, what their cameras recorded over one night, and what went wrong."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.ring_simulator.world import Fault, SimulatedAccount, SimulatedDevice, SimulatedEvent, World

ANN_PLACE = (51.5000, -0.1200)
BOB_PLACE = (51.5020, -0.1230)
FRONT_DOOR, SHARED_PORCH, LAWN, BACK_GATE = 1001, 3001, 2001, 2002
_FIRST_EVENT = 7_620_878_129_758_800_000
"""Ring's ids have 19 digits and do not fit into a float."""


@dataclass(frozen=True, slots=True)
class Household:
    """A resident, and how they log in at the simulated Ring."""

    resident_id: str
    user_name: str
    password: str
    code: str | None


ANN = Household("ann", "ann@example.org", "correct horse", "123456")
BOB = Household("bob", "bob@example.org", "battery staple", None)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """One line of the story: when, which clip, why, and what goes wrong."""

    at: str
    clip: str = ""
    kind: str = "motion"
    person: bool | None = True
    fault: Fault = Fault.NONE
    tries: int = 0
    encrypted: bool = False


_FRONT_DOOR = (
    _Recorded("16:48:20", "drive_passers_by"),
    _Recorded("18:05:31", "drive_man_in_blue_visit", kind="ding"),
    _Recorded("19:12:44", "drive_man_with_paper_visit_variable_rate", fault=Fault.DIRECT_ONLY),
    _Recorded("20:14:05", "package_delivered_drive", fault=Fault.NOT_READY, tries=2),
    _Recorded("20:40:37", "package_waiting_drive_people_pass", fault=Fault.TRUNCATED, tries=1),
    _Recorded("22:51:16", "package_picked_up_drive"),
    _Recorded("23:20:00", "drive_passers_by", fault=Fault.TRUNCATED),
    _Recorded("23:41:00", encrypted=True),
    _Recorded("00:12:00", kind="DELETED_FOOTAGE", person=None),
    _Recorded("03:30:00", "drive_passers_by", fault=Fault.NOT_READY),
)
# Nobody is seen bringing the parcel that waits on the lawn in the morning: it came between the last two clips.
_LAWN = (
    # The simulated maker errs twice, as makers do: it names nobody where two are, and somebody where a tree moves.
    _Recorded("17:42:10", "lawn_couple_visit", person=False),
    _Recorded("18:20:00", "tree_in_wind_variable_rate"),
    _Recorded("20:31:00", "empty_lawn_exposure_steps", person=False),
    _Recorded("21:03:58", "package_delivered_then_picked_up_lawn"),
    _Recorded("06:02:30", "package_waiting_light_changes", person=False),
    _Recorded("04:44:00", fault=Fault.MISSING, person=None),
)
_BACK_GATE = (_Recorded("19:00:00", "drive_passers_by"), _Recorded("23:00:00", "drive_passers_by"))
_SHARED_PORCH = (_Recorded("18:30:00", "drive_two_visitors"), _Recorded("22:10:00", "drive_passers_by"))


def evening_before(now: datetime) -> datetime:
    """18:00 UTC of an evening whose whole night is more than a day over by ``now``.

    By then a recording that the source does not know will never come, and is told apart from one that is only late.
    """
    day = (now.astimezone(UTC) - timedelta(hours=62)).date()
    return datetime.combine(day, time(18), tzinfo=UTC)


def world_of(evening: datetime, clips: Path) -> World:
    """The simulated Ring service of that night.

    Args:
        evening: As ``evening_before``.
        clips: Folder of the sample clips.

    Raises:
        SettingsError: A clip is not there.
    """
    tell = _Teller(evening, clips)
    ann = (
        SimulatedDevice(
            FRONT_DOOR, "Front door", latitude=ANN_PLACE[0], longitude=ANN_PLACE[1], events=tell.all(_FRONT_DOOR)
        ),
        SimulatedDevice(
            SHARED_PORCH, "Neighbour's porch", family="authorized_doorbots", events=tell.all(_SHARED_PORCH)
        ),
    )
    bob = (
        SimulatedDevice(LAWN, "Lawn", latitude=BOB_PLACE[0], longitude=BOB_PLACE[1], events=tell.all(_LAWN)),
        SimulatedDevice(
            BACK_GATE,
            "Back gate",
            show_recordings=False,
            latitude=BOB_PLACE[0],
            longitude=BOB_PLACE[1],
            events=tell.all(_BACK_GATE),
        ),
    )
    return World(
        accounts=(
            SimulatedAccount(ANN.user_name, ANN.password, ANN.code, ann),
            SimulatedAccount(BOB.user_name, BOB.password, BOB.code, bob),
        ),
        throttle_every=25,
        pause_seconds=1,
    )


class _Teller:
    """Turns lines of the story into events, newest with the largest id."""

    def __init__(self, evening: datetime, clips: Path) -> None:
        self._evening = evening
        self._clips = clips

    def all(self, lines: tuple[_Recorded, ...]) -> tuple[SimulatedEvent, ...]:
        return tuple(self._event(line) for line in lines)

    def _event(self, line: _Recorded) -> SimulatedEvent:
        at = self._moment(line.at)
        return SimulatedEvent(
            event_id=_FIRST_EVENT + int((at - self._evening).total_seconds()),
            at=at,
            clip=self._clip(line.clip) if line.clip else None,
            kind=line.kind,
            detection_type="human" if line.person else "motion",
            person_detected=line.person,
            is_e2ee=line.encrypted,
            fault=line.fault,
            fault_tries=line.tries,
        )

    def _moment(self, clock: str) -> datetime:
        """The clock's time in the afternoon and evening of the day, or in the morning after it."""
        moment = datetime.combine(self._evening.date(), time.fromisoformat(clock), tzinfo=UTC)
        return moment if moment.hour >= 12 else moment + timedelta(days=1)  # noqa: PLR2004 - noon

    def _clip(self, name: str) -> Path:
        path = self._clips / f"{name}.mp4"
        if not path.is_file():
            raise SettingsError(f"the sample clip {path} is not there: the demo runs from a checkout of the repository")
        return path
