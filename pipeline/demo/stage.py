"""Sets the demo's stage: accounts linked at the simulator, grants signed, one incident open."""

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import pipeline
from pipeline.acquire.ring_auth import Login
from pipeline.consent.grants import sign_grant
from pipeline.demo.desk import INVESTIGATOR
from pipeline.demo.story import ANN, ANN_PLACE, BOB, FRONT_DOOR, LAWN, Household
from pipeline.domain.cameras import Account
from pipeline.domain.consent import ConsentGrant, DailyHours
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Incident
from pipeline.errors import SettingsError, TwoFactorNeededError
from pipeline.night.services import Services
from pipeline.ring_simulator.server import RingSimulator
from pipeline.settings import (
    AgencySettings,
    MailSettings,
    NearSettings,
    NightSettings,
    RingSettings,
    Settings,
    StoreSettings,
)

PURPOSE = "package theft"
RECIPIENT = "Oak Street police (demo)"
INCIDENT = "in-000000000001"
STREETS = {ANN.resident_id: "Oak Street", BOB.resident_id: "Elm Street"}
"""Where the cameras of each household stand."""
STREET_MAP = Path(__file__).with_name("streets.geojson")
"""An invented town around the households of the demo; no place on earth has these streets."""
AREAS = Path(__file__).with_name("areas.geojson")
_MARK = "made-by-doorstep-demo"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the simulator heard, for the demo's proof.

    Attributes:
        requests: All of them.
        writes: Those that could have changed an account.
        recordings: Device ids of which a recording was asked for.
        busiest_minute: The most requests within any minute.
    """

    requests: int
    writes: int
    recordings: tuple[int, ...]
    busiest_minute: int

    @classmethod
    def of(cls, simulator: RingSimulator) -> "Asked":
        """Reads the simulator's request log."""
        log = simulator.log
        devices = sorted({device for _, device, _ in log.recordings_asked})
        return cls(len(log.requests), len(log.writes), tuple(devices), log.busiest(60.0))


def sample_clips() -> Path:
    """The sample clips of this checkout."""
    return Path(pipeline.__file__).resolve().parents[1] / "sample_clips"


def fresh_folder(folder: Path) -> Path:
    """An empty folder for the demo; one that an earlier demo made is emptied, any other is left alone.

    Raises:
        SettingsError: The folder holds something that no demo made.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise SettingsError(f"{folder} holds files that no demo made; name another folder with --out")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    return folder


def demo_settings(folder: Path, simulator: RingSimulator, base: Settings) -> Settings:
    """The operator's settings with the demo's own store, the simulator for Ring, and short pauses."""
    return base.model_copy(
        update={
            "store": StoreSettings(directory=folder / "store"),
            "ring": RingSettings(
                connect_to=simulator.connect_to,
                certificate_authority=simulator.certificate_authority,
                not_ready_pauses_seconds=(0.0, 0.5, 1.0, 1.5),
                calls_per_minute=600.0,
                calls_burst=20,
            ),
            "near": NearSettings(streets=STREET_MAP, postcode_countries=()),
            "night": NightSettings(purpose=PURPOSE, recipient=RECIPIENT, look_back_days=7),
            "mail": MailSettings(outbox=folder / "outbox", sender="doorstep@demo.invalid"),
            "agency": AgencySettings(
                name="Oak Street police (demo)", non_emergency_number="555 0100 (demo)", areas=AREAS
            ),
        }
    )


def set_stage(services: Services, evening: datetime) -> None:
    """Links both households, signs their grants and opens the incident."""
    for household, device in ((ANN, FRONT_DOOR), (BOB, LAWN)):
        account = asyncio.run(_link(services, household))
        asyncio.run(services.accounts.refresh_cameras(account))
        _grant(services, household, device, evening)
    for camera in services.catalogue.cameras.list():
        if camera.owner_id is not None:
            services.catalogue.cameras.write_address(camera.camera_id, STREETS[camera.owner_id])
    incident = _incident(services, evening)
    opened = CustodyEntry(
        at=services.now(),
        agent="doorstep demo",
        action=CustodyAction.INCIDENT_OPENED,
        subject=incident.incident_id,
        detail={"case": incident.case_number, "purpose": incident.purpose, "recipient": incident.recipient},
    )
    services.catalogue.incidents.save(incident, (opened,))


async def _link(services: Services, household: Household) -> Account:
    """As a resident does: without a code first, and with it when Ring asks."""
    with suppress(TwoFactorNeededError):
        return await services.accounts.link_ring(household.resident_id, Login(household.user_name, household.password))
    login = Login(household.user_name, household.password, household.code)
    return await services.accounts.link_ring(household.resident_id, login)


def _grant(services: Services, household: Household, device: int, evening: datetime) -> None:
    """Bob grants both his cameras, the one without a plan too; of Ann's shared camera she cannot grant anything."""
    own = [camera for camera in services.catalogue.cameras.list() if camera.owner_id == household.resident_id]
    grant = ConsentGrant(
        grant_id=f"gr-demo-{device}",
        version=1,
        resident_id=household.resident_id,
        camera_ids=tuple(camera.camera_id for camera in own),
        event_kinds=tuple(EventKind),
        hours=(DailyHours(time(12), time(10)),),
        time_zone="UTC",
        purpose=PURPOSE,
        recipient=RECIPIENT,
        audio=True,  # an original with sound leaves in a package only where sound is granted
        granted_at=services.now(),
        expires_at=services.now() + timedelta(days=90),
        covers_from=evening - timedelta(hours=6),
    )
    entry = CustodyEntry(
        at=services.now(),
        agent=household.resident_id,
        action=CustodyAction.GRANT_SIGNED,
        subject=grant.grant_id,
        authority=f"{grant.grant_id} v1",
        once=f"grant_signed {grant.grant_id} 1",
    )
    services.catalogue.grants.add(sign_grant(grant, services.key), (entry,))


def _incident(services: Services, evening: datetime) -> Incident:
    return Incident(
        incident_id=INCIDENT,
        title="Package taken",
        narrative="A resident reports that a carton delivered in the evening was gone in the morning.",
        place=ANN_PLACE,
        radius=120.0,
        starts_at=evening,
        ends_at=evening + timedelta(hours=14),
        kinds=(EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP),
        purpose=PURPOSE,
        recipient=RECIPIENT,
        opened_at=services.now(),
        case_number="DEMO-1",
        assigned=(INVESTIGATOR,),
    )
